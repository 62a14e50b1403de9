// The turns that are drawn, each behind a boundary of its own; loaded when there is something to draw.

import { lazy, Suspense, useEffect, useRef } from 'react'
import { useT } from '../../i18n/index.tsx'
import { chatWords } from '../../i18n/panels/chats.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { useChat } from '../../store/index.ts'
import { Boundary } from '../../ui/Boundary.tsx'
import { Button } from '../../ui/Button.tsx'
import { AssistantTurn } from './AssistantTurn.tsx'
import styles from './Conversation.module.css'
import { beginningOf } from './Fold.tsx'
import { useSought } from './sought.ts'
import { UserTurn } from './UserTurn.tsx'

const ToolTurn = lazy(() => import('./ToolTurn.tsx'))

/** @param from the first turn drawn @param onEarlier draws more of those before it */
export default function Turns({ from, onEarlier }: { from: number; onEarlier: () => void }) {
  const t = useT()
  const words = usePanelText(chatWords)
  const messages = useChat((s) => s.messages)
  const log = useRef<HTMLDivElement>(null)
  const sought = useSought((s) => s.sought)
  const shown = useRef<object | null>(null)
  useEffect(() => {
    if (!sought || shown.current === sought) return
    const turn = log.current?.querySelector<HTMLElement>(`[data-turn="${CSS.escape(sought.turn)}"]`)
    if (!turn) return
    shown.current = sought
    turn.scrollIntoView({ block: 'center' })
    turn.focus({ preventScroll: true })
  }, [sought, messages, from])
  const lastAnswer = messages.findLast((message) => message.role === 'assistant')?.id
  return (
    <>
      {from > 0 && (
        <Button variant="quiet" className={styles.earlier} data-testid="earlier" onClick={onEarlier}>
          {words.earlier(from)}
        </Button>
      )}
      <div ref={log} role="log" aria-live="off" aria-label={t.chat.conversation} className={styles.log}>
        {messages.slice(from).map((message) => (
          <Boundary
            key={message.id}
            fallback={() => (
              <div className={styles.broken} data-testid="broken-message">
                <p>{words.broken}</p>
                <pre>{beginningOf(message.content)}</pre>
              </div>
            )}
          >
            {message.role === 'user' ? (
              <UserTurn message={message} />
            ) : message.role === 'tool' ? (
              <Suspense>
                <ToolTurn message={message} />
              </Suspense>
            ) : (
              <AssistantTurn message={message} latest={message.id === lastAnswer} />
            )}
          </Boundary>
        ))}
      </div>
    </>
  )
}
