// The lessons: three paths through them, what was done, lessons from a teacher's file, and the glossary. A lesson itself
// stands beside the other panels (Player.tsx).

import { useEffect, useState } from 'react'
import { useExplain, useLang } from '../../i18n/index.tsx'
import { titles } from '../../i18n/lessons/titles.ts'
import { lessonWords } from '../../i18n/panels/lessons.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { useNotes } from '../../store/lessons/notes.ts'
import { openLesson, useLesson } from '../../store/lessons/open.ts'
import { Button } from '../../ui/Button.tsx'
import { Icon } from '../../ui/icons.tsx'
import { Notice } from '../../ui/Notice.tsx'
import { Segmented } from '../../ui/Segmented.tsx'
import { choosePath, useChosen } from './chosen.ts'
import type { OpenLesson } from './data/index.ts'
import { headOf } from './engine.ts'
import { Files } from './Files.tsx'
import { Glossary } from './Glossary.tsx'
import { Handout } from './Handout.tsx'
import { printLesson } from './handout.ts'
import { loadLesson } from './load.ts'
import styles from './Panel.module.css'
import { pathNames, paths, type PathName } from './paths.ts'
import { Record as Done } from './Record.tsx'

export function Panel() {
  const t = usePanelText(lessonWords)
  const explain = useExplain()
  const path = useChosen((s) => s.path)
  const { start, reached, error } = useNotes()
  useEffect(() => void start(), [start])
  const ids = paths[path]
  const playing = useLesson((s) => s.id !== null) // then the player prints
  const done = ids.filter((id) => reached[id]?.done !== undefined).length
  return (
    <div className={styles.panel} data-testid="lessons-panel">
      <div className={styles.main}>
        <h1 className={styles.title}>{t.title}</h1>
        <p className={styles.lead}>{t.lead}</p>
        <div className={styles.path}>
          <Segmented<PathName>
            label={t.path.label}
            value={path}
            onChange={choosePath}
            testId="lesson-path"
            options={pathNames.map((name) => ({ value: name, text: t.path.names[name], hint: t.path.about[name] }))}
          />
          <p>
            {t.path.about[path]} {t.path.progress(done, ids.length)}
          </p>
        </div>
        <ol className={styles.list}>
          {ids.map((id) => (
            <Row key={id} id={id} />
          ))}
        </ol>
        <Files />
        <Glossary />
        {!playing && <Handout />}
      </div>
      <aside className={styles.side}>
        <Done />
        {error && (
          <Notice tone="warn" testId="lessons-not-kept">
            <p>{t.record.notKept}</p>
            <p>{explain(error).text}</p>
          </Notice>
        )}
      </aside>
    </div>
  )
}

/** One lesson. Its name is here at once; idea and minutes come with the lesson's own file. */
function Row({ id }: { id: string }) {
  const t = usePanelText(lessonWords)
  const lang = useLang()
  const [lesson, setLesson] = useState<OpenLesson | null>(null)
  const now = useLesson((s) => s.id === id)
  const reached = useNotes((s) => s.reached[id])
  useEffect(() => {
    let here = true
    loadLesson(id).then(
      (found) => here && setLesson(found),
      () => undefined, // its name stays; opening it says what is wrong
    )
    return () => {
      here = false
    }
  }, [id])
  const head = lesson && headOf(lesson, lang)
  const done = reached?.done !== undefined
  const all = lesson?.lesson.steps.length ?? 0
  const begun = reached !== undefined && !done && reached.step > 0 && reached.step < all
  return (
    <li className={styles.row} data-testid="lesson-row" data-lesson={id} data-done={done} data-current={now}>
      <button type="button" onClick={() => openLesson(id, begun ? reached.step : 0)} data-testid={`start-${id}`}>
        <strong>{head?.title ?? titles[id as keyof typeof titles]?.[lang] ?? id}</strong>
        <span className={styles.idea}>{head?.idea}</span>
        <span className={styles.facts}>
          {lesson && <span>{t.minutes(lesson.lesson.minutes)}</span>}
          {done && (
            <span className={styles.done}>
              <Icon name="check" size={14} /> {t.done}
            </span>
          )}
          {begun && <span>{t.begun(reached.step + 1, all)}</span>}
        </span>
      </button>
      {lesson && head && (
        <Button
          variant="quiet"
          icon="print"
          label={`${t.handout.print}: ${head.title}`}
          data-testid={`print-${id}`}
          onClick={() => printLesson(lesson)}
        />
      )}
    </li>
  )
}
