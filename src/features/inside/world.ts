// The map as a place: where every part, op, vector and number of the pass lies, and the window through which it is
// seen. One unit is one pixel when a block fills the window's width. Seen from afar the map keeps its width and is
// squeezed in height only, so that thirty layers fit; from near it grows both ways, down to single numbers. Pure
// geometry.

import { isEnd, isOnSpine, type Op, type OpBox, type Outline, type Part, type PartBox } from './outline.ts'

export interface Rect {
  x: number
  y: number
  w: number
  h: number
}
export interface PartNode extends Rect {
  part: Part
  layer: number
  ops: readonly OpBox[]
}
export interface OpNode extends Rect {
  part: Part
  layer: number
  op: Op
  box: OpBox
  /** names of its vectors, bottom to top */
  vectors: readonly string[]
}
/** The map of one outline, laid out. */
export interface World {
  layers: number
  height: number
  /** bottom to top */
  parts: readonly PartNode[]
  /** by layer: all its branches and the ⊕ behind each */
  blocks: readonly Rect[]
  ops: readonly OpNode[]
}
/** scale: pixels per unit of height. The centre of the window in units. */
export interface Camera {
  x: number
  y: number
  scale: number
}
export interface Size {
  width: number
  height: number
}

const worldWidth = 400
const nodeWidth = 150,
  aside = 34,
  gap = 16,
  join = 30,
  apart = 40
/** Share of the world that an end between two stacks takes at least. */
const legible = 0.06
/** Pixels above and below the world: the boxes of embedding and output, which stay legible from afar. */
export const pad = 44
const title = 26,
  vectorHigh = 30,
  minHigh = 64

const opHigh = ({ vectors }: OpBox): number => Math.max(minHigh, title + vectors.length * vectorHigh + 6)
const loopHigh = (ops: readonly OpBox[]): number => ops.reduce((sum, op) => sum + opHigh(op) + gap, gap)

/** Lays an outline out, the embedding at the bottom. y grows downwards. */
export function worldOf({ parts, layers }: Outline): World {
  const behind = (part: Part): number => (part === 'head' ? 0 : isEnd(part) ? apart : join)
  const natural = parts.reduce((sum, { part, ops }) => sum + loopHigh(ops) + behind(part), 0)
  // between two stacks an end has no room beyond the world: as much of it as is legible from afar
  const between = ({ part }: PartBox, i: number): boolean => isEnd(part) && i > 0 && i < parts.length - 1
  const heights = parts.map((box, i) =>
    between(box, i) ? Math.max(loopHigh(box.ops), natural * legible) : loopHigh(box.ops),
  )
  const height = parts.reduce((sum, { part }, i) => sum + heights[i]! + behind(part), 0)
  let bottom = height
  const nodes: PartNode[] = []
  const blocks: Rect[] = []
  for (const [i, { part, layer, ops }] of parts.entries()) {
    const h = heights[i]!
    bottom -= h
    const across = isOnSpine(part)
      ? { x: -nodeWidth / 2 - 10, w: nodeWidth + 20 }
      : { x: part === 'mlp' ? aside - 8 : -aside - nodeWidth - 8, w: nodeWidth + 16 }
    nodes.push({ part, layer, ops, ...across, y: bottom, h })
    bottom -= behind(part)
    if (isEnd(part)) continue
    const known = blocks[layer]
    blocks[layer] = { x: -worldWidth / 2, w: worldWidth, y: bottom, h: (known?.h ?? 0) + h + join }
  }
  return { layers, height, parts: nodes, blocks, ops: nodes.flatMap(opNodes) }
}

/** Where a part's result comes back into the sum. */
export const joinOf = (node: PartNode): number => node.y - join / 2

/** Of an end there is one, whatever the layer. */
export const partNode = ({ parts }: World, part: Part, layer: number): PartNode =>
  parts.find((p) => p.part === part && (p.layer === layer || isEnd(part)))!
export const opNode = ({ ops }: World, part: Part, layer: number, op: Op): OpNode =>
  ops.find((o) => o.part === part && o.op === op && (o.layer === layer || isEnd(part)))!

function opNodes(frame: PartNode): OpNode[] {
  let bottom = frame.y + frame.h - (frame.h - loopHigh(frame.ops)) / 2 - gap
  return frame.ops.map((box) => {
    const h = opHigh(box)
    const { part, layer } = frame
    const vectors = box.vectors.map(({ name }) => name)
    const node = { part, layer, op: box.op, box, vectors, x: frame.x + 8, w: frame.w - 16, y: bottom - h, h }
    bottom -= h + gap
    return node
  })
}

// ---- vectors and numbers ---------------------------------------------------

/** How n numbers are laid out in a vector's rectangle: square cells. */
export function gridOf(rect: Rect, n: number): { cols: number; rows: number; cell: number } {
  let cell = Math.sqrt((rect.w * rect.h) / Math.max(1, n))
  // fewer, larger cells never fit better: shrink until all rows fit
  for (;;) {
    const cols = Math.max(1, Math.floor(rect.w / cell + 1e-9)),
      rows = Math.ceil(n / cols)
    if (rows * cell <= rect.h + 1e-9) return { cols, rows, cell }
    cell = Math.min(cell * 0.985, rect.h / rows + cell * 0.5)
  }
}

