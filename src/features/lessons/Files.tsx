// Lessons of a teacher: files that were dropped or chosen. Each is read and checked before it is kept; what is wrong with
// one is said with its line.

import { useEffect, useRef, useState } from 'react'
import { useExplain, useFormats, useLang } from '../../i18n/index.tsx'
import { lessonWords } from '../../i18n/panels/lessons.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { toData } from '../../store/client.ts'
import type { ErrorData } from '../../store/index.ts'
import { lessonAdapters } from '../../store/lessons/adapters.ts'
import { largestFile, useNotes } from '../../store/lessons/notes.ts'
import { openLesson } from '../../store/lessons/open.ts'
import { useOffered } from '../../store/lessons/offered.ts'
import { Button } from '../../ui/Button.tsx'
import { Confirm } from '../../ui/Confirm.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { Notice } from '../../ui/Notice.tsx'
import { plainName } from '../../ui/plain-name.ts'
import { lessons, type OpenLesson } from './data/index.ts'
import { headOf } from './engine.ts'
import { loadLesson } from './load.ts'
import styles from './Panel.module.css'

type Outcome = { title: string } | { error: ErrorData } | { tooBig: true } | null

export function Files() {
  const words = usePanelText(lessonWords)
  const t = words.own
  const lang = useLang()
  const explain = useExplain()
  const format = useFormats()
  const picker = useRef<HTMLInputElement>(null)
  const files = useNotes((s) => s.files)
  const keepFile = useNotes((s) => s.keepFile)
  const offered = useOffered((s) => s.file)
  const [outcome, setOutcome] = useState<Outcome>(null)
  useEffect(() => {
    if (!offered) return
    useOffered.setState({ file: null })
    void (async (): Promise<void> => {
      if (offered.size > largestFile) return setOutcome({ tooBig: true })
      try {
        const text = await offered.text()
        const { readLesson } = await import('../../lessons/read.ts')
        const read = readLesson(text, Object.keys(lessons), await lessonAdapters())
        await keepFile(read.lesson.id, { name: offered.name, text, at: Date.now() })
        setOutcome({ title: headOf(read, lang).title })
      } catch (error) {
        setOutcome({ error: toData(error) })
      }
    })()
  }, [offered, keepFile, lang])
  return (
    <section className={styles.files} aria-labelledby="lessons-own" data-testid="own-lessons">
      <h2 id="lessons-own">{t.title}</h2>
      <p>{t.lead}</p>
      <input
        ref={picker}
        type="file"
        hidden
        accept=".json,.txt,application/json,text/plain"
        aria-label={t.pick}
        data-testid="lesson-file"
        onChange={(event) => {
          const [file] = event.target.files ?? []
          if (file) useOffered.setState({ file })
          event.target.value = ''
        }}
      />
      <Button icon="file" data-testid="pick-lesson" onClick={() => picker.current?.click()}>
        {t.pick}
      </Button>
      {outcome && 'title' in outcome && (
        <Notice tone="good" testId="lesson-taken">
          <p>{t.taken(outcome.title)}</p>
        </Notice>
      )}
      {outcome && 'tooBig' in outcome && (
        <Notice tone="bad" title={t.refused} testId="lesson-refused">
          <p>{t.tooBig(format.bytes(largestFile))}</p>
        </Notice>
      )}
      {outcome && 'error' in outcome && (
        <div data-testid="lesson-refused">
          <ErrorNote
            {...explain(outcome.error)}
            code={outcome.error.code}
            message={outcome.error.message}
            details={words.details}
          />
        </div>
      )}
      <ul className={styles.list}>
        {Object.entries(files).map(([id, { name }]) => (
          <Own key={id} id={id} name={name} />
        ))}
      </ul>
    </section>
  )
}

function Own({ id, name }: { id: string; name: string }) {
  const words = usePanelText(lessonWords)
  const t = words.own
  const lang = useLang()
  const dropFile = useNotes((s) => s.dropFile)
  const [lesson, setLesson] = useState<OpenLesson | null>(null)
  useEffect(() => {
    let here = true
    loadLesson(id).then(
      (found) => here && setLesson(found),
      () => undefined,
    )
    return () => {
      here = false
    }
  }, [id])
  const head = lesson && headOf(lesson, lang)
  return (
    <li className={styles.row} data-testid="own-lesson">
      <button type="button" onClick={() => openLesson(id)} data-testid={`start-${id}`}>
        <strong>{head?.title ?? id}</strong>
        <span className={styles.idea}>{head?.idea}</span>
        <span className={styles.facts}>
          {lesson && <span>{words.minutes(lesson.lesson.minutes)}</span>}
          <span>{t.by(plainName(name))}</span>
        </span>
      </button>
      <Confirm
        label={t.remove}
        question={t.removeAsk}
        yes={t.remove}
        no={words.record.no}
        iconOnly
        onConfirm={() => void dropFile(id)}
      />
    </li>
  )
}
