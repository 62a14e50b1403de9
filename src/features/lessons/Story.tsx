// "Your own story": the learner's words in the lesson's slots. The model reads them, and the number is computed anew; it
// may come out otherwise.

import { useState, type FormEvent } from 'react'
import { lessonWords } from '../../i18n/panels/lessons.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { Button } from '../../ui/Button.tsx'
import { castOf, tell, usePlay } from './play.ts'
import styles from './Player.module.css'

/** Characters of a word; a whole text that the lesson's own story is told with may be longer. */
const shortest = 24

export function Story() {
  const t = usePanelText(lessonWords).player.story
  const play = usePlay()
  const { lesson, text } = play.open!
  const first = play.own ?? castOf({ ...play, own: null, free: false })
  const [words, setWords] = useState<Record<string, string>>(() =>
    Object.fromEntries(lesson.own.map((slot) => [slot, first[slot] ?? ''])),
  )
  const longest = (slot: string): number => Math.max(shortest, 4 * (lesson.casts[play.lang][0]?.[slot]?.length ?? 0))
  const wrong = lesson.own.find((slot) => {
    const said = words[slot]?.trim() ?? ''
    return said === '' || [...said].length > longest(slot) || /[\r\n{}]/.test(said)
  })
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault()
    if (wrong === undefined) void tell(Object.fromEntries(lesson.own.map((slot) => [slot, words[slot]!.trim()])))
  }
  return (
    <form className={styles.story} onSubmit={onSubmit} data-testid="lesson-story">
      <h3>{t.title}</h3>
      <p>{t.lead}</p>
      {lesson.own.map((slot) => (
        <label key={slot}>
          <span>{text[play.lang].own[slot] ?? slot}</span>
          <input
            type="text"
            value={words[slot] ?? ''}
            maxLength={longest(slot)}
            spellCheck={false}
            autoComplete="off"
            data-testid={`story-${slot}`}
            onChange={(event) => setWords({ ...words, [slot]: event.target.value })}
          />
        </label>
      ))}
      {wrong !== undefined && (
        <p className={styles.hint} role="status">
          {t.wrong(longest(wrong))}
        </p>
      )}
      <Button type="submit" variant="primary" disabled={wrong !== undefined} data-testid="story-go">
        {t.go}
      </Button>
    </form>
  )
}
