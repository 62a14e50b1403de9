// Attention over the KV cache (ops/attention.ts, ops/attention-masked.ts), head by head: scores of a block of keys, a
// running softmax, values; then z and the log-sum-exp of the scores. Blocks keep scores and values in the first-level cache,
// and scratch a constant size whatever the context. Which keys are seen: ops/mask.ts. The loops: attention-loops.ts.

import { ANY_HEAD, MASKED_EDGES_WORDS } from '../../../ops/masked-edges.ts'
import { biasAt, biasLength, maskEnd, maskStart } from '../../../ops/mask.ts'
import { BLOCK, attentionLoops, LANES, WIDEST } from './attention-loops.ts'
import { exp } from './exp.ts'
import type { HeadKernel, Maker } from './kernel.ts'

export type { HeadKernel } from './kernel.ts'

/** lse of a query from which every key is hidden, as the op's reference has it */
const NOTHING = -1e30

/**
 * Makes the kernel of a step of `attention`, or of `attention-masked` where `at` has `maskedEdges`. The list of masked
 * edges is read as it is when the kernel runs. Called once per thread.
 */
export function createAttention(memory: ArrayBufferLike): Maker<HeadKernel> {
  const F32 = new Float32Array(memory)
  const U32 = new Uint32Array(memory)
  const { Q, Z, S, score, gather } = attentionLoops(memory)
  const top = new Float64Array(LANES)
  const total = new Float64Array(LANES)

  /** S = e^(S - most) of n scores from s on; their sum. */
  function weigh(s: number, n: number, most: number): number {
    let sum = 0
    for (const end = s + n; s < end; s = (s + 1) | 0) {
      const w = exp(S[s] - most)
      S[s] = w
      sum += w
    }
    return sum
  }
  /** The largest of n scores from s on. One that is no number makes the sum of weights none, whatever is largest. */
  function largest(s: number, n: number): number {
    let most = -Infinity
    for (const end = s + n; s < end; s = (s + 1) | 0) {
      const one = S[s]
      if (!(one <= most)) most = one
    }
    return most
  }

  /** Scores of lane l become weights under its running maximum. */
  function soften(l: number, n: number, d: number): void {
    const most = largest(l * BLOCK, n)
    if (!(most <= top[l])) {
      const shrink = exp(top[l] - most)
      total[l] *= shrink
      for (let j = l * WIDEST; j < l * WIDEST + d; j++) Z[j] *= shrink
      top[l] = most
    }
    // while nothing is seen there is no difference to take
    if (top[l] === -Infinity) S.fill(0, l * BLOCK, l * BLOCK + n)
    else total[l] += weigh(l * BLOCK, n, top[l])
  }

  /** Hides from query and head, in lane l, the keys of [first, first + n) that masked edges name. */
  function hide(l: number, edges: number, count: number, h: number, query: number, first: number, n: number): void {
    for (let e = edges; e < edges + count * MASKED_EDGES_WORDS; e += MASKED_EDGES_WORDS) {
      const head = U32[e]
      if ((head !== h && head !== ANY_HEAD) || query < U32[e + 1] || query >= U32[e + 2]) continue
      const end = Math.min(n, U32[e + 4] - first)
      for (let i = Math.max(0, U32[e + 3] - first); i < end; i++) S[l * BLOCK + i] = -Infinity
    }
  }

  return ({ params, at }) => {
    const { H, K, d, C } = params as Record<'H' | 'K' | 'd' | 'C', number>
    const { q, kCache, vCache, z, lse } = at as Record<'q' | 'kCache' | 'vCache' | 'z' | 'lse', number>
    if (d > WIDEST) return null
    const group = H / K
    const scale = Math.fround(params['scale']!)
    const maskedEdges = at['maskedEdges'] ?? 0
    const edges = (at['maskedEdges'] !== undefined && params['count']) || 0
    const bias = params['biased'] ? new Float32Array(memory, at['bias']! * 4, biasLength(params, H)) : null

    /** Heads [h, h + lanes) of one key head. */
    function attend(lanes: number, query: number, row: number, h: number, start: number, end: number): void {
      for (let l = 0; l < lanes; l++) {
        for (let j = 0, from = q + (row + l) * d, to = l * WIDEST; j < d; j++) {
          Q[to + j] = F32[from + j] * scale
          Z[to + j] = 0
        }
        top[l] = -Infinity
        total[l] = 0
      }
      const keys = Math.floor(h / group) * C
      for (let first = start; first < end; first += BLOCK) {
        const n = Math.min(BLOCK, end - first)
        score(lanes, kCache + (keys + first) * d, n, d)
        for (let l = 0; l < lanes; l++) {
          if (bias) for (let i = 0; i < n; i++) S[l * BLOCK + i] += biasAt(params, bias, h + l, query, first + i)
          if (edges) hide(l, maskedEdges, edges, h + l, query, first, n)
          soften(l, n, d)
        }
        gather(lanes, vCache + (keys + first) * d, n, d)
      }
      for (let l = 0; l < lanes; l++) {
        const seen = top[l] !== -Infinity
        const share = seen ? 1 / total[l] : 0
        for (let j = 0, from = l * WIDEST, to = z + (row + l) * d; j < d; j++) F32[to + j] = Z[from + j] * share
        F32[lse + row + l] = seen ? top[l] + Math.log(total[l]) : NOTHING
      }
    }

    return (t, h, { T, pos }, behind = h + 1) => {
      const start = maskStart(params, pos + t),
        end = maskEnd(params, pos + t, pos + T)
      while (h < behind) {
        const left = Math.min(behind, (Math.floor(h / group) + 1) * group) - h
        // four are two pairs: a head alone takes longest
        const lanes = left === 4 ? 2 : Math.min(left, LANES)
        attend(lanes, pos + t, t * H + h, h, start, end)
        h += lanes
      }
    }
  }
}
