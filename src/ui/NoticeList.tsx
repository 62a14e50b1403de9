// Sentences that must be known before something is trusted, as one framed list that can be folded to its title.

import { Notice } from './Notice.tsx'
import styles from './NoticeList.module.css'

interface Props {
  title: string
  items: readonly string[]
  folded?: boolean
  testId?: string
}

export function NoticeList({ title, items, folded = false, testId }: Props) {
  if (items.length === 0) return null
  return (
    <Notice tone="warn" testId={testId}>
      <details key={String(folded)} className={styles.list} open={!folded}>
        <summary>{title}</summary>
        {items.map((item) => (
          <p key={item}>{item}</p>
        ))}
      </details>
    </Notice>
  )
}
