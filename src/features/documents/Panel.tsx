// The documents panel: what is there and how it is added, then a question and what it finds, and the text of a document.

import { useEffect, useRef, useState } from 'react'
import { useExplain, useFormats, useT } from '../../i18n/index.tsx'
import { documentWords } from '../../i18n/panels/documents.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { useChat, useModels } from '../../store/index.ts'
import { useDocuments } from '../../store/documents/index.ts'
import { thatDo, useStoredKinds } from '../../store/stored-kinds.ts'
import { Button } from '../../ui/Button.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { Page } from '../../ui/Page.tsx'
import { plainName } from '../../ui/plain-name.ts'
import { Progress } from '../../ui/Progress.tsx'
import { Ask, Bringing } from './Ask.tsx'
import styles from './Panel.module.css'
import { Shown } from './Shown.tsx'

export function Panel() {
  const t = usePanelText(documentWords)
  const { nav } = useT()
  const explain = useExplain()
  const { heads, errors, again, start, add, dismiss } = useDocuments()
  const model = useModels((s) => (s.active?.state === 'ready' ? s.active.id : null))
  const [over, setOver] = useState(false)
  // again with another model: whether it searches by meaning is the model's
  useEffect(() => void start(), [start, model])
  return (
    <Page
      title={t.title}
      lead={t.lead}
      back={{ to: 'chat', name: nav.chat }}
      data-testid="documents-panel"
      data-over={over}
      onDragOver={(event) => {
        event.preventDefault()
        event.stopPropagation()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault()
        event.stopPropagation()
        setOver(false)
        void add([...event.dataTransfer.files])
      }}
    >
      <Shelf />
      <Bringing />
      {(errors.length > 0 || again.length > 0) && (
        <div className={styles.errors}>
          {errors.map((error, i) => (
            <ErrorNote
              key={i}
              {...explain(error)}
              {...(error.code === 'CONTEXT_FULL' && { todo: t.contextTodo })}
              code={error.code}
              message={error.message}
              details={t.details}
            />
          ))}
          {again.map(({ name, as }, i) => (
            <p key={i} role="status" data-testid="documents-again">
              <bdi>{t.again(plainName(name), plainName(as))}</bdi>
            </p>
          ))}
          <Button variant="quiet" icon="close" onClick={dismiss}>
            {t.dismiss}
          </Button>
        </div>
      )}
      {heads !== null && heads.length > 0 && <Ask />}
      <Shown />
    </Page>
  )
}

function Shelf() {
  const t = usePanelText(documentWords)
  const format = useFormats()
  const { heads, adding, removed, lent, add, stopAdding, undo } = useDocuments()
  const file = useRef<HTMLInputElement>(null)
  return (
    <section className={styles.shelf} aria-labelledby="documents-list">
      <h2 id="documents-list">{t.list(heads?.length ?? 0)}</h2>
      {heads?.length === 0 && (
        <Empty icon="file" title={t.none}>
          <p>{t.noneText}</p>
        </Empty>
      )}
      {lent && <p className={styles.note}>{t.lent}</p>}
      {lent ? (
        <details>
          <summary>{t.lentList}</summary>
          <List />
        </details>
      ) : (
        <List />
      )}
      {!lent && (
        <div className={styles.actions}>
          <Button
            variant={heads?.length === 0 ? 'primary' : 'plain'}
            icon="plus"
            disabled={adding !== null}
            onClick={() => file.current?.click()}
          >
            {t.add}
          </Button>
          <span className={styles.note}>{t.addHint}</span>
          <input
            ref={file}
            type="file"
            multiple
            hidden
            data-testid="documents-file"
            accept=".txt,.md,.markdown,.html,.htm,.docx,.pdf,text/*"
            onChange={(event) => {
              void add([...(event.target.files ?? [])])
              event.target.value = ''
            }}
          />
        </div>
      )}
      {adding && (
        <div className={styles.actions} role="status">
          <span>
            <bdi>{t.adding(plainName(adding.name), adding.left)}</bdi>
            {adding.share !== null && ` · ${t.counted(format.percent(adding.share))}`}
          </span>
          <Button icon="stop" onClick={stopAdding}>
            {t.stop}
          </Button>
        </div>
      )}
      {removed[0] && (
        <div className={styles.actions} role="status">
          <span>
            {t.removed(plainName(removed[0].name))} {t.forGood}
          </span>
          <Button icon="retry" onClick={() => void undo()} data-testid="documents-undo">
            {t.undo}
          </Button>
        </div>
      )}
      {heads !== null && heads.length > 0 && !lent && <MeaningLine />}
    </section>
  )
}

