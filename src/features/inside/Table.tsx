// The table that stands in for a picture: built when it is opened, so that closed ones cost no nodes.

import { useState, type ReactNode } from 'react'
import styles from './Cards.module.css'

export type Row = readonly [head: ReactNode, ...cells: ReactNode[]]

export function Table({
  name,
  head,
  rows,
  testId,
}: {
  name: string
  head: readonly string[]
  rows: () => readonly Row[]
  testId?: string
}) {
  const [open, setOpen] = useState(false)
  return (
    <details className={styles.table} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{name}</summary>
      {open && (
        <div className={styles.scroll} tabIndex={0} role="region" aria-label={name}>
          <table data-testid={testId}>
            <thead>
              <tr>
                {head.map((h) => (
                  <th key={h} scope="col">
                    {h}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows().map(([first, ...cells], r) => (
                <tr key={r}>
                  <th scope="row">{first}</th>
                  {cells.map((cell, c) => (
                    <td key={c}>{cell}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  )
}
