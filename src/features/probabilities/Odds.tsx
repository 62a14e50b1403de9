// The odds at one place of a text that is read whole: the model's own, over the whole vocabulary. No stage of a sampler has
// a part in them, so there is no column for one.

import type { SamplingView } from '../../store/index.ts'
import { drawBars } from '../../ui/bars.ts'
import { Button } from '../../ui/Button.tsx'
import { Figure } from '../../ui/Figure.tsx'
import { tokenLabel } from '../../ui/tokens.ts'
import { useScheme } from '../../ui/useScheme.ts'
import styles from './Compare.module.css'
import { useRun } from './run.ts'
import { useSettings } from './settings.ts'
import { valueOf } from './stages.ts'

const few = 14

export function Odds({ view }: { view: SamplingView }) {
  const { t, common, info, percent, tokens } = useRun()
  const { all, set } = useSettings()
  const scheme = useScheme()
  const best = view.rows.toSorted((a, b) => b.probability - a.probability || a.id - b.id)
  const rows = all ? best : best.slice(0, few)
  const top = rows[0]?.probability ?? 1
  const rest = { count: info.vocab - rows.length, mass: 1 - rows.reduce((sum, row) => sum + row.probability, 0) }
  const here = tokens[view.position]?.id
  return (
    <Figure
      title={t.odds.title}
      words={common.figure}
      source={info.source}
      caption={t.odds.caption}
      testId="odds"
      files={{
        name: `odds-${view.position}`,
        of: common.strip.token(view.position),
        numbers: () => ({
          model: info.model,
          position: view.position,
          rows: best.map(({ id, text, logit, probability }) => ({ id, text, logit, probability })),
        }),
        array: () => ({
          shape: [best.length, 3],
          data: Float64Array.from(best.flatMap((row) => [row.id, row.logit, row.probability])),
        }),
        drawing: () =>
          drawBars(
            null,
            [t.stage.softmax],
            rows.map((row) => ({
              name: tokenLabel(row.text),
              bars: [{ fraction: row.probability, value: percent(row.probability), colour: '--role-attention' }],
            })),
            [],
            scheme,
          ),
      }}
      tools={
        best.length > few && (
          <Button variant="quiet" onClick={() => set({ all: !all })} data-testid="more-rows">
            {all ? t.table.fewer : t.table.more}
          </Button>
        )
      }
    >
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t.stage.token}</th>
            <th scope="col">{t.stage.logit}</th>
            <th scope="col">{t.stage.softmax}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id} data-id={row.id} data-probability={row.probability} data-chosen={row.id === here}>
              <th scope="row" title={`id ${row.id}`}>
                <span>{tokenLabel(row.text)}</span>
              </th>
              <td>{valueOf(row.logit)}</td>
              <td className={styles.cell}>
                <span
                  className={styles.bar}
                  style={{ width: `${(row.probability / top) * 100}%` }}
                  aria-hidden="true"
                />
                <output>{percent(row.probability)}</output>
              </td>
            </tr>
          ))}
        </tbody>
        {rest.count > 0 && (
          <tfoot>
            <tr>
              <th scope="row">{t.table.tail(rest.count)}</th>
              <td>–</td>
              <td>{percent(rest.mass)}</td>
            </tr>
          </tfoot>
        )}
      </table>
    </Figure>
  )
}
