// Messages that were deleted after what is on screen, where none stands in their place: they can be brought back, also
// after a reload.

import { chatWords } from '../../i18n/panels/chats.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { useBranches } from '../../store/branches.ts'
import { useChat, type Message } from '../../store/index.ts'
import { Button } from '../../ui/Button.tsx'
import styles from './Branches.module.css'

/** The deleted turns that would follow `leaf`. */
const deletedUnder = (turns: readonly Message[], leaf: string | null): Message[] =>
  turns.filter(({ removed, parent }) => removed !== undefined && (parent ?? null) === leaf)

export default function DeletedHere() {
  const words = usePanelText(chatWords)
  const turns = useChat((s) => s.turns)
  const leaf = useChat((s) => s.leaf)
  const idle = useChat((s) => s.status === 'idle')
  const bringBack = useBranches((s) => s.bringBack)
  const gone = deletedUnder(turns, leaf)
  return (
    <details className={styles.gone} data-testid="deleted-here">
      <summary>{words.gone.title(gone.length)}</summary>
      <ul>
        {gone.map((turn) => (
          <li key={turn.id}>
            <span className={styles.tail}>{turn.name || turn.content.slice(0, 120)}</span>
            <Button
              variant="quiet"
              icon="undo"
              data-testid="bring-back-here"
              disabled={!idle}
              onClick={() => void bringBack(turn.id)}
            >
              {words.branches.back}
            </Button>
          </li>
        ))}
      </ul>
    </details>
  )
}
