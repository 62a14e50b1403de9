// The end of a lesson: one sentence to take along, what was bet, and what is next on the chosen path.

import { useLang } from '../../i18n/index.tsx'
import { titles } from '../../i18n/lessons/titles.ts'
import { lessonWords } from '../../i18n/panels/lessons.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { openLesson } from '../../store/lessons/open.ts'
import { Button } from '../../ui/Button.tsx'
import { useChosen } from './chosen.ts'
import { after } from './paths.ts'
import { printLesson } from './handout.ts'
import { headOf } from './engine.ts'
import { askStory, castOf, goToStep, leave, usePlay } from './play.ts'
import styles from './Player.module.css'

export function End() {
  const words = usePanelText(lessonWords)
  const t = words.player
  const lang = useLang()
  const play = usePlay()
  const { open, id, done } = play
  const next = useChosen((s) => (id === null ? null : after(s.path, id)))
  if (!open) return null
  const bets = open.lesson.steps.flatMap(({ id: step, options }) => {
    const settled = done[step]
    const right = options?.find((option) => option.right)?.id
    return settled?.bet != null && right !== undefined && settled.holds ? [settled.bet === right] : []
  })
  return (
    <div className={styles.end} data-testid="lesson-end">
      <blockquote>{headOf(open, lang, play.lang === lang ? castOf(play) : undefined).takeaway}</blockquote>
      {bets.length > 0 && <p>{t.end.bets(bets.filter(Boolean).length, bets.length)}</p>}
      <p>{t.end.free}</p>
      <div className={styles.help}>
        {next !== null && (
          <Button variant="primary" icon="right" data-testid="lesson-next-lesson" onClick={() => openLesson(next)}>
            {t.end.next(titles[next as keyof typeof titles]?.[lang] ?? next)}
          </Button>
        )}
        <Button
          icon="list"
          data-testid="lesson-list"
          onClick={() => {
            leave()
            location.hash = '#/lessons'
          }}
        >
          {t.list}
        </Button>
        {open.lesson.own.length > 0 && (
          <Button icon="edit" data-testid="lesson-own" onClick={askStory}>
            {t.story.title}
          </Button>
        )}
        <Button icon="print" data-testid="lesson-print" onClick={() => printLesson(open)}>
          {words.handout.print}
        </Button>
        <Button variant="quiet" icon="retry" onClick={() => void goToStep(0)}>
          {t.end.again}
        </Button>
      </div>
    </div>
  )
}
