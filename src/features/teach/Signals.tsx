// What a run says beside its loss, one small drawing each: of preferences how far apart the answers are, of rewards what an answer is
// worth (by what rewards it, and by what is only measured) and how far the model went for it, and of both what becomes of the answers that it gave before. Where the reward rises at
// their cost, that is said.

import { useFormats } from '../../i18n/index.tsx'
import { usePanelText } from '../../i18n/panels/index.ts'
import { roadWords } from '../../i18n/panels/road.ts'
import type { TeachRun } from '../../store/teach/index.ts'
import { rewardHacked } from '../../store/teach/run.ts'
import chart from './Chart.module.css'
import { smoothed } from './Curve.tsx'
import { axisOf, floored, lineThrough, type Learns } from './drawing.ts'
import styles from './Road.module.css'

interface Point {
  step: number
  value: number
}
const [width, height, left, top, bottom] = [300, 110, 60, 10, 96]
/** Parts of a whole: said in percent, on an axis that is the whole. */
const shares: ReadonlySet<string> = new Set(['sense', 'right', 'unseen'])

export function Signals({ run, learns }: { run: TeachRun; learns: Learns }) {
  const t = usePanelText(roadWords)
  const format = useFormats()
  const answers = run.steps.flatMap((one) => (one.answers ? [{ step: one.step, ...one.answers }] : []))
  const pairs = run.steps.flatMap((one) => (one.pairs ? [{ step: one.step, ...one.pairs }] : []))
  const told = run.heldOut.flatMap((one) => (one.pairs ? [{ step: one.step, ...one.pairs }] : []))
  const measured = (key: string): Point[] =>
    answers.flatMap(({ step, measured: own }) => (own?.[key] === undefined ? [] : [{ step, value: own[key] }]))
  const watched = run.watched.map(({ step, loss }) => ({ step, value: loss }))
  const of = <T extends { step: number }>(list: readonly T[], value: (one: T) => number): Point[] =>
    list.map((one) => ({ step: one.step, value: value(one) }))
  const charts = [
    { key: 'reward', points: of(answers, ({ reward }) => reward) },
    { key: 'rule', points: measured('rule') },
    { key: 'sense', points: measured('sense') },
    { key: 'kl', points: of(answers, ({ kl }) => kl) },
    { key: 'length', points: of(answers, ({ tokens }) => tokens) },
    { key: learns === 'judge' ? 'apart' : 'margin', points: of(pairs, ({ margin }) => margin) },
    { key: 'right', points: of(pairs, ({ right }) => right) },
    { key: 'unseen', points: of(told, ({ right }) => right) },
    { key: 'watched', points: watched },
  ] as const
  if (answers.length + pairs.length === 0) return null
  const steps = run.steps.at(-1)!.steps
  const hacked = rewardHacked(run)
  const best = answers.at(-1)?.best
  return (
    <section aria-label={t.charts.title} data-testid="road-signals">
      <div className={styles.charts}>
        {charts.map(({ key, points }) =>
          points.length === 0 ? null : <Chart key={key} id={key} title={t.charts[key]} points={points} steps={steps} />,
        )}
      </div>
      {answers.at(-1)?.flat === 1 && <p>{t.flat}</p>}
      {best && (
        <p data-testid="road-best">
          {t.best}: <q dir="auto">{best.text}</q> ({t.worth(format.short(floored(best.reward)))})
        </p>
      )}
      {hacked && (
        <p role="status" data-testid="road-hacking">
          {t.hacking(format.short(hacked.reward), format.short(hacked.kl))}
          {(['rule', 'sense'] as const).map((key) => {
            const [from, to] = hacked.measured[key] ?? []
            const said = key === 'sense' ? format.percent : (value: number) => format.short(floored(value))
            return from === undefined ? null : ` ${t.meanwhile[key](said(from), said(to!))}`
          })}
        </p>
      )}
    </section>
  )
}

function Chart({ id, title, points, steps }: { id: string; title: string; points: readonly Point[]; steps: number }) {
  const format = useFormats()
  const values = points.map(({ value }) => value)
  const isShare = shares.has(id)
  const said = (value: number): string => (isShare ? format.percent(value) : format.short(floored(value)))
  const [low, high] = isShare ? [0, 1] : axisOf(values)
  const x = (step: number): number => left + (step / Math.max(1, steps)) * (width - left - 8)
  const y = (value: number): number => bottom - ((value - low) / (high - low)) * (bottom - top)
  const path = (numbers: readonly number[]): string =>
    lineThrough(numbers.map((value, i) => [x(points[i]!.step), y(value)]))
  const last = points.at(-1)!
  return (
    <figure className={chart.curve} data-testid={`road-chart-${id}`} data-last={last.value}>
      <figcaption>
        {title}: {said(last.value)}
      </figcaption>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={`${title}: ${said(values[0]!)} → ${said(last.value)}`}
      >
        {[low, high].map((value) => (
          <g key={value}>
            <line className={chart.grid} x1={left} x2={width - 8} y1={y(value)} y2={y(value)} />
            <text className={chart.tick} x={left - 5} y={y(value) + 4} textAnchor="end">
              {said(value)}
            </text>
          </g>
        ))}
        <path className={chart.raw} d={path(values)} />
        <path className={chart.line} d={path(smoothed(values, 0.8))} />
      </svg>
    </figure>
  )
}
