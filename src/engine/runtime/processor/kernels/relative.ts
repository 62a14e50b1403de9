// Attention of XLNet (ops/attention-relative.ts), head by head. Its texts run in one piece, so all scores of a query stand
// in scratch as long as the cache.

import { queryAt, relativeEnd, relativeRow } from '../../../ops/attention-relative.ts'
import { exp } from './exp.ts'
import type { HeadKernel, Maker, PartsMaker } from './kernel.ts'

/** Called once per thread. */
export function createRelative(memory: ArrayBufferLike): Maker<HeadKernel> {
  const F32 = new Float32Array(memory)
  const U32 = new Uint32Array(memory)

  /** a . F32 from word b on */
  function dot(a: Float64Array, b: number, n: number): number {
    let sum = 0
    for (let i = 0; i < n; i = (i + 1) | 0) sum += a[i] * F32[(b + i) | 0]
    return sum
  }

  return ({ params, at }) => {
    const { H, d, C, ahead } = params as Record<'H' | 'd' | 'C' | 'ahead', number>
    const scale = Math.fround(params['scale']!)
    const { q, kCache, vCache, rel, bias, ids, z, lse } = at as Record<
      'q' | 'kCache' | 'vCache' | 'rel' | 'bias' | 'ids' | 'z' | 'lse',
      number
    >
    const [content, position, segment] = [0, 1, 2].map(() => new Float64Array(d)) as [
      Float64Array,
      Float64Array,
      Float64Array,
    ]
    const scores = new Float64Array(C)
    const sums = new Float64Array(d)
    const biasOf = (m: number, h: number): number => bias + (m * H + h) * d

    function attend(i: number, end: number, row: number, h: number): void {
      for (const [m, v] of [content, position, segment].entries()) {
        for (let n = 0; n < d; n++) v[n] = F32[q + row * d + n] + F32[biasOf(m, h) + n]
      }
      const same = dot(segment, biasOf(3, h), d)
      const other = dot(segment, biasOf(4, h), d)
      const own = U32[ids + i - ahead]
      let most = -Infinity
      for (let j = 0; j < end; j++) {
        const s =
          dot(content, kCache + (h * C + j) * d, d) +
          dot(position, rel + (relativeRow(i, j) * H + h) * d, d) +
          (U32[ids + j] === own ? same : other)
        scores[j] = s * scale
        if (!(scores[j] <= most)) most = scores[j]
      }
      let total = 0
      sums.fill(0)
      for (let j = 0; j < end; j++) {
        const w = exp(scores[j] - most)
        total += w
        for (let n = 0, v = vCache + (h * C + j) * d; n < d; n++) sums[n] += w * F32[v + n]
      }
      for (let n = 0; n < d; n++) F32[z + row * d + n] = sums[n] / total
      F32[lse + row] = most + Math.log(total)
    }

    return (t, h, step, behind = h + 1) => {
      const i = queryAt(params, step, t)
      for (; h < behind; h++) attend(i, relativeEnd(params, i, step.prefix), t * H + h, h)
    }
  }
}

/** What pictures of it add to products of queries and keys (ops/relative-bias.ts). A part is a query, in all heads. */
export const relativeBias: PartsMaker = ({ params, tensors, ids }) => {
  const { H, d, C, keys, rows, reach } = params as Record<'H' | 'd' | 'C' | 'keys' | 'rows' | 'reach', number>
  const scale = Math.fround(params['scale']!)
  const { q, kCache, rel, bias, y } = tensors as Record<'q' | 'kCache' | 'rel' | 'bias' | 'y', Float32Array>
  const [position, segment] = [new Float64Array(d), new Float64Array(d)]
  function dot(a: Float64Array | Float32Array, from: number, b: Float32Array, at: number): number {
    let sum = 0
    for (let n = 0; n < d; n = (n + 1) | 0) sum += a[(from + n) | 0] * b[(at + n) | 0]
    return sum
  }
  return {
    parts: ({ T }) => T,
    run(part, { pos }) {
      const i = pos + part
      for (let h = 0; h < H; h++) {
        const query = ((i % rows) * H + h) * d
        for (let n = 0; n < d; n++) {
          position[n] = q[query + n] + bias[(H + h) * d + n]
          segment[n] = q[query + n] + bias[(2 * H + h) * d + n]
        }
        const same = dot(segment, 0, bias, (3 * H + h) * d)
        const other = dot(segment, 0, bias, (4 * H + h) * d)
        const to = (h * reach + i) * reach
        for (let j = 0; j < keys; j++) {
          const s =
            dot(bias, h * d, kCache, (h * C + j) * d) +
            dot(position, 0, rel, (relativeRow(i, j) * H + h) * d) +
            (ids![j] === ids![i] ? same : other)
          y[to + j] = s * scale
        }
      }
    },
  }
}
