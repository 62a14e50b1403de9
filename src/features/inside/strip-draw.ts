// A vector as coloured cells, wrapped to the width, and several pictures under one another for files.

import { extent, paint, signedScale, type Scheme } from '../../ui/colors.ts'
import type { DrawList, Shape } from '../../ui/export.ts'
import { themeColor } from '../../ui/theme-color.ts'
import { num } from './run.ts'

const cell = 8

/** Largest magnitude: colours are comparable inside one strip, or wherever the same bound is given. */
export const bounds = (...all: Float32Array[]): number =>
  all.reduce((max, values) => {
    const [low, high] = extent(values)
    return Math.max(max, -low, high)
  }, 0)

const perRow = (width: number, count: number): number => Math.max(8, Math.min(count, Math.floor(width / cell)))

/** Element under a point, null beside the cells. */
export function elementAt(x: number, y: number, width: number, count: number): number | null {
  const cols = perRow(width, count),
    i = Math.floor(y / cell) * cols + Math.floor(x / cell)
  return x >= 0 && x < cols * cell && i >= 0 && i < count ? i : null
}

/** Pixels of a vector in rows of `cols`; what is beyond its end is transparent. */
export function pixelsOf(values: Float32Array, cols: number, bound: number, scheme: Scheme): OffscreenCanvas {
  const rows = Math.ceil(values.length / cols)
  const canvas = new OffscreenCanvas(cols, rows)
  const padded = new Float32Array(cols * rows).fill(NaN)
  padded.set(values)
  const image = new ImageData(cols, rows)
  paint(padded, signedScale(bound || 1, scheme), image.data)
  canvas.getContext('2d')!.putImageData(image, 0, 0)
  return canvas
}

export function stripList(
  width: number,
  values: Float32Array,
  bound: number,
  at: number | null,
  scheme: Scheme,
  pixels = (cols: number): OffscreenCanvas => pixelsOf(values, cols, bound, scheme),
): DrawList {
  const cols = perRow(width, values.length),
    rows = Math.ceil(values.length / cols)
  const shapes: Shape[] = [{ kind: 'image', x: 0, y: 0, w: cols * cell, h: rows * cell, pixels: pixels(cols) }]
  if (at !== null) {
    shapes.push({
      kind: 'path',
      d: `M${(at % cols) * cell} ${Math.floor(at / cols) * cell}h${cell}v${cell}h${-cell}z`,
      stroke: themeColor('--ink', scheme),
      width: 1.5,
    })
  }
  return { width, height: rows * cell, background: themeColor('--surface', scheme), shapes }
}

/** Pictures with their names, one under the other, as one drawing. */
export function stacked(width: number, parts: readonly { name: string; list: DrawList }[], scheme: Scheme): DrawList {
  const shapes: Shape[] = []
  let y = 0
  for (const { name, list } of parts) {
    shapes.push({ kind: 'text', x: 0, y: y + 12, text: name, size: 11, fill: themeColor('--ink-soft', scheme) })
    y += 18
    for (const shape of list.shapes) shapes.push(moved(shape, y))
    y += list.height + 8
  }
  return { width, height: y, background: themeColor('--surface', scheme), shapes }
}

/** Paths are written by this panel with absolute M, H, V, L, Q and relative h, v: only what is absolute moves. */
function moved(shape: Shape, by: number): Shape {
  if (shape.kind !== 'path') return { ...shape, y: shape.y + by }
  const d = shape.d.replace(/([MLHVQ])([^A-Za-z]*)/g, (_, command: string, rest: string) => {
    const n = rest
      .trim()
      .split(/[\s,]+/)
      .filter(Boolean)
      .map(Number)
    return command + n.map((v, i) => (command === 'V' || (command !== 'H' && i % 2 === 1) ? v + by : v)).join(' ')
  })
  return { ...shape, d }
}

/** The same strips as the card shows, for files. */
export const stripsList = (
  width: number,
  strips: readonly { name: string; values: Float32Array; bound?: number }[],
  scheme: Scheme,
): DrawList =>
  stacked(
    width,
    strips.map(({ name, values, bound = bounds(values) }) => ({
      name: `${name}  ±${num(bound)}`,
      list: stripList(width, values, bound, null, scheme),
    })),
    scheme,
  )

/**
 * Vectors of possibly different lengths as one array for .npy: rows when they are equally long, else one after the
 * other.
 */
export function arrayOf(vectors: readonly ArrayLike<number>[]): { shape: number[]; data: Float32Array } {
  const data = Float32Array.from(vectors.flatMap((v) => Array.from(v)))
  const even = vectors.every((v) => v.length === vectors[0]!.length)
  return { shape: even && vectors.length > 1 ? [vectors.length, vectors[0]!.length] : [data.length], data }
}
