// The lattice of a Unigram model: letters on a line, a piece is an arc over its letters, the best path in bold below
// them.

import type { DrawList, Shape } from '../../ui/export.ts'
import type { Word } from './word.ts'

type Trace = NonNullable<Word['unigram']>
type Paint = (name: string) => string

/** Arcs drawn at most. */
const max = 90
export const drawn = ({ edges, path }: Trace): Trace['edges'] => {
  const onPath = new Set(path.map((e) => `${e.start} ${e.end}`))
  const long = edges.filter((e) => e.end - e.start > 1 || onPath.has(`${e.start} ${e.end}`))
  return long
    .toSorted(
      (a, b) =>
        Number(onPath.has(`${b.start} ${b.end}`)) - Number(onPath.has(`${a.start} ${a.end}`)) || b.score - a.score,
    )
    .slice(0, max)
}

export function lattice(width: number, letters: readonly string[], trace: Trace, paint: Paint): DrawList {
  const shapes: Shape[] = []
  const n = letters.length,
    left = 14,
    step = Math.min(64, (width - 2 * left) / n)
  const x = (i: number): number => left + i * step
  const arcs = drawn(trace),
    onPath = new Set(trace.path.map((e) => `${e.start} ${e.end}`))
  const longest = Math.max(1, ...arcs.map((e) => e.end - e.start))
  const rise = Math.min(170, 34 + longest * 15)
  const base = rise + 24
  for (const e of arcs.toReversed()) {
    const best = onPath.has(`${e.start} ${e.end}`),
      h = 16 + ((e.end - e.start) / longest) * (rise - 16)
    const a = x(e.start),
      b = x(e.end),
      top = base - 16 - h
    shapes.push({
      kind: 'path',
      d: `M${a} ${base - 18}C${a} ${top} ${b} ${top} ${b} ${base - 18}`,
      stroke: paint(best ? '--role-attention' : '--line-strong'),
      width: best ? 3 : 1,
      opacity: best ? 1 : 0.55,
    })
    if (best || (e.end - e.start) * step > 46) {
      shapes.push({
        kind: 'text',
        x: (a + b) / 2,
        y: base - 20 - h * 0.75,
        text: e.score.toFixed(1),
        size: best ? 10.5 : 9,
        fill: paint(best ? '--role-attention' : '--ink-faint'),
        anchor: 'middle',
        weight: best ? 650 : 400,
      })
    }
  }
  letters.forEach((letter, i) =>
    shapes.push({
      kind: 'text',
      x: x(i) + step / 2,
      y: base,
      text: letter,
      size: Math.min(17, step * 0.8),
      fill: paint('--ink'),
      anchor: 'middle',
      mono: true,
    }),
  )
  for (let i = 0; i <= n; i++) {
    shapes.push({ kind: 'rect', x: x(i) - 2, y: base - 20, w: 4, h: 4, radius: 2, fill: paint('--ink-soft') })
    if (step >= 30 || i === n || i % Math.ceil(34 / step) === 0) {
      shapes.push({
        kind: 'text',
        x: x(i),
        y: base + 18,
        text: Number.isFinite(trace.best[i]!) ? trace.best[i]!.toFixed(1) : '',
        size: 9.5,
        fill: paint('--ink-faint'),
        anchor: i === 0 ? 'start' : i === n ? 'end' : 'middle',
      })
    }
  }
  return { width, height: base + 26, background: paint('--surface'), shapes }
}