function List() {
  const t = usePanelText(documentWords)
  const format = useFormats()
  const { heads, lent, remove, show } = useDocuments()
  if (heads === null || heads.length === 0) return null
  return (
    <ul className={styles.list}>
      {heads.map(({ id, name, characters, chunks, encoding, partly, bare }) => (
        <li key={id}>
          <button type="button" className={styles.name} title={t.open(plainName(name))} onClick={() => void show(id)}>
            <bdi>{plainName(name)}</bdi>
          </button>
          <small>
            {t.facts(format.number(characters), format.number(chunks))}
            {encoding === 'gb18030' && ` · ${t.gbk}`}
            {partly && ` · ${t.partly}`}
            {bare && ` · ${t.bare(bare)}`}
          </small>
          {!lent && (
            <Button variant="quiet" icon="trash" label={t.remove(plainName(name))} onClick={() => void remove(id)} />
          )}
        </li>
      ))}
    </ul>
  )
}

/** of the models that come with the page: made for the lessons */
const lessonModel = 'sentence-vectors'

/** Whether it searches by meaning, and what stands against it. */
function MeaningLine() {
  const t = usePanelText(documentWords)
  const format = useFormats()
  const { meaning, embedding, embed, stopEmbedding, finder, bringing, findWith } = useDocuments()
  const idle = useChat((s) => s.status === 'idle')
  useModels((s) => s.active)
  useModels((s) => s.stored)
  useStoredKinds()
  const stored = thatDo('embed')
  const model = stored.find(({ id }) => id === finder) ?? stored[0]
  if (embedding) {
    const { loaded, total } = embedding
    return (
      <div className={styles.making}>
        <Progress
          label={t.meaning.making}
          value={loaded}
          total={total || null}
          start={t.meaning.making}
          end={t.meaning.of(format.number(loaded), format.number(total))}
        />
        <Button icon="stop" onClick={stopEmbedding}>
          {t.stop}
        </Button>
      </div>
    )
  }
  const said =
    meaning === null
      ? !model
        ? t.meaning.none
        : finder === null
          ? t.meaning.stored
          : t.meaning.brought(model.name)
      : meaning.state === 'missing'
        ? t.meaning.missing(format.number(meaning.chunks))
        : meaning.state === 'unknown'
          ? t.meaning.unknown(format.percent(meaning.share))
          : meaning.unread
            ? t.meaning.partly(format.number(meaning.unread))
            : t.meaning.ready
  return (
    <div className={styles.actions}>
      <p className={styles.note} data-testid="documents-meaning" data-state={meaning?.state ?? 'none'}>
        {said}
      </p>
      {meaning !== null && model?.id === lessonModel && <p className={styles.note}>{t.lessonModel}</p>}
      {meaning === null && !model && <a href="#/models">{t.modelsPage}</a>}
      {meaning === null && model && finder === null && (
        <Button
          disabled={!idle || bringing !== null}
          onClick={() => void findWith(model.id)}
          data-testid="documents-find-with"
        >
          {t.meaning.findWith(model.name)}
        </Button>
      )}
      {meaning?.state === 'missing' && (
        <Button variant="primary" onClick={() => void embed()} data-testid="documents-embed">
          {t.meaning.make}
        </Button>
      )}
    </div>
  )
}
