// The loss of every update as a dot, their running mean as a line (0.9, corrected for its beginning), and what is held out as
// diamonds; learning rate and length of the gradients below. All numbers stand in a table for those who do not see the drawing.

import { useFormats } from '../../i18n/index.tsx'
import { usePanelText } from '../../i18n/panels/index.ts'
import { roadWords } from '../../i18n/panels/road.ts'
import { teachWords } from '../../i18n/panels/teach.ts'
import type { TeachRun } from '../../store/teach/index.ts'
import chart from './Chart.module.css'
import styles from './Curve.module.css'
import { axisOf, floored, lineThrough, type Learns } from './drawing.ts'

const width = 640,
  margin = { left: 54, right: 12 }
const main = { top: 12, height: 182 },
  strips = { rate: { top: 222, height: 34 }, norm: { top: 272, height: 34 } } as const
const height = 330

/** Exponential means of a row of numbers, each corrected for where it began. */
export function smoothed(values: readonly number[], keep = 0.9): number[] {
  let mean = 0
  return values.map((value, i) => {
    mean = keep * mean + (1 - keep) * value
    return mean / (1 - keep ** (i + 1))
  })
}

type Props = Pick<TeachRun, 'steps' | 'heldOut'> & { learns: Exclude<Learns, 'answers'> }

export function Curve({ steps, heldOut, learns }: Props) {
  const t = usePanelText(teachWords)
  const road = usePanelText(roadWords)
  const format = useFormats()
  const said = (value: number): string => format.short(floored(value))
  const last = steps.at(-1)!
  const losses = steps.map(({ loss }) => loss)
  const top = axisOf([...losses, ...heldOut.map(({ loss }) => loss)])[1] * 1.05
  const x = (step: number): number =>
    margin.left + ((step - 1) / Math.max(1, last.steps - 1)) * (width - margin.left - margin.right)
  const within = (value: number, most: number, place: { top: number; height: number }): number =>
    place.top + (1 - value / most) * place.height
  const y = (loss: number): number => within(loss, top, main)
  const path = (values: readonly number[], at: (value: number) => number): string =>
    lineThrough(values.map((value, i) => [x(steps[i]!.step), at(value)]))
  const asked = heldOut.at(-1)
  return (
    <figure className={`${chart.curve} ${chart.broad}`}>
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`${t.loss}: ${said(last.loss)}`}>
        {[0, 0.5, 1].map((part) => (
          <g key={part}>
            <line
              className={chart.grid}
              x1={margin.left}
              x2={width - margin.right}
              y1={y(part * top)}
              y2={y(part * top)}
            />
            <text className={chart.tick} x={margin.left - 6} y={y(part * top) + 4} textAnchor="end">
              {said(part * top)}
            </text>
          </g>
        ))}
        {steps.map(({ step, loss }) => (
          <circle key={step} className={styles.dot} cx={x(step)} cy={y(loss)} r={2.4}>
            <title>{`${t.update} ${step}: ${said(loss)}`}</title>
          </circle>
        ))}
        <path className={chart.line} d={path(smoothed(losses), y)} />
        {heldOut.map(({ step, loss }) => (
          <path
            key={step}
            className={styles.diamond}
            d={`M${x(step)} ${y(loss) - 5}l5 5l-5 5l-5 -5z`}
            data-testid="teach-held-out"
          >
            <title>{`${t.heldOut} ${step}: ${said(loss)}`}</title>
          </path>
        ))}
        {(['rate', 'norm'] as const).map((kind) => {
          const values = steps.map(({ lr, norm }) => (kind === 'rate' ? lr : norm))
          const most = Math.max(...values, 1e-12)
          const place = strips[kind]
          return (
            <g key={kind}>
              <line
                className={chart.grid}
                x1={margin.left}
                x2={width - margin.right}
                y1={place.top + place.height}
                y2={place.top + place.height}
              />
              <path className={styles.strip} d={path(values, (value) => within(value, most, place))} />
              <text className={chart.tick} x={margin.left} y={place.top - 4}>
                {`${t[kind]} ≤ ${format.short(most)}`}
              </text>
            </g>
          )
        })}
        <text className={chart.tick} x={margin.left} y={height - 6}>
          {format.number(1)}
        </text>
        <text className={chart.tick} x={width - margin.right} y={height - 6} textAnchor="end">
          {format.number(last.steps)}
        </text>
      </svg>
      <figcaption>
        <p>
          {t.loss} {said(last.loss)}
          {asked && ` · ${t.heldOut} ${said(asked.loss)}`} · {t.rate} {format.short(last.lr)} · {t.norm}{' '}
          {said(last.norm)}
        </p>
        <p>
          {learns === 'rows' ? t.lossHint : road.lossHint[learns]} {heldOut.length > 0 && t.heldOutHint}
        </p>
        {asked && heldOut.length > 2 && asked.loss > 1.1 * Math.min(...heldOut.map(({ loss }) => loss)) && (
          <p className={styles.warning}>{t.rises}</p>
        )}
      </figcaption>
      <table className="visually-hidden">
        <caption>{t.loss}</caption>
        <tbody>
          {steps.map(({ step, loss, lr, norm }) => (
            <tr key={step}>
              <th scope="row">{step}</th>
              <td>{said(loss)}</td>
              <td>{format.short(lr)}</td>
              <td>{said(norm)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  )
}
