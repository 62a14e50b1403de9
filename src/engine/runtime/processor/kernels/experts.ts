// Which experts a token goes to, and what they say together: route, combine, add-gated (ops/route.ts …). What the experts
// compute in between is cut up among threads: experts.ts beside matmul.ts.

import { exp } from './exp.ts'
import type { Maker, RowKernel } from './kernel.ts'

export function createExpertRows(memory: ArrayBufferLike): Record<string, Maker<RowKernel>> {
  const F32 = new Float32Array(memory)

  /** The best of E scores from s on behind one of `score` and number `last`; -1 where none is. */
  function next(s: number, E: number, score: number, last: number): number {
    let best = -1
    for (let e = 0; e < E; e = (e + 1) | 0) {
      const v = F32[s + e]
      if ((v < score || (v === score && e > last)) && (best < 0 || v > F32[s + best])) best = e
    }
    return best
  }

  return {
    route({ params, at }) {
      const { E, top, renorm } = params as Record<'E' | 'top' | 'renorm', number>
      const { scores, probs, chosen, weights } = at as Record<'scores' | 'probs' | 'chosen' | 'weights', number>
      const parts = new Float64Array(E)
      return (t) => {
        const s = scores + t * E
        const first = next(s, E, Infinity, E)
        const most = first < 0 ? NaN : F32[s + first]
        let total = 0
        for (let e = 0; e < E; e++) total += parts[e] = exp(F32[s + e] - most)
        for (let e = 0; e < E; e++) F32[probs + t * E + e] = parts[e] / total
        let share = 0
        for (let j = 0, e = first; j < top; j++, e = next(s, E, F32[s + e], e)) {
          F32[chosen + t * top + j] = Math.max(e, 0) // where scores are no numbers, the probabilities say so
          share += e < 0 ? NaN : parts[e]
        }
        for (let j = t * top; j < (t + 1) * top; j++) {
          F32[weights + j] = parts[F32[chosen + j]] / (renorm ? share : total)
        }
      }
    },
    combine({ params, at }) {
      const { D, top } = params as Record<'D' | 'top', number>
      const { y, weights, out } = at as Record<'y' | 'weights' | 'out', number>
      const sums = new Float64Array(D)
      return (t) => {
        sums.fill(0)
        for (let j = t * top; j < (t + 1) * top; j++) {
          const weight = F32[weights + j]
          for (let i = 0, from = y + j * D; i < D; i++) sums[i] += weight * F32[from + i]
        }
        F32.set(sums, out + t * D)
      }
    },
    'add-gated'({ params, at }) {
      const { D } = params as Record<'D', number>
      const { x, gate, delta } = at as Record<'x' | 'gate' | 'delta', number>
      return (t) => {
        const open = 1 / (1 + exp(-F32[gate + t]))
        for (let i = t * D; i < (t + 1) * D; i++) F32[x + i] += open * F32[delta + i]
      }
    },
  }
}
