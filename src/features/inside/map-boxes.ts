// Where the boxes of the map stand in the window, and which can be made out: the nearer, the more.

import { isEnd, type Op, type Part } from './outline.ts'
import { pad, toPixels, type Camera, type OpNode, type PartNode, type Rect, type Size, type World } from './world.ts'

/** Pixels of a loop from which on its part has a box, and from which on its ops are seen; of an op, for its vectors. */
const boxFrom = 15,
  opsFrom = 140
export const vectorsFrom = 62

/** What stands at a place of the window, largest first: parts or ops, with what a finger would need to hit them. */
export interface Target extends Rect {
  part: Part
  layer: number
  op: Op | null
}

/** The first box and the last keep a legible height beyond the end of the world. */
function boxOf(node: PartNode, { parts }: World, camera: Camera, size: Size): Rect {
  const r = toPixels(node, camera, size),
    outermost = node === parts[0] || node === parts.at(-1)
  const h = outermost ? Math.max(r.h, pad - 10) : r.h
  return { ...r, y: node.part === 'head' ? r.y + r.h - h : r.y, h }
}
export const seen = (r: Rect, size: Size): boolean =>
  r.y < size.height && r.y + r.h > 0 && r.x < size.width && r.x + r.w > 0

export function targetsOf(world: World, camera: Camera, size: Size): Target[] {
  const { parts, ops } = world
  return parts.flatMap((node): Target[] => {
    const r = boxOf(node, world, camera, size)
    if (!seen(r, size)) return []
    if (r.h < opsFrom) {
      return r.h >= boxFrom ? [{ ...inner(r, node.part), part: node.part, layer: node.layer, op: null }] : []
    }
    return ops
      .filter(({ part, layer }) => part === node.part && layer === node.layer)
      .map((op) => ({ ...toPixels(op, camera, size), part: op.part, layer: op.layer, op: op.op }))
      .filter((t) => seen(t, size))
  })
}
/** A part's box is not higher than its words need. */
const inner = (r: Rect, part: Part): Rect => {
  const h = Math.min(38, r.h - (isEnd(part) ? 2 : r.h > 34 ? Math.min(18, r.h - 28) : 3))
  return { x: r.x, w: r.w, y: r.y + (r.h - h) / 2, h }
}

/** Ops whose vectors can be made out. */
export const nearOps = (world: World, camera: Camera, size: Size): OpNode[] =>
  world.parts
    .filter((node) => seen(boxOf(node, world, camera, size), size) && toPixels(node, camera, size).h >= opsFrom)
    .flatMap((node) => world.ops.filter(({ part, layer }) => part === node.part && layer === node.layer))
    .filter((op) => {
      const r = toPixels(op, camera, size)
      return r.h >= vectorsFrom && seen(r, size) && op.vectors.length > 0
    })
