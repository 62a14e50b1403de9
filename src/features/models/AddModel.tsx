// Adding a model: by Hugging Face name or address, or from the reader's own disk.

import { lazy, Suspense, useId, useRef, useState } from 'react'
import { useExplain, useT } from '../../i18n/index.tsx'
import { usePanelText } from '../../i18n/panels/index.ts'
import { listedWords } from '../../i18n/panels/listed.ts'
import { modelWords } from '../../i18n/panels/models.ts'
import { useModels, useSettings, type ErrorData, type ModelListing, type ModelOrigin } from '../../store/index.ts'
import { Button } from '../../ui/Button.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import styles from './AddModel.module.css'
import { readAddress } from './address.ts'
import { canOpenInPlace, pick } from './folders.ts'
import { hostName, hubs, otherHub } from './hubs.ts'
import { Listing } from './Listing.tsx'
import { pickFiles } from './pending.ts'
import { asData } from './usePlan.ts'

const Remote = lazy(() => import('./Remote.tsx'))
const OwnCatalog = lazy(() => import('./OwnCatalog.tsx'))

export function AddModel() {
  const t = useT()
  const listed = usePanelText(listedWords)
  return (
    <section className={styles.section} aria-labelledby="models-add">
      <h2 id="models-add">{listed.add}</h2>
      <div className={styles.ways}>
        <FromAddress />
        <div className={styles.way}>
          <h3>{listed.fromDisk}</h3>
          <p>{listed.fromDiskHint}</p>
          <Button icon="file" data-testid="pick-files" onClick={pickFiles}>
            {t.models.pick}
          </Button>
          <InPlace />
        </div>
        <Suspense>
          <OwnCatalog />
          <Remote />
        </Suspense>
      </div>
    </section>
  )
}

/** Files and folders that can be read where they lie; a folder to be copied where the browser has no handles. */
function InPlace() {
  const words = usePanelText(modelWords)
  const folder = useRef<HTMLInputElement>(null)
  const show = async (files: readonly File[]): Promise<void> => {
    if (files.length > 0) await (await import('./dropped.ts')).take(files)
  }
  if (!canOpenInPlace()) {
    return (
      <>
        <input
          ref={folder}
          type="file"
          hidden
          aria-label={words.openFolder}
          {...{ webkitdirectory: '' }}
          onChange={(event) => {
            const files = [...(event.target.files ?? [])]
            event.target.value = ''
            void show(files)
          }}
        />
        <Button icon="file" data-testid="pick-folder" onClick={() => folder.current?.click()}>
          {words.openFolder}
        </Button>
      </>
    )
  }
  return (
    <>
      <p>{words.inPlaceHint}</p>
      <Button icon="file" data-testid="pick-folder" onClick={() => void pick('folder').then(show)}>
        {words.openFolder}
      </Button>
      <Button icon="file" data-testid="pick-place" onClick={() => void pick('files').then(show)}>
        {words.openFiles}
      </Button>
    </>
  )
}

function FromAddress() {
  const t = useT()
  const listed = usePanelText(listedWords)
  const id = useId()
  const explain = useExplain()
  const words = usePanelText(modelWords)
  const lookup = useModels((s) => s.lookup)
  const { hubHost, setHubHost } = useSettings()
  const [text, setText] = useState('')
  const [busy, setBusy] = useState(false)
  const [wrong, setWrong] = useState(false)
  const [error, setError] = useState<ErrorData | null>(null)
  const [asked, setAsked] = useState<ModelOrigin | null>(null)
  const [listing, setListing] = useState<ModelListing | null>(null)

  const look = async (origin: ModelOrigin | null) => {
    setWrong(origin === null)
    setError(null)
    setAsked(origin)
    if (!origin) return
    setBusy(true)
    try {
      setListing(await lookup(origin))
    } catch (problem) {
      setError(asData(problem))
    } finally {
      setBusy(false)
    }
  }
  const other = error && asked ? otherHub(asked, error) : null
  return (
    <div className={styles.way}>
      <h3>{listed.fromHub}</h3>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault()
          setListing(null)
          void look(readAddress(text, hubHost))
        }}
      >
        <label htmlFor={id}>{listed.address}</label>
        <input
          id={id}
          type="text"
          inputMode="url"
          spellCheck={false}
          autoCapitalize="off"
          autoComplete="off"
          placeholder="Qwen/Qwen3-0.6B"
          value={text}
          data-testid="model-address"
          aria-invalid={wrong}
          aria-describedby={wrong ? `${id}-wrong` : undefined}
          onChange={(event) => {
            setText(event.target.value)
            setWrong(false)
          }}
        />
        <Button type="submit" disabled={busy || text.trim() === ''} data-testid="look-up">
          {busy ? listed.looking : listed.lookUp}
        </Button>
      </form>
      {wrong && (
        <p id={`${id}-wrong`} role="alert" className={styles.wrong}>
          {listed.addressWrong}
        </p>
      )}
      <div className={styles.host}>
        <label htmlFor={`${id}-host`}>{listed.server}</label>
        <select id={`${id}-host`} value={hubHost} onChange={(event) => setHubHost(event.target.value)}>
          {[...new Set([...hubs, hubHost])].map((host) => (
            <option key={host} value={host}>
              {hostName(host)}
            </option>
          ))}
        </select>
      </div>
      {error && (
        <ErrorNote
          {...explain(error)}
          code={error.code}
          message={error.message}
          details={t.app.details}
          hint={other !== null ? words.otherHub(hostName(other)) : undefined}
          actions={
            other !== null && (
              <Button
                data-testid="other-hub"
                onClick={() => {
                  setHubHost(other)
                  void look({ ...asked, host: other } as ModelOrigin)
                }}
              >
                {words.fromHub(hostName(other))}
              </Button>
            )
          }
        />
      )}
      {listing && (
        <Listing
          listing={listing}
          onChoose={(origin) => void look(origin)}
          onDone={() => {
            setListing(null)
            setText('')
          }}
        />
      )}
    </div>
  )
}
