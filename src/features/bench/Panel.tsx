// Measures the loaded model, shows how far that is, and what was found; earlier runs stand below, to be compared.

import { useId, useState } from 'react'
import { useExplain, useFormats } from '../../i18n/index.tsx'
import { bench as words } from '../../i18n/panels/bench.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { before, useBench, useBenchHistory, type DepthName } from '../../store/bench/index.ts'
import { useChat, useModels } from '../../store/index.ts'
import { Button } from '../../ui/Button.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { Page } from '../../ui/Page.tsx'
import { Progress } from '../../ui/Progress.tsx'
import { Segmented } from '../../ui/Segmented.tsx'
import { Choices } from './Choices.tsx'
import { Earlier } from './Earlier.tsx'
import styles from './Panel.module.css'
import { Result } from './Result.tsx'

export function Panel() {
  const t = usePanelText(words)
  const explain = useExplain()
  const { state, result, error } = useBench()
  const active = useModels((s) => s.active)
  const runs = useBenchHistory((s) => s.runs)
  // nothing chosen yet: the run before this one
  const [chosen, setOther] = useState<number | null | undefined>(undefined)
  const other = chosen === undefined ? ((result && before(runs, result)?.at) ?? null) : chosen
  return (
    <Page title={t.title} lead={t.intro} data-testid="bench-panel" data-state={state}>
      <p>
        <a href="#/evaluate" data-testid="to-evaluate">
          {t.evaluate}
        </a>
      </p>
      {state === 'idle' && active === null && result === null ? <NoModel /> : <Controls />}
      {error && <ErrorNote {...explain(error)} code={error.code} message={error.message} details={t.details} />}
      {result && <Result result={result} other={other} />}
      <Choices idle={state === 'idle'} />
      <Earlier other={other} setOther={setOther} />
    </Page>
  )
}

function NoModel() {
  const t = usePanelText(words)
  return (
    <Empty
      icon="bench"
      title={t.none}
      testId="bench-wait"
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
      <p>{t.noneText}</p>
    </Empty>
  )
}

function Controls() {
  const t = usePanelText(words)
  const format = useFormats()
  const id = useId()
  const { state, name, part, done, start, stop } = useBench()
  const active = useModels((s) => s.active)
  const isWriting = useChat((s) => s.status !== 'idle')
  const [depth, setDepth] = useState<DepthName>('quick')
  const ready = active?.state === 'ready' ? active : null
  const cannot = ready?.info && !ready.info.does.includes('generate') ? t.writes : isWriting ? t.writing : null
  return (
    <section className={styles.controls} aria-labelledby={id}>
      <h2 id={id} className="visually-hidden">
        {t.progress}
      </h2>
      {state === 'idle' ? (
        <>
          <Segmented
            label={t.depth}
            value={depth}
            onChange={setDepth}
            options={(['quick', 'full'] as const).map((value) => ({ value, text: t.depths[value] }))}
            testId="bench-depth"
          />
          <Button
            variant="primary"
            icon="bench"
            disabled={!ready || cannot !== null}
            onClick={() => void start(depth)}
            data-testid="bench-start"
          >
            {t.start(ready?.name ?? '…')}
          </Button>
          <p className={styles.note}>
            {cannot ?? t.depthHint[depth]} {cannot === null && t.busy}
          </p>
        </>
      ) : (
        <>
          <Button icon="stop" disabled={state === 'stopping'} onClick={stop} data-testid="bench-stop">
            {state === 'stopping' ? t.stopping : t.stop}
          </Button>
          <div className={styles.progress} data-testid="bench-progress" data-part={part}>
            <Progress
              label={t.progress}
              value={done}
              total={1}
              start={part ? t.parts[part] : ''}
              end={`${name ?? ''} · ${format.percent(done)}`}
            />
          </div>
        </>
      )}
      <div role="status" aria-live="polite" className="visually-hidden">
        {part ? t.parts[part] : ''}
      </div>
    </section>
  )
}
