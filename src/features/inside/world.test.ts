import { describe, expect, it } from 'vitest'
import { placesOf } from './view.ts'
import {
  blockRect,
  cellAt,
  cellRect,
  clampCamera,
  fit,
  gridOf,
  levelOf,
  nearCell,
  opNodes,
  partNode,
  partNodes,
  readable,
  toPixels,
  toWorld,
  vectorRect,
  vectorsOfOp,
  wholeOf,
  worldHeight,
  zoomAt,
  type Rect,
} from './world.ts'

const phone = { width: 330, height: 420 },
  wide = { width: 380, height: 600 }
const apart = (a: Rect, b: Rect): boolean =>
  a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y

describe('the map', () => {
  it.each([1, 4, 30, 80])('of %i layers holds every step of the pass, none on another', (layers) => {
    const nodes = partNodes(layers).flatMap(({ part, layer }) => opNodes(layers, part, layer))
    expect(nodes.map(({ part, layer, op }) => `${part} ${layer} ${op}`).toSorted()).toEqual(
      placesOf(layers)
        .map(({ part, layer, op: i }) => `${part} ${layer} ${opNodes(layers, part, layer)[i]!.op}`)
        .toSorted(),
    )
    for (const [i, a] of nodes.entries()) {
      expect(a.y).toBeGreaterThanOrEqual(0)
      expect(a.y + a.h).toBeLessThanOrEqual(worldHeight(layers))
      for (const b of nodes.slice(i + 1, i + 12)) {
        expect(apart(a, b), `${a.part} ${a.op} and ${b.part} ${b.op}`).toBe(true)
      }
    }
    // upwards as it is computed
    expect(partNode(layers, 'embed', 0).y).toBeGreaterThan(partNode(layers, 'attn', 0).y)
    expect(partNode(layers, 'attn', layers - 1).y).toBeGreaterThan(partNode(layers, 'mlp', layers - 1).y)
    expect(partNode(layers, 'mlp', layers - 1).y).toBeGreaterThan(partNode(layers, 'head', 0).y)
  })

  it.each([1, 7, 32, 256, 1856, 49152, 151936])(
    'gives each of %i numbers a cell of its own, found where it is drawn',
    (n) => {
      const vector = vectorRect(opNodes(4, 'attn', 1)[1]!, 1)
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
    for (const node of opNodes(2, 'mlp', 0)) {
      const rects = vectorsOfOp[node.op].map((_, i) => vectorRect(node, i))
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
    const node = opNodes(layers, 'attn', 2)[1]!,
      vector = vectorRect(node, 0),
      cell = cellRect(vector, 64, 5)
    const at = (camera: ReturnType<typeof fit>, near: number | null = null) =>
      levelOf(clampCamera(camera, layers, size), size, layers, near)
    expect(at(wholeOf(layers, size))).toBe('model')
    expect(at(fit(blockRect(layers, 2), size))).toBe('block')
    expect(at(fit(node, size))).toBe('op')
    expect(at({ ...fit(cell, size), scale: readable / cell.w }, cell.w)).toBe('cell')
    for (const part of partNodes(layers)) {
      const seen = toPixels(part, wholeOf(layers, size), size)
      expect(seen.x >= 0 && seen.x + seen.w <= size.width && seen.y >= 0 && seen.y + seen.h <= size.height).toBe(true)
    }
  })
  it.each([0, 15, 130, 255])('onto number %i shows it, and fills with its vector', (index) => {
    const vector = vectorRect(opNodes(4, 'mlp', 1)[0]!, 0),
      camera = nearCell(vector, 256, index, wide)
    const cell = toPixels(cellRect(vector, 256, index), camera, wide),
      whole = toPixels(vector, camera, wide)
    expect(cell.x >= 0 && cell.y >= 0 && cell.x + cell.w <= wide.width && cell.y + cell.h <= wide.height).toBe(true)
    expect(cell.w).toBeCloseTo(readable * 1.5, 6)
    expect(whole.x <= cell.w && whole.x + whole.w >= wide.width - cell.w * 2).toBe(true)
  })
  it('keeps what is under the pointer in place', () => {
    const camera = fit(blockRect(6, 3), wide)
    const before = toWorld(120, 200, camera, wide)
    const after = toWorld(120, 200, zoomAt(camera, 4, 120, 200, 6, wide), wide)
    expect(after.x).toBeCloseTo(before.x, 6)
    expect(after.y).toBeCloseTo(before.y, 6)
  })
  it('never leaves the map', () => {
    const camera = clampCamera({ x: 1e6, y: -1e6, scale: 1e-9 }, 6, wide)
    expect(camera).toEqual(wholeOf(6, wide))
  })
})
