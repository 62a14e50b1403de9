// Candidates with their chance on each side, and A − B where both speak of the same text.

import { useFormats } from '../../i18n/index.tsx'
import { compareWords } from '../../i18n/panels/compare.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { both, type Which } from '../../store/compare/index.ts'
import styles from './Panel.module.css'

interface Row {
  id: number
  text: string
  /** null: less than all that is listed */
  a: number | null
  b: number | null
  note: string
}
interface Props {
  rows: readonly Row[]
  subtract: boolean
  below?: Readonly<Record<Which, string>>
  /** the table of one side alone */
  only?: Which
  /** what the columns are called, where it is not the models' own chance */
  titles?: Readonly<Record<Which, string>>
}

export function Chances({ rows, subtract, below, only, titles }: Props) {
  const t = usePanelText(compareWords)
  const format = useFormats()
  const sides = only ? [only] : both
  /** a difference of shares, in percentage points with its sign */
  const points = (value: number): string =>
    Math.abs(value) < 5e-7 ? '0' : `${value > 0 ? '+' : '−'}${format.share(Math.abs(value))}`
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col">{t.candidate}</th>
          {sides.map((side) => (
            <th key={side} scope="col">
              {titles?.[side] ?? t.chance(t.side[side])}
            </th>
          ))}
          {subtract && <th scope="col">{t.difference}</th>}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id} data-id={row.id}>
            <th scope="row">
              <bdi>{row.text}</bdi>
              {row.note !== '' && <small>{row.note}</small>}
            </th>
            {sides.map((side) => (
              <td key={side} data-side={side} data-value={row[side]}>
                <span className={styles.bar} aria-hidden="true" style={{ ['--part' as string]: row[side] ?? 0 }} />
                <output>{row[side] === null ? (below?.[side] ?? t.unknown) : format.share(row[side])}</output>
              </td>
            ))}
            {subtract && (
              <td>
                <output>{row.a === null || row.b === null ? t.unknown : points(row.a - row.b)}</output>
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
