// How long each pair takes for a whole turn, as trained and scaled, as a list of shapes. Logarithmic upwards.

import type { DrawList, Shape } from '../../ui/export.ts'
import { waveOf } from './scaling.ts'

export interface Waves {
  before: ArrayLike<number>
  after: ArrayLike<number>
  trained: number
  /** of the longest text after scaling */
  reach: number
}
export interface WaveWords {
  wave: string
  pair: string
  before: string
  after: string
  trained: string
  reach: string
}

const left = 50,
  right = 10,
  top = 26,
  high = 190

/** Pair under x. */
export const pairUnder = (x: number, width: number, count: number): number =>
  Math.max(0, Math.min(count - 1, Math.round(((x - left) / (width - left - right)) * (count - 1))))

export function wavesList(
  width: number,
  { before, after, trained, reach }: Waves,
  pair: number,
  paint: (name: string) => string,
  t: WaveWords,
  tick: (tokens: number) => string,
): DrawList {
  const count = before.length
  const shapes: Shape[] = []
  const ends = [before, after].flatMap((inv) => [waveOf(inv[0]!), waveOf(inv[count - 1]!)])
  const low = Math.log10(Math.min(...ends, trained)),
    span = Math.log10(Math.max(...ends, reach)) - low || 1
  const x = (j: number): number => left + (j / Math.max(1, count - 1)) * (width - left - right)
  const y = (tokens: number): number => top + high * (1 - (Math.log10(tokens) - low) / span)
  const small = (px: number, py: number, text: string, anchor: 'start' | 'end', fill = '--ink-faint'): void =>
    void shapes.push({ kind: 'text', x: px, y: py, text, size: 10.5, fill: paint(fill), anchor })
  for (let power = Math.ceil(low); power <= low + span; power++) {
    const at = y(10 ** power)
    shapes.push({ kind: 'rect', x: left, y: at - 0.5, w: width - left - right, h: 1, fill: paint('--line') })
    small(left - 6, at + 3.5, tick(10 ** power), 'end')
  }
  const level = (tokens: number, words: string, below: boolean): void => {
    const at = y(tokens)
    shapes.push({ kind: 'path', d: `M${left} ${at}H${width - right}`, stroke: paint('--warn'), width: 1, dash: '5 4' })
    small(left + 4, at + (below ? 13 : -5), words, 'start', '--ink-soft')
  }
  level(trained, t.trained, true)
  if (reach > trained) level(reach, t.reach, false)
  shapes.push({ kind: 'path', d: `M${x(pair)} ${top}V${top + high}`, stroke: paint('--ink'), width: 1, dash: '3 3' })
  const line = (inv: ArrayLike<number>, colour: string, thick: number, dash?: string): void => {
    const d = Array.from(inv, (speed, j) => `${j ? 'L' : 'M'}${x(j).toFixed(1)} ${y(waveOf(speed)).toFixed(1)}`).join(
      '',
    )
    shapes.push({ kind: 'path', d, stroke: paint(colour), width: thick, ...(dash && { dash }) })
  }
  line(before, '--ink-soft', 1.5, '2 3')
  line(after, '--accent', 2)
  const legend = (px: number, words: string, colour: string, dash?: string): void => {
    shapes.push({ kind: 'path', d: `M${px} 9h18`, stroke: paint(colour), width: 2, ...(dash && { dash }) })
    small(px + 22, 13, words, 'start', '--ink-soft')
  }
  legend(left, t.before, '--ink-soft', '2 3')
  legend(left + 110, t.after, '--accent')
  small(left, top + high + 15, '0', 'start')
  small(width - right, top + high + 15, String(count - 1), 'end')
  small(width - right, top + high + 29, t.pair, 'end')
  small(2, top + high + 29, t.wave, 'start')
  return { width, height: top + high + 36, background: paint('--surface'), shapes }
}
