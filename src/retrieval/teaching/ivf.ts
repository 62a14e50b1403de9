// An inverted file (IVF): vectors in lists by the nearest of a few middles (k-means, seeded); a question looks into the lists
// whose middles lie nearest to it. Trained first, on all vectors, then filled. To be looked at: the exact scan is faster here.

import { dot, nearest, type Approximate } from './likeness.ts'
import type { Random } from './random.ts'

export interface Ivf {
  /** (lists, dims) */
  middles: Float32Array
  /** rows of each list */
  lists: number[][]
}

/** @param vectors (rows, dims) of length 1 @param lists at most; no more than there are rows */
export function buildIvf(vectors: Float32Array, dims: number, lists: number, random: Random): Ivf {
  const rows = vectors.length / dims
  const count = Math.min(lists, rows)
  const row = (r: number): Float32Array => vectors.subarray(r * dims, (r + 1) * dims)
  // k-means++ (Arthur, Vassilvitskii 2007): the next middle is drawn by its squared distance to those there are
  const middles = new Float32Array(count * dims)
  const apart = new Float64Array(rows).fill(Infinity)
  for (let m = 0; m < count; m++) {
    let drawn = Math.floor(random() * rows)
    if (m > 0) {
      let left = random() * apart.reduce((sum, d) => sum + d, 0)
      drawn = apart.findIndex((d) => (left -= d) < 0)
      if (drawn < 0) drawn = Math.floor(random() * rows)
    }
    middles.set(row(drawn), m * dims)
    for (let r = 0; r < rows; r++) apart[r] = Math.min(apart[r]!, Math.max(0, 2 - 2 * dot(vectors, r, row(drawn))))
  }
  let lying = new Int32Array(rows)
  for (let turn = 0; turn < 10; turn++) {
    const next = Int32Array.from({ length: rows }, (_, r) => nearest(middles, dims, row(r), 1)[0]!)
    const isDone = turn > 0 && next.every((m, r) => m === lying[r])
    lying = next
    if (isDone) break
    const sums = new Float64Array(count * dims)
    lying.forEach((m, r) => row(r).forEach((v, i) => (sums[m * dims + i]! += v)))
    for (let m = 0; m < count; m++) {
      const sum = sums.subarray(m * dims, (m + 1) * dims)
      const length = Math.hypot(...sum)
      // an empty list keeps its middle
      if (length === 0) continue
      const middle = Float32Array.from(sum, (v) => v / length)
      middles.set(middle, m * dims)
    }
  }
  const filled: number[][] = Array.from({ length: count }, () => [])
  for (let r = 0; r < rows; r++) filled[nearest(middles, dims, row(r), 1)[0]!]!.push(r)
  return { middles, lists: filled }
}

/** @param nprobe lists that are looked into: all of them find what the scan finds */
export function searchIvf(
  ivf: Ivf,
  vectors: Float32Array,
  question: Float32Array,
  k: number,
  nprobe: number,
): Approximate {
  const lists = nearest(ivf.middles, question.length, question, nprobe)
  const visited = lists.flatMap((list) => ivf.lists[list]!)
  return { found: nearest(vectors, question.length, question, k, visited), visited }
}
