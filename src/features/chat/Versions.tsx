// ‹ 2/3 ›: the versions of one turn, and the way between them. Nothing is shown where there is one.

import { useMemo } from 'react'
import { chatWords } from '../../i18n/panels/chats.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { useBranches } from '../../store/branches.ts'
import { useChat, versionsOf, type Message } from '../../store/index.ts'
import { Button } from '../../ui/Button.tsx'
import styles from './Turn.module.css'

export function Versions({ message: { id, parent, role } }: { message: Message }) {
  const t = usePanelText(chatWords).versions
  const turns = useChat((s) => s.turns)
  const idle = useChat((s) => s.status === 'idle')
  const show = useBranches((s) => s.show)
  const list = useMemo(
    () => versionsOf(turns, { id, role, ...(parent !== undefined && { parent }) }),
    [turns, id, role, parent],
  )
  if (list.length < 2) return null
  const at = list.findIndex((turn) => turn.id === id)
  const go = (to: number) => () => void show(list[to]!.id)
  return (
    <div className={styles.versions} role="group" aria-label={t.title} data-testid="versions">
      <Button
        variant="quiet"
        icon="left"
        label={t.before}
        data-testid="version-before"
        disabled={!idle || at === 0}
        onClick={go(at - 1)}
      />
      <span aria-label={t.named(at + 1, list.length)} role="status">
        {t.at(at + 1, list.length)}
      </span>
      <Button
        variant="quiet"
        icon="right"
        label={t.after}
        data-testid="version-after"
        disabled={!idle || at === list.length - 1}
        onClick={go(at + 1)}
      />
    </div>
  )
}
