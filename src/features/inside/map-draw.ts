// The map's geometry and shapes: a spine from the embedding (bottom) to the logits (top); attention leaves it to the left,
// the MLP to the right, and both come back at a ⊕. All widths are lengths of vectors on one scale.

import type { DrawList, Shape } from '../../ui/export.ts'
import type { Norms } from './read.ts'
import { num } from './run.ts'
import type { Part } from './view.ts'

export interface Box { part: Part; layer: number; x: number; y: number; w: number; h: number }

const row = 54, box = 34, foot = 46, widest = 20

export function boxesOf(layers: number, width: number): Box[] {
  const w = Math.min(132, width / 2 - 44), center = width / 2
  const height = heightOf(layers)
  const wide = Math.min(190, width - 8)
  const boxes: Box[] = [{ part: 'embed', layer: 0, x: center - wide / 2, y: height - foot + 8, w: wide, h: box }]
  for (let layer = 0; layer < layers; layer++) {
    const base = height - foot - layer * 2 * row
    boxes.push({ part: 'attn', layer, x: center - 40 - w, y: base - row / 2 - box / 2, w, h: box }, { part: 'mlp', layer, x: center + 40, y: base - 1.5 * row - box / 2, w, h: box })
  }
  boxes.push({ part: 'head', layer: layers - 1, x: center - wide / 2, y: 4, w: wide, h: box })
  return boxes
}

export const heightOf = (layers: number): number => layers * 2 * row + 2 * foot

export interface MapWords { part: Record<Part, string>; layer: (n: number) => string }

export function mapList(width: number, layers: number, norms: (Norms | null)[], at: { part: Part; layer: number }, color: (name: string) => string, words: MapWords): DrawList {
  const center = width / 2, height = heightOf(layers)
  const largest = Math.max(1e-9, ...norms.flatMap((n) => (n ? [n.start, n.attn, n.mid, n.mlp, n.post] : [])))
  const thick = (norm: number | undefined): number => (norm === undefined ? 1 : Math.max(1.2, (widest * norm) / largest))
  const shapes: Shape[] = []
  const line = (d: string, stroke: string, w: number): void => { shapes.push({ kind: 'path', d, stroke, width: w }) }
  const spine = (from: number, to: number, norm: number | undefined): void => line(`M${center} ${from}V${to}`, color('--line-strong'), thick(norm))
  const boxes = boxesOf(layers, width)
  spine(height - foot + 8, height - foot, norms[0]?.start)
  for (let layer = 0; layer < layers; layer++) {
    const n = norms[layer], base = height - foot - layer * 2 * row
    spine(base, base - row, n?.start); spine(base - row, base - 2 * row, n?.mid)
    for (const [part, from, side, norm] of [['attn', base, -1, n?.attn], ['mlp', base - row, 1, n?.mlp]] as const) {
      const role = color(part === 'attn' ? '--role-attention' : '--role-v')
      const out = center + side * 24
      line(`M${center} ${from - 4}H${out - side * 8}Q${out} ${from - 4} ${out} ${from - 12}V${from - row + 14}Q${out} ${from - row + 6} ${out - side * 8} ${from - row + 6}H${center + side * 7}`, role, thick(norm))
      line(`M${out} ${from - row / 2}H${center + side * 40}`, role, 1.2)
      shapes.push({ kind: 'rect', x: center - 7, y: from - row - 1, w: 14, h: 14, radius: 7, fill: color('--surface'), stroke: role })
      line(`M${center - 4} ${from - row + 6}h8M${center} ${from - row + 2}v8`, color('--ink'), 1.3)
      const label = norm === undefined ? '' : num(part === 'attn' ? n!.mid : n!.post)
      shapes.push({ kind: 'text', x: center - side * (thick(largest) / 2 + 6), y: from - row + 10, text: label, size: 10, fill: color('--ink-soft'), anchor: side < 0 ? 'start' : 'end', mono: true })
    }
  }
  spine(4 + box, 4 + box + foot - box - 4, norms.at(-1)?.post)
  for (const b of boxes) {
    const here = b.part === at.part && (b.layer === at.layer || b.part === 'embed' || b.part === 'head')
    const n = norms[b.layer]
    const norm = b.part === 'attn' ? n?.attn : b.part === 'mlp' ? n?.mlp : b.part === 'embed' ? norms[0]?.start : undefined
    const role = b.part === 'attn' ? '--role-attention' : b.part === 'mlp' ? '--role-v' : '--line-strong'
    shapes.push({ kind: 'rect', x: b.x, y: b.y, w: b.w, h: b.h, radius: 6, fill: color(here ? '--accent-wash' : '--surface'), stroke: color(here ? '--accent' : role) })
    const name = b.part === 'embed' || b.part === 'head' ? words.part[b.part] : `${words.layer(b.layer)} ${words.part[b.part]}`
    shapes.push({ kind: 'text', x: b.x + b.w / 2, y: b.y + (norm === undefined ? 21 : 15), text: name, size: 12, fill: color('--ink'), anchor: 'middle', weight: here ? 600 : 400 })
    if (norm !== undefined) shapes.push({ kind: 'text', x: b.x + b.w / 2, y: b.y + 28, text: `‖${b.part === 'embed' ? 'x' : 'Δ'}‖ ${num(norm)}`, size: 10, fill: color('--ink-soft'), anchor: 'middle', mono: true })
  }
  return { width, height, background: color('--surface'), shapes }
}
