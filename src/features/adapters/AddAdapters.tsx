// Adding adapters: what to give, two ways to choose it, how far the copy is, and what could not be added.

import { useEffect, useRef, useState } from 'react'
import { useExplain, useFormats, useT } from '../../i18n/index.tsx'
import { adapterWords } from '../../i18n/panels/adapters.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { listedWords } from '../../i18n/panels/listed.ts'
import { useAdapters } from '../../store/adapters.ts'
import type { TransferProgress } from '../../store/index.ts'
import { Button } from '../../ui/Button.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { plainName } from '../../ui/plain-name.ts'
import { Progress } from '../../ui/Progress.tsx'
import styles from './Panel.module.css'

/** Milliseconds before a copy is worth a bar. */
const patience = 1000

export function AddAdapters() {
  const t = usePanelText(adapterWords)
  const { importing, import: take } = useAdapters()
  const folder = useRef<HTMLInputElement>(null)
  const files = useRef<HTMLInputElement>(null)
  const busy = importing !== null && importing.error === null
  const taken = (input: HTMLInputElement): void => {
    const chosen = [...(input.files ?? [])]
    input.value = ''
    if (chosen.length > 0) void take(chosen)
  }
  return (
    <section className={styles.section} aria-labelledby="adapters-add">
      <h2 id="adapters-add">{t.add}</h2>
      <div className={styles.zone} data-testid="adapter-zone">
        <p>{t.addHint}</p>
        <div className={styles.buttons}>
          <Button
            variant="primary"
            icon="file"
            disabled={busy}
            data-testid="pick-adapter-folder"
            onClick={() => folder.current?.click()}
          >
            {t.pickFolder}
          </Button>
          <Button icon="file" disabled={busy} data-testid="pick-adapter-files" onClick={() => files.current?.click()}>
            {t.pickFiles}
          </Button>
        </div>
        <input
          ref={folder}
          type="file"
          hidden
          multiple
          {...{ webkitdirectory: '' }}
          aria-label={t.pickFolder}
          data-testid="adapter-folder-input"
          onChange={(event) => taken(event.target)}
        />
        <input
          ref={files}
          type="file"
          hidden
          multiple
          aria-label={t.pickFiles}
          data-testid="adapter-file-input"
          onChange={(event) => taken(event.target)}
        />
        {busy && <Copying name={importing.name} progress={importing.progress} />}
        <Added />
      </div>
      <NotAdded />
    </section>
  )
}

function Copying({ name, progress }: { name: string; progress: TransferProgress | null }) {
  const t = usePanelText(adapterWords)
  const { load } = useT()
  const listed = usePanelText(listedWords)
  const format = useFormats()
  const stop = useAdapters((s) => s.cancelImport)
  const [long, setLong] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), patience)
    return () => clearTimeout(timer)
  }, [])
  const what = t.adding(plainName(name))
  if (!long) return <p role="status">{what}</p>
  const amount =
    progress === null
      ? undefined
      : progress.total === null
        ? format.bytes(progress.loaded)
        : load.bytes(format.bytes(progress.loaded), format.bytes(progress.total))
  return (
    <div className={styles.copying}>
      <Progress
        label={what}
        value={progress?.loaded ?? 0}
        total={progress?.total ?? null}
        start={amount === undefined ? what : `${what} · ${amount}`}
        end={
          progress?.secondsLeft != null && progress.secondsLeft > 0
            ? listed.left(format.duration(progress.secondsLeft))
            : undefined
        }
      />
      <Button icon="stop" data-testid="stop-adding" onClick={stop}>
        {t.stop}
      </Button>
    </div>
  )
}

/** What came of the last files, said once to who listens: the cards are there to be seen. */
function Added() {
  const t = usePanelText(adapterWords)
  const format = useFormats()
  const { stored, added, already } = useAdapters()
  const names = (ids: readonly string[]): string =>
    format.list(stored.flatMap(({ id, name }) => (ids.includes(id) ? [plainName(name)] : [])))
  const said = [names(added), names(already)]
  const text = [said[0] && t.added(said[0]), said[1] && t.already(said[1])].filter(Boolean).join(' ')
  return (
    <p role="status" className={text === '' ? 'visually-hidden' : styles.added} data-testid="adapters-added">
      {text}
    </p>
  )
}

function NotAdded() {
  const t = usePanelText(adapterWords)
  const explain = useExplain()
  const { importing, dismiss } = useAdapters()
  if (!importing?.error) return null
  const { name, error } = importing
  const { text, todo } = explain(error)
  return (
    <div data-testid="adapter-refused">
      <ErrorNote
        title={t.notAdded(name)}
        text={text}
        todo={todo}
        code={error.code}
        message={error.message}
        details={t.details}
        actions={
          <Button variant="quiet" onClick={dismiss}>
            {t.close}
          </Button>
        }
      />
    </div>
  )
}
