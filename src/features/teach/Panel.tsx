// Teaching the loaded model: what it is to learn, the settings, and one run with its curve and its answers.

import { useEffect, useId } from 'react'
import { useExplain, useT } from '../../i18n/index.tsx'
import { usePanelText } from '../../i18n/panels/index.ts'
import { teachWords } from '../../i18n/panels/teach.ts'
import { useChat, useModels } from '../../store/index.ts'
import { isWhole, lessonOf, runsIn, useTeach } from '../../store/teach/index.ts'
import { useRoad } from '../../store/teach/road.ts'
import { Button } from '../../ui/Button.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { Page } from '../../ui/Page.tsx'
import { Range } from '../../ui/Range.tsx'
import { Birth, BirthWaits } from './Birth.tsx'
import { Cost, useBeside } from './Cost.tsx'
import { Kept } from './Kept.tsx'
import { Pairs } from './Pairs.tsx'
import styles from './Panel.module.css'
import { Offered, ShareRecipe } from './Recipe.tsx'
import { Road } from './Road.tsx'
import { Row } from './Row.tsx'
import { Run } from './Run.tsx'
import { StartStop } from './StartStop.tsx'
import { Ways } from './Ways.tsx'

/** A learning rate from here on is warned of before the start; 0.02 was seen to destroy storyteller. */
const HIGH = 0.01

export function Panel() {
  const t = usePanelText(teachWords)
  const { nav } = useT()
  const explain = useExplain()
  const { started, phase, error, run, open } = useTeach()
  const way = useRoad((s) => s.way)
  useEffect(() => void open(), [open])
  const fits = useModels(({ active }) => active?.state === 'ready' && active.info?.does.includes('generate'))
  return (
    <Page
      title={t.title}
      lead={t.lead}
      back={{ to: 'adapters', name: nav.adapters }}
      data-testid="teach-panel"
      data-phase={started ? phase : 'opening'}
    >
      {phase === 'idle' && <Kept />}
      <BirthWaits />
      <Offered />
      {fits || phase !== 'idle' ? (
        <>
          <Ways />
          {way === 'rows' ? (
            <>
              <Pairs locked={phase !== 'idle'} />
              {fits && phase === 'idle' && <Row />}
              <Controls />
            </>
          ) : (
            <Road way={way} />
          )}
        </>
      ) : (
        <NoModel />
      )}
      {error && <ErrorNote {...explain(error)} code={error.code} message={error.message} details={t.details} />}
      {run && <Run run={run} />}
      <Birth />
    </Page>
  )
}

function NoModel() {
  const t = usePanelText(teachWords)
  const reads = useModels(({ active }) => active?.state === 'ready')
  return (
    <Empty
      icon="adapters"
      title={reads ? t.readsOnly : t.noModel}
      testId="teach-no-model"
      actions={
        <Button
          variant="primary"
          onClick={() => {
            location.hash = '#/models'
          }}
        >
          {t.models}
        </Button>
      }
    >
      <p>{t.noModelText}</p>
    </Empty>
  )
}

function Controls() {
  const t = usePanelText(teachWords)
  const id = useId()
  const { rows, keeps, steps, lr, rank, seed, heldOut, name, kept, phase, set, start, stop } = useTeach()
  const writing = useChat((s) => s.status !== 'idle')
  const whole = rows.filter(isWhole)
  const beside = useBeside()
  const cannot = kept && !kept.isRunning ? t.undecided : whole.length === 0 ? t.few : writing ? t.busy : beside
  const idle = phase === 'idle'
  return (
    <section className={styles.controls} aria-labelledby={id}>
      <h2 id={id} className="visually-hidden">
        {t.settings}
      </h2>
      <label className={styles.check}>
        <input
          type="checkbox"
          checked={keeps}
          disabled={!idle}
          onChange={(event) => set({ keeps: event.target.checked })}
        />
        <span>
          {t.keeps}
          <small>{t.keepsHint}</small>
        </span>
      </label>
      <details className={styles.settings}>
        <summary>{t.settings}</summary>
        <fieldset disabled={!idle}>
          <label className={styles.name}>
            {t.name}
            <input
              type="text"
              value={name}
              placeholder={t.defaultName}
              maxLength={80}
              onChange={(event) => set({ name: event.target.value })}
            />
          </label>
          <Range
            label={t.steps}
            hint={t.stepsHint}
            value={steps}
            min={5}
            max={400}
            step={5}
            onChange={(v) => set({ steps: v })}
          />
          <Range
            label={t.lr}
            hint={t.lrHint}
            value={lr}
            min={0.0001}
            max={0.02}
            step={0.0001}
            onChange={(v) => set({ lr: v })}
          />
          <Range
            label={t.rank}
            hint={t.rankHint}
            value={rank}
            min={1}
            max={32}
            step={1}
            onChange={(v) => set({ rank: v })}
          />
          <Range
            label={t.heldOutPart}
            hint={t.heldOutPartHint}
            value={heldOut}
            min={0}
            max={0.5}
            step={0.05}
            onChange={(v) => set({ heldOut: v })}
          />
          <Range
            label={t.seed}
            hint={t.seedHint}
            value={seed}
            min={0}
            max={999}
            step={1}
            onChange={(v) => set({ seed: v })}
          />
        </fieldset>
      </details>
      {idle && whole.length > 0 && (
        <Cost lesson={lessonOf({ rows, keeps, steps, lr, rank, seed, heldOut })} may={cannot === null} />
      )}
      <StartStop
        id="teach"
        words={t}
        runs={runsIn(phase)}
        mayStart={cannot === null}
        start={() => void start(name.trim() || t.defaultName)}
        stop={stop}
      >
        {idle && whole.length > 0 && <ShareRecipe />}
        <p className={styles.note}>{idle ? (cannot ?? t.price(steps, whole.length)) : t.phases[phase]}</p>
        {idle && lr >= HIGH && (
          <p role="status" className={styles.note} data-testid="teach-high">
            {t.lrHigh}
          </p>
        )}
      </StartStop>
    </section>
  )
}
