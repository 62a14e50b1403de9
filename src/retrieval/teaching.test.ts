// The teaching indexes against the exact order: all lists find everything, fewer find less, and none looks at a row twice.

import { describe, expect, test } from 'vitest'
import {
  buildHnsw,
  buildIvf,
  mapOf,
  nearest,
  randomFrom,
  recallOf,
  searchHnsw,
  searchIvf,
  type Approximate,
} from './teaching/index.ts'

const dims = 24
function vectorsOf(rows: number, seed: number): Float32Array {
  const random = randomFrom(seed)
  const middles = Array.from({ length: 12 }, () => Array.from({ length: dims }, () => random() - 0.5))
  return Float32Array.from(
    Array.from({ length: rows }, () => {
      const middle = middles[Math.floor(random() * 12)]!
      const row = middle.map((v) => v + (random() - 0.5) * 0.9)
      const length = Math.hypot(...row)
      return row.map((v) => v / length)
    }).flat(),
  )
}
const vectors = vectorsOf(900, 1)
const questions = Array.from({ length: 30 }, (_, i) => vectorsOf(30, 2).subarray(i * dims, (i + 1) * dims))
const exact = questions.map((q) => nearest(vectors, dims, q, 10))

/** Mean recall@10 and rows looked at. */
function measured(search: (q: Float32Array) => Approximate): { recall: number; visited: number } {
  const found = questions.map(search)
  for (const { found: rows, visited } of found) {
    expect(new Set(visited).size).toBe(visited.length)
    expect(rows.every((r) => visited.includes(r))).toBe(true)
  }
  const mean = (values: number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length
  return {
    recall: mean(found.map((one, i) => recallOf(one.found, exact[i]!))),
    visited: mean(found.map(({ visited }) => visited.length)),
  }
}

describe('inverted file', () => {
  const ivf = buildIvf(vectors, dims, 32, randomFrom(3))
  test('holds every row once; the same from the same seed', () => {
    expect(ivf.lists.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 900 }, (_, i) => i))
    expect(buildIvf(vectors, dims, 32, randomFrom(3))).toEqual(ivf)
  })
  test('all lists: exactly what the scan finds; one list: less, for far fewer looks; more never find less', () => {
    const all = measured((q) => searchIvf(ivf, vectors, q, 10, 32))
    expect(all).toEqual({ recall: 1, visited: 900 })
    let before = 0
    for (const nprobe of [1, 2, 4, 8, 32]) {
      const { recall } = measured((q) => searchIvf(ivf, vectors, q, 10, nprobe))
      expect(recall).toBeGreaterThanOrEqual(before)
      before = recall
    }
    const one = measured((q) => searchIvf(ivf, vectors, q, 10, 1))
    expect(one.recall).toBeLessThan(1)
    expect(one.recall).toBeGreaterThan(0.3)
    expect(one.visited).toBeLessThan(120)
  })
})

describe('graph', () => {
  const graph = buildHnsw(vectors, dims, randomFrom(4))
  test('everyone has neighbours, nobody too many; the same from the same seed', () => {
    expect(graph.levels[0]!.size).toBe(900)
    expect(graph.levels.length).toBeGreaterThan(1)
    graph.levels.forEach((level, l) => {
      for (const [r, list] of level) {
        expect(list.length).toBeLessThanOrEqual(l === 0 ? 32 : 16)
        expect(list).not.toContain(r)
        if (level.size > 1) expect(list.length).toBeGreaterThan(0)
      }
    })
    expect(buildHnsw(vectors, dims, randomFrom(4))).toEqual(graph)
  })
  test('a wide search finds nearly all without looking at all; a narrow one finds less', () => {
    const wide = measured((q) => searchHnsw(graph, vectors, q, 10, 100))
    const narrow = measured((q) => searchHnsw(graph, vectors, q, 10, 10))
    expect(wide.recall).toBeGreaterThan(0.97)
    expect(wide.visited).toBeLessThan(600)
    expect(narrow.visited).toBeLessThan(wide.visited)
    expect(narrow.recall).toBeLessThanOrEqual(wide.recall)
  })
})

test('a few rows, one, or none', () => {
  for (const rows of [0, 1, 3]) {
    const few = vectors.slice(0, rows * dims)
    const q = questions[0]!
    const want = nearest(few, dims, q, 10)
    expect(searchIvf(buildIvf(few, dims, 8, randomFrom(1)), few, q, 10, 8).found).toEqual(want)
    expect(searchHnsw(buildHnsw(few, dims, randomFrom(1)), few, q, 10, 10).found).toEqual(want)
    expect(mapOf(few, dims, randomFrom(1))).toHaveLength(rows * 2)
  }
  // all alike: no direction, no list that is better than another
  const alike = Float32Array.from({ length: 5 * dims }, (_, i) => (i % dims === 0 ? 1 : 0))
  expect(searchIvf(buildIvf(alike, dims, 4, randomFrom(1)), alike, alike.subarray(0, dims), 2, 4).found).toEqual([0, 1])
  expect(mapOf(alike, dims, randomFrom(1)).every((v) => v === 0)).toBe(true)
})

test('the map keeps the widest direction', () => {
  const line = Float32Array.from(
    Array.from({ length: 40 }, (_, r) =>
      Array.from({ length: dims }, (__, i) => (i === 5 ? r - 20 : i === 9 ? (r % 2) * 4 : 0)),
    ).flat(),
  )
  const map = mapOf(line, dims, randomFrom(8))
  const x = Array.from({ length: 40 }, (_, r) => map[r * 2]!)
  expect(Math.abs(x[39]! - x[0]!)).toBeGreaterThan(1.9)
  const sign = Math.sign(x[39]! - x[0]!)
  expect(x.every((v, i) => i === 0 || Math.sign(v - x[i - 1]!) === sign)).toBe(true)
  expect(Math.abs(map[1]! - map[3]!)).toBeCloseTo(4 / 20, 1)
})
