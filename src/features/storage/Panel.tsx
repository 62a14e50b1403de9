// The storage page: what is kept and how much it is, every model and adapter by itself, and whether it will stay.

import { useEffect, useState } from 'react'
import { useExplain, useFormats, useT } from '../../i18n/index.tsx'
import { usePanelText } from '../../i18n/panels/index.ts'
import { storageWords } from '../../i18n/panels/storage.ts'
import { useAdapters } from '../../store/adapters.ts'
import { useModels, type Inventory } from '../../store/index.ts'
import { useStorage } from '../../store/storage.ts'
import { Button } from '../../ui/Button.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { Page } from '../../ui/Page.tsx'
import styles from './Panel.module.css'
import { StoredItem } from './StoredItem.tsx'

export function Panel() {
  const t = useT()
  const words = usePanelText(storageWords)
  const explain = useExplain()
  const { stored, started, refresh, jobs } = useModels()
  const adapters = useAdapters((s) => s.stored)
  const { inventory, error, look } = useStorage()
  useEffect(() => {
    void refresh() // also when each was last used: the list may be from before a load
    void useAdapters.getState().start()
  }, [refresh])
  // again whenever something was stored, mended or removed
  useEffect(() => void look(), [look, stored, adapters])
  const rows = [
    ...stored.map((model) => ({ ...model, adapter: false })),
    ...adapters.map((one) => ({
      id: one.id,
      name: one.name,
      bytes: one.bytes,
      storedBytes: one.bytes,
      complete: one.damaged !== true,
      addedAt: one.addedAt,
      origin: { kind: 'import' as const },
      adapter: true,
    })),
  ]
  return (
    <Page title={words.title} lead={words.lead} back={{ to: 'models', name: t.nav.models }} data-testid="storage-panel">
      {error && <ErrorNote {...explain(error)} code={error.code} message={error.message} details={t.app.details} />}
      <section className={styles.section} aria-labelledby="storage-all">
        <h2 id="storage-all">{words.all}</h2>
        {inventory && <Parts inventory={inventory} />}
        <p>{words.recordings}</p>
      </section>
      <Keeping />
      <section className={styles.section} aria-labelledby="storage-files">
        <h2 id="storage-files">{words.files}</h2>
        {started && rows.length === 0 && <p>{words.none}</p>}
        <ul className={styles.items}>
          {rows.map((row) => (
            <li key={row.id}>
              <StoredItem row={row} job={jobs[row.id] ?? null} />
            </li>
          ))}
        </ul>
        <div className={styles.buttons}>
          <Button icon="file" data-testid="open-saved" onClick={() => document.getElementById('model-files')?.click()}>
            {words.open}
          </Button>
        </div>
        <p>{words.openHint}</p>
      </section>
    </Page>
  )
}

/** Lines whose bytes add up to the last one. */
function Parts({ inventory: { parts, usage } }: { inventory: Inventory }) {
  const words = usePanelText(storageWords)
  const format = useFormats()
  const known = parts.reduce((sum, { bytes }) => sum + bytes, 0)
  const lines = [
    ...parts.map(({ kind, count, bytes }) => ({ name: words.parts[kind], count, bytes })),
    ...(usage > known ? [{ name: words.overhead, count: null, bytes: usage - known }] : []),
  ]
  return (
    <table className={styles.parts} data-testid="storage-parts">
      <thead>
        <tr>
          <th scope="col">{words.part}</th>
          <th scope="col">{words.count}</th>
          <th scope="col">{words.bytes}</th>
        </tr>
      </thead>
      <tbody>
        {lines.map(({ name, count, bytes }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{count === null ? '' : format.number(count)}</td>
            <td title={format.bytes(bytes)}>{format.number(bytes)}</td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row" colSpan={2}>
            {words.sum}
          </th>
          <td title={format.bytes(Math.max(usage, known))}>{format.number(Math.max(usage, known))}</td>
        </tr>
      </tfoot>
    </table>
  )
}

function Keeping() {
  const words = usePanelText(storageWords)
  const format = useFormats()
  const storage = useModels((s) => s.storage)
  const persist = useModels((s) => s.persist)
  const [refused, setRefused] = useState(false)
  if (!storage) return null
  return (
    <section className={styles.section} aria-labelledby="storage-keeping">
      <h2 id="storage-keeping">{words.keeping}</h2>
      <p>{storage.persisted ? words.promised : words.unpromised}</p>
      {!storage.persisted && (
        <div className={styles.buttons}>
          <Button data-testid="persist" onClick={() => void persist().then((kept) => setRefused(!kept))}>
            {words.ask}
          </Button>
        </div>
      )}
      {refused && !storage.persisted && <p role="status">{words.refused}</p>}
      {storage.quota > 0 && <p>{words.room(format.bytes(storage.usage), format.bytes(storage.quota))}</p>}
    </section>
  )
}
