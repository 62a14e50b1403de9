// Scores of queries against keys of the cache, as attention and the pictures of it want them: scaled, with what is added by
// distance, and -Infinity where the reader has masked the edge (ops/mask.ts, ops/masked-edges.ts).

import { biasAt, biasLength } from '../../../ops/mask.ts'
import { ANY_HEAD, MASKED_EDGES_WORDS } from '../../../ops/masked-edges.ts'
import type { Params } from '../../../ops/op.ts'
import { attentionLoops, BLOCK, WIDEST } from './attention-loops.ts'
import type { RowContext } from './kernel.ts'

/** Where a step's keys are and what is done to their scores. */
export interface Scored {
  params: Params
  d: number
  /** entries of a key head's plane */
  C: number
  /** heads that share a key head */
  group: number
  scale: number
  kCache: number
  bias: Float32Array | null
  /** place and number of the masked edges, which are read as they are when scores are computed */
  edges: number
  count: number
}

/** Null where heads are too wide. */
export function scoredOf(memory: ArrayBufferLike, { params, at }: RowContext): Scored | null {
  const { H, K, d, C } = params as Record<'H' | 'K' | 'd' | 'C', number>
  const edges = at['maskedEdges'] ?? 0
  return d > WIDEST
    ? null
    : {
        params,
        d,
        C,
        group: H / K,
        scale: Math.fround(params['scale']!),
        kCache: at['kCache']!,
        bias: params['biased'] ? new Float32Array(memory, at['bias']! * 4, biasLength(params, H)) : null,
        edges,
        count: (edges && params['count']) || 0,
      }
}

export function createScores(memory: ArrayBufferLike) {
  const F32 = new Float32Array(memory)
  const U32 = new Uint32Array(memory)
  const { Q, S, score } = attentionLoops(memory)

  /** Hides from query and head, in lane l, the keys of [first, first + n) that masked edges name. */
  function hide(l: number, edges: number, count: number, h: number, query: number, first: number, n: number): void {
    for (let e = edges; e < edges + count * MASKED_EDGES_WORDS; e += MASKED_EDGES_WORDS) {
      const head = U32[e]
      if ((head !== h && head !== ANY_HEAD) || query < U32[e + 1] || query >= U32[e + 2]) continue
      const end = Math.min(n, U32[e + 4] - first)
      for (let i = Math.max(0, U32[e + 3] - first); i < end; i++) S[l * BLOCK + i] = -Infinity
    }
  }

  return {
    /** The query at `from` goes into lane l. */
    load(of: Scored, l: number, from: number): void {
      for (let j = 0; j < of.d; j++) Q[l * WIDEST + j] = F32[from + j] * of.scale
    },
    /** Scores of heads [h, h + lanes) of a query against n keys from `first` on, at most a block: lane l from l * BLOCK. */
    scores(of: Scored, lanes: number, h: number, query: number, first: number, n: number): void {
      score(lanes, of.kCache + (Math.floor(h / of.group) * of.C + first) * of.d, n, of.d)
      if (!of.bias && !of.count) return
      for (let l = 0; l < lanes; l++) {
        if (of.bias) {
          for (let i = 0; i < n; i++) S[l * BLOCK + i] += biasAt(of.params, of.bias, h + l, query, first + i)
        }
        if (of.count) hide(l, of.edges, of.count, h + l, query, first, n)
      }
    },
  }
}
