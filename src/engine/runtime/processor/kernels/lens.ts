// Rows of logits in a few numbers (ops/row-stats.ts): what the logit lens reads of them. A part is a row.

import { exp } from './exp.ts'
import type { PartsMaker } from './kernel.ts'

function largest(x: Float32Array): number {
  let most = -Infinity
  for (let i = 0; i < x.length; i++) if (x[i] > most) most = x[i]
  return most
}
/** log of the sum of e^x. */
function lseOf(x: Float32Array, most: number): number {
  let sum = 0
  for (let i = 0; i < x.length; i++) sum += exp(x[i] - most)
  return most + Math.log(sum)
}
/** How many come before token id: larger, or as large and listed earlier. */
function rankOf(x: Float32Array, id: number): number {
  const own = x[id]
  let rank = 0
  for (let i = 0; i < x.length; i++) if (x[i] > own || (x[i] === own && i < id)) rank++
  return rank
}
/** Indices of the k largest, in order. */
function largestIds(x: Float32Array, k: number): Int32Array {
  const ids = new Int32Array(k)
  let held = 0
  for (let i = 0; i < x.length && k > 0; i++) {
    const v = x[i]
    if (held === k && v <= x[ids[k - 1]]) continue
    let n = held < k ? held++ : k - 1
    for (; n > 0 && x[ids[n - 1]] < v; n--) ids[n] = ids[n - 1]
    ids[n] = i
  }
  return ids
}

export const rowStats: PartsMaker = ({ params, tensors, ids }) => {
  const { V, k, targets, width } = params as Record<'V' | 'k' | 'targets' | 'width', number>
  const { x, stats } = tensors as Record<'x' | 'stats', Float32Array>
  return {
    parts: ({ T }) => T,
    run(t, { T }) {
      const rowOf = (n: number): Float32Array => x.subarray(n * V, (n + 1) * V)
      const own = rowOf(t),
        last = rowOf(ids![t])
      const most = largest(own)
      const lse = lseOf(own, most),
        lastLse = lseOf(last, largest(last))
      let entropy = 0,
        divergence = 0
      for (let i = 0; i < V; i++) {
        const a = own[i] - lse,
          b = last[i] - lastLse
        entropy -= exp(a) * a
        divergence += exp(b) * (b - a)
      }
      const out = stats.subarray(t * width, (t + 1) * width)
      out.set([most, lse, entropy, Math.max(divergence, 0)])
      largestIds(own, k).forEach((id, n) => out.set([id, own[id]], 4 + 2 * n))
      for (let n = 0; n < targets; n++) {
        const id = ids![T + t * targets + n]
        out.set([own[id], rankOf(own, id)], 4 + 2 * k + 2 * n)
      }
    },
  }
}
