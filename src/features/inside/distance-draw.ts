// The curve of q·k against distance, and what every frequency pair adds at one distance, as lists of shapes.

import type { DrawList, Shape } from '../../ui/export.ts'
import { partAt, productAt, type Waves } from './distance.ts'

type Paint = (name: string) => string
export interface DistanceWords {
  distance: string
  score: string
  all: string
  fast: string
  slow: string
  pair: string
  window: string
}
export interface Plot {
  waves: Waves
  /** what the model multiplies q·k by */
  scale: number
  /** pairs before this one are fast */
  split: number
  /** largest distance drawn */
  reach: number
  /** distance of the slider, and of the pair in the run */
  at: number
  actual: number
  /** scores of the other keys of this query at their distances, as the run had them */
  others: readonly { distance: number; score: number }[]
  /** keys farther than this are not looked at; 0 = no window */
  window: number
}

/** Two digits for an axis. */
const tidy = (v: number): string => String(Number(v.toPrecision(2))).replace('-', '−')
const left = 46,
  right = 10,
  top = 26,
  high = 190

/** Distance under x, for picking. */
export const distanceAt = (x: number, width: number, reach: number): number =>
  Math.max(0, Math.min(reach, Math.round(((x - left) / (width - left - right)) * reach)))

export function curveList(width: number, plot: Plot, paint: Paint, t: DistanceWords): DrawList {
  const { waves, scale, split, reach, at, actual, others, window } = plot
  const shapes: Shape[] = []
  // a sample every half pixel at most: more would only blur
  const step = Math.max(1, Math.floor(reach / (2 * (width - left - right))))
  const points = Array.from({ length: Math.floor(reach / step) + 1 }, (_, i) => ({
    distance: i * step,
    ...productAt(waves, i * step, split),
  }))
  const values = [
    ...points.flatMap((p) => [p.all, p.fast, p.slow].map((v) => v * scale)),
    ...others.map((o) => o.score),
    0,
  ]
  const low = Math.min(...values),
    max = Math.max(...values),
    span = max - low || 1
  const x = (distance: number): number => left + (distance / Math.max(1, reach)) * (width - left - right)
  const y = (score: number): number => top + high * (1 - (score - low) / span)
  const small = (
    px: number,
    py: number,
    text: string,
    anchor: 'start' | 'middle' | 'end' = 'start',
    fill = '--ink-faint',
  ): void => {
    shapes.push({ kind: 'text', x: px, y: py, text, size: 10.5, fill: paint(fill), anchor })
  }
  if (window > 0 && window <= reach) {
    shapes.push({ kind: 'rect', x: x(window), y: top, w: x(reach) - x(window), h: high, fill: paint('--sunken') })
    small(x(reach) - 4, top + high - 6, t.window, 'end')
  }
  for (const v of [low, 0, max]) {
    if (v !== 0 && Math.abs(y(v) - y(0)) < 12) continue
    shapes.push({ kind: 'rect', x: left, y: y(v) - 0.5, w: width - left - right, h: 1, fill: paint('--line') })
    small(left - 6, y(v) + 3.5, v === 0 ? '0' : tidy(v), 'end')
  }
  const line = (pick: 'all' | 'fast' | 'slow', colour: string, thick: number, dash?: string): void => {
    const d = points
      .map((p, i) => `${i ? 'L' : 'M'}${x(p.distance).toFixed(1)} ${y(p[pick] * scale).toFixed(1)}`)
      .join('')
    shapes.push({ kind: 'path', d, stroke: paint(colour), width: thick, ...(dash && { dash }) })
  }
  for (const o of others) {
    if (o.distance <= reach && o.distance !== actual) {
      shapes.push({
        kind: 'rect',
        x: x(o.distance) - 2,
        y: y(o.score) - 2,
        w: 4,
        h: 4,
        radius: 2,
        fill: paint('--ink-faint'),
        opacity: 0.55,
      })
    }
  }
  line('fast', '--warn', 1.3, '2 3')
  line('slow', '--accent', 1.5, '7 4')
  line('all', '--role-attention', 2)
  if (at <= reach) {
    shapes.push({ kind: 'path', d: `M${x(at)} ${top}V${top + high}`, stroke: paint('--ink'), width: 1, dash: '3 3' })
  }
  if (at <= reach) dot(x(at), y(productAt(waves, at, split).all * scale), 4, paint('--ink'), shapes)
  if (actual <= reach) {
    const own = y(productAt(waves, actual, split).all * scale)
    shapes.push({
      kind: 'rect',
      x: x(actual) - 5.5,
      y: own - 5.5,
      w: 11,
      h: 11,
      radius: 5.5,
      fill: paint('--surface'),
      stroke: paint('--role-attention'),
    })
    dot(x(actual), own, 3.5, paint('--role-attention'), shapes)
  }
  let lx = left
  const wide = (text: string): number => [...text].reduce((sum, c) => sum + (c.charCodeAt(0) > 255 ? 11 : 6), 0)
  for (const [name, colour, dash] of [
    [t.all, '--role-attention', undefined],
    [t.fast, '--warn', '2 3'],
    [t.slow, '--accent', '7 4'],
  ] as const) {
    shapes.push({ kind: 'path', d: `M${lx} 9h18`, stroke: paint(colour), width: 2, ...(dash && { dash }) })
    small(lx + 22, 13, name, 'start', '--ink-soft')
    lx += 34 + wide(name)
  }
  const ticks = Math.max(2, Math.floor((width - left) / 90))
  for (let i = 0; i <= ticks; i++) {
    small(
      x(Math.round((reach * i) / ticks)),
      top + high + 15,
      String(Math.round((reach * i) / ticks)),
      i === 0 ? 'start' : i === ticks ? 'end' : 'middle',
    )
  }
  small(width - right, top + high + 29, t.distance, 'end')
  small(2, top + high + 29, t.score)
  return { width, height: top + high + 36, background: paint('--surface'), shapes }
}

