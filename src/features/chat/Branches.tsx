// The ways one answer went, as a tree: each line is a branch, with the token that made the difference and what came then.

import { useFormats } from '../../i18n/index.tsx'
import { usePanelText } from '../../i18n/panels/index.ts'
import { tokenWords } from '../../i18n/panels/tokens.ts'
import { runOf, useBranches, type Branch } from '../../store/branches.ts'
import { tokensOf, useChat, type Message } from '../../store/index.ts'
import { Button } from '../../ui/Button.tsx'
import { viewTokens } from '../../ui/tokens.ts'
import styles from './Branches.module.css'

export function Branches({ message }: { message: Message }) {
  const t = usePanelText(tokenWords).branches
  const format = useFormats()
  const set = useBranches((s) => s.of[message.id])
  const { show, remove } = useBranches()
  const idle = useChat((s) => s.status === 'idle')
  if (!set || set.list.length < 2) return null
  const { list, active } = set
  return (
    <section className={styles.branches} aria-label={t.title} data-testid="branches">
      <h3>{t.title}</h3>
      <ul>
        {inOrder(list).map(({ branch, depth }) => {
          const on = branch.id === active
          const facts = on ? message : branch.message
          const events = on ? tokensOf(message.id) : runOf(branch.id)?.events ?? []
          const tail = events.slice(branch.at + (branch.parent === null ? 0 : 1)).map((event) => event.text).join('').replace(/\s+/g, ' ')
          return (
            <li key={branch.id} style={{ paddingInlineStart: `${Math.min(depth, 6) * 1.1}rem` }} data-active={on} data-testid="branch-item" data-branch={branch.id}>
              <button type="button" className={styles.show} aria-pressed={on} disabled={!idle && !on} title={on ? t.shown : t.show} onClick={() => void show(message.id, branch.id)}>
                <span className={styles.dot} aria-hidden="true" />
                {branch.token === '' ? <span className={styles.first}>{t.first}</span> : <span><code>{labelOf(branch.instead)}</code> → <code>{labelOf(branch.token)}</code></span>}
                <span className={styles.tail}>{tail === '' ? t.end : tail}</span>
                <span className={styles.count} title={t.tokens(facts.tokens)}>{format.number(facts.tokens)}</span>
              </button>
              <Button variant="quiet" icon="trash" label={t.remove} disabled={!idle} data-testid="remove-branch" onClick={() => void remove(message.id, branch.id)} />
            </li>
          )
        })}
      </ul>
    </section>
  )
}

/** Children right under their parent, in the order they were made. */
function inOrder(list: readonly Branch[]): { branch: Branch; depth: number }[] {
  const out: { branch: Branch; depth: number }[] = []
  const walk = (parent: string | null, depth: number): void => {
    for (const branch of list) if (branch.parent === parent) { out.push({ branch, depth }); walk(branch.id, depth + 1) }
  }
  walk(null, 0)
  return out
}

const labelOf = (text: string): string => viewTokens([{ position: 0, id: 0, text, bytes: [], special: false, generated: false }])[0]!.label
