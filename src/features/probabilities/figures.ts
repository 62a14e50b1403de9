// The dice as shapes, for files, and the table's rows as numbers.

import type { SamplingView } from '../../store/index.ts'
import { pad, sheet, width } from '../../ui/bars.ts'
import type { Scheme } from '../../ui/colors.ts'
import type { DrawList } from '../../ui/export.ts'
import { short, tokenLabel } from '../../ui/tokens.ts'
import type { onBar } from './pipeline.ts'

/** @param marks uniform numbers with their names, drawn as needles */
export function drawDice(
  bar: ReturnType<typeof onBar>,
  rest: { count: string; from: number } | null,
  marks: readonly { u: number; name: string }[],
  chosen: number | null,
  scheme: Scheme,
): DrawList {
  const { text, box, ink, done } = sheet(scheme)
  const x = (fraction: number): number => pad + fraction * (width - 2 * pad)
  const top = 34,
    high = 40
  bar.forEach((row, i) => {
    const w = x(row.to) - x(row.from)
    box(x(row.from), top, w - 1, high, '--role-attention', i % 2 ? 0.36 : 0.22)
    if (row.id === chosen) box(x(row.from), top + high - 4, w - 1, 4, '--role-attention')
    const label = short(tokenLabel(row.text), Math.max(1, Math.floor(w / 8)))
    if (w > 24) text(x(row.from) + w / 2, top + 25, label, { anchor: 'middle', mono: true })
  })
  if (rest) {
    box(x(rest.from), top, x(1) - x(rest.from), high, '--ink-faint', 0.25)
    if (x(1) - x(rest.from) > 70) {
      text((x(rest.from) + x(1)) / 2, top + 25, rest.count, { anchor: 'middle', size: 11, fill: ink('--ink-soft') })
    }
  }
  for (const { u, name } of marks) {
    box(x(u) - 1, top - 8, 2, high + 14, '--ink')
    text(x(u), top - 12, name, { size: 11, mono: true, anchor: u > 0.8 ? 'end' : u < 0.2 ? 'start' : 'middle' })
  }
  for (const at of [0, 0.5, 1]) {
    text(x(at), top + high + 20, String(at), {
      size: 11,
      fill: ink('--ink-soft'),
      anchor: at === 0 ? 'start' : at === 1 ? 'end' : 'middle',
      mono: true,
    })
  }
  return done(top + high + 32)
}

/** Everything a row of the table holds, as numbers: id, logit, after penalties, after temperature, probability. */
export const numbersOf = (view: SamplingView): Float64Array =>
  Float64Array.from(view.rows.flatMap((r) => [r.id, r.logit, r.penalized, r.scaled, r.probability]))
