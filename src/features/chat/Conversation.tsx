// The turns so far, oldest first, kept at their end while an answer grows.
// role=log with live announcements off: Announcer reads whole sentences instead of tokens.
//
// Only the last turns are drawn until more are asked for, and each stands behind a boundary of its own (Turns.tsx):
// neither a long chat nor one message that cannot be drawn keeps the page from opening.

import { lazy, Suspense, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { useT } from '../../i18n/index.tsx'
import { endOpening, useChat } from '../../store/index.ts'
import { Button } from '../../ui/Button.tsx'
import { usePrinting } from '../../ui/usePrinting.ts'
import { useStickToBottom } from '../../ui/useStickToBottom.ts'
import styles from './Conversation.module.css'
import { useSought } from './sought.ts'
import { Welcome } from './Welcome.tsx'

// a first visit has no turns, and does not wait for what draws them
const Turns = lazy(() => import('./Turns.tsx'))
const DeletedHere = lazy(() => import('./DeletedHere.tsx'))

/** Turns drawn at first, and with every wish for more. */
const drawn = 40,
  more = 100

export function Conversation({ openSettings }: { openSettings: () => void }) {
  const t = useT()
  const { id, messages, system } = useChat()
  const deleted = useChat(({ turns, leaf }) =>
    turns.some((turn) => turn.removed !== undefined && (turn.parent ?? null) === leaf),
  )
  const [wish, setWish] = useState({ id, count: drawn })
  const count = wish.id === id ? wish.count : drawn
  const printing = usePrinting()
  const sought = useSought((s) => s.sought)
  const place = sought ? messages.findIndex((message) => message.id === sought.turn) : -1
  const last = Math.max(0, messages.length - count)
  const from = printing ? 0 : place < 0 ? last : Math.min(last, place)
  const { scroller, content, atBottom, toBottom, leave } = useStickToBottom(messages.length > 0)
  const lastQuestion = messages.findLast((message) => message.role === 'user')?.id
  useEffect(() => {
    if (lastQuestion !== undefined) toBottom()
  }, [lastQuestion, toBottom])
  useEffect(() => {
    if (place >= 0) leave()
  }, [sought, place, leave])

  // what comes in above pushes down what was read
  const height = useRef<number | null>(null)
  useLayoutEffect(() => {
    const box = scroller.current
    if (box && height.current !== null) box.scrollTop += box.scrollHeight - height.current
    height.current = null
  }, [count, scroller])
  // it is drawn, and the page answers
  const empty = messages.length === 0
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const drawing: Promise<unknown> = empty
      ? Promise.resolve()
      : Promise.all([import('./Turns.tsx'), import('../../ui/markdown/Markdown.tsx')])
    void drawing.then(
      () =>
        requestAnimationFrame(() =>
          requestAnimationFrame(() => {
            timer = setTimeout(endOpening, 200)
          }),
        ),
      () => undefined,
    )
    return () => clearTimeout(timer)
  }, [id, empty])
  return (
    <div className={styles.wrap}>
      <div ref={scroller} className={styles.scroller} tabIndex={0}>
        <div ref={content} className={styles.content}>
          {system !== '' && (
            <button type="button" className={styles.system} title={system.slice(0, 1000)} onClick={openSettings}>
              <span>{t.chat.system}</span> <bdi>{system.slice(0, 300)}</bdi>
            </button>
          )}
          {messages.length === 0 ? (
            <Welcome />
          ) : (
            <Suspense>
              <Turns
                from={from}
                onEarlier={() => {
                  height.current = scroller.current?.scrollHeight ?? null
                  setWish({ id, count: count + more })
                }}
              />
            </Suspense>
          )}
          {deleted && (
            <Suspense>
              <DeletedHere />
            </Suspense>
          )}
        </div>
      </div>
      {!atBottom && messages.length > 0 && (
        <div className={styles.jump}>
          <Button icon="down" label={t.chat.toEnd} onClick={toBottom} />
        </div>
      )}
    </div>
  )
}
