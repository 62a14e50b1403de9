import { describe, expect, it } from 'vitest'
import { placesOf, type Op, type Outline, type Part } from './outline.ts'
import {
  cellAt,
  cellRect,
  clampCamera,
  fit,
  gridOf,
  levelOf,
  nearCell,
  opNode,
  partNode,
  readable,
  toPixels,
  toWorld,
  vectorRect,
  wholeOf,
  worldOf,
  zoomAt,
  type Rect,
} from './world.ts'

const box = (op: Op, ...vectors: string[]) => ({ op, vectors: vectors.map((name) => ({ name, site: null })) })
const part = (name: Part, layer: number, ...ops: ReturnType<typeof box>[]) => ({
  part: name,
  layer,
  side: 'text' as const,
  ops,
})
/** Blocks of two branches; of three behind an encoder; of one that lies on the residual. */
function outline(layers: number, kind: 'plain' | 'cross' | 'cell' = 'plain'): Outline {
  const blocks = Array.from({ length: layers }, (_, layer) => [
    ...(kind === 'cell'
      ? [part('cell', layer, box('gates', 'gates'), box('state', 'state', 'h'))]
      : [
          part(
            'attn',
            layer,
            box('norm', 'x', 'y'),
            box('qkv', 'q', 'k', 'v'),
            box('cache'),
            box('out', 'delta', 'sum'),
          ),
          ...(kind === 'cross' ? [part('cross', layer, box('qkv', 'q'), box('out', 'delta', 'sum'))] : []),
          part('mlp', layer, box('swiglu', 'gate', 'up', 'act'), box('out', 'delta', 'sum')),
        ]),
  ])
  const parts = [
    part('embed', 0, box('embed', 'x')),
    ...blocks.flat(),
    part('head', layers - 1, box('softmax', 'logits', 'p')),
  ]
  return { layers, sourceLayers: 0, parts }
}
const four = worldOf(outline(4))

const phone = { width: 330, height: 420 },
  wide = { width: 380, height: 600 }
const apart = (a: Rect, b: Rect): boolean =>
  a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y

describe('the map', () => {
  it.each([
    [1, 'plain'],
    [4, 'cross'],
    [30, 'plain'],
    [3, 'cell'],
    [80, 'plain'],
  ] as const)('of %i layers (%s) holds every step of the pass, none on another', (layers, kind) => {
    const given = outline(layers, kind),
      world = worldOf(given)
    expect(world.ops.map(({ part: p, layer, op }) => `${p} ${layer} ${op}`)).toEqual(
      placesOf(given).map(({ part: p, layer, op }) => `${p} ${layer} ${op}`),
    )
    for (const [i, a] of world.ops.entries()) {
      expect(a.y).toBeGreaterThanOrEqual(0)
      expect(a.y + a.h).toBeLessThanOrEqual(world.height)
      for (const b of world.ops.slice(i + 1, i + 12)) {
        expect(apart(a, b), `${a.part} ${a.op} and ${b.part} ${b.op}`).toBe(true)
      }
    }
    // upwards as it is computed, every part inside its block
    world.parts.slice(1).forEach((node, i) => expect(node.y + node.h).toBeLessThanOrEqual(world.parts[i]!.y))
    world.blocks.forEach((block, layer) => {
      for (const node of world.parts.filter((p) => p.layer === layer && p.part !== 'embed' && p.part !== 'head')) {
        expect(node.y).toBeGreaterThanOrEqual(block.y)
        expect(node.y + node.h).toBeLessThanOrEqual(block.y + block.h)
      }
    })
    expect(partNode(world, 'head', 0)).toBe(world.parts.at(-1))
  })

  it.each([1, 7, 32, 256, 1856, 49152, 151936])(
    'gives each of %i numbers a cell of its own, found where it is drawn',
    (n) => {
      const vector = vectorRect(opNode(four, 'attn', 1, 'qkv'), 1)
      const { cols, rows, cell } = gridOf(vector, n)
      expect(cols * rows).toBeGreaterThanOrEqual(n)
      expect(rows * cell).toBeLessThanOrEqual(vector.h + 1e-6)
      for (const i of [0, Math.floor(n / 2), n - 1]) {
        const { x, y, w, h } = cellRect(vector, n, i)
        expect(cellAt(vector, n, x + w / 2, y + h / 2)).toBe(i)
      }
      expect(cellAt(vector, n, vector.x - 1, vector.y)).toBeNull()
    },
  )
  it('vectors of an op do not touch', () => {
    for (const node of four.ops) {
      const rects = node.vectors.map((_, i) => vectorRect(node, i))
      rects.forEach((a, i) => {
        for (const b of rects.slice(i + 1)) expect(apart(a, b)).toBe(true)
      })
      for (const r of rects) expect(r.y >= node.y && r.y + r.h <= node.y + node.h).toBe(true)
    }
  })
})

describe('the window', () => {
  it.each([
    [4, wide],
    [30, wide],
    [30, phone],
  ] as const)('of %i layers goes from the whole to one number and says how near it is', (layers, size) => {
    const world = worldOf(outline(layers))
    const node = opNode(world, 'attn', 2, 'qkv'),
      vector = vectorRect(node, 0),
      cell = cellRect(vector, 64, 5)
    const at = (camera: ReturnType<typeof fit>, near: number | null = null) =>
      levelOf(clampCamera(camera, world, size), size, world, near)
    expect(at(wholeOf(world, size))).toBe('model')
    expect(at(fit(world.blocks[2]!, size))).toBe('block')
    expect(at(fit(node, size))).toBe('op')
    expect(at({ ...fit(cell, size), scale: readable / cell.w }, cell.w)).toBe('cell')
    for (const one of world.parts) {
      const seen = toPixels(one, wholeOf(world, size), size)
      expect(seen.x >= 0 && seen.x + seen.w <= size.width && seen.y >= 0 && seen.y + seen.h <= size.height).toBe(true)
    }
  })
  it.each([0, 15, 130, 255])('onto number %i shows it, and fills with its vector', (index) => {
    const vector = vectorRect(opNode(four, 'mlp', 1, 'swiglu'), 0),
      camera = nearCell(vector, 256, index, wide)
    const cell = toPixels(cellRect(vector, 256, index), camera, wide),
      whole = toPixels(vector, camera, wide)
    expect(cell.x >= 0 && cell.y >= 0 && cell.x + cell.w <= wide.width && cell.y + cell.h <= wide.height).toBe(true)
    expect(cell.w).toBeCloseTo(readable * 1.5, 6)
    expect(whole.x <= cell.w && whole.x + whole.w >= wide.width - cell.w * 2).toBe(true)
  })
  it('keeps what is under the pointer in place', () => {
    const camera = fit(four.blocks[3]!, wide)
    const before = toWorld(120, 200, camera, wide)
    const after = toWorld(120, 200, zoomAt(camera, 4, 120, 200, four, wide), wide)
    expect(after.x).toBeCloseTo(before.x, 6)
    expect(after.y).toBeCloseTo(before.y, 6)
  })
  it('never leaves the map', () => {
    const camera = clampCamera({ x: 1e6, y: -1e6, scale: 1e-9 }, four, wide)
    expect(camera).toEqual(wholeOf(four, wide))
  })
})
