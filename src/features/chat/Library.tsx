// The prompt library: techniques that come with the page, and the reader's own. A prompt is taken, its places are filled in,
// its examples edited, and it goes into the message, or becomes the system prompt.

import { useId, useRef, useState } from 'react'
import { useLang, useT } from '../../i18n/index.tsx'
import { libraryWords, techniques } from '../../i18n/panels/library.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { useChat, useDraft } from '../../store/index.ts'
import { useLibrary, type PromptEntry } from '../../store/library.ts'
import { filled, placesIn, takesExamples, type Example } from '../../store/template.ts'
import { Button } from '../../ui/Button.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { save as saveFile } from '../../ui/export.ts'
import { Name } from '../../ui/Name.tsx'
import styles from './Library.module.css'

interface Open {
  /** of one of the reader's own */
  own: string | null
  /** name of a technique */
  from: string | null
  entry: Omit<PromptEntry, 'id'>
}

/** Largest file that is read: text. */
const largest = 20 * 2 ** 20

export default function Library({ onClose }: { onClose: () => void }) {
  const t = usePanelText(libraryWords)
  const { app } = useT()
  const page = techniques[useLang()]
  const { prompts, keep, remove } = useLibrary()
  const ofPage = (name: string): Open => {
    const { about: _, ...entry } = page[name]!
    return { own: null, from: name, entry }
  }
  const [open, setOpen] = useState<Open>(() => ofPage('few'))
  const [values, setValues] = useState<ReadonlyMap<string, string>>(new Map())
  const [said, setSaid] = useState('')
  const choose = (next: Open): void => {
    setOpen(next)
    setSaid('')
  }
  const { entry } = open
  const change = (next: Partial<Open['entry']>): void => choose({ ...open, entry: { ...entry, ...next } })
  const places = placesIn(entry.text)
  const text = filled(entry, values)
  const missing = places.filter((place) => !values.get(place))
  const insert = (): void => {
    const { text: draft, setText } = useDraft.getState()
    setText(draft.trim() === '' ? text : `${draft}\n\n${text}`)
    onClose()
    requestAnimationFrame(() => document.querySelector<HTMLElement>('[data-testid="composer"]')?.focus())
  }
  return (
    <Dialog
      title={t.title}
      closeLabel={app.close}
      onClose={onClose}
      wide
      testId="library"
      actions={
        <>
          <Button variant="primary" icon="send" data-testid="insert-prompt" onClick={insert}>
            {t.insert}
          </Button>
          <Button
            data-testid="prompt-as-system"
            onClick={() => {
              useChat.getState().setSystem(text)
              onClose()
            }}
          >
            {t.asSystem}
          </Button>
          <Button
            data-testid="keep-prompt"
            disabled={entry.title.trim() === '' || entry.text.trim() === ''}
            onClick={() => {
              const own = keep('prompts', open.own === null ? entry : { ...entry, id: open.own })
              choose({ ...open, own, from: null })
              setSaid(t.kept)
            }}
          >
            {open.own === null ? t.keep : t.keepChanges}
          </Button>
          {open.own !== null && (
            <Button
              variant="quiet"
              icon="trash"
              data-testid="remove-prompt"
              onClick={() => {
                remove('prompts', open.own!)
                choose({ ...open, own: null })
              }}
            >
              {t.remove}
            </Button>
          )}
          <span role="status">{said}</span>
        </>
      }
    >
      <p>{t.lead}</p>
      <div className={styles.columns}>
        <nav className={styles.list} aria-label={t.title}>
          <h3>{t.techniques}</h3>
          {Object.entries(page).map(([name, { title }]) => (
            <Button
              key={name}
              variant="quiet"
              aria-pressed={open.from === name}
              data-testid={`technique-${name}`}
              onClick={() => choose(ofPage(name))}
            >
              {title}
            </Button>
          ))}
          <h3>{t.mine}</h3>
          {prompts.length === 0 && <p>{t.none}</p>}
          {prompts.map(({ id, ...own }) => (
            <Button
              key={id}
              variant="quiet"
              aria-pressed={open.own === id}
              data-testid="own-prompt"
              onClick={() => choose({ own: id, from: null, entry: own })}
            >
              <Name>{own.title}</Name>
            </Button>
          ))}
          <Button
            variant="quiet"
            icon="plus"
            onClick={() => choose({ own: null, from: null, entry: { title: '', text: '' } })}
          >
            {t.blank}
          </Button>
          <Files onSaid={setSaid} />
        </nav>
        <div className={styles.editor}>
          {open.from !== null && <p>{page[open.from]!.about}</p>}
          <Field label={t.name} value={entry.title} testId="prompt-name" onChange={(title) => change({ title })} />
          <Field
            label={t.text}
            value={entry.text}
            rows={5}
            testId="prompt-text"
            onChange={(to) => change({ text: to })}
          />
          {takesExamples(entry.text) && <Examples entry={entry} onChange={change} />}
          {places.length > 0 && (
            <fieldset>
              <legend>{t.places}</legend>
              {places.map((place) => (
                <Field
                  key={place}
                  label={place}
                  value={values.get(place) ?? ''}
                  rows={1}
                  testId="place"
                  onChange={(value) => setValues(new Map([...values, [place, value]]))}
                />
              ))}
            </fieldset>
          )}
          <h3>{t.preview}</h3>
          <pre dir="auto" tabIndex={0} className={styles.preview} data-testid="prompt-preview">
            {text}
          </pre>
          {missing.length > 0 && <p>{t.unfilled(missing.join(', '))}</p>}
        </div>
      </div>
    </Dialog>
  )
}

