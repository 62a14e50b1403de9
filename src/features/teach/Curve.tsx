// The loss of every update as a dot, and their running mean as a line (0.9, corrected for its beginning). All numbers stand in a
// table for those who do not see the drawing.

import { useFormats } from '../../i18n/index.tsx'
import { usePanelText } from '../../i18n/panels/index.ts'
import { teachWords } from '../../i18n/panels/teach.ts'
import type { TeachRun } from '../../store/teach/index.ts'
import styles from './Panel.module.css'

const width = 640,
  height = 220,
  margin = { left: 44, right: 12, top: 12, bottom: 26 }

/** Exponential means of a row of numbers, each corrected for where it began. */
export function smoothed(values: readonly number[], keep = 0.9): number[] {
  let mean = 0
  return values.map((value, i) => {
    mean = keep * mean + (1 - keep) * value
    return mean / (1 - keep ** (i + 1))
  })
}

export function Curve({ steps }: { steps: TeachRun['steps'] }) {
  const t = usePanelText(teachWords)
  const format = useFormats()
  const last = steps.at(-1)!
  const losses = steps.map(({ loss }) => loss)
  const top = Math.max(...losses, 1e-6) * 1.05
  const x = (step: number): number =>
    margin.left + ((step - 1) / Math.max(1, last.steps - 1)) * (width - margin.left - margin.right)
  const y = (loss: number): number => margin.top + (1 - loss / top) * (height - margin.top - margin.bottom)
  const line = smoothed(losses)
    .map((loss, i) => `${i === 0 ? 'M' : 'L'}${x(steps[i]!.step).toFixed(1)} ${y(loss).toFixed(1)}`)
    .join('')
  return (
    <figure className={styles.curve}>
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`${t.loss}: ${format.number(last.loss, 3)}`}>
        {[0, 0.5, 1].map((part) => (
          <g key={part}>
            <line
              className={styles.grid}
              x1={margin.left}
              x2={width - margin.right}
              y1={y(part * top)}
              y2={y(part * top)}
            />
            <text className={styles.tick} x={margin.left - 6} y={y(part * top) + 4} textAnchor="end">
              {format.number(part * top, 2)}
            </text>
          </g>
        ))}
        <text className={styles.tick} x={margin.left} y={height - 6}>
          {format.number(1)}
        </text>
        <text className={styles.tick} x={width - margin.right} y={height - 6} textAnchor="end">
          {format.number(last.steps)}
        </text>
        {steps.map(({ step, loss }) => (
          <circle key={step} className={styles.dot} cx={x(step)} cy={y(loss)} r={2.4}>
            <title>{`${t.update} ${step}: ${format.number(loss, 3)}`}</title>
          </circle>
        ))}
        <path className={styles.line} d={line} />
      </svg>
      <figcaption>
        <p>
          {t.loss} {format.number(last.loss, 3)} · {t.rate} {format.number(last.lr, 5)} · {t.norm}{' '}
          {format.number(last.norm, 2)}
        </p>
        <p>{t.lossHint}</p>
      </figcaption>
      <table className="visually-hidden">
        <caption>{t.loss}</caption>
        <tbody>
          {steps.map(({ step, loss }) => (
            <tr key={step}>
              <th scope="row">{step}</th>
              <td>{format.number(loss, 3)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  )
}
