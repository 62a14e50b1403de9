// Two settings on the same logits, token by token.

import type { SamplingView } from '../../store/index.ts'
import { drawBars } from '../../ui/bars.ts'
import { Figure } from '../../ui/Figure.tsx'
import { tokenLabel } from '../../ui/tokens.ts'
import { useScheme } from '../../ui/useScheme.ts'
import styles from './Compare.module.css'
import { bits, readPipeline } from './pipeline.ts'
import { useRun } from './run.ts'
import { type Side } from './settings.ts'

const max = 14

export function Compare({ views }: { views: Record<Side, SamplingView> }) {
  const { t, common, info, percent, format, params } = useRun()
  const scheme = useScheme()
  const { a, b } = views
  const reads = { a: readPipeline(a, info.vocab), b: readPipeline(b, info.vocab) }
  const chance = (view: SamplingView, id: number): number => view.rows.find((row) => row.id === id)?.probability ?? 0
  const ids = new Map([...a.rows, ...b.rows].map((row) => [row.id, row]))
  const rows = [...ids.values()]
    .map((row) => ({ id: row.id, text: row.text, a: chance(a, row.id), b: chance(b, row.id) }))
    .sort((x, y) => Math.max(y.a, y.b) - Math.max(x.a, x.b) || x.id - y.id)
    .slice(0, max)
  const top = Math.max(...rows.map((row) => Math.max(row.a, row.b)), 1e-9)
  const cell = (fraction: number, side: Side) => (
    <td className={styles.cell}>
      <span
        className={styles.bar}
        data-side={side}
        style={{ width: `${(fraction / top) * 100}%` }}
        aria-hidden="true"
      />
      <output>{fraction > 0 ? percent(fraction) : t.compare.removed}</output>
    </td>
  )
  const entropy = (side: Side): string => {
    const { from, to } = reads[side].entropy
    return to - from < 1e-6
      ? t.entropy.bits(format.number(bits(from), 2))
      : t.entropy.between(format.number(bits(from), 2), format.number(bits(to), 2))
  }
  return (
    <Figure
      title={t.compare.title}
      words={common.figure}
      source={info.source}
      caption={t.compare.caption}
      testId="compare"
      files={{
        name: `compare-${a.position}`,
        of: common.strip.token(a.position),
        numbers: () => ({ model: info.model, settings: params, rows }),
        array: () => ({
          shape: [rows.length, 3],
          data: Float64Array.from(rows.flatMap((row) => [row.id, row.a, row.b])),
        }),
        drawing: () =>
          drawBars(
            null,
            ['A', 'B'],
            rows.map((row) => ({
              name: tokenLabel(row.text),
              bars: [
                { fraction: row.a, value: row.a > 0 ? percent(row.a) : t.compare.removed, colour: '--role-attention' },
                { fraction: row.b, value: row.b > 0 ? percent(row.b) : t.compare.removed, colour: '--accent' },
              ],
            })),
            [
              `${t.compare.kept}: A ${format.number(reads.a.kept)} · B ${format.number(reads.b.kept)}`,
              `${t.compare.entropy}: A ${entropy('a')} · B ${entropy('b')}`,
            ],
            scheme,
          ),
      }}
    >
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t.compare.token}</th>
            <th scope="col">A</th>
            <th scope="col">B</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id} data-id={row.id} data-a={row.a} data-b={row.b} data-chosen={row.id === a.chosen}>
              <th scope="row">
                <span>{tokenLabel(row.text)}</span>
              </th>
              {cell(row.a, 'a')}
              {cell(row.b, 'b')}
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{t.compare.kept}</th>
            <td>{format.number(reads.a.kept)}</td>
            <td>{format.number(reads.b.kept)}</td>
          </tr>
          <tr>
            <th scope="row">{t.compare.entropy}</th>
            <td>{entropy('a')}</td>
            <td>{entropy('b')}</td>
          </tr>
        </tfoot>
      </table>
    </Figure>
  )
}
