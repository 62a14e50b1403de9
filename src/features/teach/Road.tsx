// Learning from what is liked better: stories, two answers to each with thumbs or a rule that counts words, and the settings of DPO
// or GRPO. Every button says which story and which answer it is of.

import { useId } from 'react'
import { useExplain, useFormats } from '../../i18n/index.tsx'
import { usePanelText } from '../../i18n/panels/index.ts'
import { roadWords } from '../../i18n/panels/road.ts'
import { teachWords } from '../../i18n/panels/teach.ts'
import { useChat, useModels } from '../../store/index.ts'
import { runsIn, useTeach } from '../../store/teach/index.ts'
import { judgeFor, useJudge } from '../../store/teach/judge.ts'
import { decided, lessonIn, ruleOf, stageOf, useRoad, worthOf, type Judged, type Side } from '../../store/teach/road.ts'
import { Button } from '../../ui/Button.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { Range } from '../../ui/Range.tsx'
import { Segmented } from '../../ui/Segmented.tsx'
import { Cost, useBeside } from './Cost.tsx'
import panel from './Panel.module.css'
import styles from './Road.module.css'
import { StartStop } from './StartStop.tsx'

export function Road({ way }: { way: 'pairs' | 'answers' }) {
  const t = usePanelText(roadWords)
  const { details } = usePanelText(teachWords)
  const explain = useExplain()
  const isIdle = useTeach((s) => s.phase === 'idle')
  const { pairs, plus, minus, writing, error, set } = useRoad()
  const id = useId()
  const isLocked = !isIdle || writing !== null
  return (
    <>
      <section className={panel.pairs} aria-labelledby={id} data-testid="road">
        <p className={panel.note}>{t.lead[way]}</p>
        <fieldset className={styles.rule} disabled={isLocked}>
          <legend>{t.rule}</legend>
          {(['plus', 'minus'] as const).map((kind) => (
            <label key={kind} className={panel.name}>
              {t[kind]}
              <input
                value={kind === 'plus' ? plus : minus}
                maxLength={400}
                data-testid={`road-${kind}`}
                onChange={({ target }) => set({ [kind]: target.value })}
              />
            </label>
          ))}
          <small className={panel.note}>{t.wordsHint}</small>
        </fieldset>
        <h2 id={id}>{t.stories(pairs.length)}</h2>
        <ol className={styles.stories} aria-labelledby={id} tabIndex={0} data-testid="road-stories">
          {pairs.map((one, i) => (
            <Story key={one.prompt} n={i + 1} one={one} way={way} locked={isLocked} />
          ))}
        </ol>
        {error && <ErrorNote {...explain(error)} code={error.code} message={error.message} details={details} />}
      </section>
      <Controls way={way} />
    </>
  )
}

function Story({ n, one, way, locked }: { n: number; one: Judged; way: 'pairs' | 'answers'; locked: boolean }) {
  const t = usePanelText(roadWords)
  const format = useFormats()
  const { like, ...road } = useRoad()
  const rule = ruleOf(road)
  return (
    <li className={styles.story}>
      <p dir="auto" aria-label={t.story(n)}>
        {one.prompt.split('\n\n')[0]}
      </p>
      {way === 'pairs' && one.a === '' && <p className={panel.note}>{t.unwritten}</p>}
      {way === 'pairs' && one.a !== '' && one.a === one.b && <p className={panel.note}>{t.same}</p>}
      {way === 'pairs' &&
        one.a !== one.b &&
        (['a', 'b'] as const satisfies readonly Side[]).map((side) => (
          <div key={side} className={styles.answer} data-liked={one.liked === side}>
            <Button
              variant={one.liked === side ? 'primary' : 'quiet'}
              icon="thumb"
              label={t.better(n, side.toUpperCase())}
              aria-pressed={one.liked === side}
              disabled={locked}
              onClick={() => like(n - 1, one.liked === side ? null : side)}
              data-testid={`road-like-${side}`}
            />
            <p dir="auto" aria-label={t.answer(n, side.toUpperCase())}>
              {one[side]} <small className={panel.note}>{t.worth(format.number(worthOf(rule, one[side])))}</small>
            </p>
          </div>
        ))}
    </li>
  )
}

