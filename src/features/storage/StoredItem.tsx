// One stored model or adapter: what is here of it, when it was checked and used, and what can be done with it.

import { useExplain, useFormats, useT } from '../../i18n/index.tsx'
import { usePanelText } from '../../i18n/panels/index.ts'
import { listedWords } from '../../i18n/panels/listed.ts'
import { storageWords } from '../../i18n/panels/storage.ts'
import { useAdapters } from '../../store/adapters.ts'
import { useChat, useModels, type ModelJob, type StoredModel } from '../../store/index.ts'
import { useStorage, type Reading } from '../../store/storage.ts'
import { Button } from '../../ui/Button.tsx'
import { Confirm } from '../../ui/Confirm.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { save } from '../../ui/export.ts'
import { Name } from '../../ui/Name.tsx'
import { Progress } from '../../ui/Progress.tsx'
import styles from './Panel.module.css'

type Item = Pick<
  StoredModel,
  'id' | 'name' | 'bytes' | 'storedBytes' | 'complete' | 'addedAt' | 'origin' | 'damaged' | 'usedAt' | 'verifiedAt'
> & { adapter: boolean }

export function StoredItem({ row, job }: { row: Item; job: ModelJob | null }) {
  const t = useT()
  const words = usePanelText(storageWords)
  const format = useFormats()
  const reading = useStorage((s) => s.readings[row.id])
  const { verify, export: pack, stop } = useStorage()
  const { resume, remove, active } = useModels()
  const writing = useChat((s) => s.status !== 'idle')
  const inUse = active?.id === row.id && active.state !== 'failed'
  // an answer that is being written would end in the middle
  const held = inUse && writing
  const placed = row.origin.kind === 'place'
  const busy = reading?.state === 'running' || job?.state === 'running'
  const whole = row.complete && !row.damaged
  const facts = row.damaged
    ? [words.damaged]
    : [
        placed
          ? words.placed(format.bytes(row.bytes ?? 0))
          : whole
            ? format.bytes(row.storedBytes)
            : words.partial(format.bytes(row.storedBytes), row.bytes === null ? '?' : format.bytes(row.bytes)),
        words.added(format.when(row.addedAt)),
        ...(row.adapter ? [] : [row.usedAt === undefined ? words.unused : words.used(format.when(row.usedAt))]),
        placed
          ? words.placedHint
          : row.verifiedAt === undefined
            ? words.unverified
            : words.verified(format.when(row.verifiedAt)),
      ]
  return (
    <article className={styles.item} data-testid={`stored-${row.id}`} data-whole={whole}>
      <div>
        <h3>
          <Name>{row.name}</Name>
        </h3>
        <p className={styles.facts}>
          {facts.map((fact) => (
            <span key={fact}>{fact}</span>
          ))}
        </p>
      </div>
      <div className={styles.buttons}>
        {reading?.state === 'running' ? (
          <Button onClick={() => stop(row.id)}>{words.stop}</Button>
        ) : (
          <>
            {!row.damaged && row.storedBytes > 0 && (
              <Button data-testid="verify" disabled={busy} onClick={() => void verify(row.id)}>
                {words.verify}
              </Button>
            )}
            {!whole && !row.damaged && row.origin.kind !== 'import' && (
              <Button variant="primary" data-testid="mend" disabled={busy} onClick={() => void resume(row.id)}>
                {words.mend}
              </Button>
            )}
            {whole && !row.adapter && !placed && (
              <Button
                data-testid="save-model"
                disabled={busy}
                onClick={() =>
                  void pack(row.id).then((file) => {
                    if (file) save(`${row.name.replace(/[^\p{L}\p{N}._-]+/gu, '_')}.tar`, file)
                  })
                }
              >
                {words.save}
              </Button>
            )}
            {!busy && held && <span className={styles.facts}>{words.held}</span>}
            {!busy && !held && (
              <Confirm
                label={placed ? words.forget : inUse ? words.close : words.remove}
                question={
                  placed
                    ? words.forgetAsk
                    : inUse
                      ? words.closeAsk(format.bytes(row.storedBytes))
                      : words.removeAsk(format.bytes(row.storedBytes))
                }
                yes={t.app.remove}
                no={t.app.keep}
                testId="delete-stored"
                onConfirm={() => void (row.adapter ? useAdapters.getState().remove(row.id) : remove(row.id))}
              />
            )}
          </>
        )}
      </div>
      <Found reading={reading} row={row} job={job} />
    </article>
  )
}

function Found({ reading, row, job }: { reading: Reading | undefined; row: Item; job: ModelJob | null }) {
  const t = useT()
  const listed = usePanelText(listedWords)
  const words = usePanelText(storageWords)
  const format = useFormats()
  const explain = useExplain()
  const error = job?.state === 'failed' ? job.error : reading?.error
  if (error) {
    return <ErrorNote {...explain(error)} code={error.code} message={error.message} details={t.app.details} />
  }
  const moving = job?.state === 'running' ? job : reading?.state === 'running' ? reading : null
  if (moving) {
    const { progress, kind } = moving
    const what = kind === 'verify' ? words.verifying : kind === 'export' ? words.saving : listed.jobs[kind]
    return (
      <Progress
        label={what}
        value={progress?.loaded ?? 0}
        total={progress?.total ?? null}
        start={what}
        end={progress?.total ? t.load.bytes(format.bytes(progress.loaded), format.bytes(progress.total)) : undefined}
      />
    )
  }
  if (reading?.state !== 'done') return null
  const { found, kind } = reading
  return (
    <p role="status" data-testid="reading" data-bad={(found?.bad ?? 0) > 0}>
      {kind === 'export' || !found
        ? words.saved
        : found.bad === 0
          ? words.good(found.chunks)
          : words.bad(found.bad, found.chunks)}
      {found && found.bad > 0 && row.origin.kind === 'import' && ` ${words.addAgain}`}
    </p>
  )
}
