// What a model that reads says of one text on both sides: blanks, labels, answers, vectors.

import { useFormats } from '../../i18n/index.tsx'
import { adapterWords } from '../../i18n/panels/adapters.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import type { Reading } from '../../store/index.ts'
import { Table } from './Parting.tsx'
import { readingsOf } from './readings.ts'
import styles from './SideBySide.module.css'

export function Readings({ a, b, mask }: { a: Reading; b: Reading; mask: string | null }) {
  const t = usePanelText(adapterWords).ab.readings
  const format = useFormats()
  const { parts, cosines } = readingsOf(a, b)
  return (
    <div className={styles.parting} data-testid="ab-readings">
      {a.fills?.length === 0 && mask !== null && <p className={styles.state}>{t.noBlank(mask)}</p>}
      {parts.map(({ kind, n, shares, rows }) => {
        const title = kind === 'fills' || kind === 'task' ? t[kind](n) : t[kind]
        return (
          <section key={`${kind} ${n}`}>
            <h3>{title}</h3>
            {rows.some(({ a: x, b: y }) => x === null || y === null) && <p className={styles.state}>{t.unlisted}</p>}
            {!shares && <p className={styles.state}>{t.value}</p>}
            <Table
              what={t.names[kind]}
              rows={rows.map((row, i) => ({
                key: i,
                name: row.name,
                a: shares ? (row.a ?? '–') : number(row.a),
                b: shares ? (row.b ?? '–') : number(row.b),
                note: '',
              }))}
            />
          </section>
        )
      })}
      {cosines.map(({ kind, cosine }) => (
        <section key={kind}>
          <h3>{t[kind]}</h3>
          <p data-testid={`ab-cosine-${kind}`}>{t.cosine(format.number(cosine, 4))}</p>
          <p className={styles.state}>{t.cosineHint}</p>
        </section>
      ))}
    </div>
  )
  function number(value: number | null): string {
    return value === null ? '–' : format.number(value, 4)
  }
}
