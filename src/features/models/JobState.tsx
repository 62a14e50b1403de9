// How far a download, an import or a removal is; and what is left of one that stopped.

import { useExplain, useFormats, useT } from '../../i18n/index.tsx'
import { usePanelText } from '../../i18n/panels/index.ts'
import { listedWords } from '../../i18n/panels/listed.ts'
import { modelWords } from '../../i18n/panels/models.ts'
import { useModels, type TransferProgress } from '../../store/index.ts'
import { Button } from '../../ui/Button.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { Progress } from '../../ui/Progress.tsx'
import styles from './Card.module.css'
import { hostName, otherHub } from './hubs.ts'
import type { Row } from './rows.ts'

export function JobState({ row }: { row: Row }) {
  const t = useT()
  const listed = usePanelText(listedWords)
  const explain = useExplain()
  const format = useFormats()
  const words = usePanelText(modelWords)
  const { dismiss, resume, from, startOver } = useModels()
  const { job, stored } = row
  if (job?.state === 'running') return <Running kind={job.kind} progress={job.progress} />
  if (job?.state === 'failed' && job.error) {
    const { code, message, facts } = job.error
    const other = otherHub(job.origin, job.error)
    const changed = code === 'HASH_MISMATCH' && facts['reason'] === 'changed'
    return (
      <ErrorNote
        {...explain(job.error)}
        code={code}
        message={message}
        details={t.app.details}
        hint={other !== null ? words.otherHub(hostName(other)) : undefined}
        actions={
          <>
            {changed && (
              <Button data-testid="start-over" onClick={() => void startOver(row.id)}>
                {words.startOver}
              </Button>
            )}
            {other !== null && (
              <Button data-testid="other-hub" onClick={() => void from(row.id, other)}>
                {words.fromHub(hostName(other))}
              </Button>
            )}
            {!changed && stored && !stored.complete && !stored.damaged && stored.origin.kind !== 'import' && (
              <Button onClick={() => void resume(row.id)}>{listed.resume}</Button>
            )}
            <Button variant="quiet" onClick={() => dismiss(row.id)}>
              {t.app.close}
            </Button>
          </>
        }
      />
    )
  }
  if (stored?.damaged)
    return (
      <p className={styles.broken} data-testid="damaged-model">
        {listed.damaged}
      </p>
    )
  if (stored && !stored.complete && stored.origin.kind === 'import')
    return (
      <p className={styles.broken} data-testid="cut-import">
        {listed.cutImport}
      </p>
    )
  if (stored && !stored.complete) {
    return (
      <Progress
        label={listed.partial}
        value={stored.storedBytes}
        total={stored.bytes ?? Math.max(stored.storedBytes, 1)}
        start={listed.partial}
        end={
          stored.bytes === null
            ? format.bytes(stored.storedBytes)
            : t.load.bytes(format.bytes(stored.storedBytes), format.bytes(stored.bytes))
        }
      />
    )
  }
  return null
}

function Running({ kind, progress }: { kind: 'download' | 'import' | 'remove'; progress: TransferProgress | null }) {
  const t = useT()
  const listed = usePanelText(listedWords)
  const format = useFormats()
  const words = usePanelText(modelWords)
  const what = listed.jobs[kind]
  if (!progress || kind === 'remove') return <Progress label={what} value={0} total={null} start={what} />
  const amount =
    progress.total === null
      ? format.bytes(progress.loaded)
      : t.load.bytes(format.bytes(progress.loaded), format.bytes(progress.total))
  const pace =
    progress.state === 'wait'
      ? listed.waiting
      : progress.state === 'offline'
        ? words.offline
        : [
            progress.bytesPerSecond > 0 && listed.pace(format.bytes(progress.bytesPerSecond)),
            progress.secondsLeft !== null &&
              progress.secondsLeft > 0 &&
              listed.left(format.duration(progress.secondsLeft)),
          ]
            .filter(Boolean)
            .join(' · ')
  return (
    <Progress label={what} value={progress.loaded} total={progress.total} start={`${what} · ${amount}`} end={pace} />
  )
}
