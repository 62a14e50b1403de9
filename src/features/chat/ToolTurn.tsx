// What a tool gave, as the model reads it: text, whatever is in it.

import { chatWords } from '../../i18n/panels/chats.ts'
import { kindWords } from '../../i18n/panels/kinds.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { writes } from '../../store/able.ts'
import { useBranches } from '../../store/branches.ts'
import { pendingCall } from '../../store/calls.ts'
import { useChat, useModels, type Message } from '../../store/index.ts'
import { Button } from '../../ui/Button.tsx'
import styles from './ToolCalls.module.css'

export default function ToolTurn({ message: { id, content, tool } }: { message: Message }) {
  const t = usePanelText(kindWords).calls
  const words = usePanelText(chatWords)
  const remove = useBranches((s) => s.remove)
  const regenerate = useChat((s) => s.regenerate)
  const idle = useChat((s) => s.status === 'idle')
  const ready = useModels(writes)
  // nothing came after it: the answer was stopped, or went another way
  const last = useChat((s) => {
    const asked = s.messages.findLast((one) => one.role === 'assistant')
    return s.leaf === id && (!asked || pendingCall(s.messages, asked.id) === null)
  })
  const name = tool?.name ?? ''
  return (
    <article
      className={styles.result}
      aria-label={t.result(name)}
      data-turn={id}
      data-testid="message-tool"
      data-outcome={tool?.outcome ?? 'done'}
      tabIndex={-1}
    >
      <header>
        <h3>
          <bdi>{t.result(name)}</bdi>
        </h3>
        <Button
          variant="quiet"
          icon="trash"
          label={words.removeMessage}
          disabled={!idle}
          data-testid="remove-message"
          onClick={() => void remove(id)}
        />
      </header>
      {tool?.outcome !== 'refused' && (
        // a long result is scrolled with the keys
        <pre dir="auto" tabIndex={0}>
          {content}
        </pre>
      )}
      {tool?.outcome && <p>{t[tool.outcome]}</p>}
      {last && idle && ready && (
        <Button variant="quiet" icon="retry" data-testid="answer-this" onClick={() => void regenerate()}>
          {t.goOn}
        </Button>
      )}
    </article>
  )
}
