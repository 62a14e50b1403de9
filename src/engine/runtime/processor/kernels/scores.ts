// Scores of queries against keys of the cache, as attention and the pictures of it want them: scaled, with what is added by
// distance, and -Infinity where the reader has masked the edge (ops/mask.ts, ops/masked-edges.ts).

import { biasAt } from '../../../ops/mask.ts'
import { ANY_HEAD, MASKED_EDGES_WORDS } from '../../../ops/masked-edges.ts'
import type { Params } from '../../../ops/op.ts'
import { attentionLoops, BLOCK, WIDEST } from './attention-loops.ts'
import { oncePerMemory } from './kernel.ts'

/** Where a step's keys are and what is done to their scores. */
export interface Scored {
  params: Params
  d: number
  /** entries of a key head's plane */
  C: number
  /** heads that share a key head */
  group: number
  scale: number
  /** scores are held within ±cap; 0: they are not */
  cap: number
  kCache: number
  bias: Float32Array | null
  /** those in force; read as they are when scores are computed */
  edges: Uint32Array | null
}

/**
 * Null where heads are too wide.
 * @param kCache the word that the cache begins at
 * @param maskedEdges a list of `count` of them at least
 */
export function scoredOf(
  params: Params,
  kCache: number,
  bias: Float32Array | undefined,
  maskedEdges: Uint32Array | undefined,
): Scored | null {
  const { H, K, d, C } = params as Record<'H' | 'K' | 'd' | 'C', number>
  if (d > WIDEST) return null
  return {
    params,
    d,
    C,
    group: H / K,
    scale: Math.fround(params['scale']!),
    cap: params['cap']!,
    kCache,
    bias: params['biased'] ? bias! : null,
    edges: maskedEdges && params['count'] ? maskedEdges.subarray(0, params['count'] * MASKED_EDGES_WORDS) : null,
  }
}

export const attentionScores = oncePerMemory((memory) => {
  const { Q, S, score } = attentionLoops(memory)

  /** Hides from query and head, in lane l, the keys of [first, first + n) that masked edges name. */
  function hide(l: number, edges: Uint32Array, h: number, query: number, first: number, n: number): void {
    for (let e = 0; e < edges.length; e += MASKED_EDGES_WORDS) {
      const head = edges[e]
      if ((head !== h && head !== ANY_HEAD) || query < edges[e + 1] || query >= edges[e + 2]) continue
      const end = Math.min(n, edges[e + 4] - first)
      for (let i = Math.max(0, edges[e + 3] - first); i < end; i++) S[l * BLOCK + i] = -Infinity
    }
  }

  function capAll(cap: number, lanes: number, n: number): void {
    for (let l = 0; l < lanes; l++) {
      for (let i = l * BLOCK; i < l * BLOCK + n; i++) S[i] = cap * Math.tanh(S[i] / cap)
    }
  }

  return {
    /** The query at q[from] goes into lane l. */
    load(of: Scored, l: number, q: Float32Array, from: number): void {
      for (let j = 0; j < of.d; j++) Q[l * WIDEST + j] = q[from + j] * of.scale
    },
    /**
     * Scores of heads [h, h + lanes) of a query against n keys from `first` on, at most a block: lane l from l * BLOCK.
     * @param entry where the first stands in the cache
     */
    scores(of: Scored, lanes: number, h: number, query: number, first: number, n: number, entry = first): void {
      score(lanes, of.kCache + (Math.floor(h / of.group) * of.C + entry) * of.d, n, of.d)
      if (of.cap) capAll(of.cap, lanes, n)
      if (!of.bias && !of.edges) return
      for (let l = 0; l < lanes; l++) {
        if (of.bias) {
          for (let i = 0; i < n; i++) S[l * BLOCK + i] += biasAt(of.params, of.bias, h + l, query, first + i)
        }
        if (of.edges) hide(l, of.edges, h + l, query, first, n)
      }
    },
  }
})
