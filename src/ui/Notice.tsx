// A framed message: what happened, what to do, and buttons for it.
// Bad news is announced at once (role=alert), the rest when the reader pauses (role=status).

import type { ReactNode } from 'react'
import styles from './Notice.module.css'

interface Props {
  tone: 'info' | 'good' | 'warn' | 'bad'
  title?: ReactNode
  children?: ReactNode
  actions?: ReactNode
  testId?: string
  /** machine-readable kind, e.g. an error code */
  code?: string
}

export function Notice({ tone, title, children, actions, testId, code }: Props) {
  return (
    <div
      className={`${styles.notice} ${styles[tone]}`}
      role={tone === 'bad' ? 'alert' : 'status'}
      data-testid={testId}
      data-code={code}
    >
      {title !== undefined && <p className={styles.title}>{title}</p>}
      {children !== undefined && <div className={styles.body}>{children}</div>}
      {actions !== undefined && <div className={styles.actions}>{actions}</div>}
    </div>
  )
}
