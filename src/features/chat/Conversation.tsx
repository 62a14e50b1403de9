// The turns so far, oldest first, kept at their end while an answer grows.
// role=log with live announcements off: Announcer reads whole sentences instead of tokens.

import { useEffect } from 'react'
import { useT } from '../../i18n/index.tsx'
import { useChat } from '../../store/index.ts'
import { Button } from '../../ui/Button.tsx'
import { useStickToBottom } from '../../ui/useStickToBottom.ts'
import { AssistantTurn } from './AssistantTurn.tsx'
import styles from './Conversation.module.css'
import { UserTurn } from './UserTurn.tsx'
import { Welcome } from './Welcome.tsx'

export function Conversation({ openSettings }: { openSettings: () => void }) {
  const t = useT()
  const { messages, system } = useChat()
  const { scroller, content, atBottom, toBottom } = useStickToBottom(messages.length > 0)
  const lastQuestion = messages.findLast((message) => message.role === 'user')?.id
  useEffect(() => { if (lastQuestion !== undefined) toBottom() }, [lastQuestion, toBottom])
  const lastAnswer = messages.findLast((message) => message.role === 'assistant')?.id
  return (
    <div className={styles.wrap}>
      <div ref={scroller} className={styles.scroller} tabIndex={0}>
        <div ref={content} className={styles.content}>
          {system !== '' && (
            <button type="button" className={styles.system} title={system} onClick={openSettings}>
              <span>{t.chat.system}</span> {system}
            </button>
          )}
          {messages.length === 0 && <Welcome />}
          <div role="log" aria-live="off" aria-label={t.chat.conversation} className={styles.log}>
            {messages.map((message) => (message.role === 'user'
              ? <UserTurn key={message.id} message={message} />
              : <AssistantTurn key={message.id} message={message} latest={message.id === lastAnswer} />))}
          </div>
        </div>
      </div>
      {!atBottom && messages.length > 0 && <div className={styles.jump}><Button icon="down" label={t.chat.toEnd} onClick={toBottom} /></div>}
    </div>
  )
}
