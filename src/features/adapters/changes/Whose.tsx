// Which text the comparison is of; and the way to one where a chat has an answer that this model has not read.

import { useExplain } from '../../../i18n/index.tsx'
import { glass } from '../../../i18n/panels/glass.ts'
import { usePanelText } from '../../../i18n/panels/index.ts'
import { readsOnly } from '../../../store/able.ts'
import { useChat, useModels, type Message } from '../../../store/index.ts'
import { useInspect } from '../../../store/inspect.ts'
import { isRead, readable, readAgain, useGuess } from '../../../store/read-again.ts'
import { useSideBySide, type Written } from '../../../store/side-by-side.ts'
import { Button } from '../../../ui/Button.tsx'
import { Empty } from '../../../ui/Empty.tsx'
import { ErrorNote } from '../../../ui/ErrorNote.tsx'
import { endsWith } from './read.ts'

/** Of the model's last run: an answer of the chat, a side of the comparison, a text that was read; or any other. */
export function useWhose(): 'chat' | 'a' | 'b' | 'read' | 'last' | null {
  const tokens = useInspect((s) => s.tokens)
  const message = useChat((s) => readable(s.messages))
  const reads = useModels((s) => readsOnly(s.active?.info))
  const { a, b } = useSideBySide()
  useGuess((s) => s.guess)
  const ids = tokens.map(({ id }) => id)
  const isOf = (side: Written | null): boolean =>
    side !== null &&
    endsWith(
      ids,
      side.events.map(({ id }) => id),
    )
  // of a run that cannot be looked at no token is known
  if (tokens.length === 0) return null
  if (reads) return 'read'
  if (message && isRead(message, tokens)) return 'chat'
  // both may have said the same: B was written last
  return isOf(b) ? 'b' : isOf(a) ? 'a' : 'last'
}

/** The chat's last answer, where the model has run nothing and could read it. */
export function useUnread(): Message | null {
  const message = useChat((s) => readable(s.messages))
  const reads = useModels((s) => readsOnly(s.active?.info))
  return reads ? null : message
}

/** As panels say it that look inside. */
export function Unread({ message }: { message: Message }) {
  const { wait } = usePanelText(glass)
  const explain = useExplain()
  const failed = useGuess((s) => s.failed)
  return (
    <Empty
      title={wait.unread}
      testId="change-unread"
      actions={
        <Button variant="primary" data-testid="look-inside" onClick={() => void readAgain(message.id)}>
          {wait.look}
        </Button>
      }
    >
      <p>{message.edits ? wait.unreadEdited(message.edits) : wait.unreadText}</p>
      {failed && <ErrorNote {...explain(failed)} code={failed.code} message={failed.message} details={wait.details} />}
    </Empty>
  )
}
