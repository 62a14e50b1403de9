// A long list, one page at a time: the page holds what is looked at, buttons go to the others. Keeps the document small
// whatever the text is, and works with keyboard and screen reader as it stands.

import { useState } from 'react'
import { usePanelText } from '../../i18n/panels/index.ts'
import { tokenizer as words } from '../../i18n/panels/tokenizer.ts'
import styles from './Window.module.css'

export interface Page {
  from: number
  to: number
  go: (from: number) => void
  size: number
  total: number
}

/** @param at the entry that must be on the page when it changes */
export function usePage(total: number, size: number, at = 0): Page {
  const home = Math.floor(Math.max(0, Math.min(at, total - 1)) / size) * size
  const [turned, setTurned] = useState({ home, total, from: home })
  const from = turned.home === home && turned.total === total ? turned.from : home
  return {
    from,
    to: Math.min(total, from + size),
    size,
    total,
    go: (next) => {
      setTurned({ home, total, from: Math.max(0, Math.min(next, Math.floor((total - 1) / size) * size)) })
    },
  }
}

export function Pager({ page, label, testId }: { page: Page; label: string; testId?: string }) {
  const t = usePanelText(words).page
  const { from, to, size, total, go } = page
  if (total <= size) return null
  return (
    <nav className={styles.pager} aria-label={label} data-testid={testId} data-from={from} data-total={total}>
      <button type="button" aria-disabled={from === 0} onClick={() => go(from - size)}>
        {t.before}
      </button>
      <span role="status">{t.shown(from + 1, to, total)}</span>
      <button
        type="button"
        aria-disabled={to === total}
        onClick={() => {
          if (to < total) go(from + size)
        }}
      >
        {t.after}
      </button>
    </nav>
  )
}
