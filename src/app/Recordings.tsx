// Recorded runs at the glass panels: two that come with the page, any file, and the run on screen as a file.

import { useRef, useState } from 'react'
import { useExplain, useFormats, useLang } from '../i18n/index.tsx'
import { recordings as words } from '../i18n/panels/recordings.ts'
import { usePanelText } from '../i18n/panels/index.ts'
import { useModels, type ErrorData } from '../store/index.ts'
import { useInspect } from '../store/inspect.ts'
import { Button } from '../ui/Button.tsx'
import { ErrorNote } from '../ui/ErrorNote.tsx'
import { save } from '../ui/export.ts'
import { Notice } from '../ui/Notice.tsx'
import styles from './Recordings.module.css'
import { SavePage } from './SavePage.tsx'
import { useModelOf } from './useStrength.ts'

/** Buttons that open a recording. */
export function OpenRecording({ shipped = true }: { shipped?: boolean }) {
  const t = usePanelText(words)
  const lang = useLang()
  const explain = useExplain()
  const input = useRef<HTMLInputElement>(null)
  const openRecording = useInspect((s) => s.openRecording)
  const [error, setError] = useState<ErrorData | { failed: string } | null>(null)
  const [busy, setBusy] = useState(false)
  const look = async (file: () => Promise<Blob>) => {
    setBusy(true)
    try {
      setError(await openRecording(await file()))
    } catch (problem) {
      setError({ failed: (problem as Error).message })
    }
    setBusy(false)
  }
  const fetched = (name: string) => async () => {
    const answer = await fetch(new URL(`traces/${name}.glasstrace`, document.baseURI))
    if (!answer.ok) throw new Error(`${answer.status} ${answer.url}`)
    return answer.blob()
  }
  return (
    <div className={styles.open} role="group" aria-label={t.label} data-testid="recordings">
      {shipped && <span className={styles.offer}>{t.offer}:</span>}
      {shipped &&
        (lang === 'zh' ? (['zh', 'en'] as const) : (['en', 'zh'] as const)).map((name) => (
          <Button key={name} disabled={busy} data-testid={`recording-${name}`} onClick={() => void look(fetched(name))}>
            {t.names[name]}
          </Button>
        ))}
      <Button variant="quiet" icon="file" disabled={busy} onClick={() => input.current!.click()}>
        {t.open}
      </Button>
      <input
        ref={input}
        type="file"
        accept=".glasstrace"
        hidden
        aria-label={t.open}
        data-testid="recording-file"
        onChange={(event) => {
          const file = event.target.files?.[0]
          event.target.value = ''
          if (file) void look(() => Promise.resolve(file))
        }}
      />
      {error &&
        ('code' in error ? (
          <ErrorNote {...explain(error)} code={error.code} message={error.message} details={t.details} />
        ) : (
          <Notice tone="bad" title={t.failed}>
            <p>{error.failed}</p>
          </Notice>
        ))}
    </div>
  )
}

/** Above a panel that shows a recording. */
export function RecordingNote() {
  const t = usePanelText(words)
  const { info, tokens, closeRecording } = useInspect()
  const modelOf = useModelOf()
  const live = useModels((s) => s.active?.state === 'ready')
  if (info?.source !== 'recording') return null
  return (
    <div className={styles.note}>
      <Notice
        tone="info"
        testId="recording"
        actions={
          <Button onClick={closeRecording} data-testid="close-recording">
            {live ? t.live : t.close}
          </Button>
        }
      >
        <p>{t.now(modelOf(info), tokens.length)}</p>
      </Notice>
    </div>
  )
}

/** Below a panel: take this run along, or look at another one. */
export function SaveRecording() {
  const t = usePanelText(words)
  const format = useFormats()
  const { info, writing, editing, record } = useInspect()
  const explain = useExplain()
  const [state, setState] = useState<{ fraction: number } | ErrorData | { failed: string } | null>(null)
  if (!info) return null
  const fraction = state && 'fraction' in state ? state.fraction : null
  const take = async () => {
    setState({ fraction: 0 })
    try {
      save(`${info.model}.glasstrace`, await record((done) => setState({ fraction: done })))
      setState(null)
    } catch (error) {
      setState('code' in (error as object) ? (error as ErrorData) : { failed: (error as Error).message })
    }
  }
  return (
    <footer className={styles.foot}>
      <Button
        variant="quiet"
        icon="download"
        disabled={writing || editing || fraction !== null}
        onClick={() => void take()}
        data-testid="save-recording"
      >
        {fraction === null ? t.save : t.saving(format.percent(fraction))}
      </Button>
      <SavePage />
      <OpenRecording shipped={false} />
      {state && 'failed' in state && (
        <Notice tone="bad" title={t.notSaved}>
          <p>{state.failed}</p>
        </Notice>
      )}
      {state && 'code' in state && (
        <ErrorNote {...explain(state)} code={state.code} message={state.message} details={t.details} />
      )}
    </footer>
  )
}