interface FieldProps {
  label: string
  value: string
  rows?: number
  testId?: string
  onChange: (value: string) => void
}
function Field({ label, value, rows, testId, onChange }: FieldProps) {
  const id = useId()
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      {rows === undefined ? (
        <input
          id={id}
          type="text"
          dir="auto"
          maxLength={200}
          value={value}
          data-testid={testId}
          onChange={(event) => onChange(event.target.value)}
        />
      ) : (
        <textarea
          id={id}
          rows={rows}
          dir="auto"
          value={value}
          data-testid={testId}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </div>
  )
}

function Examples({ entry, onChange }: { entry: Open['entry']; onChange: (change: Partial<Open['entry']>) => void }) {
  const t = usePanelText(libraryWords)
  const { example = '', examples = [] } = entry
  const put = (at: number, pair: Example): void =>
    onChange({ examples: examples.map((one, i) => (i === at ? pair : one)) })
  return (
    <fieldset>
      <legend>{t.examples}</legend>
      <Field label={t.exampleShape} value={example} rows={2} onChange={(to) => onChange({ example: to })} />
      <p>{t.exampleHint}</p>
      <ol>
        {examples.map(([input, output], i) => (
          <li key={i} className={styles.example}>
            <Field label={t.question(i + 1)} value={input} rows={1} onChange={(to) => put(i, [to, output])} />
            <Field label={t.answer(i + 1)} value={output} rows={1} onChange={(to) => put(i, [input, to])} />
            <Button
              variant="quiet"
              icon="close"
              label={t.removeExample(i + 1)}
              onClick={() => onChange({ examples: examples.filter((_, at) => at !== i) })}
            />
          </li>
        ))}
      </ol>
      <Button
        variant="quiet"
        icon="plus"
        data-testid="add-example"
        onClick={() => onChange({ examples: [...examples, ['', '']] })}
      >
        {t.addExample}
      </Button>
    </fieldset>
  )
}

function Files({ onSaid }: { onSaid: (text: string) => void }) {
  const t = usePanelText(libraryWords)
  const { toFile, takeFile } = useLibrary()
  const picker = useRef<HTMLInputElement>(null)
  const read = async (file: File | undefined): Promise<void> => {
    if (!file) return
    const found = file.size > largest ? null : takeFile(await file.text())
    onSaid(found ? t.took(found.added, found.refused) : t.noFile)
  }
  return (
    <>
      <Button
        variant="quiet"
        icon="download"
        data-testid="export-library"
        onClick={() => saveFile('glassbox-library.json', toFile(), 'application/json')}
      >
        {t.toFile}
      </Button>
      <Button variant="quiet" icon="file" onClick={() => picker.current?.click()}>
        {t.fromFile}
      </Button>
      <input
        ref={picker}
        type="file"
        accept="application/json,.json"
        hidden
        aria-label={t.fromFile}
        data-testid="import-library"
        onChange={(event) => {
          void read(event.target.files?.[0])
          event.target.value = ''
        }}
      />
    </>
  )
}
