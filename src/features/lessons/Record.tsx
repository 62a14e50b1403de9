// What was bet, as files to take along, under a class code and never a name; and erasing it.

import { useId, useState, type FormEvent } from 'react'
import { lessonWords } from '../../i18n/panels/lessons.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { toCsv, toJson, useNotes } from '../../store/lessons/notes.ts'
import { Button } from '../../ui/Button.tsx'
import { Confirm } from '../../ui/Confirm.tsx'
import { save } from '../../ui/export.ts'
import styles from './Panel.module.css'

export function Record() {
  const t = usePanelText(lessonWords).record
  const notes = useNotes()
  const [forgotten, setForgotten] = useState(false)
  const { bets, reached, forget } = notes
  const lessons = new Set(bets.map(({ lesson }) => lesson)).size
  const anything = bets.length > 0 || Object.keys(reached).length > 0 || notes.classCode !== ''
  return (
    <section className={styles.record} aria-labelledby="lessons-record" data-testid="lesson-record">
      <h2 id="lessons-record">{t.title}</h2>
      <p>{t.lead}</p>
      <p data-testid="bet-count" data-bets={bets.length}>
        {bets.length === 0 ? t.none : t.count(bets.length, lessons)}
      </p>
      <div className={styles.save}>
        <Button
          icon="download"
          disabled={bets.length === 0}
          data-testid="bets-json"
          onClick={() => save('glassbox-lessons.json', toJson(notes), 'application/json')}
        >
          {t.json}
        </Button>
        <Button
          icon="download"
          disabled={bets.length === 0}
          data-testid="bets-csv"
          onClick={() => save('glassbox-lessons.csv', toCsv(notes), 'text/csv;charset=utf-8')}
        >
          {t.csv}
        </Button>
      </div>
      <ClassCode key={notes.classCode} />
      {anything ? (
        <Confirm
          label={t.forget}
          question={t.forgetAsk}
          yes={t.yes}
          no={t.no}
          testId="forget-me"
          onConfirm={() => void forget().then(() => setForgotten(true))}
        />
      ) : (
        forgotten && <p role="status">{t.forgotten}</p>
      )}
    </section>
  )
}

function ClassCode() {
  const t = usePanelText(lessonWords).record
  const { classCode, setClass } = useNotes()
  const id = useId()
  const [code, setCode] = useState(classCode)
  const [wrong, setWrong] = useState(false)
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault()
    void setClass(code).then((taken) => setWrong(!taken))
  }
  return (
    <form className={styles.code} onSubmit={onSubmit}>
      <label htmlFor={id}>{t.code}</label>
      <span>
        <input
          id={id}
          type="text"
          value={code}
          maxLength={40}
          spellCheck={false}
          autoComplete="off"
          aria-describedby={`${id}-hint`}
          aria-invalid={wrong}
          data-testid="class-code"
          onChange={(event) => setCode(event.target.value)}
        />
        <Button type="submit" disabled={code.trim() === classCode} data-testid="class-keep">
          {t.codeSet}
        </Button>
      </span>
      <small id={`${id}-hint`} role={wrong ? 'alert' : undefined}>
        {wrong ? t.codeWrong : t.codeHint}
      </small>
    </form>
  )
}
