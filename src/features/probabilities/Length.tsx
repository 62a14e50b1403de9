// The length card: how surprising the text on screen was, by position, and where the length ends that the model's
// files give. Every number is of the run's own tokens; nothing more is computed.

import { useMemo } from 'react'
import { useModels } from '../../store/index.ts'
import { drawBars } from '../../ui/bars.ts'
import { Figure } from '../../ui/Figure.tsx'
import { useScheme } from '../../ui/useScheme.ts'
import { stretches, type Stretch } from './lengths.ts'
import { bits } from './pipeline.ts'
import { useRun } from './run.ts'
import styles from './Settings.module.css'

export function Length() {
  const { t, common, info, tokens, format } = useRun()
  const scheme = useScheme()
  const rows = useMemo(() => stretches(tokens), [tokens])
  // a recording does not tell it, and a state goes on for ever
  const live = useModels((s) => s.active?.info ?? null)
  const recurrent = live?.parts.includes('state') ?? false
  const trained = info.source === 'live' && live && !recurrent ? live.maxContext : null
  if (rows.length === 0) return null
  const most = Math.max(...rows.map((row) => row.surprise))
  const name = ({ from, to }: Stretch): string => `${from}–${to - 1}`
  const said = ({ surprise }: Stretch): string => t.entropy.bits(format.number(bits(surprise), 2))
  const beyond = ({ from }: Stretch): boolean => trained !== null && from >= trained
  const unsaid = info.source === 'live' && recurrent ? t.length.none : t.length.unknown
  const note = trained === null ? unsaid : t.length.trained(trained)
  return (
    <Figure
      title={t.length.title}
      words={common.figure}
      source={info.source}
      testId="length-card"
      caption={`${t.length.caption} ${note}`}
      files={{
        name: 'surprise-by-position',
        numbers: () => ({ model: info.model, unit: 'nats', trained, rows }),
        array: () => ({
          shape: [rows.length, 3],
          data: Float64Array.from(rows.flatMap(({ from, to, surprise }) => [from, to, surprise])),
        }),
        drawing: () =>
          drawBars(
            null,
            [],
            rows.map((row) => ({
              name: name(row),
              bars: [{ fraction: row.surprise, value: said(row), colour: beyond(row) ? '--bad' : '--accent' }],
            })),
            [note],
            scheme,
          ),
      }}
    >
      <table className={styles.lengths}>
        <thead>
          <tr>
            <th scope="col">{t.length.positions}</th>
            <th scope="col">{t.length.surprise}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.from} data-testid="length-row" data-beyond={beyond(row)} data-nats={row.surprise}>
              <th scope="row">
                {name(row)}
                {beyond(row) && <span className="visually-hidden"> {t.length.beyond}</span>}
              </th>
              <td>
                <span className={styles.gauge} aria-hidden="true">
                  <span style={{ width: `${(100 * row.surprise) / most}%` }} />
                </span>
                {said(row)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Figure>
  )
}
