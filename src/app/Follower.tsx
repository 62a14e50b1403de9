// A window that follows a presenter's: the same panel at the same place, the step of the lesson, nothing to press. It is
// inert as a whole, so that a touch at the board changes nothing.

import { lazy, Suspense, useEffect, useState, type ComponentType } from 'react'
import { LanguageProvider, loadLanguage, useT } from '../i18n/index.tsx'
import { classroom as words } from '../i18n/panels/classroom.ts'
import { usePanelText } from '../i18n/panels/index.ts'
import { follow, useFollowed } from '../store/classroom/follow.ts'
import type { LessonOnShow } from '../store/classroom/message.ts'
import { useSettings } from '../store/index.ts'
import { useInspect } from '../store/inspect.ts'
import { Boundary } from '../ui/Boundary.tsx'
import { Empty } from '../ui/Empty.tsx'
import styles from './Follower.module.css'

/** Panels that look inside a run: all they show is asked of the presenter's. */
const inside: Record<string, ComponentType> = {
  attention: lazy(() => import('../features/attention/index.ts')),
  probabilities: lazy(() => import('../features/probabilities/index.ts')),
  lens: lazy(() => import('../features/lens/index.ts')),
  inside: lazy(() => import('../features/inside/index.ts')),
}

export default function Follower({ room }: { room: string }) {
  const own = useSettings((s) => s.lang)
  const lang = useFollowed((s) => s.state?.lang ?? own),
    theme = useFollowed((s) => s.state?.theme ?? 'projector')
  const [known, setKnown] = useState(own)
  useEffect(() => follow(room), [room])
  useEffect(() => {
    void loadLanguage(lang).then(() => setKnown(lang))
  }, [lang])
  useEffect(() => {
    document.documentElement.lang = known === 'zh' ? 'zh-CN' : 'en'
    if (theme === 'system') delete document.documentElement.dataset['theme']
    else document.documentElement.dataset['theme'] = theme
  }, [known, theme])
  return (
    <LanguageProvider lang={known}>
      <div className={styles.window} inert data-testid="follower" data-room={room}>
        <Shown room={room} />
      </div>
    </LanguageProvider>
  )
}

function Shown({ room }: { room: string }) {
  const t = usePanelText(words),
    { nav } = useT()
  const { state, ended } = useFollowed()
  const open = useInspect((s) => s.open)
  const ready = useInspect((s) => s.state === 'ready' && s.tokens.length > 0)
  useEffect(() => open(), [open])
  const figure = state?.figure
  useEffect(() => {
    if (figure) {
      document.querySelector(`main [data-testid="${CSS.escape(figure)}"]`)?.scrollIntoView({ block: 'nearest' })
    }
  }, [figure, ready])
  if (!state || ended) {
    return (
      <Empty title={ended ? t.ended : t.waiting} busy={!ended} testId="follower-waits">
        <p>{t.waitingHint(room)}</p>
      </Empty>
    )
  }
  const Panel = inside[state.panel]
  const title = (nav as Record<string, string>)[state.panel] ?? state.panel
  return (
    <>
      {state.lesson && <Lesson lesson={state.lesson} />}
      <main data-panel={state.panel}>
        {!Panel ? (
          <Empty title={t.there(title)} testId="follower-there" />
        ) : state.run === null || !ready ? (
          <Empty title={state.run === null ? t.noRun : t.waiting} busy={state.run !== null} testId="follower-waits" />
        ) : (
          <Boundary key={state.panel} fallback={(error) => <p>{error.message}</p>}>
            <Suspense>
              <Panel />
            </Suspense>
          </Boundary>
        )}
      </main>
    </>
  )
}

function Lesson({ lesson: { title, step, of, ask, options, act, settled } }: { lesson: LessonOnShow }) {
  const t = usePanelText(words)
  return (
    <section className={styles.lesson} aria-label={title} data-testid="follower-lesson" data-step={step}>
      <h1>
        {title} <small>{t.step(step, of)}</small>
      </h1>
      {ask !== '' && <p className={styles.ask}>{ask}</p>}
      {options.length > 0 && (
        <ul className={styles.options}>
          {[...options, t.unsure].map((option) => (
            <li key={option}>{option}</li>
          ))}
        </ul>
      )}
      {act !== '' && !settled && <p>{act}</p>}
      {settled && (
        <>
          <dl className={styles.values}>
            {settled.values.map(({ label, value }) => (
              <div key={label}>
                <dt>{label}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
          <p>{settled.say}</p>
        </>
      )}
    </section>
  )
}
