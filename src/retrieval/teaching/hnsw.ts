// Hierarchical navigable small worlds (Malkov, Yashunin 2016): every vector knows a few neighbours, on levels of which each
// holds fewer vectors than the one below; a question walks downhill, from the top to the ground. Seeded. To be looked at.

import { dot, type Approximate } from './likeness.ts'
import type { Random } from './random.ts'

export interface Hnsw {
  /** where every walk begins */
  entry: number
  /** neighbours by level, the ground first: levels[l].get(row) */
  levels: Map<number, number[]>[]
}
/** neighbours on upper levels; twice as many on the ground. And how widely the place of a new vector is searched. */
const M = 16
const WIDE = 100

/** @param vectors (rows, dims) of length 1 */
export function buildHnsw(vectors: Float32Array, dims: number, random: Random): Hnsw {
  const graph: Hnsw = { entry: 0, levels: [] }
  const row = (r: number): Float32Array => vectors.subarray(r * dims, (r + 1) * dims)
  for (let r = 0; r < vectors.length / dims; r++) {
    const top = Math.floor(-Math.log(1 - random()) / Math.log(M))
    const known = graph.levels.length
    let from = [graph.entry]
    for (let level = known - 1; level >= 0; level--) {
      const near = walk(graph.levels[level]!, vectors, row(r), from, level > top ? 1 : WIDE)
      from = near.found
      if (level > top) continue
      const most = level === 0 ? 2 * M : M
      const chosen = spread(vectors, dims, r, near.found, M)
      graph.levels[level]!.set(r, chosen)
      for (const other of chosen) {
        const list = graph.levels[level]!.get(other)!
        list.push(r)
        if (list.length <= most) continue
        graph.levels[level]!.set(other, spread(vectors, dims, other, byLikeness(vectors, dims, other, list), most))
      }
    }
    for (let level = known; level <= top; level++) graph.levels.push(new Map([[r, []]]))
    if (top >= known) graph.entry = r
  }
  return graph
}

const byLikeness = (vectors: Float32Array, dims: number, r: number, list: readonly number[]): number[] => {
  const own = vectors.subarray(r * dims, (r + 1) * dims)
  return list
    .map((other) => ({ other, score: dot(vectors, other, own) }))
    .sort((a, b) => b.score - a.score || a.other - b.other)
    .map(({ other }) => other)
}

/** Of neighbours, the nearest first, those that lie nearer to it than to one another: ways in every direction. */
function spread(vectors: Float32Array, dims: number, r: number, near: readonly number[], most: number): number[] {
  const row = (one: number): Float32Array => vectors.subarray(one * dims, (one + 1) * dims)
  const chosen: number[] = []
  const left: number[] = []
  for (const one of near) {
    if (chosen.length === most) break
    const own = dot(vectors, one, row(r))
    if (chosen.every((other) => dot(vectors, other, row(one)) < own)) chosen.push(one)
    else left.push(one)
  }
  return [...chosen, ...left.slice(0, most - chosen.length)]
}

/** Downhill on one level, with the best `ef` in hand. */
function walk(
  level: Map<number, number[]>,
  vectors: Float32Array,
  question: Float32Array,
  from: readonly number[],
  ef: number,
): Approximate {
  const score = (r: number) => ({ r, score: dot(vectors, r, question) })
  type Seen = ReturnType<typeof score>
  const put = (list: Seen[], one: Seen): void => {
    let at = list.length
    while (at > 0 && one.score > list[at - 1]!.score) at--
    list.splice(at, 0, one)
  }
  const seen = new Set(from)
  const best: Seen[] = []
  for (const r of from) put(best, score(r))
  const open = [...best]
  best.length = Math.min(best.length, ef)
  for (let next = open.shift(); next; next = open.shift()) {
    if (best.length === ef && next.score < best.at(-1)!.score) break
    for (const other of level.get(next.r) ?? []) {
      if (seen.has(other)) continue
      seen.add(other)
      const one = score(other)
      if (best.length === ef && one.score <= best.at(-1)!.score) continue
      put(best, one)
      put(open, one)
      if (best.length > ef) best.pop()
    }
  }
  return { found: best.map(({ r }) => r), visited: [...seen] }
}

/** @param ef how many of the best are kept in hand, at least k */
export function searchHnsw(
  graph: Hnsw,
  vectors: Float32Array,
  question: Float32Array,
  k: number,
  ef: number,
): Approximate {
  if (graph.levels.length === 0) return { found: [], visited: [] }
  const visited = new Set<number>()
  let from = [graph.entry]
  for (let level = graph.levels.length - 1; level >= 0; level--) {
    const near = walk(graph.levels[level]!, vectors, question, from, level === 0 ? Math.max(k, ef) : 1)
    for (const r of near.visited) visited.add(r)
    from = near.found
  }
  return { found: from.slice(0, k), visited: [...visited] }
}