export function vectorRect(node: OpNode, index: number): Rect {
  const count = node.vectors.length
  return { x: node.x + 5, w: node.w - 10, y: node.y + title + (count - 1 - index) * vectorHigh + 8, h: vectorHigh - 10 }
}

export function cellRect(vector: Rect, n: number, index: number): Rect {
  const { cols, cell } = gridOf(vector, n)
  return { x: vector.x + (index % cols) * cell, y: vector.y + Math.floor(index / cols) * cell, w: cell, h: cell }
}

export function cellAt(vector: Rect, n: number, x: number, y: number): number | null {
  const { cols, cell } = gridOf(vector, n)
  const c = Math.floor((x - vector.x) / cell),
    i = Math.floor((y - vector.y) / cell) * cols + c
  return c >= 0 && c < cols && y >= vector.y && i < n ? i : null
}

/**
 * The window onto one number: readable, and filled with its neighbours rather than with what lies beside the vector.
 */
export function nearCell(vector: Rect, n: number, index: number, size: Size): Camera {
  const c = cellRect(vector, n, index),
    scale = (readable * 1.5) / c.w,
    { rows, cols, cell } = gridOf(vector, n)
  const keep = (at: number, from: number, length: number, window: number): number => {
    const half = window / 2 - cell / 2
    return length <= 2 * half ? from + length / 2 : Math.max(from + half, Math.min(from + length - half, at))
  }
  return {
    x: keep(c.x + c.w / 2, vector.x, cols * cell, size.width / scale),
    y: keep(c.y + c.h / 2, vector.y, rows * cell, size.height / scale),
    scale,
  }
}

// ---- the window ------------------------------------------------------------

export const levels = ['model', 'block', 'op', 'cell'] as const
export type Level = (typeof levels)[number]
/** Pixels a cell needs to hold its number. */
export const readable = 44
const margin = 0.94

/** The map is never narrower than the window: from afar only heights shrink. */
export const scaleX = (camera: Camera, size: Size): number => Math.max(camera.scale, size.width / worldWidth)
export const toX = (x: number, camera: Camera, size: Size): number =>
  size.width / 2 + (x - camera.x) * scaleX(camera, size)
export const toY = (y: number, camera: Camera, size: Size): number => size.height / 2 + (y - camera.y) * camera.scale
export const toWorld = (px: number, py: number, camera: Camera, size: Size): { x: number; y: number } => ({
  x: camera.x + (px - size.width / 2) / scaleX(camera, size),
  y: camera.y + (py - size.height / 2) / camera.scale,
})
export const toPixels = (rect: Rect, camera: Camera, size: Size): Rect => ({
  x: toX(rect.x, camera, size),
  y: toY(rect.y, camera, size),
  w: rect.w * scaleX(camera, size),
  h: rect.h * camera.scale,
})

export function fit(rect: Rect, size: Size): Camera {
  return {
    x: rect.x + rect.w / 2,
    y: rect.y + rect.h / 2,
    scale: Math.min((size.width * margin) / rect.w, (size.height * margin) / rect.h),
  }
}

/** Everything in the window; a tall model is squeezed. */
export const wholeOf = ({ height }: World, size: Size): Camera => ({
  x: 0,
  y: height / 2,
  scale: (size.height - 2 * pad) / height,
})

export function clampCamera(camera: Camera, world: World, size: Size): Camera {
  const min = wholeOf(world, size).scale,
    scale = Math.max(min, Math.min(600, camera.scale))
  const halfX = size.width / 2 / scaleX({ ...camera, scale }, size),
    halfY = (size.height / 2 - pad) / scale
  const between = (v: number, low: number, high: number): number =>
    low > high ? (low + high) / 2 : Math.max(low, Math.min(high, v))
  return {
    scale,
    x: between(camera.x, -worldWidth / 2 + halfX, worldWidth / 2 - halfX),
    y: between(camera.y, halfY, world.height - halfY),
  }
}

/** Zooms and keeps what is under the pixel in place. */
export function zoomAt(camera: Camera, factor: number, px: number, py: number, world: World, size: Size): Camera {
  const before = toWorld(px, py, camera, size)
  const next = clampCamera({ ...camera, scale: camera.scale * factor }, world, size)
  return clampCamera(
    {
      ...next,
      x: before.x - (px - size.width / 2) / scaleX(next, size),
      y: before.y - (py - size.height / 2) / next.scale,
    },
    world,
    size,
  )
}

/** How near one is: the level whose things fill the window. */
export function levelOf(camera: Camera, size: Size, world: World, cell: number | null): Level {
  if (cell !== null && cell * camera.scale >= readable * 0.8) return 'cell'
  if (nodeWidth * scaleX(camera, size) >= size.width * 0.62) return 'op'
  const tallest = Math.max(...world.blocks.map(({ h }) => h))
  return camera.scale >= Math.max(wholeOf(world, size).scale * 1.25, (size.height / tallest) * 0.6) ? 'block' : 'model'
}