function dot(x: number, y: number, r: number, fill: string, shapes: Shape[]): void {
  shapes.push({ kind: 'rect', x: x - r, y: y - r, w: 2 * r, h: 2 * r, radius: r, fill })
}

const tall = 74

/** Pair under x. */
export const pairAt = (x: number, width: number, count: number): number =>
  Math.max(0, Math.min(count - 1, Math.floor(((x - left) / (width - left - right)) * count)))

/** What every pair adds to the score at one distance; fast ones first. */
export function pairList(
  width: number,
  { waves, scale, split, at }: Plot,
  pair: number,
  paint: Paint,
  t: DistanceWords,
): DrawList {
  const count = waves.a.length,
    step = (width - left - right) / count
  const parts = Array.from({ length: count }, (_, j) => partAt(waves, at, j) * scale)
  const up = Math.max(0, ...parts),
    down = Math.max(0, ...parts.map((v) => -v)),
    all = up + down || 1
  const zero = 16 + (tall * up) / all
  const shapes: Shape[] = [
    { kind: 'rect', x: left, y: zero - 0.5, w: width - left - right, h: 1, fill: paint('--line') },
  ]
  shapes.push({
    kind: 'rect',
    x: left + pair * step,
    y: 12,
    w: step,
    h: tall + 8,
    fill: paint('--accent-wash'),
    radius: 2,
  })
  parts.forEach((v, j) => {
    const h = (Math.abs(v) / all) * tall
    shapes.push({
      kind: 'rect',
      x: left + j * step + step * 0.12,
      y: v >= 0 ? zero - h : zero,
      w: Math.max(1, step * 0.76),
      h: Math.max(0.75, h),
      fill: paint(j < split ? '--warn' : '--accent'),
      opacity: v >= 0 ? 1 : 0.65,
    })
  })
  shapes.push({
    kind: 'path',
    d: `M${left + split * step} 8V${tall + 22}`,
    stroke: paint('--ink-soft'),
    width: 1.2,
    dash: '3 3',
  })
  const text = (x: number, y: number, words: string, anchor: 'start' | 'middle' | 'end'): void => {
    shapes.push({ kind: 'text', x, y, text: words, size: 10.5, fill: paint('--ink-faint'), anchor })
  }
  if (up > 0) text(left - 6, 22, `+${tidy(up)}`, 'end')
  if (down > up * 0.1) text(left - 6, tall + 18, tidy(-down), 'end')
  const every = Math.max(1, Math.ceil(26 / step))
  for (let j = 0; j < count; j += every) text(left + (j + 0.5) * step, tall + 34, String(j), 'middle')
  text(width - right, tall + 48, t.pair, 'end')
  return { width, height: tall + 54, background: paint('--surface'), shapes }
}
