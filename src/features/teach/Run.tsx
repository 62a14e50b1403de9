// One run: how far it is, its loss update by update, what it answered meanwhile, and what came of it.

import { useExplain, useFormats } from '../../i18n/index.tsx'
import { usePanelText } from '../../i18n/panels/index.ts'
import { roadWords } from '../../i18n/panels/road.ts'
import { teachWords } from '../../i18n/panels/teach.ts'
import { useModels } from '../../store/index.ts'
import { useTeach, type TeachRun } from '../../store/teach/index.ts'
import { speedOf } from '../../store/teach/run.ts'
import { Button } from '../../ui/Button.tsx'
import { Progress } from '../../ui/Progress.tsx'
import { Curve } from './Curve.tsx'
import { learnsFrom } from './drawing.ts'
import { Film } from './Film.tsx'
import { saveFolder } from './Kept.tsx'
import styles from './Panel.module.css'
import { Signals } from './Signals.tsx'
import { Sides } from './Sides.tsx'

export function Run({ run }: { run: TeachRun }) {
  const t = usePanelText(teachWords)
  const road = usePanelText(roadWords)
  const format = useFormats()
  const explain = useExplain()
  const { phase, answered, losses, kept, merged, files, merge } = useTeach()
  const { begun, steps, samples, asked, ended, saved, name, keptAt, unkept, heldOut, looks } = run
  const last = steps.at(-1)
  const learns = learnsFrom(run)
  const judges = learns === 'judge'
  const unseen = judges ? (heldOut.at(-1)?.pairs?.right ?? null) : null
  const rate = speedOf(steps)
  const perUpdate = steps.reduce((n, one) => n + one.tokens, 0) / Math.max(1, steps.length)
  const left = last && rate !== null ? ((last.steps - last.step) * perUpdate) / rate : null
  const live = saved ?? (phase === 'idle' && kept?.adapter) ?? null
  const isOn = useModels(({ active }) => active?.info?.adapters.some((one) => one.name === live) ?? false)
  return (
    <section className={styles.run} aria-labelledby="teach-run" data-testid="teach-run" data-ended={ended?.why}>
      <h2 id="teach-run">
        <bdi>{name}</bdi>
      </h2>
      {phase !== 'idle' && (
        <Progress
          label={t.phases[phase]}
          value={answered?.done ?? last?.step ?? 0}
          total={answered?.of ?? last?.steps ?? null}
          start={t.phases[phase]}
          end={
            answered
              ? `${answered.done} / ${answered.of}`
              : last
                ? [`${last.step} / ${last.steps}`, left === null ? null : t.left(format.duration(left))]
                    .filter(Boolean)
                    .join(' · ')
                : ''
          }
        />
      )}
      <p role="status" className={styles.note}>
        {ended && (ended.why === 'done' ? t.ended.done : t.ended[ended.why](ended.step))}{' '}
        {unseen !== null && begun && road.unseen(Math.round(unseen * begun.heldOut), begun.heldOut)}{' '}
        {saved && (judges ? road.stored(name) : t.stored(name))}
      </p>
      {losses > 0 && <p className={styles.note}>{t.cameBack}</p>}
      {unkept && (
        <p role="alert" className={styles.note}>
          {t.unkept(explain(unkept).title)}
        </p>
      )}
      {phase === 'learning' && (
        <p className={styles.note}>
          {t.hidden} {keptAt !== null && t.keptAt(keptAt)}
        </p>
      )}
      {begun && (
        <p className={styles.note}>
          {begun.targets > 0 && !judges
            ? t.facts(format.number(begun.numbers), format.bytes(begun.bytes), begun.tokens, begun.targets)
            : road.facts(format.number(begun.numbers), format.bytes(begun.bytes))}{' '}
          {rate !== null && t.speed(format.number(rate, 0))}
        </p>
      )}
      {steps.length > 0 && learns !== 'answers' && <Curve steps={steps} heldOut={heldOut} learns={learns} />}
      <Signals run={run} learns={learns} />
      {samples.length > 0 && (
        <div className={styles.scroll}>
          <table className={styles.samples} data-testid="teach-samples">
            <caption>{t.samples}</caption>
            <thead>
              <tr>
                <th scope="col">{t.update}</th>
                {asked.map((question, i) => (
                  <th scope="col" key={i}>
                    {question}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {[...new Set(samples.map(({ step }) => step))].map((step) => (
                <tr key={step}>
                  <th scope="row">{step}</th>
                  {asked.map((_, i) => (
                    <td key={i}>{samples.find((one) => one.step === step && one.index === i)?.text ?? ''}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {looks.length > 0 && (
        <Film looks={looks} lead={learns === 'rows' ? undefined : road.film[learns === 'answers' ? learns : 'pairs']} />
      )}
      {phase === 'idle' && live && isOn && <Sides key={live} adapter={live} learns={learns} />}
      {saved && (
        <div className={styles.actions}>
          {!judges && (
            <Button
              variant="primary"
              icon="chat"
              onClick={() => {
                location.hash = '#/chat'
              }}
            >
              {t.chat}
            </Button>
          )}
          {!judges && (
            <Button icon="file" title={t.kept.filesHint} onClick={() => void files().then(saveFolder)}>
              {t.kept.files}
            </Button>
          )}
          {isOn && (
            <Button
              icon="models"
              title={t.merge.hint}
              disabled={phase !== 'idle'}
              onClick={() => void merge()}
              data-testid="teach-merge"
            >
              {t.merge.do}
            </Button>
          )}
          <Button
            icon="adapters"
            onClick={() => {
              location.hash = '#/adapters'
            }}
          >
            {t.adapters}
          </Button>
        </div>
      )}
      {merged && (
        <p role="status" className={styles.note} data-testid="teach-merged">
          {t.merge.done(
            merged.name,
            format.bytes(merged.bytes),
            format.number(merged.f16, 4),
            format.number(merged.nf4, 2),
            merged.nf4 > 10 * merged.f16,
          )}
        </p>
      )}
    </section>
  )
}
