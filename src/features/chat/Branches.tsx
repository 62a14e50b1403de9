// The ways one answer went, as a tree: each line is a branch, with the token that made the difference and what came then.
// Branches can be named, compared with the first answer word by word, and deleted. Arrows walk, F2 names, Delete deletes.

import { useMemo, useRef, useState, type KeyboardEvent } from 'react'
import { useFormats, useLang, useT } from '../../i18n/index.tsx'
import { usePanelText } from '../../i18n/panels/index.ts'
import { tokenWords } from '../../i18n/panels/tokens.ts'
import { runOf, useBranches, type Branch } from '../../store/branches.ts'
import { tokensOf, useChat, type Message } from '../../store/index.ts'
import { Button } from '../../ui/Button.tsx'
import { Confirm } from '../../ui/Confirm.tsx'
import { wordDiff } from '../../ui/diff.ts'
import { tokenLabel } from '../../ui/tokens.ts'
import styles from './Branches.module.css'

export function Branches({ message }: { message: Message }) {
  const t = usePanelText(tokenWords).branches
  const set = useBranches((s) => s.of[message.id])
  const [compared, setCompared] = useState(false)
  const box = useRef<HTMLElement>(null)
  if (!set || set.list.length < 2) return null
  const { list, active } = set
  const onKey = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step === 0 || !(event.target instanceof HTMLElement) || event.target.closest('input')) return
    const rows = [...box.current!.querySelectorAll<HTMLElement>('[data-show]')]
    const at = rows.findIndex((row) => row.closest('li') === (event.target as HTMLElement).closest('li'))
    if (at < 0) return
    event.preventDefault()
    rows[Math.max(0, Math.min(rows.length - 1, at + step))]?.focus()
  }
  const first = list.find((b) => b.parent === null)
  return (
    <section ref={box} className={styles.branches} aria-label={t.title} data-testid="branches" onKeyDown={onKey}>
      <header className={styles.head}>
        <h3>{t.title}</h3>
        <Button variant="quiet" aria-pressed={compared} data-testid="compare-branches" onClick={() => setCompared(!compared)}>{t.compare}</Button>
      </header>
      <ul>{inOrder(list).map(({ branch, depth }) => <Row key={branch.id} message={message} branch={branch} depth={depth} on={branch.id === active} />)}</ul>
      {compared && first && <Difference message={message} first={first} shown={list.find((b) => b.id === active)!} />}
    </section>
  )
}

function Row({ message, branch, depth, on }: { message: Message; branch: Branch; depth: number; on: boolean }) {
  const t = usePanelText(tokenWords).branches
  const app = useT().app
  const format = useFormats()
  const { show, remove, rename } = useBranches()
  const idle = useChat((s) => s.status === 'idle')
  const [name, setName] = useState<string | null>(null)
  const item = useRef<HTMLLIElement>(null)
  const facts = on ? message : branch.message
  const events = on ? tokensOf(message.id) : runOf(branch.id)?.events ?? []
  const tail = events.slice(branch.at + (branch.parent === null ? 0 : 1)).map((event) => event.text).join('').replace(/\s+/g, ' ')
  const done = (save: boolean): void => {
    if (save && name !== null) rename(message.id, branch.id, name)
    setName(null)
    requestAnimationFrame(() => item.current?.querySelector<HTMLElement>('[data-show]')?.focus())
  }
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === 'F2') { event.preventDefault(); setName(branch.name ?? '') }
    else if (event.key === 'Delete' && idle) { event.preventDefault(); item.current?.querySelector<HTMLElement>('[data-testid="remove-branch"]')?.click() }
  }
  return (
    <li ref={item} style={{ paddingInlineStart: `${Math.min(depth, 6) * 1.1}rem` }} data-active={on} data-testid="branch-item" data-branch={branch.id}>
      {name !== null ? (
        // oxlint-disable-next-line jsx-a11y/no-autofocus -- the reader just asked to name it
        <input type="text" autoFocus className={styles.name} value={name} maxLength={80} placeholder={t.namePlaceholder} aria-label={t.rename} data-testid="branch-name" onChange={(event) => setName(event.target.value)} onBlur={() => { if (name !== null) { rename(message.id, branch.id, name); setName(null) } }}
          onKeyDown={(event) => {
            if (event.nativeEvent.isComposing) return
            if (event.key === 'Enter') { event.preventDefault(); done(true) }
            if (event.key === 'Escape') { event.preventDefault(); event.stopPropagation(); done(false) }
          }} />
      ) : (
        <button type="button" data-show className={styles.show} aria-pressed={on} disabled={!idle && !on} title={on ? t.shown : t.show} onClick={() => void show(message.id, branch.id)} onKeyDown={onKey}>
          <span className={styles.dot} aria-hidden="true" />
          {branch.name && <strong className={styles.given}>{branch.name}</strong>}
          {branch.parent === null && branch.token === '' ? !branch.name && <span className={styles.first}>{t.first}</span>
            : <span title={branch.banned ? t.banned(tokenLabel(branch.instead)) : undefined}><code data-banned={branch.banned}>{tokenLabel(branch.instead)}</code> → <code>{tokenLabel(branch.token)}</code></span>}
          <span className={styles.tail}>{tail === '' ? t.end : tail}</span>
          <span className={styles.count} title={t.tokens(facts.tokens)}>{format.number(facts.tokens)}</span>
        </button>
      )}
      {name === null && <Button variant="quiet" icon="edit" label={t.rename} data-testid="rename-branch" onClick={() => setName(branch.name ?? '')} />}
      {idle && <Confirm iconOnly label={t.remove} question={t.removeAsk} yes={app.remove} no={app.keep} testId="remove-branch" onConfirm={() => void remove(message.id, branch.id)} />}
    </li>
  )
}

/** The branch on show against the first answer. */
function Difference({ message, first, shown }: { message: Message; first: Branch; shown: Branch }) {
  const t = usePanelText(tokenWords).branches
  const lang = useLang()
  const parts = useMemo(() => wordDiff(first.message.content, message.content, lang), [first.message.content, message.content, lang])
  if (shown.id === first.id) return <p className={styles.note}>{t.compareFirst}</p>
  return (
    <p className={styles.difference} data-testid="branch-difference">
      {parts.map(({ kind, text }, i) => (kind === 'gone' ? <del key={i}>{text}</del> : kind === 'new' ? <ins key={i}>{text}</ins> : <span key={i}>{text}</span>))}
      {parts.every((p) => p.kind === 'same') && <span className={styles.note}> {t.noDifference}</span>}
    </p>
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
