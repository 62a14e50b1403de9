// The turns that are drawn, each behind a boundary of its own; loaded when there is something to draw.

import { useT } from '../../i18n/index.tsx'
import { chatWords } from '../../i18n/panels/chats.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { useChat } from '../../store/index.ts'
import { Boundary } from '../../ui/Boundary.tsx'
import { Button } from '../../ui/Button.tsx'
import { AssistantTurn } from './AssistantTurn.tsx'
import styles from './Conversation.module.css'
import { beginningOf } from './Fold.tsx'
import { UserTurn } from './UserTurn.tsx'

/** @param from the first turn drawn @param onEarlier draws more of those before it */
export default function Turns({ from, onEarlier }: { from: number; onEarlier: () => void }) {
  const t = useT()
  const words = usePanelText(chatWords)
  const messages = useChat((s) => s.messages)
  const lastAnswer = messages.findLast((message) => message.role === 'assistant')?.id
  return (
    <>
      {from > 0 && (
        <Button variant="quiet" className={styles.earlier} data-testid="earlier" onClick={onEarlier}>
          {words.earlier(from)}
        </Button>
      )}
      <div role="log" aria-live="off" aria-label={t.chat.conversation} className={styles.log}>
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
            ) : (
              <AssistantTurn message={message} latest={message.id === lastAnswer} />
            )}
          </Boundary>
        ))}
      </div>
    </>
  )
}
