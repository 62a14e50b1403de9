// dx = dy W for training, on several threads: the threads turn rows of the weight, whatever its format, into a panel of numbers
// that they share, meet, and then each multiplies its own tokens with it. Every sum runs over the rows in order, in f64, so
// that the number of threads changes no bit.

import type { PlanStep } from '../../model/plan.ts'
import { dequantRow } from '../../quants/weight.ts'
import { referenceArgs, runReference, type ReferenceTensors } from '../reference.ts'
import { ownRows, type ThreadState, type Work } from './thread-state.ts'

/** Rows that a panel has at most: their gradients of four tokens stay in the first cache. */
const MOST_ROWS = 512

const S = new Float64Array(12)
const X = new Float64Array(4 * MOST_ROWS)

/**
 * S = sums of three columns by four tokens over n rows; tiles.ts has one like it over memory of its own, and a second instance
 * of that would make both slower.
 */
function tile(P: Float64Array, p: number, n: number): void {
  let [a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
  for (let x = 0, end = n << 2; x < end; x = (x + 4) | 0, p = (p + 3) | 0) {
    const a = P[p]!
    const b = P[(p + 1) | 0]!
    const c = P[(p + 2) | 0]!
    const x0 = X[x]!
    const x1 = X[(x + 1) | 0]!
    const x2 = X[(x + 2) | 0]!
    const x3 = X[(x + 3) | 0]!
    a0 += a * x0
    a1 += a * x1
    a2 += a * x2
    a3 += a * x3
    b0 += b * x0
    b1 += b * x1
    b2 += b * x2
    b3 += b * x3
    c0 += c * x0
    c1 += c * x1
    c2 += c * x2
    c3 += c * x3
  }
  S[0] = a0
  S[1] = b0
  S[2] = c0
  S[3] = a1
  S[4] = b1
  S[5] = c1
  S[6] = a2
  S[7] = b2
  S[8] = c2
  S[9] = a3
  S[10] = b3
  S[11] = c3
}

export function createMatmulBack(step: PlanStep, state: ThreadState, data: ReferenceTensors): Work {
  const { start, kernels, meet } = state
  const { placement, size, thread, threads } = start
  const P = kernels.sums
  const room = Math.max(size.chunk, 1) * placement.block
  const [panel, totals] = placement.sums.map((word) => word / 2) as [number, number]
  return (values) => {
    meet()
    const { tensors, params, weight } = referenceArgs(step, data, size)
    const { K, N, accumulate, yStride, yOffset } = params as Record<
      'K' | 'N' | 'accumulate' | 'yStride' | 'yOffset',
      number
    >
    const { dy, dx } = tensors as Record<'dy' | 'dx', Float32Array>
    const triples = Math.ceil(K / 3)
    const height = Math.min(N, MOST_ROWS, Math.floor(room / (3 * triples)))
    const { T } = values
    if (height < 1 || T * K > room) {
      if (thread === 0) runReference(step, data, size, values)
      return meet()
    }
    const row = new Float32Array(3 * triples)
    const rows = ownRows(start, T)
    for (let n0 = 0; n0 < N; n0 += height) {
      const n = Math.min(height, N - n0)
      for (let i = thread; i < n; i += threads) {
        dequantRow(weight!, n0 + i, row)
        for (let c = 0, p = panel + 3 * i; c < triples; c++, p += 3 * n) {
          P[p] = row[3 * c]!
          P[p + 1] = row[3 * c + 1]!
          P[p + 2] = row[3 * c + 2]!
        }
      }
      meet()
      for (let r = 0; r < rows.length; r += 4) {
        const tokens = Math.min(4, rows.length - r)
        // the places of tokens that are not there hold old numbers, which nobody reads
        for (let j = 0; j < tokens; j++) {
          for (let i = 0, y = rows[r + j]! * yStride + yOffset + n0; i < n; i++) X[4 * i + j] = dy[y + i]!
        }
        for (let c = 0; c < triples; c++) {
          tile(P, panel + c * 3 * n, n)
          const columns = Math.min(3, K - 3 * c)
          for (let j = 0; j < tokens; j++) {
            const at = rows[r + j]! * K + 3 * c
            for (let i = 0; i < columns; i++) {
              const sum = S[3 * j + i]! + (n0 > 0 ? P[totals + at + i]! : 0)
              if (n0 + n < N) P[totals + at + i] = sum
              else dx[at + i] = sum + (accumulate ? dx[at + i]! : 0)
            }
          }
        }
      }
      meet() // nobody reads the panel any more
    }
  }
}
