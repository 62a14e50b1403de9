// The smaller figures as shapes, for files: the dice, the counted throws, two settings side by side, and how open the choice is.

import type { SamplingView } from '../../store/index.ts'
import type { Scheme } from '../../ui/colors.ts'
import type { DrawList, Shape } from '../../ui/export.ts'
import { themeColor } from '../../ui/theme-color.ts'
import { short, tokenLabel } from '../../ui/tokens.ts'
import type { onBar } from './pipeline.ts'

const width = 720, pad = 16

/** A sheet to write on: `text` and `box` add shapes, `done` closes it at a height. */
function sheet(scheme: Scheme) {
  const shapes: Shape[] = []
  const ink = (name: string): string => themeColor(name, scheme)
  return {
    text: (x: number, y: number, words: string, more: Partial<Extract<Shape, { kind: 'text' }>> = {}) => void shapes.push({ kind: 'text', x, y, text: words, size: 12, fill: ink('--ink'), ...more }),
    box: (x: number, y: number, w: number, h: number, fill: string, opacity = 1) => void shapes.push({ kind: 'rect', x, y, w: Math.max(0.5, w), h, fill: ink(fill), opacity, radius: 2 }),
    ink,
    done: (height: number): DrawList => ({ width, height, background: ink('--surface'), shapes }),
  }
}

/** @param marks uniform numbers with their names, drawn as needles */
export function drawDice(title: string, bar: ReturnType<typeof onBar>, rest: { count: string; from: number } | null, marks: readonly { u: number; name: string }[], chosen: number | null, scheme: Scheme): DrawList {
  const { text, box, ink, done } = sheet(scheme)
  const x = (share: number): number => pad + share * (width - 2 * pad)
  const top = 62, high = 40
  text(pad, 24, title, { weight: 600, size: 13 })
  bar.forEach((row, i) => {
    const w = x(row.to) - x(row.from)
    box(x(row.from), top, w - 1, high, '--role-attention', i % 2 ? 0.36 : 0.22)
    if (row.id === chosen) box(x(row.from), top + high - 4, w - 1, 4, '--role-attention')
    const label = short(tokenLabel(row.text), Math.max(1, Math.floor(w / 8)))
    if (w > 24) text(x(row.from) + w / 2, top + 25, label, { anchor: 'middle', mono: true })
  })
  if (rest) {
    box(x(rest.from), top, x(1) - x(rest.from), high, '--ink-faint', 0.25)
    if (x(1) - x(rest.from) > 70) text((x(rest.from) + x(1)) / 2, top + 25, rest.count, { anchor: 'middle', size: 11, fill: ink('--ink-soft') })
  }
  for (const { u, name } of marks) {
    box(x(u) - 1, top - 8, 2, high + 14, '--ink')
    text(x(u), top - 12, name, { size: 11, mono: true, anchor: u > 0.8 ? 'end' : u < 0.2 ? 'start' : 'middle' })
  }
  for (const at of [0, 0.5, 1]) text(x(at), top + high + 20, String(at), { size: 11, fill: ink('--ink-soft'), anchor: at === 0 ? 'start' : at === 1 ? 'end' : 'middle', mono: true })
  return done(top + high + 32)
}

/** Rows of a name, up to two bars and their numbers; `mark` is a thin line over the first bar. */
export interface BarRow { name: string; bars: { share: number; value: string; colour: string }[]; mark?: number | undefined }
export function drawBars(title: string, heads: readonly string[], rows: readonly BarRow[], notes: readonly string[], scheme: Scheme): DrawList {
  const { text, box, ink, done } = sheet(scheme)
  const columns = Math.max(1, ...rows.map((row) => row.bars.length)), left = 150
  const wide = (width - left - pad) / columns, room = 84
  const most = Math.max(1e-12, ...rows.flatMap((row) => [...row.bars.map((b) => b.share), row.mark ?? 0]))
  text(pad, 24, title, { weight: 600, size: 13 })
  heads.forEach((head, i) => text(left + i * wide, 44, head, { size: 11, fill: ink('--ink-soft') }))
  rows.forEach(({ name, bars, mark }, r) => {
    const y = 54 + r * 24
    text(pad, y + 15, short(name, 16), { mono: true })
    bars.forEach(({ share, value, colour }, i) => {
      const x = left + i * wide
      box(x, y + 2, ((wide - room) * share) / most, 17, colour, 0.45)
      if (i === 0 && mark !== undefined) box(x + ((wide - room) * mark) / most - 1, y, 2, 21, '--ink')
      text(x + wide - 12, y + 15, value, { anchor: 'end', mono: true, size: 11.5 })
    })
  })
  const end = 54 + rows.length * 24
  notes.forEach((note, i) => text(pad, end + 20 + i * 18, note, { size: 11.5, fill: ink('--ink-soft') }))
  return done(end + 16 + notes.length * 18 + (notes.length ? 8 : 0))
}

/** Everything a row of the table holds, as numbers: id, logit, after penalties, after temperature, probability. */
export const numbersOf = (view: SamplingView): Float64Array => Float64Array.from(view.rows.flatMap((r) => [r.id, r.logit, r.penalized, r.scaled, r.probability]))
