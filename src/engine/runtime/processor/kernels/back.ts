// The way back through attention and the gradients of weights (ops/training/), in parts that threads can share. Every sum runs
// in the order of the reference's, so that the number of threads changes no bit.

import { biasAt, capOf, maskEnd, maskStart } from '../../../ops/mask.ts'
import type { Params, ReferenceArgs } from '../../../ops/op.ts'
import { exp } from './exp.ts'
import type { PartsMaker } from './kernel.ts'

/** Rows of a gradient in one part; even. */
const ROWS = 4

const S = new Float64Array(8)
/** S = sums over t of two columns of dy times four of x; both begin where the first of them stands. */
function tile(dy: Float32Array, d: number, yStride: number, x: Float32Array, k: number, K: number, T: number): void {
  let [a0, a1, a2, a3, b0, b1, b2, b3] = [0, 0, 0, 0, 0, 0, 0, 0]
  for (let t = 0; t < T; t = (t + 1) | 0, d = (d + yStride) | 0, k = (k + K) | 0) {
    const [a, b] = [dy[d]!, dy[(d + 1) | 0]!]
    const [x0, x1, x2, x3] = [x[k]!, x[(k + 1) | 0]!, x[(k + 2) | 0]!, x[(k + 3) | 0]!]
    a0 += a * x0
    a1 += a * x1
    a2 += a * x2
    a3 += a * x3
    b0 += b * x0
    b1 += b * x1
    b2 += b * x2
    b3 += b * x3
  }
  S[0] = a0
  S[1] = a1
  S[2] = a2
  S[3] = a3
  S[4] = b0
  S[5] = b1
  S[6] = b2
  S[7] = b3
}
function sum(dy: Float32Array, d: number, yStride: number, x: Float32Array, k: number, K: number, T: number): number {
  let all = 0
  for (let t = 0; t < T; t++) all += dy[d + t * yStride]! * x[k + t * K]!
  return all
}

/** A part is ROWS rows of the weight. */
const outer: PartsMaker = ({ params, tensors }) => {
  const { K, N, yStride, yOffset, at } = params as Record<'K' | 'N' | 'yStride' | 'yOffset' | 'at', number>
  const { dy, x, dw } = tensors as Record<'dy' | 'x' | 'dw', Float32Array>
  const fours = K - (K % 4)
  return {
    parts: () => Math.ceil(N / ROWS),
    run(part, { T }) {
      const end = Math.min(N, (part + 1) * ROWS)
      for (let n = part * ROWS; n < end; n += 2) {
        const isPair = n + 1 < end
        for (let k = 0; isPair && k < fours; k += 4) {
          tile(dy, yOffset + n, yStride, x, k, K, T)
          for (let i = 0; i < 8; i++) dw[at + (n + (i >> 2)) * K + k + (i & 3)]! += S[i]!
        }
        for (let row = n; row < Math.min(end, n + 2); row++) {
          for (let k = isPair ? fours : 0; k < K; k++) {
            dw[at + row * K + k]! += sum(dy, yOffset + row, yStride, x, k, K, T)
          }
        }
      }
    },
  }
}

type Shape = Record<'H' | 'K' | 'd' | 'C' | 'cap', number>
/** P and dS of a pair, as pairOf leaves them */
const pair = { p: 0, change: 0 }
const both = new Float64Array(2)

/** q·k and dz·v of d columns each */
function dots(
  q: Float32Array,
  dz: Float32Array,
  at: number,
  k: Float32Array,
  v: Float32Array,
  from: number,
  d: number,
) {
  let [score, pull] = [0, 0]
  for (const end = at + d; at < end; at = (at + 1) | 0, from = (from + 1) | 0) {
    score += q[at]! * k[from]!
    pull += dz[at]! * v[from]!
  }
  both[0] = score
  both[1] = pull
}
/** sums += by x */
function addTo(sums: Float64Array, x: Float32Array, from: number, d: number, by: number): void {
  for (let i = 0; i < d; i = (i + 1) | 0) sums[i]! += by * x[(from + i) | 0]!
}

/** What both ways back share: P and dS of query t in head h and key j. */
function pairOf({ params, tensors }: Omit<ReferenceArgs, 'step'>) {
  const { q, kCache, vCache, lse, dz, delta } = tensors as Record<string, Float32Array>
  const { H, K, d, C, cap } = params as Shape
  const scale = Math.fround(params['scale']!)
  const isBiased = Boolean(params['biased'])
  return (t: number, h: number, j: number): typeof pair => {
    const row = t * H + h
    dots(q!, dz!, row * d, kCache!, vCache!, (Math.floor(h / (H / K)) * C + j) * d, d)
    const score = capOf(cap, both[0]! * scale)
    const slope = scale * (cap ? 1 - (score / cap) ** 2 : 1)
    pair.p = exp(score + (isBiased ? biasAt(params, tensors['bias'], h, t, j) : 0) - lse![row]!)
    pair.change = pair.p * (both[1]! - delta![row]!) * slope
    return pair
  }
}

/** A part is a token, in all heads. */
const attentionBackQ: PartsMaker = (args) => {
  const { H, K, d, C } = args.params as Shape
  const { kCache, dq } = args.tensors as Record<'kCache' | 'dq', Float32Array>
  const between = pairOf(args)
  const sums = new Float64Array(d)
  return {
    parts: ({ T }) => T,
    run(t, { prefix }) {
      for (let h = 0; h < H; h++) {
        const head = Math.floor(h / (H / K)) * C
        sums.fill(0)
        for (let j = maskStart(args.params, t), end = maskEnd(args.params, t, prefix); j < end; j++) {
          addTo(sums, kCache, (head + j) * d, d, between(t, h, j).change)
        }
        dq.set(sums, (t * H + h) * d)
      }
    },
  }
}

const sees = (params: Params, t: number, j: number, prefix: number): boolean =>
  j >= maskStart(params, t) && j < maskEnd(params, t, prefix)

/** A part is a key of one head. */
const attentionBackKv: PartsMaker = (args) => {
  const { H, K, d } = args.params as Shape
  const { q, dz, dkv } = args.tensors as Record<'q' | 'dz' | 'dkv', Float32Array>
  const between = pairOf(args)
  const [ofKey, ofValue] = [new Float64Array(d), new Float64Array(d)]
  const group = H / K
  return {
    parts: ({ T }) => T * K,
    run(part, { T, prefix }) {
      const [j, head] = [Math.floor(part / K), part % K]
      ofKey.fill(0)
      ofValue.fill(0)
      for (let t = 0; t < T; t++) {
        if (!sees(args.params, t, j, prefix)) continue
        for (let h = head * group; h < (head + 1) * group; h++) {
          const { p, change } = between(t, h, j)
          addTo(ofKey, q, (t * H + h) * d, d, change)
          addTo(ofValue, dz, (t * H + h) * d, d, p)
        }
      }
      dkv.set(ofKey, (j * 2 * K + head) * d)
      dkv.set(ofValue, (j * 2 * K + K + head) * d)
    },
  }
}

export const backKernels: Record<string, PartsMaker> = {
  outer,
  'attention-back-q': attentionBackQ,
  'attention-back-kv': attentionBackKv,
}
