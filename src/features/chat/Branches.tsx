// The ways one answer went, as a tree: each line is a branch, with the token that made the difference and what came
// then. Branches can be named, compared with the first answer word by word, and deleted. Arrows walk, F2 names, Delete
// deletes.

import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react'
import { useFormats, useLang, useT } from '../../i18n/index.tsx'
import { chatWords } from '../../i18n/panels/chats.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { tokenWords } from '../../i18n/panels/tokens.ts'
import { useBranches } from '../../store/branches.ts'
import { recall, tokensOf, useChat, versionsOf, type Message } from '../../store/index.ts'
import { Button } from '../../ui/Button.tsx'
import { Confirm } from '../../ui/Confirm.tsx'
import { wordDiff } from '../../ui/diff.ts'
import { tokenLabel } from '../../ui/tokens.ts'
import styles from './Branches.module.css'

export function Branches({ message }: { message: Message }) {
  const t = usePanelText(tokenWords).branches
  const words = usePanelText(chatWords).branches
  const turns = useChat((s) => s.turns)
  const bringBack = useBranches((s) => s.bringBack)
  const [compared, setCompared] = useState(false)
  const box = useRef<HTMLElement>(null)
  const { list, gone } = useMemo(
    () => ({
      list: versionsOf(turns, message),
      gone: turns.filter(
        (turn) =>
          turn.removed !== undefined &&
          turn.parent === message.parent &&
          turn.role === message.role &&
          turn.id !== message.id,
      ),
    }),
    [turns, message],
  )
  // the tokens of other versions are on disk until they are to be seen
  useEffect(() => {
    for (const branch of list) if (branch.fork) void recall(branch.id)
  }, [list])
  if (list.length + gone.length < 2) return null
  const onKey = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step === 0 || !(event.target instanceof HTMLElement) || event.target.closest('input')) return
    const rows = [...box.current!.querySelectorAll<HTMLElement>('[data-show]')]
    const at = rows.findIndex((row) => row.closest('li') === (event.target as HTMLElement).closest('li'))
    if (at < 0) return
    event.preventDefault()
    rows[Math.max(0, Math.min(rows.length - 1, at + step))]?.focus()
  }
  const first = list[0]!
  // where nothing but whole answers stand beside each other, ‹ 2/3 › is enough until more is asked for
  const quiet = gone.length === 0 && list.every((branch) => !branch.fork && !branch.name)
  const tree = (
    <section ref={box} className={styles.branches} aria-label={t.title} data-testid="branches" onKeyDown={onKey}>
      <header className={styles.head}>
        <h3>{t.title}</h3>
        <Button
          variant="quiet"
          aria-pressed={compared}
          data-testid="compare-branches"
          onClick={() => setCompared(!compared)}
        >
          {t.compare}
        </Button>
      </header>
      <ul>
        {inTree(list).map(({ branch, depth }) => (
          <Row
            key={branch.id}
            branch={branch}
            depth={depth}
            n={list.indexOf(branch) + 1}
            on={branch.id === message.id}
            only={list.length < 2}
          />
        ))}
      </ul>
      {compared && <Difference message={message} first={first} />}
      {gone.length > 0 && (
        <details className={styles.gone} data-testid="deleted-versions">
          <summary>{words.gone(gone.length)}</summary>
          <ul>
            {gone.map((turn) => (
              <li key={turn.id}>
                <span className={styles.tail}>{turn.name || turn.content.slice(0, 120) || t.end}</span>
                <Button variant="quiet" icon="undo" data-testid="bring-back" onClick={() => void bringBack(turn.id)}>
                  {words.back}
                </Button>
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  )
  return quiet ? (
    <details className={styles.quiet}>
      <summary>{t.title}</summary>
      {tree}
    </details>
  ) : (
    tree
  )
}

function Row({
  branch,
  depth,
  n,
  on,
  only,
}: {
  branch: Message
  depth: number
  n: number
  on: boolean
  only: boolean
}) {
  const t = usePanelText(tokenWords).branches
  const words = usePanelText(chatWords).branches
  const app = useT().app
  const format = useFormats()
  const { show, remove, rename } = useBranches()
  const idle = useChat((s) => s.status === 'idle')
  const [name, setName] = useState<string | null>(null)
  const item = useRef<HTMLLIElement>(null)
  const { fork } = branch
  const events = fork ? tokensOf(branch.id).slice(fork.at + 1) : []
  const tail = (events.length > 0 ? events.map((event) => event.text).join('') : branch.content.slice(0, 200)).replace(
    /\s+/g,
    ' ',
  )
  const done = (save: boolean): void => {
    if (save && name !== null) rename(branch.id, name)
    setName(null)
    requestAnimationFrame(() => item.current?.querySelector<HTMLElement>('[data-show]')?.focus())
  }
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === 'F2') {
      event.preventDefault()
      setName(branch.name ?? '')
    } else if (event.key === 'Delete' && idle) {
      event.preventDefault()
      item.current?.querySelector<HTMLElement>('[data-testid="remove-branch"]')?.click()
    }
  }
  return (
    <li
      ref={item}
      style={{ paddingInlineStart: `${Math.min(depth, 6) * 1.1}rem` }}
      data-active={on}
      data-testid="branch-item"
      data-branch={branch.id}
    >
      {name !== null ? (
        <input
          type="text"
          // oxlint-disable-next-line jsx-a11y/no-autofocus -- the reader just asked to name it
          autoFocus
          className={styles.name}
          value={name}
          maxLength={80}
          placeholder={t.namePlaceholder}
          aria-label={t.rename}
          data-testid="branch-name"
          onChange={(event) => setName(event.target.value)}
          onBlur={() => {
            if (name !== null) {
              rename(branch.id, name)
              setName(null)
            }
          }}
          onKeyDown={(event) => {
            if (event.nativeEvent.isComposing) return
            if (event.key === 'Enter') {
              event.preventDefault()
              done(true)
            }
            if (event.key === 'Escape') {
              event.preventDefault()
              event.stopPropagation()
              done(false)
            }
          }}
        />
      ) : (
        <button
          type="button"
          data-show
          className={styles.show}
          aria-pressed={on}
          disabled={!idle && !on}
          title={on ? t.shown : t.show}
          onClick={() => void show(branch.id)}
          onKeyDown={onKey}
        >
          <span className={styles.dot} aria-hidden="true" />
          {branch.name && <strong className={styles.given}>{branch.name}</strong>}
          {!fork ? (
            !branch.name && <span>{n === 1 ? t.first : words.again(n)}</span>
          ) : (
            <span title={fork.banned ? t.banned(tokenLabel(fork.instead)) : undefined}>
              <code data-banned={fork.banned}>{tokenLabel(fork.instead)}</code> → <code>{tokenLabel(fork.token)}</code>
            </span>
          )}
          <span className={styles.tail}>{tail === '' ? t.end : tail}</span>
          <span className={styles.count} title={t.tokens(branch.tokens)}>
            {format.number(branch.tokens)}
          </span>
        </button>
      )}
      {name === null && (
        <Button
          variant="quiet"
          icon="edit"
          label={t.rename}
          data-testid="rename-branch"
          onClick={() => setName(branch.name ?? '')}
        />
      )}
      {idle && !only && (
        <Confirm
          iconOnly
          label={t.remove}
          question={t.removeAsk}
          yes={app.remove}
          no={app.keep}
          testId="remove-branch"
          onConfirm={() => void remove(branch.id)}
        />
      )}
    </li>
  )
}

/** The version on show against the first answer. */
function Difference({ message, first }: { message: Message; first: Message }) {
  const t = usePanelText(tokenWords).branches
  const lang = useLang()
  const parts = useMemo(() => wordDiff(first.content, message.content, lang), [first.content, message.content, lang])
  if (message.id === first.id) return <p className={styles.note}>{t.compareFirst}</p>
  return (
    <p className={styles.difference} data-testid="branch-difference">
      {parts.map(({ kind, text }, i) =>
        kind === 'gone' ? (
          <del key={i}>{text}</del>
        ) : kind === 'new' ? (
          <ins key={i}>{text}</ins>
        ) : (
          <span key={i}>{text}</span>
        ),
      )}
      {parts.every((p) => p.kind === 'same') && <span className={styles.note}> {t.noDifference}</span>}
    </p>
  )
}

/** Forks right under what they left, in the order they were made. */
function inTree(list: readonly Message[]): { branch: Message; depth: number }[] {
  const out: { branch: Message; depth: number }[] = []
  const here = new Set(list.map((branch) => branch.id))
  const walk = (from: string | null, depth: number): void => {
    for (const branch of list) {
      const left = branch.fork && here.has(branch.fork.from) && branch.fork.from !== branch.id ? branch.fork.from : null
      if (left === from && !out.some((one) => one.branch.id === branch.id)) {
        out.push({ branch, depth })
        walk(branch.id, depth + 1)
      }
    }
  }
  walk(null, 0)
  // forks that leave each other in a circle come from a damaged file
  for (const branch of list) if (!out.some((one) => one.branch.id === branch.id)) out.push({ branch, depth: 0 })
  return out
}
