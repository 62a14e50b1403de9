// Attention of training, there and back, over tensors that lie anywhere: the arena's kernels (attention.ts) read nothing outside
// of theirs. Four queries, or four keys on the way back to keys and values, stand side by side in f64; three rows or columns of
// another matrix are multiplied with them at a time. Every sum has one owner and runs in order, so that the number of threads
// changes no bit.

import { biasAt, capOf, maskEnd, maskStart } from '../../../ops/mask.ts'
import type { Params, ReferenceArgs } from '../../../ops/op.ts'
import { exp } from './exp.ts'
import type { PartsMaker } from './kernel.ts'
import { pack, products } from './loose-tiles.ts'

type Args = Omit<ReferenceArgs, 'step'>
type Shape = Record<'H' | 'K' | 'd' | 'C' | 'cap', number>

/** lse of a query from which every key is hidden, as the op's reference has it */
const NOTHING = -1e30

/** Scratch of a thread, as long as it was ever asked for: four numbers of every query or key. */
let room = { weights: new Float64Array(0), changes: new Float64Array(0) }
function roomFor(most: number): typeof room {
  const rows = Math.max(most, 4)
  if (room.weights.length < 4 * rows) {
    room = { weights: new Float64Array(4 * rows), changes: new Float64Array(4 * rows) }
  }
  return room
}
/** Rows of at most 256 columns, four side by side. */
const [A, B] = [new Float64Array(1024), new Float64Array(1024)]
/** Four rows of d, side by side in X, to where they belong. */
function unpack(X: Float64Array, M: Float32Array, to: number, count: number, apart: number, d: number): void {
  for (let i = 0; i < count; i++) for (let c = 0; c < d; c++) M[to + i * apart + c] = X[4 * c + i]!
}

const shapeOf = (params: Params) => ({ ...(params as Shape), scale: Math.fround(params['scale']!) })
const quads = (n: number): number => Math.ceil(n / 4)

/** A part is four tokens of a head. */
const attention: PartsMaker = ({ params, tensors }) => {
  const { q, kCache, vCache, z, lse, bias } = tensors as Record<string, Float32Array>
  const { H, K, d, C, cap, scale } = shapeOf(params)
  if (d > 256) return null
  const isBiased = Boolean(params['biased'])
  const { weights } = roomFor(C)
  return {
    parts: ({ T }) => quads(T) * H,
    run(part, { T, pos, prefix }) {
      const [h, t] = [part % H, 4 * Math.floor(part / H)]
      const count = Math.min(4, T - t)
      const row = t * H + h
      const head = Math.floor(h / (H / K)) * C
      const first = maskStart(params, pos + t),
        keys = maskEnd(params, pos + t + count - 1, prefix) - first
      pack(A, q!, row * d, count, H * d, d)
      products(kCache!, (head + first) * d, keys, d, 1, A, d, weights)
      for (let i = 0; i < 4; i++) {
        const query = pos + t + Math.min(i, count - 1)
        const begin = maskStart(params, query) - first,
          end = maskEnd(params, query, prefix) - first
        let top = -Infinity
        for (let j = begin; j < end; j++) {
          let score = capOf(cap, weights[4 * j + i]! * scale)
          if (isBiased) score += biasAt(params, bias, h, query, first + j)
          weights[4 * j + i] = score
          if (!(score <= top)) top = score
        }
        let total = 0
        for (let j = begin; j < end; j++) total += weights[4 * j + i] = exp(weights[4 * j + i]! - top)
        const share = begin < end ? 1 / total : 0
        for (let j = 0; j < keys; j++) weights[4 * j + i]! *= j >= begin && j < end ? share : 0
        if (i < count) lse![row + i * H] = begin < end ? top + Math.log(total) : NOTHING
      }
      products(vCache!, (head + first) * d, d, 1, d, weights, keys, B)
      unpack(B, z!, row * d, count, H * d, d)
    },
  }
}

/** P and dS of query t in head h and key j. */
const found = { p: 0, change: 0 }
function pairsOf({ params, tensors }: Args) {
  const { lse, delta, bias } = tensors as Record<string, Float32Array>
  const { H, cap, scale } = shapeOf(params)
  const isBiased = Boolean(params['biased'])
  return (product: number, pull: number, t: number, h: number, j: number): typeof found => {
    const row = t * H + h
    const score = capOf(cap, product * scale)
    found.p = exp(score + (isBiased ? biasAt(params, bias, h, t, j) : 0) - lse![row]!)
    found.change = found.p * (pull - delta![row]!) * (cap ? scale * (1 - (score / cap) ** 2) : scale)
    return found
  }
}

