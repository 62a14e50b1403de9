// The lesson beside the panels: a column on wide screens, a sheet at the bottom of narrow ones. It stays while panels
// change and is no modal: the panel is live all the time.

import { useEffect, useRef, useState } from 'react'
import { useExplain, useFormats, useLang, useT } from '../../i18n/index.tsx'
import { lessonWords } from '../../i18n/panels/lessons.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { useChat, useModels } from '../../store/index.ts'
import { useLesson } from '../../store/lessons/open.ts'
import { useNotes } from '../../store/lessons/notes.ts'
import { Button } from '../../ui/Button.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { Notice } from '../../ui/Notice.tsx'
import { Progress } from '../../ui/Progress.tsx'
import { Bet } from './Bet.tsx'
import { End } from './End.tsx'
import { openWord } from './glossary.ts'
import { Hand } from './Hand.tsx'
import { Handout } from './Handout.tsx'
import { headOf } from './engine.ts'
import { again, begin, castOf, goToStep, leave, stepOf, usePlay, watchHand } from './play.ts'
import styles from './Player.module.css'
import { Result } from './Result.tsx'
import { Story } from './Story.tsx'
import { useClass } from './useClass.ts'
import { useGoOn } from './useGoOn.ts'
import { Term, WordCard, Words } from './Words.tsx'

export default function Player() {
  const t = usePanelText(lessonWords).player
  const lang = useLang()
  const id = useLesson((s) => s.id)
  const play = usePlay()
  const { open, step, phase } = play
  const [folded, setFolded] = useState(false)
  const heading = useRef<HTMLHeadingElement>(null)
  const body = useRef<HTMLDivElement>(null)

  // opened by a link, a button or a reload; another language has other prompts
  useEffect(() => {
    const now = usePlay.getState()
    if (id !== null && (now.id !== id || now.lang !== lang)) void begin(id, useLesson.getState().step, lang)
  }, [id, lang])
  useEffect(() => watchHand(), [])
  useEffect(() => void useNotes.getState().start(), [])
  const goOn = useGoOn(folded)
  useClass()
  // whoever goes on by keyboard or reads by ear begins at the top of the new step
  const moved = useRef(false)
  useEffect(() => {
    if (moved.current) heading.current?.focus({ preventScroll: true })
    moved.current = true
  }, [step])

  useEffect(() => {
    openWord(null)
  }, [step])
  useEffect(() => {
    body.current?.scrollTo({ top: 0 })
  }, [step, phase])

  // the learner's words are of the language they were written in
  const text = open && headOf(open, lang, play.lang === lang ? castOf(play) : undefined)
  const all = open?.lesson.steps.length ?? 0
  const title = text?.title ?? ''
  return (
    <section
      className={styles.player}
      data-folded={folded}
      aria-label={t.label(title)}
      data-testid="lesson"
      data-lesson={id}
      data-step={stepOf(play)?.id ?? (phase === 'end' ? 'end' : '')}
      data-phase={phase}
    >
      <header className={styles.head}>
        <h2 ref={heading} tabIndex={-1}>
          {title}
          {all > 0 && <small>{phase === 'end' ? t.end.title : t.step(Math.min(step + 1, all), all)}</small>}
        </h2>
        <Button
          variant="quiet"
          icon={folded ? 'expand' : 'minus'}
          label={folded ? t.unfold : t.fold}
          aria-expanded={!folded}
          data-testid="lesson-fold"
          onClick={() => setFolded(!folded)}
        />
        <Button variant="quiet" icon="close" label={t.close} data-testid="lesson-close" onClick={leave} />
      </header>
      {all > 0 && <Dots all={all} step={step} ended={phase === 'end'} />}
      {!folded && (
        <>
          <div ref={body} className={styles.body}>
            {step === 0 && text && phase === 'bet' && (
              <p className={styles.idea}>
                <Term>{text.idea}</Term>
              </p>
            )}
            <Phase />
          </div>
          <WordCard />
          {open && (
            <footer className={styles.foot}>
              <Button
                variant="quiet"
                icon="left"
                disabled={step === 0}
                data-testid="lesson-back"
                onClick={() => void goToStep(step - 1)}
              >
                {t.back}
              </Button>
              <span className={styles.keys}>{goOn ? t.keys : phase === 'bet' ? t.keysBet : ''}</span>
              {goOn && (
                <Button variant="primary" icon="right" data-testid="lesson-next" onClick={goOn}>
                  {step + 1 >= all && phase === 'settled' ? t.finish : t.next}
                </Button>
              )}
            </footer>
          )}
        </>
      )}
      <Spoken />
      <Handout />
    </section>
  )
}