function Controls({ way }: { way: 'pairs' | 'answers' }) {
  const t = usePanelText(roadWords)
  const words = usePanelText(teachWords)
  const { phase, kept, stop } = useTeach()
  const isWriting = useChat((s) => s.status !== 'idle')
  const { pairs, plus, minus, steps, beta, kl, seed, learner, by, writing, set, setSteps, write, ...road } = useRoad()
  const model = useModels(({ active }) => active?.id)
  const taught = judgeFor(model, useJudge())
  const stage = stageOf({ way, learner })
  const lesson = lessonIn({ way, pairs, plus, minus, steps, beta, kl, seed, learner, by }, taught?.adapter ?? null)
  const sure = decided(pairs).length
  const isWritten = pairs.some(({ a }) => a !== '')
  const hasRule = ruleOf({ plus, minus: '' }).plus.length > 0
  const isIdle = phase === 'idle' && writing === null
  const least = learner === 'judge' ? 4 : 2
  const lacks =
    way === 'pairs'
      ? sure < least
        ? t.few(least)
        : null
      : by === 'judge'
        ? taught
          ? null
          : t.noJudge
        : hasRule
          ? null
          : t.noRule
  const beside = useBeside()
  const cannot = kept && !kept.isRunning ? words.undecided : isIdle && isWriting ? words.busy : (lacks ?? beside)
  const said = writing ? t.writing(writing.done, writing.of) : isIdle ? cannot : words.phases[phase]
  return (
    <section className={panel.controls} aria-label={words.settings}>
      {way === 'pairs' && (
        <div className={panel.actions}>
          <Button disabled={!isIdle || isWriting} onClick={() => void write()} data-testid="road-write">
            {isWritten ? t.rewrite : t.write}
          </Button>
          {isWritten && (
            <Button disabled={!isIdle || !hasRule} onClick={road.judge} data-testid="road-judge">
              {t.judge}
            </Button>
          )}
          <span className={panel.note} data-testid="road-decided">
            {t.judged(sure)}
          </span>
        </div>
      )}
      {way === 'pairs' ? (
        <Segmented
          label={t.learner.label}
          quiet={false}
          value={learner}
          options={(['model', 'judge'] as const).map((value) => ({ value, text: t.learner[value], disabled: !isIdle }))}
          onChange={(value) => set({ learner: value })}
          testId="road-learner"
        />
      ) : (
        <>
          <Segmented
            label={t.by.label}
            quiet={false}
            value={by}
            options={(['rule', 'judge'] as const).map((value) => ({ value, text: t.by[value], disabled: !isIdle }))}
            onChange={(value) => set({ by: value })}
            testId="road-by"
          />
          {by === 'judge' && taught && (
            <p className={panel.note} data-testid="road-judged">
              {t.taught(taught.name, taught.pairs)}{' '}
              {taught.right !== null && t.unseen(Math.round(taught.right * taught.heldOut), taught.heldOut)}
            </p>
          )}
        </>
      )}
      <fieldset disabled={!isIdle} className={styles.settings} data-testid="road-settings">
        <Range
          label={t.steps}
          hint={t.stepsHint[stage]}
          value={steps[stage]}
          min={5}
          max={100}
          step={5}
          onChange={setSteps}
        />
        {stage === 'pairs' && (
          <Range
            label={t.beta}
            hint={t.betaHint}
            value={beta}
            min={0.02}
            max={1}
            step={0.02}
            onChange={(value) => set({ beta: value })}
          />
        )}
        {stage === 'answers' && (
          <Range
            label={t.kl}
            hint={t.klHint}
            value={kl}
            min={0}
            max={1}
            step={0.05}
            onChange={(value) => set({ kl: value })}
          />
        )}
        <Range
          label={t.seed}
          hint={t.seedHint}
          value={seed}
          min={0}
          max={999}
          step={1}
          onChange={(value) => set({ seed: value })}
        />
      </fieldset>
      {isIdle && lesson && lacks === null && <Cost lesson={lesson} may={cannot === null} />}
      <StartStop
        id="road"
        words={{ ...t, stopping: words.stopping }}
        runs={writing ? { mayStop: true, isStopping: false } : runsIn(phase)}
        mayStart={cannot === null}
        start={() => void road.start(t.names[stage])}
        stop={writing ? road.stop : stop}
      >
        <p className={panel.note} role="status">
          {said}
        </p>
      </StartStop>
    </section>
  )
}
