// The buttons of a model card, by where the model stands.

import { useFormats, useT } from '../../i18n/index.tsx'
import { usePanelText } from '../../i18n/panels/index.ts'
import { listedWords } from '../../i18n/panels/listed.ts'
import { modelWords } from '../../i18n/panels/models.ts'
import { useChat, useModels, useSettings } from '../../store/index.ts'
import { Button } from '../../ui/Button.tsx'
import { Confirm } from '../../ui/Confirm.tsx'
import styles from './Card.module.css'
import { pickFiles } from './pending.ts'
import type { Row } from './rows.ts'

/** details: memory and options before loading, to unfold */
interface Props {
  row: Row
  details: { open: boolean; toggle: () => void } | null
}

export function CardActions({ row, details }: Props) {
  const t = useT()
  const listed = usePanelText(listedWords)
  const format = useFormats()
  const words = usePanelText(modelWords)
  const { download, resume, cancel, load, use: obtain, unload, cancelLoad, remove } = useModels()
  const writing = useChat((s) => s.status !== 'idle')
  const loading = useModels((s) => s.active?.state === 'loading')
  const options = useSettings((s) => s.load)
  const { id, entry, job, active } = row
  // one whose description cannot be read is as good as absent, but for what it takes on the disk
  const stored = row.stored?.damaged ? null : row.stored
  const partial = stored !== null && !stored.complete
  const running = job?.state === 'running'

  if (running) {
    return (
      <div className={styles.actions}>
        {job.kind !== 'remove' && (
          <Button data-testid="cancel-download" onClick={() => cancel(id)}>
            {listed.pause}
          </Button>
        )}
      </div>
    )
  }
  const blocked = writing || (loading && active === null)
  return (
    <div className={styles.actions}>
      {active?.state === 'loading' && <Button onClick={cancelLoad}>{t.load.cancel}</Button>}
      {active?.state === 'ready' && (
        <Button data-testid="unload-model" disabled={writing} onClick={() => void unload()}>
          {listed.unload}
        </Button>
      )}
      {active?.state !== 'loading' && active?.state !== 'ready' && (
        <>
          {stored?.complete && (
            <Button
              variant="primary"
              data-testid="load-model"
              disabled={blocked}
              onClick={() => void load(id, options)}
            >
              {listed.load}
            </Button>
          )}
          {partial && stored.origin.kind !== 'import' && (
            <Button variant="primary" icon="download" data-testid="resume-download" onClick={() => void resume(id)}>
              {listed.resume}
            </Button>
          )}
          {partial && stored.origin.kind === 'import' && (
            <Button variant="primary" icon="file" data-testid="add-again" onClick={pickFiles}>
              {t.models.addAgain}
            </Button>
          )}
          {!stored && entry && entry.group !== 'hub' && (
            <Button variant="primary" data-testid="load-model" disabled={blocked} onClick={() => void obtain(entry)}>
              {listed.load}
            </Button>
          )}
          {!stored && entry?.group === 'hub' && !entry.gated && (
            <Button icon="download" data-testid="download-model" onClick={() => void download(entry)}>
              {listed.download}
            </Button>
          )}
        </>
      )}
      {details && (
        <Button variant="quiet" aria-expanded={details.open} data-testid="model-details" onClick={details.toggle}>
          {listed.details}
        </Button>
      )}
      {row.stored && active === null && (
        <Confirm
          iconOnly
          label={row.stored.origin.kind === 'place' ? words.forget : listed.remove}
          question={
            row.stored.origin.kind === 'place' ? words.forgetAsk : words.removeAsk(format.bytes(row.stored.storedBytes))
          }
          yes={t.app.remove}
          no={t.app.keep}
          testId="delete-model"
          onConfirm={() => void remove(id)}
        />
      )}
    </div>
  )
}
