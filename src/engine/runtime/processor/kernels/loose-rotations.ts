// Heads turned by their position, there and back, over tensors that lie anywhere: rotations.ts has the arena's.

import type { Params } from '../../../ops/op.ts'
import type { PartsMaker } from './kernel.ts'
import { byTokens } from './loose-rows.ts'
import { pairsOf, type Pairs } from './rotations.ts'

type Floats = Float32Array
type Shape = Record<'H' | 'K' | 'd' | 'r' | 'C', number>

/** Turns the first r of d values by a row of the table, backwards where `sign` is -1, and copies the others. */
function turn(
  x: Floats,
  from: number,
  y: Floats,
  to: number,
  table: Floats | undefined,
  row: number,
  { d, r, apart, step, run }: Pairs,
  sign: 1 | -1,
): void {
  for (let i = 0, a = 0, left = run; i < r; i = (i + 2) | 0, a = (a + step) | 0, left = (left - 1) | 0) {
    if (left === 0) {
      left = run
      a = (a + apart) | 0
    }
    const cos = table![(row + i) | 0]!
    const sin = sign * table![(row + i + 1) | 0]!
    const u = x[(from + a) | 0]!
    const v = x[(from + a + apart) | 0]!
    y[(to + a) | 0] = u * cos - v * sin
    y[(to + a + apart) | 0] = v * cos + u * sin
  }
  if (x !== y) copy(x, from + r, y, to + r, d - r)
}
function copy(x: Floats, from: number, y: Floats, to: number, n: number): void {
  for (let i = 0; i < n; i = (i + 1) | 0) y[(to + i) | 0] = x[(from + i) | 0]!
}

const rope =
  (changed: 'x' | 'dx', sign: 1 | -1): PartsMaker =>
  ({ params, tensors }) => {
    const { H, d, r } = params as Shape
    const { [changed]: x, table } = tensors
    const pairs = pairsOf(params as PairParams)
    return byTokens((t, { pos }) => {
      for (let h = t * H; h < (t + 1) * H; h++) turn(x!, h * d, x!, h * d, table, (pos + t) * r, pairs, sign)
    })
  }
type PairParams = Params & Parameters<typeof pairsOf>[0]

export const rotationKernels: Record<string, PartsMaker> = {
  rope: rope('x', 1),
  'rope-back': rope('dx', -1),
  'rope-append'({ params, tensors }) {
    if (params['cache']) return null // rounded, as the cache keeps it
    const { H, K, d, r, C } = params as Shape
    const { qkv, table, q, kCache, vCache } = tensors as Record<string, Floats>
    const pairs = pairsOf(params as PairParams)
    return byTokens((t, { pos }) => {
      const row = (pos + t) * r
      let from = t * (H + 2 * K) * d
      for (let h = 0; h < H; h++, from += d) turn(qkv!, from, q!, (t * H + h) * d, table, row, pairs, 1)
      for (let h = 0; h < K; h++, from += d) turn(qkv!, from, kCache!, (h * C + pos + t) * d, table, row, pairs, 1)
      for (let h = 0; h < K; h++, from += d) copy(qkv!, from, vCache!, (h * C + pos + t) * d, d)
    })
  },
  'rope-append-back'({ params, tensors }) {
    const { H, K, d, r } = params as Shape
    const { dq, dkv, table, dqkv } = tensors as Record<string, Floats>
    const pairs = pairsOf(params as PairParams)
    return byTokens((t, { pos }) => {
      const row = (pos + t) * r
      let to = t * (H + 2 * K) * d
      for (let h = 0; h < H; h++, to += d) turn(dq!, (t * H + h) * d, dqkv!, to, table, row, pairs, -1)
      let from = t * 2 * K * d
      for (let h = 0; h < K; h++, from += d, to += d) turn(dkv!, from, dqkv!, to, table, row, pairs, -1)
      copy(dkv!, from, dqkv!, to, K * d)
    })
  },
}
