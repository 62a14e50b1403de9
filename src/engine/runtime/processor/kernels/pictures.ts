// What the inspector asks of attention and weights (ops/attention-probs.ts, ops/head-stats.ts, ops/row-cosines.ts,
// ops/value-norms.ts), in parts that threads can share.

import { ABSENT } from '../../../ops/attention-probs.ts'
import { HEAD_STATS } from '../../../ops/head-stats.ts'
import { maskEnd, maskStart } from '../../../ops/mask.ts'
import { dequantRow } from '../../../quants/weight.ts'
import { attentionLoops, BLOCK, WIDEST } from './attention-loops.ts'
import { exp } from './exp.ts'
import type { Maker, PartsKernel } from './kernel.ts'
import { viewOf } from './residual.ts'
import { createScores, scoredOf } from './scores.ts'

/** Rows of a weight in one part. */
const ROWS = 64

/** Called once per thread that runs them. */
export function createPictures(memory: ArrayBufferLike): Record<string, Maker<PartsKernel>> {
  const F32 = new Float32Array(memory)
  const U32 = new Uint32Array(memory)
  const { S } = attentionLoops(memory)
  const { load, scores } = createScores(memory)
  const stats = new Float64Array(HEAD_STATS)

  return {
    /** A part is a row of cells of one head. */
    'attention-probs'(context) {
      const scored = scoredOf(memory, context)
      if (!scored) return null
      const { params, at } = context
      const { q, lse, cells } = at as Record<'q' | 'lse' | 'cells', number>
      const { H, rows, head, heads, r0, r1, c0, c1, tileRows, tileCols, poolR, poolC } = params as Record<
        'H' | 'rows' | 'head' | 'heads' | 'r0' | 'r1' | 'c0' | 'c1' | 'tileRows' | 'tileCols' | 'poolR' | 'poolC',
        number
      >
      return {
        parts: heads * tileRows,
        run(part) {
          const h = head + Math.floor(part / tileRows),
            from = r0 + (part % tileRows) * poolR,
            out = cells + part * tileCols
          F32.fill(ABSENT, out, out + tileCols)
          for (let r = from; r < Math.min(r1, from + poolR); r++) {
            const row = (r % rows) * H + h
            load(scored, 0, q + row * scored.d)
            const end = Math.min(c1, maskEnd(params, r, c1))
            for (let first = Math.max(c0, maskStart(params, r)); first < end; first += BLOCK) {
              const n = Math.min(BLOCK, end - first)
              scores(scored, 1, h, r, first, n)
              for (let i = 0; i < n; i++) {
                if (S[i] === -Infinity) continue
                const cell = out + Math.floor((first + i - c0) / poolC)
                F32[cell] = Math.max(F32[cell], params['scores'] ? S[i] : exp(S[i] - F32[lse + row]))
              }
            }
          }
        },
      }
    },

    /** A part is a query, in all heads. */
    'head-stats'(context) {
      const scored = scoredOf(memory, context)
      if (!scored) return null
      const { params, at } = context
      const { q, lse, ids, stats: to } = at as Record<'q' | 'lse' | 'ids' | 'stats', number>
      const { H, rows, r0, r1 } = params as Record<'H' | 'rows' | 'r0' | 'r1', number>
      /** Adds n keys of query r from `first` on. */
      function count(r: number, first: number, n: number, lseOf: number): void {
        for (let i = 0; i < n; i++) {
          if (S[i] === -Infinity) continue
          const c = first + i,
            log = S[i] - lseOf,
            p = exp(log)
          if (c === 0) {
            stats[7] = p
            continue
          }
          if (c === r) stats[0] = p
          if (c === r - 1) stats[1] = p
          if (U32[ids + c - 1] === U32[ids + r]) {
            stats[2] += p
            stats[3] = 1
          }
          if (p > 0) stats[4] -= p * log
          stats[5] += p * Math.abs(r - c)
          stats[6] += p * (r - c) ** 2
        }
      }
      return {
        parts: r1 - r0,
        run(part) {
          const r = r0 + part,
            end = maskEnd(params, r, r1)
          for (let h = 0; h < H; h++) {
            const row = (r % rows) * H + h
            stats.fill(0)
            load(scored, 0, q + row * scored.d)
            for (let first = maskStart(params, r); first < end; first += BLOCK) {
              const n = Math.min(BLOCK, end - first)
              scores(scored, 1, h, r, first, n)
              count(r, first, n, F32[lse + row])
            }
            F32.set(stats, to + (part * H + h) * HEAD_STATS)
          }
        },
      }
    },

    /** A part is ROWS rows of the weight. */
    'row-cosines'({ params, at, weight: placed }) {
      const {
        D,
        rowStart = 0,
        first,
        count,
      } = params as Record<'D' | 'first' | 'count', number> & { rowStart?: number }
      const { x, y } = at as Record<'x' | 'y', number>
      const weight = viewOf(memory, placed!)
      const row = new Float32Array(D)
      return {
        parts: Math.ceil(count / ROWS),
        run(part) {
          let square = 0
          for (let k = 0; k < D; k++) square += F32[x + k] ** 2
          for (let i = part * ROWS; i < Math.min(count, (part + 1) * ROWS); i++) {
            const n = first + i - rowStart
            if (n < 0 || n >= weight.rows) continue
            dequantRow(weight, n, row)
            let own = 0,
              dot = 0
            for (let k = 0; k < D; k++) {
              own += row[k] * row[k]
              dot += row[k] * F32[x + k]
            }
            const lengths = Math.sqrt(own) * Math.sqrt(square)
            F32[y + i] = lengths > 0 ? dot / lengths : 0
          }
        },
      }
    },

    /** A part is a head: |W v|² = vᵀ (WᵀW) v, and WᵀW is d x d. */
    'value-norms'({ params, at }) {
      const { H, K, d, C, keys, rows, more } = params as Record<
        'H' | 'K' | 'd' | 'C' | 'keys' | 'rows' | 'more',
        number
      >
      if (d > WIDEST) return null
      const { w, vCache, y } = at as Record<'w' | 'vCache' | 'y', number>
      const gram = new Float64Array(d * d)
      return {
        parts: H,
        run(h) {
          gram.fill(0)
          for (let n = 0, from = w + h * d; n < rows; n++, from += H * d) {
            for (let i = 0; i < d; i++) {
              const a = F32[from + i]
              for (let j = 0; j <= i; j++) gram[i * d + j] += a * F32[from + j]
            }
          }
          for (let key = 0, v = vCache + Math.floor(h / (H / K)) * C * d; key < keys; key++, v += d) {
            let sum = 0
            for (let i = 0; i < d; i++) {
              let a = 0
              for (let j = 0; j < i; j++) a += gram[i * d + j] * F32[v + j]
              sum += F32[v + i] * (2 * a + gram[i * d + i] * F32[v + i])
            }
            F32[y + h * keys + key] = sum + (more ? F32[y + h * keys + key] : 0)
          }
        },
      }
    },
  }
}