/** Where in the lesson; the words say it, too. */
const Dots = ({ all, step, ended }: { all: number; step: number; ended: boolean }) => (
  <div className={styles.dots} aria-hidden="true">
    {Array.from({ length: all }, (_, i) => (
      <span key={i} data-on={ended || i < step ? 'done' : i === step ? 'here' : undefined} />
    ))}
  </div>
)

function Phase() {
  const words = usePanelText(lessonWords)
  const t = words.player
  const explain = useExplain()
  const { phase, error, open, id } = usePlay()
  const writing = useChat((s) => s.status !== 'idle')
  switch (phase) {
    case 'opening':
      return <Progress label={words.reading} start={words.reading} value={0} total={null} />
    case 'absent':
      return (
        <Notice tone="info" testId="lesson-missing">
          <p>{words.missing}</p>
        </Notice>
      )
    case 'model':
      return <Loading id={open!.lesson.model} />
    case 'story':
      return <Story />
    case 'bet':
      return <Bet />
    case 'preparing':
    case 'measuring': {
      const label = phase === 'measuring' ? t.measuring : t.preparing
      return (
        <>
          <Bet placed />
          <Progress label={label} start={writing ? t.busy : label} value={0} total={null} />
        </>
      )
    }
    case 'act':
      return (
        <>
          <Bet placed />
          <Hand />
        </>
      )
    case 'settled':
      return (
        <>
          <Bet placed />
          <Result />
          <Words />
        </>
      )
    case 'end':
      return <End />
    case 'failed':
      return error ? (
        <ErrorNote
          {...explain(error)}
          {...(error.code === 'NETWORK' && { todo: t.offline })}
          code={error.code}
          message={error.message}
          details={words.details}
          actions={
            <Button data-testid="lesson-again" onClick={() => void again()}>
              {t.tryAgain}
            </Button>
          }
        />
      ) : (
        <Notice
          tone="warn"
          testId="lesson-no-model"
          actions={<Button onClick={() => void again()}>{t.tryAgain}</Button>}
        >
          <p>{t.noModel(open?.lesson.model ?? id ?? '')}</p>
        </Notice>
      )
  }
}

/** The lesson's model on its way, in bytes where bytes are known. */
function Loading({ id }: { id: string }) {
  const t = usePanelText(lessonWords).player
  const { load } = useT()
  const format = useFormats()
  const job = useModels((s) => s.jobs[id])
  const active = useModels((s) => (s.active?.id === id ? s.active : null))
  const name = useModels((s) => s.catalog.find((entry) => entry.id === id)?.title ?? id)
  const progress = job?.progress ?? active?.progress ?? null
  const bytes = job ? progress !== null : active?.progress?.phase === 'upload'
  const total = progress?.total || null
  const label = job ? t.fetching(name) : t.loading(name)
  return (
    <Progress
      label={label}
      start={label}
      value={progress?.loaded ?? 0}
      total={total}
      end={bytes && progress && total ? load.bytes(format.bytes(progress.loaded), format.bytes(total)) : undefined}
    />
  )
}

/** What came out, said once to whoever listens. */
function Spoken() {
  const t = usePanelText(lessonWords).player
  const play = usePlay()
  const step = stepOf(play)
  const settled = play.phase === 'settled' && step ? play.done[step.id] : undefined
  const said = settled
    ? [t.settled, ...settled.shown.map(({ label, said: value }) => `${label}: ${value}`)].join('. ')
    : ''
  return (
    <p className="visually-hidden" role="status" data-testid="lesson-spoken">
      {play.phase === 'act' ? t.yourTurn : play.phase === 'measuring' ? t.measuring : said}
    </p>
  )
}
