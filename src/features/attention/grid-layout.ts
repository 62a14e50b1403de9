// Where the head grid puts every head: layers by heads with key/value groups apart, or one run sorted by a score.

import type { GlassInfo } from '../../store/inspect.ts'
import type { HeadRef, Range, ScoredHead } from './scores.ts'

export interface PlacedHead extends HeadRef {
  x: number
  y: number
  size: number
  caption?: number
}
export interface Layout {
  width: number
  height: number
  cells: PlacedHead[]
  /** cells in one line: what an arrow up or down moves by */
  perRow: number
  rows: { y: number; text: string }[]
  brackets: { from: number; to: number; text: number }[]
}

const gap = 3,
  groupGap = 9,
  gutter = 26,
  head = 24

type Shape = Pick<GlassInfo, 'layers' | 'heads' | 'kvHeads'>
export function layoutHeads(
  width: number,
  info: Shape,
  order: readonly ScoredHead[] | null,
  range: Range = null,
): Layout {
  return order ? sorted(width, order) : byIndex(width, info, range ?? [0, info.layers - 1])
}

function byIndex(width: number, { heads, kvHeads }: Shape, [first, last]: readonly [number, number]): Layout {
  const layers = last - first + 1
  const shared = heads > kvHeads
  const groupSize = heads / kvHeads
  const gaps = (heads - 1) * gap + (shared ? (kvHeads - 1) * (groupGap - gap) : 0)
  const size = Math.max(9, Math.min(72, Math.floor((width - gutter - 4 - gaps) / heads)))
  const top = shared ? head : 4
  const x = (h: number): number =>
    gutter + h * (size + gap) + (shared ? Math.floor(h / groupSize) * (groupGap - gap) : 0)
  const y = (row: number): number => top + row * (size + gap + 2)
  // layers go up, as on the lens and on the map; cells stand in the order they are read in
  return {
    width,
    height: y(layers) + 2,
    perRow: heads,
    cells: Array.from({ length: layers * heads }, (_, i) => ({
      layer: last - Math.floor(i / heads),
      head: i % heads,
      x: x(i % heads),
      y: y(Math.floor(i / heads)),
      size,
    })),
    rows: Array.from({ length: layers }, (_, row) => ({ y: y(row) + size / 2, text: `L${last - row}` })),
    brackets: shared
      ? Array.from({ length: kvHeads }, (_, k) => ({
          from: x(k * groupSize),
          to: x((k + 1) * groupSize - 1) + size,
          text: k,
        }))
      : [],
  }
}

function sorted(width: number, order: readonly ScoredHead[]): Layout {
  const size = width < 420 ? 44 : 54
  const perRow = Math.max(1, Math.floor((width - 2) / (size + 8)))
  return {
    width,
    height: Math.ceil(order.length / perRow) * (size + 30) + 4,
    perRow,
    rows: [],
    brackets: [],
    cells: order.map(({ layer, head, value }, i) => ({
      layer,
      head,
      x: 3 + (i % perRow) * (size + 8),
      y: 4 + Math.floor(i / perRow) * (size + 30),
      size,
      caption: value,
    })),
  }
}

export function hitHead({ cells }: Layout, x: number, y: number): HeadRef | null {
  const cell = cells.find(
    (c) =>
      x >= c.x - 1.5 &&
      x < c.x + c.size + 1.5 &&
      y >= c.y - 1.5 &&
      y < c.y + c.size + (c.caption === undefined ? 1.5 : 24),
  )
  return cell ? { layer: cell.layer, head: cell.head } : null
}
