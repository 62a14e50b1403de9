// A lesson on paper: each step with what is read, asked and to be bet on, room for the number, and the figure of it where
// this visit has one; on a page of its own the answers, with the numbers that came out. Only the printer sees it.

import { useEffect } from 'react'
import { createPortal } from 'react-dom'
import { useLang } from '../../i18n/index.tsx'
import { lessonWords } from '../../i18n/panels/lessons.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import type { Language, Step } from '../../lessons/types.ts'
import type { OpenLesson } from './data/index.ts'
import { fill, goingOn, headOf, promptOf, readable } from './engine.ts'
import { useHandout } from './handout.ts'
import styles from './Handout.module.css'
import { usePlay, type Settled } from './play.ts'

export function Handout() {
  const t = usePanelText(lessonWords).handout
  const lang = useLang()
  const open = useHandout((s) => s.open)
  useEffect(() => {
    if (!open) return
    const close = (): void => useHandout.setState({ open: null })
    addEventListener('afterprint', close)
    // the figures have to be there before the browser takes its picture
    const pictures = [...document.querySelectorAll<HTMLImageElement>('[data-handout] img')]
    void Promise.allSettled(pictures.map((one) => one.decode())).then(() => print())
    return () => removeEventListener('afterprint', close)
  }, [open])
  const done = useDone(open, lang)
  if (!open) return null
  const { lesson } = open
  const [text, head] = [open.text[lang], headOf(open, lang)]
  const say = (words: string, settled?: Settled): string =>
    fill(
      words,
      { lesson, lang, cast: lesson.casts[lang][0]! },
      settled?.shown.map(({ said }) => said),
    )
  return createPortal(
    <article className={styles.paper} data-handout data-testid="handout">
      <h1>{head.title}</h1>
      <p className={styles.idea}>{head.idea}</p>
      <p className={styles.name}>{t.name}</p>
      {lesson.steps.map((step, i) => (
        <StepOnPaper key={step.id} step={step} number={i + 1} />
      ))}
      <h2>{t.aloud}</h2>
      <blockquote>{head.takeaway}</blockquote>
      <section className={styles.answers}>
        <h2>{t.answers}</h2>
        {lesson.steps.some(({ id }) => !done[id]) && <p>{t.notPlayed}</p>}
        <ol>
          {lesson.steps.map(({ id, options }) => {
            const words = text.steps[id]
            const right = options?.find((option) => option.right)?.id
            return (
              <li key={id}>
                {right !== undefined && <strong>{say(words?.options?.[right]?.label ?? right)}. </strong>}
                {done[id] && words && say(words.say, done[id])}
              </li>
            )
          })}
        </ol>
      </section>
    </article>,
    document.body,
  )
}

const nothing: Readonly<Record<string, Settled>> = {}
/** What came out in this visit, with the lesson's own words, by step. */
const useDone = (open: OpenLesson | null, lang: Language): Readonly<Record<string, Settled>> =>
  usePlay((s) => (open && s.open?.lesson.id === open.lesson.id && s.lang === lang && !s.own ? s.done : nothing))

function StepOnPaper({ step, number }: { step: Step; number: number }) {
  const t = usePanelText(lessonWords).handout
  const lang = useLang()
  const open = useHandout((s) => s.open)!
  const { lesson, text } = open
  const figure = useHandout((s) => s.figures[step.id])
  const context = { ...open, lang, step, cast: lesson.casts[lang][0]! }
  const words = text[lang].steps[step.id]
  const say = (what: string): string => fill(what, context)
  const first = step.act.find((act) => act.kind === 'load') ?? step.act.find((act) => 'run' in act)
  const told = first && 'run' in first ? promptOf(context, first.run) : null
  return (
    <section className={styles.step}>
      <h2>{t.step(number)}</h2>
      {told?.messages.map(({ role, content }, i) => (
        <p key={i} className={styles.told} data-role={role}>
          {readable(content)}
        </p>
      ))}
      {told && told.begun !== '' && <p className={styles.told}>{goingOn(told.begun)}</p>}
      {words?.ask !== undefined && <p className={styles.ask}>{say(words.ask)}</p>}
      {step.options && (
        <ul className={styles.options}>
          {step.options.map(({ id }) => (
            <li key={id}>{say(words?.options?.[id]?.label ?? id)}</li>
          ))}
          <li>{t.unsure}</li>
        </ul>
      )}
      {words && <p>{say(words.act)}</p>}
      <dl className={styles.values}>
        {words?.show.map((label) => (
          <div key={label}>
            <dt>{say(label)}</dt>
            <dd />
          </div>
        ))}
      </dl>
      {figure && (
        <figure>
          <img src={figure.picture} alt={figure.title} />
          <figcaption>{figure.title}</figcaption>
        </figure>
      )}
    </section>
  )
}
