// What the reader asked: shown as typed, and open to be asked otherwise. What is being changed survives a reload.

import { memo } from 'react'
import { useT } from '../../i18n/index.tsx'
import { chatWords } from '../../i18n/panels/chats.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { writes } from '../../store/able.ts'
import { useBranches } from '../../store/branches.ts'
import { useChat, useDraft, useModels, type Message } from '../../store/index.ts'
import { Button } from '../../ui/Button.tsx'
import { beginningOf, Fold } from './Fold.tsx'
import { isComposing } from './ime.ts'
import styles from './Turn.module.css'
import { Versions } from './Versions.tsx'

export const UserTurn = memo(function UserTurn({ message }: { message: Message }) {
  const t = useT()
  const editing = useDraft((s) => s.edits[message.id] !== undefined)
  const setEdit = useDraft((s) => s.setEdit)
  const canAsk = useChat((s) => s.status === 'idle')
  const words = usePanelText(chatWords)
  const remove = useBranches((s) => s.remove)
  const last = useChat((s) => s.leaf === message.id)
  const regenerate = useChat((s) => s.regenerate)
  const ready = useModels(writes)
  if (editing) return <Editor message={message} onClose={() => setEdit(message.id, null)} />
  return (
    <article className={styles.user} aria-label={t.chat.you} data-turn={message.id} tabIndex={-1}>
      <div className={styles.actions}>
        <Button
          variant="quiet"
          icon="edit"
          label={t.chat.edit}
          disabled={!canAsk}
          data-testid="edit-message"
          onClick={() => setEdit(message.id, message.content)}
        />
        <Button
          variant="quiet"
          icon="trash"
          label={words.removeMessage}
          disabled={!canAsk}
          data-testid="remove-message"
          onClick={() => void remove(message.id)}
        />
      </div>
      <div className={styles.asked}>
        <div className={styles.question}>
          <Fold text={message.content}>
            {(folded) => (
              <div dir="auto" data-testid="message-user">
                {folded ? `${beginningOf(message.content)}…` : message.content}
              </div>
            )}
          </Fold>
        </div>
        <Versions message={message} />
        {last && canAsk && ready && (
          <Button
            variant="quiet"
            icon="retry"
            className={styles.answerThis}
            data-testid="answer-this"
            onClick={() => void regenerate()}
          >
            {words.gone.answer}
          </Button>
        )}
      </div>
    </article>
  )
})

function Editor({ message, onClose }: { message: Message; onClose: () => void }) {
  const t = useT()
  const text = useDraft((s) => s.edits[message.id] ?? '')
  const setEdit = useDraft((s) => s.setEdit)
  const editAndResend = useChat((s) => s.editAndResend)
  const idle = useChat((s) => s.status === 'idle')
  const ready = useModels(writes)
  const canSend = idle && ready && text.trim() !== ''
  const send = () => {
    if (!canSend) return
    onClose()
    void editAndResend(message.id, text)
  }
  return (
    <form
      className={styles.editor}
      aria-label={t.chat.edit}
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      <textarea
        // oxlint-disable-next-line jsx-a11y/no-autofocus -- the reader just asked to edit this text
        autoFocus
        dir="auto"
        value={text}
        aria-label={t.chat.edit}
        data-testid="edit-text"
        onChange={(event) => setEdit(message.id, event.target.value)}
        onKeyDown={(event) => {
          if (isComposing(event.nativeEvent)) return
          if (event.key === 'Enter' && !event.shiftKey) {
            event.preventDefault()
            send()
          }
          if (event.key === 'Escape') {
            event.preventDefault()
            onClose()
          }
        }}
      />
      <div className={styles.editActions}>
        <span>{t.chat.editHint}</span>
        <Button variant="quiet" onClick={onClose}>
          {t.app.cancel}
        </Button>
        <Button variant="primary" type="submit" disabled={!canSend} data-testid="edit-send">
          {t.chat.sendAgain}
        </Button>
      </div>
    </form>
  )
}
