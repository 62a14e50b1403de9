// The way of one token through the layers, as a list of shapes: probability, rank, and the pushes that made its logit.

import { roles } from '../../ui/colors.ts'
import type { DrawList, Shape } from '../../ui/export.ts'

type Paint = (name: string) => string
export interface CurveWords {
  p: string
  rank: string
  push: string
  attn: string
  mlp: string
  cross: string
  embed: string
  layer: string
}
export interface CurveData {
  /** layers from the bottom, the embedding (-1) first */
  rows: readonly number[]
  /** by row; NaN where the cell does not tell */
  p: readonly number[]
  rank: readonly number[]
  vocab: number
  /** by layer of the model */
  parts: { embed: number; attn: ArrayLike<number>; cross?: ArrayLike<number>; mlp: ArrayLike<number> } | null
  selected: number
}

const left = 46,
  right = 10,
  high = 74,
  barsHigh = 96,
  gap = 32
export const layerAt = (x: number, width: number, rows: readonly number[]): number =>
  rows[Math.max(0, Math.min(rows.length - 1, Math.floor(((x - left) / (width - left - right)) * rows.length)))]!

export function curves(
  width: number,
  { rows, p, rank, vocab, parts, selected }: CurveData,
  paint: Paint,
  t: CurveWords,
): DrawList {
  const shapes: Shape[] = []
  const step = (width - left - right) / rows.length
  const mid = (row: number): number => left + (row + 0.5) * step
  const small = (
    x: number,
    y: number,
    text: string,
    anchor: 'start' | 'middle' | 'end' = 'start',
    fill = '--ink-faint',
  ): void => {
    shapes.push({ kind: 'text', x, y, text, size: 10, fill: paint(fill), anchor })
  }
  const rule = (y: number): void => {
    shapes.push({ kind: 'rect', x: left, y: y - 0.5, w: width - left - right, h: 1, fill: paint('--line') })
  }
  const bottom = 18 + 2 * (high + gap) + (parts ? barsHigh + gap : 0)
  shapes.push({
    kind: 'rect',
    x: mid(rows.indexOf(selected)) - step / 2,
    y: 2,
    w: step,
    h: bottom - 8,
    fill: paint('--sunken'),
    radius: 3,
  })
  const line = (values: readonly number[], y: (v: number) => number, colour: string): void => {
    let d = ''
    values.forEach((v, i) => {
      if (Number.isFinite(v)) {
        d += `${d === '' || !Number.isFinite(values[i - 1] ?? NaN) ? 'M' : 'L'}${mid(i).toFixed(1)} ${y(v).toFixed(1)}`
      }
    })
    if (d) shapes.push({ kind: 'path', d, stroke: paint(colour), width: 2 })
    values.forEach((v, i) => {
      if (Number.isFinite(v)) {
        shapes.push({ kind: 'rect', x: mid(i) - 2.5, y: y(v) - 2.5, w: 5, h: 5, fill: paint(colour), radius: 2.5 })
      }
    })
  }
  // probability, 0 to 1
  const top = 16
  small(2, top + 4, t.p, 'start', '--ink-soft')
  for (const v of [0, 0.5, 1]) {
    rule(top + high * (1 - v))
    small(left - 6, top + high * (1 - v) + 3.5, String(v), 'end')
  }
  line(p, (v) => top + high * (1 - v), '--ink')
  // rank on a log axis, first on top
  const second = top + high + gap,
    decades = Math.max(1, Math.ceil(Math.log10(vocab)))
  small(2, second + 4, t.rank, 'start', '--ink-soft')
  for (let e = 0; e <= decades; e += decades > 3 ? 2 : 1) {
    rule(second + (high * e) / decades)
    small(left - 6, second + (high * e) / decades + 3.5, e >= 4 ? `10^${e}` : String(10 ** e), 'end')
  }
  line(rank, (v) => second + (high * Math.log10(v)) / decades, '--accent')
  if (parts) {
    const third = second + high + gap
    const kinds = [
      [t.attn, roles.attention, parts.attn],
      ...(parts.cross ? [[t.cross, roles.key, parts.cross] as const] : []),
      [t.mlp, roles.mlp, parts.mlp],
    ] as const
    const sides = [parts.embed, ...kinds.flatMap(([, , values]) => Array.from(values))]
    const up = Math.max(0, ...sides),
      down = Math.max(0, ...sides.map((v) => -v)),
      all = up + down || 1
    const zero = third + (barsHigh * up) / all
    small(2, third - 9, t.push, 'start', '--ink-soft')
    rule(zero)
    small(left - 6, zero + 3.5, '0', 'end')
    if (up > 0) small(left - 6, third + 6, `+${up.toPrecision(2)}`, 'end')
    if (down > up * 0.12) small(left - 6, third + barsHigh + 2, `−${down.toPrecision(2)}`, 'end')
    const bar = (x: number, w: number, v: number, colour: string): void => {
      const h = (Math.abs(v) / all) * barsHigh
      shapes.push({
        kind: 'rect',
        x,
        y: v >= 0 ? zero - h : zero,
        w: Math.max(1, w),
        h: Math.max(0.75, h),
        fill: paint(colour),
        opacity: v >= 0 ? 1 : 0.6,
      })
    }
    const w = Math.min(18, (step * 0.72) / kinds.length)
    rows.forEach((layer, row) => {
      if (layer < 0) bar(mid(row) - w / 2, w, parts.embed, roles.embed)
      else {
        kinds.forEach(([, colour, values], n) =>
          bar(mid(row) + (n - kinds.length / 2) * (w + 1) + 0.5, w, values[layer]!, colour),
        )
      }
    })
    const wide = (text: string): number => [...text].reduce((sum, c) => sum + (c.charCodeAt(0) > 255 ? 10.5 : 5.8), 0)
    let x = 2 + wide(t.push) + 14
    for (const [name, colour] of [[t.embed, roles.embed], ...kinds] as const) {
      shapes.push({ kind: 'rect', x, y: third - 17, w: 8, h: 8, fill: paint(colour), radius: 2 })
      small(x + 12, third - 9, name)
      x += 22 + wide(name)
    }
  }
  const every = Math.max(1, Math.ceil(30 / step))
  // names keep clear of the embedding's and of the last one's
  const last = rows.length - 1
  const named = (row: number): boolean =>
    row === 0 || row === last || ((row - 1) % every === 0 && last - row >= every && row * step >= 44)
  rows.forEach((l, row) => {
    if (!named(row)) return
    small(mid(row), bottom, l < 0 ? t.embed : `L${l}`, 'middle', l === selected ? '--ink' : '--ink-faint')
  })
  return { width, height: bottom + 6, background: paint('--surface'), shapes }
}
