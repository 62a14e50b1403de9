// Cosines of all texts with each other, as a table whose shade is the number.

import type { read as words } from '../../i18n/panels/read.ts'
import { useFormats } from '../../i18n/index.tsx'
import { cosine } from './cosine.ts'
import styles from './Panel.module.css'

interface Props {
  vectors: readonly { text: string; vector: Float32Array }[]
  t: (typeof words)['en']
}

export function Similar({ vectors, t }: Props) {
  const format = useFormats()
  const value = (a: Float32Array, b: Float32Array): string => format.number(cosine(a, b), 2)
  return (
    <>
      <p className={styles.note}>{t.vectorsHint}</p>
      <div className={styles.scroll} tabIndex={0} role="region" aria-label={t.vectors}>
        <table className={styles.similar} data-testid="read-similar">
          <thead>
            <tr>
              <th scope="col">{t.text}</th>
              {vectors.map((_, i) => (
                <th key={i} scope="col">
                  {i + 1}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {vectors.map((row, i) => (
              <tr key={i}>
                <th scope="row">
                  <span>{i + 1}</span> <bdi>{row.text}</bdi>
                </th>
                {vectors.map((col, j) => (
                  <td
                    key={j}
                    style={{ ['--part' as string]: Math.max(0, cosine(row.vector, col.vector)) }}
                    title={t.cell(row.text, col.text, value(row.vector, col.vector))}
                  >
                    {value(row.vector, col.vector)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  )
}
