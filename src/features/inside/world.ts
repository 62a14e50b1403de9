// The map as a place: where every part, op, vector and number of the pass lies, and the window through which it is
// seen. One unit is one pixel when a block fills the window's width. Seen from afar the map keeps its width and is
// squeezed in height only, so that thirty layers fit; from near it grows both ways, down to single numbers. Pure
// geometry.

import { opsOf, type Op, type Part } from './view.ts'

export interface Rect {
  x: number
  y: number
  w: number
  h: number
}
export interface PartNode extends Rect {
  part: Part
  layer: number
}
export interface OpNode extends Rect {
  part: Part
  layer: number
  op: Op
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
/** Pixels above and below the world: the boxes of embedding and output, which stay legible from afar. */
export const pad = 44
const title = 26,
  vectorHigh = 30,
  minHigh = 64

/** Vectors that each op shows on the map, from bottom to top as they are computed. */
export const vectorsOfOp: Record<Op, readonly string[]> = {
  embed: ['x'],
  norm: ['x', 'y'],
  qkv: ['q', 'k', 'v'],
  rope: ['q_rope', 'k_rope'],
  cache: [],
  attention: ['scores', 'probs', 'z'],
  out: ['delta', 'sum'],
  swiglu: ['gate', 'up', 'act'],
  softmax: ['logits', 'p'],
}
const opHigh = (op: Op): number => Math.max(minHigh, title + vectorsOfOp[op].length * vectorHigh + 6)
const loopHigh = (part: Part): number => opsOf[part].reduce((sum, op) => sum + opHigh(op) + gap, gap)
const blockHigh = loopHigh('attn') + loopHigh('mlp') + 2 * join

/** y of the bottom of a layer's block; the embedding is at the bottom of the world, the output at the top. */
const topHigh = loopHigh('head') + apart
export const worldHeight = (layers: number): number => topHigh + layers * blockHigh + apart + loopHigh('embed')
const blockBottom = (layers: number, layer: number): number => topHigh + (layers - layer) * blockHigh

export function partNode(layers: number, part: Part, layer: number): PartNode {
  const wide = { x: -nodeWidth / 2 - 10, w: nodeWidth + 20 }
  if (part === 'embed') return { part, layer: 0, ...wide, y: blockBottom(layers, 0) + apart, h: loopHigh('embed') }
  if (part === 'head') return { part, layer: layers - 1, ...wide, y: 0, h: loopHigh('head') }
  const bottom = blockBottom(layers, layer),
    attn = loopHigh('attn')
  return part === 'attn'
    ? { part, layer, x: -aside - nodeWidth - 8, w: nodeWidth + 16, y: bottom - attn, h: attn }
    : { part, layer, x: aside - 8, w: nodeWidth + 16, y: bottom - attn - join - loopHigh('mlp'), h: loopHigh('mlp') }
}

/** Where a part's result comes back into the sum. */
export const joinOf = (layers: number, part: 'attn' | 'mlp', layer: number): number =>
  partNode(layers, part, layer).y - join / 2

export function opNodes(layers: number, part: Part, layer: number): OpNode[] {
  const frame = partNode(layers, part, layer)
  let bottom = frame.y + frame.h - gap
  return opsOf[part].map((op) => {
    const h = opHigh(op)
    const node = { part, layer: frame.layer, op, x: frame.x + 8, w: frame.w - 16, y: bottom - h, h }
    bottom -= h + gap
    return node
  })
}

export function partNodes(layers: number): PartNode[] {
  return [
    partNode(layers, 'embed', 0),
    ...Array.from({ length: layers }, (_, layer) => [
      partNode(layers, 'attn', layer),
      partNode(layers, 'mlp', layer),
    ]).flat(),
    partNode(layers, 'head', layers - 1),
  ]
}

/** The layer as one thing: both loops. */
export function blockRect(layers: number, layer: number): Rect {
  const bottom = blockBottom(layers, layer)
  return { x: -worldWidth / 2, w: worldWidth, y: bottom - blockHigh, h: blockHigh }
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
  const count = vectorsOfOp[node.op].length
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
export const wholeOf = (layers: number, size: Size): Camera => ({
  x: 0,
  y: worldHeight(layers) / 2,
  scale: (size.height - 2 * pad) / worldHeight(layers),
})

export function clampCamera(camera: Camera, layers: number, size: Size): Camera {
  const min = wholeOf(layers, size).scale,
    scale = Math.max(min, Math.min(600, camera.scale))
  const halfX = size.width / 2 / scaleX({ ...camera, scale }, size),
    halfY = (size.height / 2 - pad) / scale
  const between = (v: number, low: number, high: number): number =>
    low > high ? (low + high) / 2 : Math.max(low, Math.min(high, v))
  return {
    scale,
    x: between(camera.x, -worldWidth / 2 + halfX, worldWidth / 2 - halfX),
    y: between(camera.y, halfY, worldHeight(layers) - halfY),
  }
}

/** Zooms and keeps what is under the pixel in place. */
export function zoomAt(camera: Camera, factor: number, px: number, py: number, layers: number, size: Size): Camera {
  const before = toWorld(px, py, camera, size)
  const next = clampCamera({ ...camera, scale: camera.scale * factor }, layers, size)
  return clampCamera(
    {
      ...next,
      x: before.x - (px - size.width / 2) / scaleX(next, size),
      y: before.y - (py - size.height / 2) / next.scale,
    },
    layers,
    size,
  )
}

/** How near one is: the level whose things fill the window. */
export function levelOf(camera: Camera, size: Size, layers: number, cell: number | null): Level {
  if (cell !== null && cell * camera.scale >= readable * 0.8) return 'cell'
  if (nodeWidth * scaleX(camera, size) >= size.width * 0.62) return 'op'
  return camera.scale >= Math.max(wholeOf(layers, size).scale * 1.25, (size.height / blockHigh) * 0.6)
    ? 'block'
    : 'model'
}
