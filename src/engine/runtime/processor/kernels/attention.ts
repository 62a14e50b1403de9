// Attention of one query head over the KV cache (ops/attention.ts, ops/attention-masked.ts): scores of a block of keys, a
// running softmax, values; then z and the log-sum-exp of the scores. Blocks keep scores and values in the first-level cache,
// and scratch a constant size whatever the context. Which keys are seen: ops/mask.ts.

import { ANY_HEAD, MASKED_EDGES_WORDS } from '../../../ops/masked-edges.ts'
import { biasAt, biasLength, maskEnd, maskStart } from '../../../ops/mask.ts'
import { exp } from './exp.ts'
import type { HeadKernel, Maker } from './kernel.ts'

export type { HeadKernel } from './kernel.ts'

/** Keys of a block. */
const BLOCK = 128
/** Widest head; & (WIDEST - 1) tells V8 that an index stays inside. */
const WIDEST = 1024
/** lse of a query from which every key is hidden, as the op's reference has it */
const NOTHING = Math.fround(-1e30) + Math.fround(Math.log(1e-30))

/** Makes the kernel of a step of `attention`, or of `attention-masked` where `at` has `maskedEdges`. */
export function createAttention(memory: ArrayBufferLike): Maker<HeadKernel> {
  const F32 = new Float32Array(memory)
  const U32 = new Uint32Array(memory)
  const X = new Float64Array(WIDEST)
  const Z = new Float64Array(WIDEST)
  const S = new Float64Array(BLOCK)

  /** S = scores of n keys that stand at k. */
  function score(k: number, n: number, d: number): void {
    const fours = d & ~3
    for (let i = 0; i < n; i = (i + 1) | 0) {
      let a = 0,
        b = 0,
        c = 0,
        e = 0
      let j = 0
      for (; j < fours; j = (j + 4) | 0, k = (k + 4) | 0) {
        a += F32[k] * X[j & (WIDEST - 1)]
        b += F32[(k + 1) | 0] * X[(j + 1) & (WIDEST - 1)]
        c += F32[(k + 2) | 0] * X[(j + 2) & (WIDEST - 1)]
        e += F32[(k + 3) | 0] * X[(j + 3) & (WIDEST - 1)]
      }
      for (; j < d; j = (j + 1) | 0, k = (k + 1) | 0) a += F32[k] * X[j & (WIDEST - 1)]
      S[i & (BLOCK - 1)] = a + b + (c + e)
    }
  }

  /** Z += S of n values that stand at v. */
  function gather(v: number, n: number, d: number): void {
    const fours = d & ~3
    let j = 0
    for (; j < fours; j = (j + 4) | 0) {
      let a = Z[j & (WIDEST - 1)],
        b = Z[(j + 1) & (WIDEST - 1)],
        c = Z[(j + 2) & (WIDEST - 1)],
        e = Z[(j + 3) & (WIDEST - 1)]
      for (let i = 0, at = (v + j) | 0; i < n; i = (i + 1) | 0, at = (at + d) | 0) {
        const w = S[i & (BLOCK - 1)]
        a += w * F32[at]
        b += w * F32[(at + 1) | 0]
        c += w * F32[(at + 2) | 0]
        e += w * F32[(at + 3) | 0]
      }
      Z[j & (WIDEST - 1)] = a
      Z[(j + 1) & (WIDEST - 1)] = b
      Z[(j + 2) & (WIDEST - 1)] = c
      Z[(j + 3) & (WIDEST - 1)] = e
    }
    for (; j < d; j = (j + 1) | 0) {
      let a = Z[j]
      for (let i = 0, at = (v + j) | 0; i < n; i = (i + 1) | 0, at = (at + d) | 0) a += S[i] * F32[at]
      Z[j] = a
    }
  }

  /** S = e^(S - top); their sum. */
  function weigh(n: number, top: number): number {
    let sum = 0
    for (let i = 0; i < n; i = (i + 1) | 0) {
      const w = exp(S[i & (BLOCK - 1)] - top)
      S[i & (BLOCK - 1)] = w
      sum += w
    }
    return sum
  }
  /** The largest of n scores. One that is no number makes the sum of weights none, whatever is largest. */
  function largest(n: number): number {
    let top = -Infinity
    for (let i = 0; i < n; i = (i + 1) | 0) {
      const s = S[i & (BLOCK - 1)]
      if (!(s <= top)) top = s
    }
    return top
  }

  /** Hides from query and head the keys of [first, first + n) that masked edges name. */
  function hide(edges: number, count: number, h: number, query: number, first: number, n: number): void {
    for (let e = edges; e < edges + count * MASKED_EDGES_WORDS; e += MASKED_EDGES_WORDS) {
      const head = U32[e]
      if ((head !== h && head !== ANY_HEAD) || query < U32[e + 1] || query >= U32[e + 2]) continue
      const end = Math.min(n, U32[e + 4] - first)
      for (let i = Math.max(0, U32[e + 3] - first); i < end; i++) S[i] = -Infinity
    }
  }

  return ({ params, at }) => {
    const { H, K, d, C } = params as Record<'H' | 'K' | 'd' | 'C', number>
    const { q, kCache, vCache, z, lse } = at as Record<'q' | 'kCache' | 'vCache' | 'z' | 'lse', number>
    if (d > WIDEST) return null
    const scale = Math.fround(params['scale']!)
    const maskedEdges = at['maskedEdges'] ?? 0
    const edges = (at['maskedEdges'] !== undefined && params['count']) || 0
    const bias = params['biased'] ? new Float32Array(memory, at['bias']! * 4, biasLength(params, H)) : null

    return (t, h, { T, pos }) => {
      const query = pos + t,
        row = t * H + h
      const end = maskEnd(params, query, pos + T)
      const keys = Math.floor(h / (H / K)) * C
      for (let j = 0; j < d; j++) {
        X[j] = F32[q + row * d + j] * scale
        Z[j] = 0
      }
      let top = -Infinity,
        total = 0
      for (let first = maskStart(params, query); first < end; first += BLOCK) {
        const n = Math.min(BLOCK, end - first)
        score(kCache + (keys + first) * d, n, d)
        if (bias) for (let i = 0; i < n; i++) S[i] += biasAt(params, bias, h, query, first + i)
        if (edges) hide(maskedEdges, edges, h, query, first, n)
        const most = largest(n)
        if (most === -Infinity) continue
        if (!(most <= top)) {
          const shrink = exp(top - most)
          total *= shrink
          for (let j = 0; j < d; j++) Z[j] *= shrink
          top = most
        }
        total += weigh(n, top)
        gather(vCache + (keys + first) * d, n, d)
      }
      const seen = top !== -Infinity
      const share = seen ? 1 / total : 0
      for (let j = 0; j < d; j++) F32[z + row * d + j] = Z[j] * share
      F32[lse + row] = seen ? top + Math.log(total) : NOTHING
    }
  }
}
