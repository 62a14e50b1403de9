// A hundred throws of the same dice: what chances mean when they are counted.

import { useAsk } from '../../store/ask.ts'
import type { SamplingParams, SamplingView } from '../../store/index.ts'
import { drawBars, type BarRow } from '../../ui/bars.ts'
import { Button } from '../../ui/Button.tsx'
import { Figure } from '../../ui/Figure.tsx'
import { tokenLabel } from '../../ui/tokens.ts'
import { useScheme } from '../../ui/useScheme.ts'
import styles from './Dice.module.css'
import { keyOf } from './pipeline.ts'
import { useRun, useSettled } from './run.ts'
import { useSettings } from './settings.ts'

const times = 100
const lines = 9

export function Draws({ view, params }: { view: SamplingView; params: SamplingParams }) {
  const { t, common, info, position, format } = useRun()
  const { throws, set } = useSettings()
  const scheme = useScheme()
  const seed = params.seed + throws
  const asked = useSettled(keyOf({ ...params, seed }))
  const { data, fresh } = useAsk(`draws ${position} ${asked}`, (glass) =>
    glass.draws(position, JSON.parse(asked) as SamplingParams, times, (JSON.parse(asked) as SamplingParams).seed),
  )
  // what is promised belongs to the present settings: not shown beside older throws
  const chance = new Map(fresh ? view.rows.map((row) => [row.id, row.probability]) : [])
  const shown = data?.counts.slice(0, lines) ?? []
  const others = data?.counts.slice(lines).reduce((sum, row) => sum + row.count, 0) ?? 0
  const max = Math.max(1, others, ...shown.map((row) => Math.max(row.count, times * (chance.get(row.id) ?? 0))))
  return (
    <Figure
      title={t.draws.title}
      words={common.figure}
      source={info.source}
      caption={t.draws.caption}
      testId="draws"
      files={{
        name: `draws-${view.position}`,
        of: common.strip.token(view.position),
        numbers: () => ({ model: info.model, settings: params, seed, draws: data }),
        array: () => ({
          shape: [data?.counts.length ?? 0, 2],
          data: Int32Array.from(data?.counts.flatMap(({ id, count }) => [id, count]) ?? []),
        }),
        drawing: () =>
          drawBars(
            t.draws.seed(seed),
            [t.draws.count],
            [
              ...shown.map((row): BarRow => ({
                name: tokenLabel(row.text),
                bars: [{ fraction: row.count, value: String(row.count), colour: '--role-v' }],
                mark: chance.has(row.id) ? times * chance.get(row.id)! : undefined,
              })),
              ...(others > 0
                ? [{ name: t.draws.others, bars: [{ fraction: others, value: String(others), colour: '--role-v' }] }]
                : []),
            ],
            [],
            scheme,
          ),
      }}
      tools={
        <Button
          variant="quiet"
          icon="retry"
          disabled={params.temperature === 0}
          data-testid="throw-100"
          onClick={() => set({ throws: throws + 1 })}
        >
          {t.draws.again}
        </Button>
      }
    >
      <div className={styles.throws} role="table" aria-label={t.draws.title} aria-busy={!fresh} data-fresh={fresh}>
        <div role="row" className={`${styles.throw} ${styles.head}`}>
          <span role="columnheader">{t.stage.token}</span>
          <span role="columnheader">{t.draws.seed(seed)}</span>
          <span role="columnheader">{t.draws.count}</span>
          <span role="columnheader">{t.draws.expected}</span>
        </div>
        {shown.map((row) => {
          const p = chance.get(row.id)
          return (
            <div key={row.id} role="row" className={styles.throw} data-id={row.id} data-count={row.count}>
              <span role="cell" title={`id ${row.id}`}>
                {tokenLabel(row.text)}
              </span>
              <span role="cell" className={styles.track}>
                <span style={{ width: `${(row.count / max) * 100}%` }} />
                {p !== undefined && <b style={{ insetInlineStart: `${((times * p) / max) * 100}%` }} />}
              </span>
              <span role="cell">{row.count}</span>
              <span role="cell">{p === undefined ? '' : format.number(times * p, times * p < 10 ? 1 : 0)}</span>
            </div>
          )
        })}
        {others > 0 && (
          <div role="row" className={styles.throw}>
            <span role="cell">{t.draws.others}</span>
            <span role="cell" className={styles.track}>
              <span style={{ width: `${(others / max) * 100}%` }} />
            </span>
            <span role="cell">{others}</span>
            <span role="cell" />
          </div>
        )}
      </div>
    </Figure>
  )
}
