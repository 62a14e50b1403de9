// A run that is not over: it was stopped, or the page went away while it learnt, or its adapter could not be stored. It goes on, is
// kept as it is, or is thrown away; and while another tab teaches, that is said.

import { useFormats } from '../../i18n/index.tsx'
import { usePanelText } from '../../i18n/panels/index.ts'
import { teachWords } from '../../i18n/panels/teach.ts'
import { useChat, useModels } from '../../store/index.ts'
import { useTeach } from '../../store/teach/index.ts'
import { Button } from '../../ui/Button.tsx'
import { useBeside } from './Cost.tsx'
import { save } from '../../ui/export.ts'
import { Notice } from '../../ui/Notice.tsx'

/** The files of a PEFT folder, one after the other. */
export async function saveFolder(files: Record<string, Uint8Array> | null): Promise<void> {
  for (const [name, bytes] of Object.entries(files ?? {})) {
    save(name, bytes as Uint8Array<ArrayBuffer>)
    await new Promise((resolve) => setTimeout(resolve, 300)) // one click may save one file at a time
  }
}

export function Kept() {
  const t = usePanelText(teachWords).kept
  const format = useFormats()
  const { kept, goOn, keep, discard, files } = useTeach()
  const active = useModels((s) => s.active)
  const writing = useChat((s) => s.status !== 'idle')
  const isTaken = useBeside() !== null
  if (!kept) return null
  const { name, step, isRunning, model, options, adapter } = kept
  if (isRunning) return <Notice tone="info" testId="teach-elsewhere" title={t.elsewhere(name)} />
  const of = options.steps ?? 0
  const isHere = active?.state === 'ready' && active.id === model
  const isOn = active?.info?.adapters.some((one) => one.name === adapter) ?? false
  return (
    <Notice
      tone="info"
      testId="teach-kept"
      title={step === of ? t.unstored(name) : t.waits(name, format.number(step), format.number(of))}
      actions={
        <>
          {step < of && (
            <Button
              variant="primary"
              disabled={!isHere || writing || isTaken}
              onClick={() => void goOn()}
              data-testid="teach-go-on"
            >
              {t.goOn}
            </Button>
          )}
          <Button
            disabled={!isHere || writing || isTaken || step === 0}
            onClick={() => void keep()}
            data-testid="teach-keep"
          >
            {t.keep}
          </Button>
          {isOn && step > 0 && (
            <Button variant="quiet" icon="file" title={t.filesHint} onClick={() => void files().then(saveFolder)}>
              {t.files}
            </Button>
          )}
          <Button
            variant="quiet"
            disabled={writing || isTaken}
            onClick={() => void discard()}
            data-testid="teach-discard"
          >
            {t.discard}
          </Button>
        </>
      }
    >
      <p>{isHere ? t.why : t.otherModel(model)}</p>
    </Notice>
  )
}
