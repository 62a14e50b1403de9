// The presenter's bar: who follows, the clock, notes and the answer, which only this window shows. Loaded when something is
// presented.

import { useEffect, useState } from 'react'
import { usePanelText } from '../i18n/panels/index.ts'
import { classroom as words } from '../i18n/panels/classroom.ts'
import { present, useFollowers } from '../store/classroom/present.ts'
import { followRoute, stopPresenting, usePresenting } from '../store/classroom/presenting.ts'
import { Button } from '../ui/Button.tsx'
import styles from './Present.module.css'

const addressOf = (room: string): string => `${location.pathname}#/${followRoute}/${room}`
/** @returns null where the browser opens none */
export const openFollower = (room: string): Window | null =>
  open(addressOf(room), `follow-${room}-${Date.now()}`, 'popup')

export default function Present() {
  const t = usePanelText(words)
  const { room, notes, frozen, large } = usePresenting()
  const count = useFollowers((s) => s.count)
  const [blocked, setBlocked] = useState(false)
  const [from, setFrom] = useState(Date.now)
  const [now, setNow] = useState(Date.now)
  useEffect(() => (room === null ? undefined : present(room)), [room])
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [])
  if (room === null) return null
  return (
    <section
      className={styles.bar}
      aria-label={t.title}
      data-testid="presenting"
      data-room={room}
      data-followers={count}
    >
      <strong>{t.presenting(room)}</strong>
      <span>{t.followers(count)}</span>
      <output className={styles.time}>{t.time(Math.max(0, now - from) / 1000, notes?.minutes ?? null)}</output>
      <Button variant="quiet" icon="retry" label={t.restart} onClick={() => setFrom(Date.now())} />
      <Button onClick={() => setBlocked(openFollower(room) === null)}>{t.another}</Button>
      <Button aria-pressed={frozen} data-testid="freeze" onClick={() => usePresenting.setState({ frozen: !frozen })}>
        {frozen ? t.thaw : t.freeze}
      </Button>
      <label>
        <input type="checkbox" checked={large} onChange={(e) => usePresenting.setState({ large: e.target.checked })} />{' '}
        {t.large}
      </label>
      <Button variant="quiet" icon="close" onClick={stopPresenting}>
        {t.stop}
      </Button>
      {blocked && (
        <p role="alert" className={styles.wide}>
          {t.blocked} <code>{new URL(addressOf(room), location.href).href}</code>
        </p>
      )}
      {notes && (
        <details className={styles.wide} data-testid="presenter-notes">
          <summary>{t.notes}</summary>
          {notes.answer !== null && (
            <p>
              <strong>{t.answer}</strong> {notes.answer}
            </p>
          )}
          <ul>
            {notes.replies.map(({ option, reply }) => (
              <li key={option}>
                <strong>{option}</strong>: {reply}
              </li>
            ))}
          </ul>
          <p>
            <strong>{t.say}</strong> {notes.say}
          </p>
        </details>
      )}
    </section>
  )
}
