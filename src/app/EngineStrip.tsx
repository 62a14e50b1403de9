// One place, on every panel, for what the engine is going through: no GPU, loading by phases, failed, lost. Every trouble
// can be closed; it comes back when it happens again.

import { useState } from 'react'
import { pickFiles } from '../features/models/pending.ts'
import { useExplain, useFormats, useT } from '../i18n/index.tsx'
import { browserKind } from '../i18n/browser.ts'
import { useModels, type ActiveModel, type CatalogEntry, type ErrorCode, type ErrorData, type TransferProgress } from '../store/index.ts'
import { Button } from '../ui/Button.tsx'
import { ErrorNote } from '../ui/ErrorNote.tsx'
import { Phases } from '../ui/Phases.tsx'
import { Progress } from '../ui/Progress.tsx'
import styles from './App.module.css'
import { lostCodes } from './ModelChip.tsx'

/** the machine, not the model, is what does not work */
const noGpu: ReadonlySet<ErrorCode> = new Set(['NO_WEBGPU', 'INSECURE_CONTEXT', 'NO_ADAPTER'])
const phases = ['open', 'plan', 'compile', 'self-check', 'upload', 'warm-up'] as const

/** @param recorded a recording is on screen: what is wrong with the live model is not of it */
export function EngineStrip({ recorded = false }: { recorded?: boolean }) {
  const { active, adapterError, error, jobs, catalog, unload, dismissError } = useModels()
  const [closed, setClosed] = useState<ErrorData | null>(null)
  const close = (what: ErrorData) => () => setClosed(what)
  if (recorded && active?.state !== 'loading') return null
  const embedded = catalog.find((entry) => entry.group === 'embedded')
  const first = embedded && !active ? jobs[embedded.id] : undefined
  if (error) return <Trouble error={error} kind="engine" close={dismissError} />
  if (active?.state === 'loading') return <Loading active={active} />
  if (active?.state === 'failed' && active.error && active.error.code !== 'ABORTED') return <Trouble error={active.error} kind={noGpu.has(active.error.code) ? 'adapter' : 'load'} close={() => void unload()} />
  if (adapterError && adapterError !== closed && active?.state !== 'ready') return <Trouble error={adapterError} kind="adapter" close={close(adapterError)} />
  if (first?.state === 'running') return <Fetching name={first.name} progress={first.progress} />
  if (first?.state === 'failed' && first.error && first.error !== closed) return <Trouble error={first.error} kind="first" close={close(first.error)} />
  return null
}

/** The embedded model comes over the network on the first visit: 2 MB that may take a while on a slow line. */
function Fetching({ name, progress }: { name: string; progress: TransferProgress | null }) {
  const t = useT()
  const format = useFormats()
  const amount = progress?.total ? t.load.bytes(format.bytes(progress.loaded), format.bytes(progress.total)) : undefined
  return <div className={styles.note}><Progress label={t.load.fetching(name)} start={t.load.fetching(name)} value={progress?.loaded ?? 0} total={progress?.total ?? null} end={amount} /></div>
}

function Loading({ active }: { active: ActiveModel }) {
  const t = useT()
  const format = useFormats()
  const cancelLoad = useModels((s) => s.cancelLoad)
  const progress = active.progress
  const at = progress && progress.phase !== 'ready' ? phases.indexOf(progress.phase) : -1
  const amount = !progress || progress.total <= 0 ? undefined
    : progress.phase === 'upload' ? t.load.bytes(format.bytes(progress.loaded), format.bytes(progress.total))
      : t.load.steps(progress.loaded, progress.total)
  return (
    <div className={styles.note}>
      <Phases title={t.load.title(active.name)} steps={phases.map((phase) => t.load.phases[phase])} at={at} value={progress?.loaded ?? 0}
        total={progress && progress.total > 0 ? progress.total : null} amount={amount}
        action={<Button variant="quiet" onClick={cancelLoad}>{t.load.cancel}</Button>} />
    </div>
  )
}

function Trouble({ error, kind, close }: { error: ErrorData; kind: 'engine' | 'adapter' | 'load' | 'first'; close: () => void }) {
  const t = useT()
  const explain = useExplain()
  const { restart, active, load, catalog, use: obtain, refresh, stored, download } = useModels()
  const lost = lostCodes.includes(error.code)
  const embedded = catalog.find((entry) => entry.group === 'embedded')
  const onProcessor = async (entry: CatalogEntry) => {
    if (stored.some((model) => model.id === entry.id && model.complete) || await download(entry)) await load(entry.id, { cpu: true })
  }
  const hint = kind === 'adapter' && error.code !== 'INSECURE_CONTEXT' ? t.browsers[browserKind(navigator)] : undefined
  return (
    <div className={styles.note}>
      <ErrorNote {...explain(error)} hint={hint} code={error.code} message={error.message} details={t.app.details} actions={(
        <>
          {lost && <Button variant="primary" onClick={() => void restart()}>{t.app.restartEngine}</Button>}
          {kind === 'load' && error.facts['imported'] === true && <Button variant="primary" icon="file" onClick={pickFiles}>{t.models.addAgain}</Button>}
          {kind === 'load' && !lost && active && error.facts['imported'] !== true && <Button onClick={() => void load(active.id)}>{t.app.tryAgain}</Button>}
          {kind === 'load' && embedded && active?.id !== embedded.id && <Button onClick={() => void obtain(embedded)}>{t.app.loadInstead(embedded.title)}</Button>}
          {kind === 'first' && embedded && <Button onClick={() => void obtain(embedded)}>{t.app.tryAgain}</Button>}
          {kind === 'adapter' && embedded && <Button data-testid="on-processor" onClick={() => void onProcessor(embedded)}>{t.app.onProcessor(embedded.title)}</Button>}
          {kind === 'adapter' && <Button onClick={() => void (active ? load(active.id) : refresh())}>{t.app.tryAgain}</Button>}
          <Button variant="quiet" onClick={close} data-testid="close-error">{t.app.close}</Button>
        </>
      )} />
    </div>
  )
}
