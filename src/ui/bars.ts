// Rows of bars as shapes: what a small table of shares looks like in a file.

import type { Scheme } from './colors.ts'
import type { DrawList, Shape } from './export.ts'
import { themeColor } from './theme-color.ts'
import { short } from './tokens.ts'

/** CSS pixels: every sheet has the same width. */
export const width = 720,
  pad = 16

/** A sheet to write on: `text` and `box` add shapes, `done` closes it at a height. */
export function sheet(scheme: Scheme) {
  const shapes: Shape[] = []
  const ink = (name: string): string => themeColor(name, scheme)
  return {
    text: (x: number, y: number, words: string, more: Partial<Extract<Shape, { kind: 'text' }>> = {}) =>
      void shapes.push({ kind: 'text', x, y, text: words, size: 12, fill: ink('--ink'), ...more }),
    box: (x: number, y: number, w: number, h: number, fill: string, opacity = 1) =>
      void shapes.push({ kind: 'rect', x, y, w: Math.max(0.5, w), h, fill: ink(fill), opacity, radius: 2 }),
    ink,
    done: (height: number): DrawList => ({ width, height, background: ink('--surface'), shapes }),
  }
}

/** Rows of a name, up to two bars and their numbers; `mark` is a thin line over the first bar. */
export interface BarRow {
  name: string
  bars: { fraction: number; value: string; colour: string }[]
  mark?: number | undefined
}
/** @param title null where the figure's own title says it already */
export function drawBars(
  title: string | null,
  heads: readonly string[],
  rows: readonly BarRow[],
  notes: readonly string[],
  scheme: Scheme,
): DrawList {
  const { text, box, ink, done } = sheet(scheme)
  const columns = Math.max(1, ...rows.map((row) => row.bars.length)),
    left = 150
  const wide = (width - left - pad) / columns,
    room = 84
  const max = Math.max(1e-12, ...rows.flatMap((row) => [...row.bars.map((b) => b.fraction), row.mark ?? 0]))
  const top = title === null ? (heads.length ? 24 : 8) : heads.length ? 54 : 40
  if (title !== null) text(pad, 24, title, { weight: 600, size: 13 })
  heads.forEach((head, i) => text(left + i * wide, top - 10, head, { size: 11, fill: ink('--ink-soft') }))
  rows.forEach(({ name, bars, mark }, r) => {
    const y = top + r * 24
    text(pad, y + 15, short(name, 16), { mono: true })
    bars.forEach(({ fraction, value, colour }, i) => {
      const x = left + i * wide
      box(x, y + 2, ((wide - room) * fraction) / max, 17, colour, 0.45)
      if (i === 0 && mark !== undefined) box(x + ((wide - room) * mark) / max - 1, y, 2, 21, '--ink')
      text(x + wide - 12, y + 15, value, { anchor: 'end', mono: true, size: 11.5 })
    })
  })
  const end = top + rows.length * 24
  notes.forEach((note, i) => text(pad, end + 20 + i * 18, note, { size: 11.5, fill: ink('--ink-soft') }))
  return done(end + 16 + notes.length * 18 + (notes.length ? 8 : 0))
}
