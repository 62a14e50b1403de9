// The memory card of an Elman network: its state behind every token, a row each, how far the token moved it, and how alike
// it is to the present one. An LSTM has a card of its own (Memory.tsx).

import { useAsk } from '../../store/ask.ts'
import { Drawing } from '../../ui/Drawing.tsx'
import type { DrawList, Shape } from '../../ui/export.ts'
import { themeColor } from '../../ui/theme-color.ts'
import { short } from '../../ui/tokens.ts'
import { useScheme } from '../../ui/useScheme.ts'
import { Card } from './Card.tsx'
import styles from './Cards.module.css'
import { movesOf, statesOf } from './states.ts'
import { num, useRun } from './run.ts'
import { arrayOf, pixelsOf } from './strip-draw.ts'

/** tokens up to the one that is looked at: each is a question to the run */
const TOKENS = 48
/** CSS pixels */
const row = 15,
  names = 92
/** of tanh */
const BOUND = 1

export function StatesCard() {
  const { info, t, layer, position, views, plan, pick } = useRun()
  const scheme = useScheme()
  const width = plan.sites[`blocks.${layer}.cell.state`]?.width
  // one gate, which is the state itself
  const elman = width !== undefined && plan.sites[`blocks.${layer}.cell.gates`]?.width === width
  const answer = useAsk(elman && position >= info.kept ? `states ${layer} ${position}` : null, async (glass) => {
    const from = Math.max(info.kept, position + 1 - TOKENS)
    const states = await statesOf(glass, layer, from, position)
    return { from, states, moves: movesOf(states, from === 0) }
  })
  if (!elman) return null
  const name = (p: number): string => `${p} ${views[p]!.label}`
  const picture = (width: number, { from, states }: { from: number; states: Float32Array[] }): DrawList => {
    const units = states[0]!.length
    const flat = Float32Array.from(states.flatMap((state) => Array.from(state)))
    const h = states.length * row
    const labels = states.map((_, n): Shape => ({
      kind: 'text',
      x: 0,
      y: n * row + 11,
      text: short(name(from + n), 14),
      size: 10.5,
      fill: themeColor('--ink-soft', scheme),
    }))
    const pixels = pixelsOf(flat, units, BOUND, scheme)
    return {
      width,
      height: h,
      background: themeColor('--surface', scheme),
      shapes: [...labels, { kind: 'image', x: names, y: 0, w: Math.max(1, width - names), h, pixels }],
    }
  }
  return (
    <Card
      op="state"
      id="states"
      title={t.states.title}
      caption={t.states.caption}
      answer={answer}
      files={(data) => ({ numbers: () => data, array: () => arrayOf(data.states), drawing: () => picture(720, data) })}
    >
      {(data) => (
        <>
          <p className={styles.stripName}>
            {t.states.units(data.states[0]!.length)}
            <small>±{BOUND}</small>
          </p>
          <Drawing
            draw={(width) => picture(width, data)}
            label={t.states.label(data.states[0]!.length)}
            pointer
            testId="states-picture"
            onPick={({ y }) => pick(data.from + Math.min(data.states.length - 1, Math.max(0, Math.floor(y / row))))}
          />
          <table className={styles.rows} data-testid="states-rows">
            <thead>
              <tr>
                <th scope="col">{t.memory.token}</th>
                <th scope="col">{t.states.by}</th>
                <th scope="col">{t.states.alike}</th>
              </tr>
            </thead>
            <tbody>
              {data.moves.map(({ by, alike }, n) => (
                <tr key={data.from + n} data-alike={alike}>
                  <th scope="row">{name(data.from + n)}</th>
                  <td>{by === null ? '–' : num(by)}</td>
                  <td>
                    <span
                      className={styles.bar}
                      data-sign={alike < 0 ? 'minus' : 'plus'}
                      style={{ inlineSize: `${60 * Math.abs(alike)}%` }}
                    />
                    <b>{alike.toFixed(3).replace('-', '−')}</b>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
    </Card>
  )
}
