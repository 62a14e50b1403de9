// What stands where a picture will be: a few words and something to do. Never an empty canvas.

import type { ReactNode } from 'react'
import styles from './Empty.module.css'
import { Icon, type IconName } from './icons.tsx'

export interface EmptyProps {
  icon?: IconName
  title: string
  children?: ReactNode
  actions?: ReactNode
  busy?: boolean
  testId?: string
}

export function Empty({ icon = 'logo', title, children, actions, busy = false, testId }: EmptyProps) {
  return (
    <section className={styles.empty} aria-busy={busy} role="status" data-testid={testId}>
      <span className={styles.icon} data-busy={busy}>
        <Icon name={icon} size={40} />
      </span>
      <h2>{title}</h2>
      {children}
      {actions !== undefined && <div className={styles.actions}>{actions}</div>}
    </section>
  )
}
