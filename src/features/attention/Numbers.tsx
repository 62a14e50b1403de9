// The numbers of a figure as a table, for those who read rather than look.

import { useState, type ReactNode } from 'react'
import { Button } from '../../ui/Button.tsx'
import styles from './Numbers.module.css'
import { useRun } from './run.ts'

/** Rows of a table at most: more would be a wall. */
const max = 200

/** Whether the table stands in for the picture, and the button that says so. */
export function useTable(): [on: boolean, button: ReactNode] {
  const { t, common } = useRun()
  const [on, setOn] = useState(false)
  return [
    on,
    <Button
      key="table"
      variant="quiet"
      icon="table"
      label={on ? common.figure.picture : t.table.show}
      aria-pressed={on}
      data-testid="table-toggle"
      onClick={() => setOn(!on)}
    />,
  ]
}

interface Props {
  caption: string
  head: readonly string[]
  /** the first cell names the row */
  rows: readonly (readonly string[])[]
}

export function Numbers({ caption, head, rows }: Props) {
  const { t } = useRun()
  return (
    <>
      <div className={styles.scroll} tabIndex={0} role="region" aria-label={caption} data-testid="numbers">
        <table className={styles.table}>
          <caption>{caption}</caption>
          <thead>
            <tr>
              {head.map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, max).map((row, i) => (
              <tr key={i}>
                {row.map((cell, c) =>
                  c === 0 ? (
                    <th key={c} scope="row">
                      {cell}
                    </th>
                  ) : (
                    <td key={c}>{cell}</td>
                  ),
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > max && <p className={styles.more}>{t.table.more(rows.length - max)}</p>}
    </>
  )
}