/** A part is four tokens of a head. */
const attentionBackQ: PartsMaker = (args) => {
  const { params, tensors } = args
  const { q, kCache, vCache, dz, dq } = tensors as Record<string, Float32Array>
  const { H, K, d, C } = shapeOf(params)
  const { weights, changes } = roomFor(C)
  const pair = pairsOf(args)
  return {
    parts: ({ T }) => quads(T) * H,
    run(part, { T, prefix }) {
      const [h, t] = [part % H, 4 * Math.floor(part / H)]
      const count = Math.min(4, T - t)
      const row = t * H + h
      const head = Math.floor(h / (H / K)) * C
      const first = maskStart(params, t),
        keys = maskEnd(params, t + count - 1, prefix) - first
      const from = (head + first) * d
      pack(A, q!, row * d, count, H * d, d)
      products(kCache!, from, keys, d, 1, A, d, weights)
      pack(A, dz!, row * d, count, H * d, d)
      products(vCache!, from, keys, d, 1, A, d, changes)
      for (let i = 0; i < 4; i++) {
        const [begin, end] =
          i < count ? [maskStart(params, t + i) - first, maskEnd(params, t + i, prefix) - first] : [0, 0]
        for (let j = 0, at = i; j < keys; j++, at += 4) {
          const isSeen = j >= begin && j < end
          changes[at] = isSeen ? pair(weights[at]!, changes[at]!, t + i, h, first + j).change : 0
        }
      }
      products(kCache!, from, d, 1, d, changes, keys, B)
      unpack(B, dq!, row * d, count, H * d, d)
    },
  }
}

const [ofKeys, ofValues] = [new Float64Array(1024), new Float64Array(1024)]
/** A part is four keys of one head. */
const attentionBackKv: PartsMaker = (args) => {
  const { params, tensors } = args
  const { q, kCache, vCache, dz, dkv } = tensors as Record<string, Float32Array>
  const { H, K, d, C } = shapeOf(params)
  const pair = pairsOf(args)
  const group = H / K
  const sum = (sums: Float64Array): void => {
    for (let i = 0; i < 4 * d; i++) sums[i]! += B[i]!
  }
  return {
    parts: ({ T }) => quads(T) * K,
    run(part, { T, prefix }) {
      const [g, j] = [part % K, 4 * Math.floor(part / K)]
      const count = Math.min(4, T - j)
      const { weights, changes } = roomFor(T)
      // queries that see any of the four: both ends of what a query sees only rise
      let [first, behind] = [0, T]
      while (first < T && maskEnd(params, first, prefix) <= j) first++
      while (behind > first && maskStart(params, behind - 1) >= j + count) behind--
      const rows = behind - first
      ofKeys.fill(0)
      ofValues.fill(0)
      for (let h = g * group; h < (g + 1) * group; h++) {
        const from = (first * H + h) * d
        pack(A, kCache!, (g * C + j) * d, count, d, d)
        products(q!, from, rows, H * d, 1, A, d, weights)
        pack(A, vCache!, (g * C + j) * d, count, d, d)
        products(dz!, from, rows, H * d, 1, A, d, changes)
        for (let r = 0, at = 0; r < rows; r++) {
          const begin = maskStart(params, first + r) - j,
            end = Math.min(count, maskEnd(params, first + r, prefix) - j)
          for (let i = 0; i < 4; i++, at++) {
            const { p, change } =
              i >= begin && i < end ? pair(weights[at]!, changes[at]!, first + r, h, j + i) : { p: 0, change: 0 }
            weights[at] = p
            changes[at] = change
          }
        }
        products(q!, from, d, 1, H * d, changes, rows, B)
        sum(ofKeys)
        products(dz!, from, d, 1, H * d, weights, rows, B)
        sum(ofValues)
      }
      unpack(ofKeys, dkv!, (j * 2 * K + g) * d, count, 2 * K * d, d)
      unpack(ofValues, dkv!, (j * 2 * K + K + g) * d, count, 2 * K * d, d)
    },
  }
}

/** Where the arena's kernel does not reach. */
export const attentionKernels: Record<string, PartsMaker> = { attention }

export const attentionBackKernels: Record<string, PartsMaker> = {
  'attention-back-q': attentionBackQ,
  'attention-back-kv': attentionBackKv,
}
