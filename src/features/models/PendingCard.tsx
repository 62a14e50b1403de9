// Files from the reader's disk: looked at first, stored and loaded only after a yes.

import { useEffect, useRef, useState } from 'react'
import { useExplain, useFormats, useT } from '../../i18n/index.tsx'
import { usePanelText } from '../../i18n/panels/index.ts'
import { listedWords } from '../../i18n/panels/listed.ts'
import { modelWords } from '../../i18n/panels/models.ts'
import { useChat, useModels, useSettings, type ErrorData } from '../../store/index.ts'
import { openInPlace } from '../../store/places.ts'
import { Button } from '../../ui/Button.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { handlesOf } from './folders.ts'
import { addAdapters, usePending } from './pending.ts'
import styles from './Plan.module.css'
import { PlanView } from './Plan.tsx'
import { asData, usePlan } from './usePlan.ts'

export function PendingCard() {
  const files = usePending((s) => s.files)
  return files.length === 0 ? null : <Card files={files} />
}

function Card({ files }: { files: readonly File[] }) {
  const t = useT()
  const listed = usePanelText(listedWords)
  const format = useFormats()
  const words = usePanelText(modelWords)
  const explain = useExplain()
  const { packing, setPacking, clear } = usePending()
  const state = usePlan(files, packing)
  const keep = useSettings((s) => s.setPacking)
  const { import: take, load, active, refresh } = useModels()
  const options = useSettings((s) => s.load)
  const blocked = useChat((s) => s.status !== 'idle')
  const card = useRef<HTMLElement>(null)
  useEffect(() => {
    card.current?.scrollIntoView({ block: 'nearest' })
    card.current?.focus()
  }, [files])
  const store = async (andLoad: boolean) => {
    clear()
    const id = await take(files)
    if (id !== null) keep(id, packing)
    if (id !== null && andLoad) await load(id, options)
  }
  const handles = handlesOf(files)
  const [error, setError] = useState<ErrorData | null>(null)
  const place = async () => {
    try {
      const id = await openInPlace(files, handles!)
      clear()
      keep(id, packing)
      await refresh()
      await load(id, options)
    } catch (problem) {
      setError(asData(problem))
    }
  }
  const bytes = files.reduce((sum, file) => sum + file.size, 0)
  return (
    <section
      ref={card}
      tabIndex={-1}
      className={styles.pending}
      data-testid="pending-model"
      aria-labelledby="pending-title"
    >
      <h2 id="pending-title">{listed.pending}</h2>
      <p className={styles.files}>
        {listed.pendingFiles(
          format.list(files.slice(0, 4).map((file) => file.name)),
          Math.max(0, files.length - 4),
          format.bytes(bytes),
        )}
      </p>
      <PlanView
        state={state}
        target={files}
        packing={packing}
        setPacking={setPacking}
        hint={active?.state === 'ready' ? listed.stillLoaded(active.name) : undefined}
      />
      {handles && <p className={styles.files}>{words.inPlace}</p>}
      {error && <ErrorNote {...explain(error)} code={error.code} message={error.message} details={t.app.details} />}
      <div className={styles.buttons}>
        {state.error?.facts['found'] === 'adapter' && (
          <Button
            variant="primary"
            data-testid="add-as-adapter"
            onClick={() => {
              clear()
              addAdapters(files)
            }}
          >
            {words.asAdapter}
          </Button>
        )}
        {handles && (
          <Button
            variant="primary"
            data-testid="load-in-place"
            disabled={!state.plan || blocked}
            onClick={() => void place()}
          >
            {words.loadInPlace}
          </Button>
        )}
        <Button
          variant={handles ? 'plain' : 'primary'}
          data-testid="load-model"
          disabled={!state.plan || blocked}
          onClick={() => void store(true)}
        >
          {listed.storeAndLoad}
        </Button>
        <Button data-testid="store-model" disabled={!state.plan} onClick={() => void store(false)}>
          {listed.store}
        </Button>
        <Button variant="quiet" data-testid="discard-model" onClick={clear}>
          {state.error ? t.app.close : t.app.cancel}
        </Button>
      </div>
    </section>
  )
}
