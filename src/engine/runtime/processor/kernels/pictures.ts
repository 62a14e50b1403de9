// What the inspector asks of attention and weights (ops/attention-probs.ts, ops/head-stats.ts, ops/row-stats.ts,
// ops/row-cosines.ts, ops/value-norms.ts), in parts that threads can share. Only keys must lie in the arena.

import { ABSENT } from '../../../ops/attention-probs.ts'
import { HEAD_STATS } from '../../../ops/head-stats.ts'
import { maskEnd, maskStart } from '../../../ops/mask.ts'
import { dequantRow } from '../../../quants/weight.ts'
import { attentionLoops, BLOCK } from './attention-loops.ts'
import { exp } from './exp.ts'
import type { PartsMaker } from './kernel.ts'
import { rowStats } from './lens.ts'
import { relativeBias } from './relative.ts'
import { attentionScores, scoredOf, type Scored } from './scores.ts'

/** Rows of a weight in one part. */
const ROWS = 64

/** A part is ROWS rows of the weight. */
const rowCosines: PartsMaker = ({ params, tensors, weight }) => {
  const { D, rowStart = 0, first, count } = params as Record<'D' | 'first' | 'count', number> & { rowStart?: number }
  const { x, y } = tensors as Record<'x' | 'y', Float32Array>
  const row = new Float32Array(D)
  return {
    parts: () => Math.ceil(count / ROWS),
    run(part) {
      let square = 0
      for (let k = 0; k < D; k++) square += x[k] * x[k]
      for (let i = part * ROWS; i < Math.min(count, (part + 1) * ROWS); i++) {
        const n = first + i - rowStart
        if (n < 0 || n >= weight!.rows) continue
        dequantRow(weight!, n, row)
        let own = 0,
          dot = 0
        for (let k = 0; k < D; k++) {
          own += row[k] * row[k]
          dot += row[k] * x[k]
        }
        const lengths = Math.sqrt(own) * Math.sqrt(square)
        y[i] = lengths > 0 ? dot / lengths : 0
      }
    },
  }
}

/** A part is a head: |W v|² = vᵀ (WᵀW) v, and WᵀW is d x d. */
const valueNorms: PartsMaker = ({ params, tensors }) => {
  const { H, K, d, C, keys, rows, more } = params as Record<'H' | 'K' | 'd' | 'C' | 'keys' | 'rows' | 'more', number>
  const { w, vCache, y } = tensors as Record<'w' | 'vCache' | 'y', Float32Array>
  const gram = new Float64Array(d * d)
  return {
    parts: () => H,
    run(h) {
      gram.fill(0)
      for (let n = 0, from = h * d; n < rows; n++, from += H * d) {
        for (let i = 0; i < d; i++) {
          const a = w[from + i]
          for (let j = 0; j <= i; j++) gram[i * d + j] += a * w[from + j]
        }
      }
      for (let key = 0, v = Math.floor(h / (H / K)) * C * d; key < keys; key++, v += d) {
        let sum = 0
        for (let i = 0; i < d; i++) {
          let a = 0
          for (let j = 0; j < i; j++) a += gram[i * d + j] * vCache[v + j]
          sum += vCache[v + i] * (2 * a + gram[i * d + i] * vCache[v + i])
        }
        y[h * keys + key] = sum + (more ? y[h * keys + key] : 0)
      }
    },
  }
}

/** By op. Called once per thread. */
export function createPictures(memory: ArrayBufferLike): Record<string, PartsMaker> {
  const { S } = attentionLoops(memory)
  const { load, scores } = attentionScores(memory)
  const stats = new Float64Array(HEAD_STATS)

  const scoredIn = ({ params, tensors, maskedEdges }: Parameters<PartsMaker>[0]): Scored | null => {
    const { buffer, byteOffset } = tensors['kCache']!
    return buffer === memory ? scoredOf(params, byteOffset / 4, tensors['bias'], maskedEdges) : null
  }

  /** A part is a row of cells of one head. */
  const attentionProbs: PartsMaker = (args) => {
    const scored = scoredIn(args)
    if (!scored) return null
    const { params, tensors } = args
    const { q, lse, cells } = tensors as Record<'q' | 'lse' | 'cells', Float32Array>
    const { H, prefix, rows, head, heads, r0, r1, c0, c1, tileRows, tileCols, poolR, poolC } = params as Record<
      | 'H'
      | 'prefix'
      | 'rows'
      | 'head'
      | 'heads'
      | 'r0'
      | 'r1'
      | 'c0'
      | 'c1'
      | 'tileRows'
      | 'tileCols'
      | 'poolR'
      | 'poolC',
      number
    >
    return {
      parts: () => heads * tileRows,
      run(part) {
        const h = head + Math.floor(part / tileRows),
          from = r0 + (part % tileRows) * poolR
        const out = cells.subarray(part * tileCols, (part + 1) * tileCols).fill(ABSENT)
        for (let r = from; r < Math.min(r1, from + poolR); r++) {
          const row = (r % rows) * H + h
          load(scored, 0, q, row * scored.d)
          const end = Math.min(c1, maskEnd(params, r, prefix))
          for (let first = Math.max(c0, maskStart(params, r)); first < end; first += BLOCK) {
            const n = Math.min(BLOCK, end - first)
            scores(scored, 1, h, r, first, n)
            for (let i = 0; i < n; i++) {
              if (S[i] === -Infinity) continue
              const cell = Math.floor((first + i - c0) / poolC)
              out[cell] = Math.max(out[cell], params['scores'] ? S[i] : exp(S[i] - lse[row]))
            }
          }
        }
      },
    }
  }

  /** A part is a query, in all heads. */
  const headStats: PartsMaker = (args) => {
    const scored = scoredIn(args)
    if (!scored) return null
    const { params, tensors } = args
    const { q, lse, stats: to } = tensors as Record<'q' | 'lse' | 'stats', Float32Array>
    const { H, prefix, rows, r0, r1 } = params as Record<'H' | 'prefix' | 'rows' | 'r0' | 'r1', number>
    const ids = args.ids!
    /** Adds n keys of query r from `first` on. */
    function count(r: number, first: number, n: number, lseOf: number): void {
      for (let i = 0; i < n; i++) {
        if (S[i] === -Infinity) continue
        stats[8]++
        const c = first + i,
          log = S[i] - lseOf,
          p = exp(log)
        if (c === 0) {
          stats[7] = p
          continue
        }
        if (c === r) stats[0] = p
        if (c === r - 1) stats[1] = p
        if (ids[c - 1] === ids[r]) {
          stats[2] += p
          stats[3] = 1
        }
        if (p > 0) stats[4] -= p * log
        stats[5] += p * Math.abs(r - c)
        stats[6] += p * (r - c) ** 2
      }
    }
    return {
      parts: () => r1 - r0,
      run(part) {
        const r = r0 + part,
          end = maskEnd(params, r, prefix)
        for (let h = 0; h < H; h++) {
          const row = (r % rows) * H + h
          stats.fill(0)
          load(scored, 0, q, row * scored.d)
          for (let first = maskStart(params, r); first < end; first += BLOCK) {
            const n = Math.min(BLOCK, end - first)
            scores(scored, 1, h, r, first, n)
            count(r, first, n, lse[row])
          }
          to.set(stats, (part * H + h) * HEAD_STATS)
        }
      },
    }
  }

  return {
    'attention-probs': attentionProbs,
    'head-stats': headStats,
    'relative-bias': relativeBias,
    'row-stats': rowStats,
    'row-cosines': rowCosines,
    'value-norms': valueNorms,
  }
}
