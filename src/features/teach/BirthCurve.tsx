// Loss on repeats above, and below, by the same updates, how many are right and where the best heads look. Each kind of line has a
// class of its own, which the key draws, too. Every number stands in a table for those who do not see the drawing.

import { useFormats } from '../../i18n/index.tsx'
import { birthWords } from '../../i18n/panels/birth.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { CHANCE, type InductionLook, type Life } from '../../store/teach/birth.ts'
import styles from './BirthCurve.module.css'
import chart from './Chart.module.css'
import { lineThrough } from './drawing.ts'

const width = 640
const margin = { left: 54, right: 12 }
const loss = { top: 12, height: 130 }
const share = { top: 168, height: 130 }
const height = 320

/** The best heads: of the last layer behind the occurrences before, of the first one at the token before. */
function best({ prefix, previous, frame }: InductionLook): { prefix: number; previous: number } {
  const heads = frame?.heads ?? 0
  return { prefix: Math.max(0, ...prefix.slice(-heads)), previous: Math.max(0, ...previous.slice(0, heads)) }
}

export function BirthCurve({ attention, lstm, updates }: { attention: Life; lstm: Life | null; updates: number }) {
  const t = usePanelText(birthWords)
  const format = useFormats()
  const { looks } = attention
  const most = Math.max(...looks.map((one) => one.loss), ...(lstm?.looks ?? []).map((one) => one.loss), CHANCE) * 1.05
  const x = (step: number): number => margin.left + (step / updates) * (width - margin.left - margin.right)
  const line = (life: Life, at: (look: InductionLook) => number): string =>
    lineThrough(life.looks.map((look) => [x(look.step), at(look)]))
  const nats = (value: number): number => loss.top + (1 - value / most) * loss.height
  const part = (value: number): number => share.top + (1 - value) * share.height
  const last = looks.at(-1)!
  const lstmLoss = lstm?.looks.at(-1)?.loss
  const key = [
    ['loss', `${t.loss} ${format.number(last.loss, 2)}`],
    ...(lstmLoss === undefined ? [] : [['lstm', `${t.lstm} ${format.number(lstmLoss, 2)}`] as const]),
    ['chance', `${t.chance} ${format.number(CHANCE, 2)}`],
    ['right', `${t.right} ${format.percent(last.right)}`],
    ['prefix', `${t.prefix} ${format.percent(best(last).prefix)}`],
    ['previous', `${t.previous} ${format.percent(best(last).previous)}`],
  ] as const
  return (
    <figure className={`${chart.curve} ${chart.broad}`}>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={`${t.curve}: ${format.number(last.loss, 2)}, ${format.percent(last.right)}`}
      >
        {[0, 0.5, 1]
          .flatMap((at) => [
            { y: nats(at * most), text: format.number(at * most, 1) },
            { y: part(at), text: format.percent(at) },
          ])
          .map(({ y, text }) => (
            <g key={y}>
              <line className={chart.grid} x1={margin.left} x2={width - margin.right} y1={y} y2={y} />
              <text className={chart.tick} x={margin.left - 6} y={y + 4} textAnchor="end">
                {text}
              </text>
            </g>
          ))}
        <line
          className={styles.chance}
          x1={margin.left}
          x2={width - margin.right}
          y1={nats(CHANCE)}
          y2={nats(CHANCE)}
        />
        <path className={styles.loss} d={line(attention, (one) => nats(one.loss))} />
        {lstmLoss !== undefined && <path className={styles.lstm} d={line(lstm!, (one) => nats(one.loss))} />}
        <path className={styles.right} d={line(attention, (one) => part(one.right))} />
        <path className={styles.prefix} d={line(attention, (one) => part(best(one).prefix))} />
        <path className={styles.previous} d={line(attention, (one) => part(best(one).previous))} />
        <text className={chart.tick} x={margin.left} y={height - 4}>
          {format.number(0)}
        </text>
        <text className={chart.tick} x={width - margin.right} y={height - 4} textAnchor="end">
          {format.number(updates)}
        </text>
      </svg>
      <figcaption>
        <ul className={styles.key}>
          {key.map(([name, text]) => (
            <li key={name}>
              <svg viewBox="0 0 26 8" aria-hidden="true">
                <path className={styles[name]} d="M0 4H26" />
              </svg>{' '}
              {text}
            </li>
          ))}
        </ul>
        <p>{t.lossHint}</p>
        <p>{t.scoresHint}</p>
      </figcaption>
      <table className="visually-hidden" data-testid="birth-table">
        <caption>{t.curve}</caption>
        <thead>
          <tr>
            {[t.update, t.loss, t.right, t.prefix, t.previous, ...(lstm ? [t.lstm] : [])].map((name) => (
              <th scope="col" key={name}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {looks.map((look, i) => (
            <tr key={look.step}>
              <th scope="row">{look.step}</th>
              <td>{format.number(look.loss, 2)}</td>
              <td>{format.percent(look.right)}</td>
              <td>{format.percent(best(look).prefix)}</td>
              <td>{format.percent(best(look).previous)}</td>
              {lstm && <td>{lstm.looks[i] ? format.number(lstm.looks[i].loss, 2) : ''}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  )
}
