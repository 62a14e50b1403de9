// Names and values in two columns; values are set in the mono face so that numbers line up.

import type { ReactNode } from 'react'
import styles from './FactList.module.css'

export interface Fact {
  name: string
  value: ReactNode
  note?: string
}

export function FactList({ facts }: { facts: Fact[] }) {
  return (
    <dl className={styles.list}>
      {facts.map(({ name, value, note }) => (
        <div key={name} className={styles.row}>
          <dt>{name}</dt>
          <dd>
            {value}
            {note !== undefined && <span className={styles.note}>{note}</span>}
          </dd>
        </div>
      ))}
    </dl>
  )
}
