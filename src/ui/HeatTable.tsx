// The focused row of a heatmap as a real table, for those who read rather than look.

import { poolsOf, type HeatTile } from './heat-view.ts'
import styles from './Heatmap.module.css'

interface Props {
  tile: HeatTile | null
  row: number
  words: { row: string; column: string; value: string; absent: string; more: (n: number) => string }
  rowLabel: (row: number) => string
  colLabel: (col: number) => string
  format: (value: number) => string
}

/** Rows of the table at most: more would be a wall, and cost as much as one. */
const max = 200

export function HeatTable({ tile, row, words, rowLabel, colLabel, format }: Props) {
  if (!tile || row < tile.rows.from || row >= tile.rows.to) return <p className={styles.none}>…</p>
  const [pr, pool] = poolsOf(tile),
    r = Math.floor((row - tile.rows.from) / pr)
  const cells = Array.from({ length: tile.width }, (_, c) => ({
    from: tile.cols.from + c * pool,
    value: tile.values[r * tile.width + c]!,
  })).filter(({ value }) => !Number.isNaN(value))
  return (
    <div className={styles.scroll} tabIndex={0} role="region" aria-label={`${words.row} ${rowLabel(row)}`}>
      <table className={styles.table}>
        <caption>
          {words.row} {row}: <code>{rowLabel(row)}</code>
        </caption>
        <thead>
          <tr>
            <th scope="col">{words.column}</th>
            <th scope="col">{words.value}</th>
          </tr>
        </thead>
        <tbody>
          {cells.slice(0, max).map(({ from, value }) => (
            <tr key={from}>
              <th scope="row">{pool > 1 ? `${from}–${from + pool - 1}` : `${from} ${colLabel(from)}`}</th>
              <td>{format(value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {cells.length > max && <p className={styles.none}>{words.more(cells.length - max)}</p>}
    </div>
  )
}
