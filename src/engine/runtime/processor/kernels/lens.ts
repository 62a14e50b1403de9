// Rows of logits in a few numbers (ops/row-stats.ts): what the logit lens reads of them.

import { exp } from './exp.ts'
import type { Maker, RowKernel } from './kernel.ts'

export function createLens(memory: ArrayBufferLike): Record<string, Maker<RowKernel>> {
  const F32 = new Float32Array(memory)
  const U32 = new Uint32Array(memory)

  function largest(x: number, V: number): number {
    let most = -Infinity
    for (const end = x + V; x < end; x++) if (F32[x] > most) most = F32[x]
    return most
  }
  /** log of the sum of e^x. */
  function lseOf(x: number, V: number, most: number): number {
    let sum = 0
    for (const end = x + V; x < end; x++) sum += exp(F32[x] - most)
    return most + Math.log(sum)
  }
  /** How many come before token id: larger, or as large and listed earlier. */
  function rankOf(x: number, V: number, id: number): number {
    const own = F32[x + id]
    let rank = 0
    for (let i = 0; i < V; i++) if (F32[x + i] > own || (F32[x + i] === own && i < id)) rank++
    return rank
  }
  /** The k largest in order as (id, logit) from `to` on. */
  function list(x: number, V: number, k: number, to: number): void {
    const ids = new Int32Array(k)
    let held = 0
    for (let i = 0; i < V && k > 0; i++) {
      const v = F32[x + i]
      if (held === k && v <= F32[x + ids[k - 1]]) continue
      let n = held < k ? held++ : k - 1
      for (; n > 0 && F32[x + ids[n - 1]] < v; n--) ids[n] = ids[n - 1]
      ids[n] = i
    }
    ids.forEach((id, n) => F32.set([id, F32[x + id]], to + 2 * n))
  }

  return {
    'row-stats'({ params, at }) {
      const { V, k, targets, width } = params as Record<'V' | 'k' | 'targets' | 'width', number>
      const { x, ids, stats } = at as Record<'x' | 'ids' | 'stats', number>
      return (t, { T }) => {
        const own = x + t * V,
          last = x + U32[ids + t] * V,
          to = stats + t * width
        const most = largest(own, V)
        const lse = lseOf(own, V, most),
          lastLse = lseOf(last, V, largest(last, V))
        let entropy = 0,
          divergence = 0
        for (let i = 0; i < V; i++) {
          const a = F32[own + i] - lse,
            b = F32[last + i] - lastLse
          entropy -= exp(a) * a
          divergence += exp(b) * (b - a)
        }
        F32.set([most, lse, entropy, Math.max(divergence, 0)], to)
        list(own, V, k, to + 4)
        for (let n = 0; n < targets; n++) {
          const id = U32[ids + T + t * targets + n]
          F32.set([F32[own + id], rankOf(own, V, id)], to + 4 + 2 * k + 2 * n)
        }
      }
    },
  }
}
