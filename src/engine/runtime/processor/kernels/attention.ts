// Attention over the KV cache (ops/attention.ts, ops/attention-masked.ts), head by head: scores of a block of keys, a
// running softmax, values; then z and the log-sum-exp of the scores. Blocks keep scores and values in the first-level cache,
// and scratch a constant size whatever the context. The loops: attention-loops.ts.

import { biasLength, maskEnd, maskStart } from '../../../ops/mask.ts'
import { MASKED_EDGES_WORDS } from '../../../ops/masked-edges.ts'
import { strandEntry, strandPosition } from '../../../ops/strands.ts'
import { attentionLoops, BLOCK, LANES, WIDEST } from './attention-loops.ts'
import { exp } from './exp.ts'
import type { HeadKernel, Maker } from './kernel.ts'
import { attentionScores, scoredOf } from './scores.ts'

export type { HeadKernel } from './kernel.ts'

/** lse of a query from which every key is hidden, as the op's reference has it */
const NOTHING = -1e30

/** Makes the kernel of a step of `attention`, or of `attention-masked`. Called once per thread. */
export function createAttention(memory: ArrayBufferLike): Maker<HeadKernel> {
  const F32 = new Float32Array(memory)
  const { Z, S, gather } = attentionLoops(memory)
  const { load, scores } = attentionScores(memory)
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

  return ({ params, at }) => {
    const { H, count = 0 } = params as { H: number; count?: number }
    const { q, kCache, vCache, z, lse, bias, maskedEdges } = at as Record<
      'q' | 'kCache' | 'vCache' | 'z' | 'lse',
      number
    > & { bias?: number; maskedEdges?: number }
    const scored = scoredOf(
      params,
      kCache,
      bias === undefined ? undefined : new Float32Array(memory, bias * 4, biasLength(params, H)),
      maskedEdges === undefined ? undefined : new Uint32Array(memory, maskedEdges * 4, count * MASKED_EDGES_WORDS),
    )
    if (!scored) return null
    const { d, C, group } = scored

    /** Heads [h, h + lanes) of one key head, keys [start, end); those from `apart` on stand one by one, at `entryOf` them. */
    function attend(
      lanes: number,
      query: number,
      row: number,
      h: number,
      start: number,
      end: number,
      apart = end,
      entryOf?: (key: number) => number,
    ): void {
      for (let l = 0; l < lanes; l++) {
        load(scored!, l, F32, q + (row + l) * d)
        Z.fill(0, l * WIDEST, l * WIDEST + d)
        top[l] = -Infinity
        total[l] = 0
      }
      const values = vCache + Math.floor(h / group) * C * d
      for (let first = start, n = 0; first < end; first += n) {
        n = first < apart ? Math.min(BLOCK, apart - first) : 1
        const entry = first < apart ? first : entryOf!(first)
        scores(scored!, lanes, h, query, first, n, entry)
        for (let l = 0; l < lanes; l++) soften(l, n, d)
        gather(lanes, values + entry * d, n, d)
      }
      for (let l = 0; l < lanes; l++) {
        const seen = top[l] !== -Infinity
        const share = seen ? 1 / total[l] : 0
        for (let j = 0, from = l * WIDEST, to = z + (row + l) * d; j < d; j++) F32[to + j] = Z[from + j] * share
        F32[lse + row + l] = seen ? top[l] + Math.log(total[l]) : NOTHING
      }
    }

    return (t, h, step, behind = h + 1) => {
      const own = step.pos + t,
        query = strandPosition(step, own)
      const start = maskStart(params, query),
        end = maskEnd(params, query, step.prefix)
      const apart = step.strands && params['causal'] !== 0 ? Math.min(end, step.strands.from) : end
      const entryOf = apart < end ? (key: number): number => strandEntry(step, own, key) : undefined
      while (h < behind) {
        const left = Math.min(behind, (Math.floor(h / group) + 1) * group) - h
        // four are two pairs: a head alone takes longest
        const lanes = left === 4 ? 2 : Math.min(left, LANES)
        attend(lanes, query, t * H + h, h, start, end, apart, entryOf)
        h += lanes
      }
    }
  }
}
