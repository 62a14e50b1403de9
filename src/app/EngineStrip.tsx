// One place, on every panel, for what the engine is going through: loading by phases, failed, lost. Every
// trouble can be closed; it comes back when it happens again.

import { lazy, Suspense, useState } from 'react'
import { pickFiles } from '../features/models/pending.ts'
import { useExplain, useFormats, useT } from '../i18n/index.tsx'
import {
  useModels,
  useRecovery,
  useSettings,
  type ActiveModel,
  type ErrorData,
  type TransferProgress,
} from '../store/index.ts'
import { Button } from '../ui/Button.tsx'
import { ErrorNote } from '../ui/ErrorNote.tsx'
import { Notice } from '../ui/Notice.tsx'
import { Phases } from '../ui/Phases.tsx'
import { Progress } from '../ui/Progress.tsx'
import styles from './App.module.css'
import { recover } from './autoload.ts'
import { lostCodes } from './ModelChip.tsx'
import { firstJob, noGpu, ofGpu, saying } from './saying.ts'

const BrowserHint = lazy(() => import('./BrowserHint.tsx'))

const phases = ['open', 'plan', 'self-check', 'upload', 'warm-up'] as const

/** @param recorded a recording is on screen: what is wrong with the live model is not of it */
export function EngineStrip({ recorded = false }: { recorded?: boolean }) {
  const state = useModels()
  const [closed, setClosed] = useState<ErrorData | null>(null)
  const { active, unload, dismissError } = state
  const said = saying(state)
  if (recorded && active?.state !== 'loading') return null
  switch (said?.is) {
    case 'trouble': {
      const { kind, error } = said
      if (error === closed) return null
      return (
        <Trouble
          error={error}
          kind={kind}
          close={
            kind === 'engine' ? dismissError : error === active?.error ? () => void unload() : () => setClosed(error)
          }
        />
      )
    }
    case 'loading':
      return <Loading active={active!} />
    case 'fetching':
      return <Fetching {...firstJob(state)!} />
    case 'skipped':
      return <Skipped {...state.skipped!} />
    case undefined:
      return null
  }
}

function Skipped({ id, name }: { id: string; name: string }) {
  const t = useT()
  const load = useModels((s) => s.load)
  return (
    <div className={styles.note}>
      <Notice
        tone="warn"
        testId="skipped"
        actions={
          <>
            <Button onClick={() => void load(id)}>{t.app.loadInstead(name)}</Button>
            <Button variant="quiet" onClick={() => useModels.setState({ skipped: null })}>
              {t.app.close}
            </Button>
          </>
        }
      >
        <p>{t.app.skipped(name)}</p>
      </Notice>
    </div>
  )
}

/** The embedded model comes over the network on the first visit: 2 MB that may take a while on a slow line. */
function Fetching({ name, progress }: { name: string; progress: TransferProgress | null }) {
  const t = useT()
  const format = useFormats()
  const amount = progress?.total ? t.load.bytes(format.bytes(progress.loaded), format.bytes(progress.total)) : undefined
  return (
    <div className={styles.note}>
      <Progress
        label={t.load.fetching(name)}
        start={t.load.fetching(name)}
        value={progress?.loaded ?? 0}
        total={progress?.total ?? null}
        end={amount}
      />
    </div>
  )
}

function Loading({ active }: { active: ActiveModel }) {
  const t = useT()
  const format = useFormats()
  const cancelLoad = useModels((s) => s.cancelLoad)
  const after = useRecovery((s) => s.after)
  const explain = useExplain()
  const progress = active.progress
  const at = progress && progress.phase !== 'ready' ? phases.indexOf(progress.phase) : -1
  const amount =
    !progress || progress.total <= 0
      ? undefined
      : progress.phase === 'upload'
        ? t.load.bytes(format.bytes(progress.loaded), format.bytes(progress.total))
        : t.load.steps(progress.loaded, progress.total)
  return (
    <div className={styles.note}>
      <Phases
        title={after ? t.app.comesBack(explain(after).title, active.name) : t.load.title(active.name)}
        steps={phases.map((phase) => t.load.phases[phase])}
        at={at}
        value={progress?.loaded ?? 0}
        total={progress && progress.total > 0 ? progress.total : null}
        amount={amount}
        action={
          <Button variant="quiet" onClick={cancelLoad}>
            {t.load.cancel}
          </Button>
        }
      />
    </div>
  )
}

function Trouble({
  error,
  kind,
  close,
}: {
  error: ErrorData
  kind: 'engine' | 'gpu' | 'load' | 'first'
  close: () => void
}) {
  const t = useT()
  const explain = useExplain()
  const { active, catalog, use: obtain } = useModels()
  const spent = useRecovery((s) => s.spent)
  // only the browser's own reload helps, which no button of a page can do (measured): the words say so
  const reload = error.facts.reload === true
  const lost = lostCodes.includes(error.code) && !reload
  const again = kind === 'load' && error.facts['imported'] === true
  const embedded = catalog.find((entry) => entry.group === 'embedded')
  return (
    <div className={styles.note}>
      <ErrorNote
        {...explain(error)}
        hint={
          noGpu.has(error.code) && error.code !== 'INSECURE_CONTEXT' ? (
            <Suspense>
              <BrowserHint />
            </Suspense>
          ) : spent && lost ? (
            t.app.cameBackTwice
          ) : undefined
        }
        code={error.code}
        message={error.message}
        details={t.app.details}
        actions={
          <>
            {lost && (
              <Button variant="primary" onClick={() => void recover()}>
                {t.app.restartEngine}
              </Button>
            )}
            {again && (
              <Button variant="primary" icon="file" onClick={pickFiles}>
                {t.models.addAgain}
              </Button>
            )}
            {!lost && !again && (kind !== 'engine' || active?.state !== 'ready') && (
              <Button onClick={() => void recover()}>{t.app.tryAgain}</Button>
            )}
            {kind === 'load' && error.code.endsWith('_OUT_OF_MEMORY') && (
              <Button
                data-testid="what-fits"
                onClick={() => {
                  location.hash = '#/models'
                }}
              >
                {t.app.whatFits}
              </Button>
            )}
            {kind === 'load' && embedded && active?.id !== embedded.id && (
              <Button onClick={() => void obtain(embedded)}>{t.app.loadInstead(embedded.title)}</Button>
            )}
            {ofGpu.has(error.code) && active && active.options.device !== 'cpu' && (
              <Button
                variant={lost ? 'plain' : 'primary'}
                data-testid="on-processor"
                onClick={() => {
                  useSettings.getState().setLoad({ device: 'cpu' }) // the next visit need not ask again
                  void recover({ device: 'cpu' })
                }}
              >
                {t.app.onProcessor}
              </Button>
            )}
            <Button variant="quiet" onClick={close} data-testid="close-error">
              {t.app.close}
            </Button>
          </>
        }
      />
    </div>
  )
}
