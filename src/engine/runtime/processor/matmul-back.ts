// dx = dy W for training, on several threads: the threads turn rows of the weight, whatever its format, into a panel of numbers
// that they share, meet, and then each multiplies its own tokens with it. Every sum runs over the rows in order, in f64, so
// that the number of threads changes no bit.

import type { PlanStep } from '../../model/plan.ts'
import { dequantRow } from '../../quants/weight.ts'
import { referenceArgs, runReference, type ReferenceTensors } from '../reference.ts'
import { ownRows, ownSpan, type ThreadState, type Work } from './thread-state.ts'

/** Rows that a panel has at most, and tokens whose gradients of them stand beside one another: they stay in the second cache. */
const [MOST_ROWS, MOST_TOKENS] = [512, 64]
/** Between the columns of a panel, in threes, so that a row's do not all fall into one set of the first cache. */
const GAP = 8

const S = new Float64Array(12)
const X = new Float64Array(MOST_TOKENS * MOST_ROWS)

/**
 * S = sums of three columns by four tokens over n rows; tiles.ts has one like it over memory of its own, and a second instance
 * of that would make both slower.
 */
function tile(P: Float64Array, p: number, n: number, x: number): void {
  let [a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
  const end = (x + (n << 2)) | 0
  for (; x < end; x = (x + 4) | 0, p = (p + 3) | 0) {
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

/** Sums of a tile's token j to dx, the last of their panels, or to the totals that the next panel adds to. */
function store(
  P: Float64Array,
  j: number,
  dx: Float32Array,
  at: number,
  columns: number,
  totals: number,
  place: { isFirst: boolean; isLast: boolean; adds: boolean },
): void {
  for (let i = 0; i < columns; i = (i + 1) | 0) {
    const sum = S[(3 * j + i) | 0]! + (place.isFirst ? 0 : P[(totals + at + i) | 0]!)
    if (!place.isLast) P[(totals + at + i) | 0] = sum
    else dx[(at + i) | 0] = place.adds ? dx[(at + i) | 0]! + sum : sum
  }
}

/** All threads meet before it and behind it. */
export function createMatmulBack(step: PlanStep, state: ThreadState, data: ReferenceTensors): Work {
  const { start, kernels, meet } = state
  const { placement, size, thread } = start
  const P = kernels.sums
  const room = Math.max(size.chunk, 1) * placement.block
  const [panel, totals] = placement.sums.map((word) => word / 2) as [number, number]
  let row = new Float32Array(0)
  return (values) => {
    const { tensors, params, weight } = referenceArgs(step, data, size)
    const { K, N, accumulate, yStride, yOffset } = params as Record<
      'K' | 'N' | 'accumulate' | 'yStride' | 'yOffset',
      number
    >
    const { dy, dx } = tensors as Record<'dy' | 'dx', Float32Array>
    const triples = Math.ceil(K / 3)
    const height = Math.min(N, MOST_ROWS, Math.floor((room / triples - GAP) / 3))
    const { T } = values
    if (height < 1 || T * K > room) {
      if (thread === 0) runReference(step, data, size, values)
      return
    }
    if (row.length !== 3 * triples) row = new Float32Array(3 * triples)
    const rows = ownRows(start, T)
    for (let n0 = 0; n0 < N; n0 += height) {
      const n = Math.min(height, N - n0)
      const apart = 3 * n + GAP
      if (n0 > 0) meet() // nobody reads the panel before any more
      const [from, to] = ownSpan(start, n)
      for (let i = from; i < to; i++) {
        dequantRow(weight!, n0 + i, row)
        for (let c = 0, p = panel + 3 * i; c < 3 * triples; c += 3, p += apart) {
          P[p] = row[c]!
          P[p + 1] = row[c + 1]!
          P[p + 2] = row[c + 2]!
        }
      }
      meet()
      const place = { isFirst: n0 === 0, isLast: n0 + n === N, adds: accumulate !== 0 }
      for (let r0 = 0; r0 < rows.length; r0 += MOST_TOKENS) {
        const own = Math.min(MOST_TOKENS, rows.length - r0)
        // the places of tokens that are not there hold old numbers, which nobody reads
        for (let r = 0; r < own; r++) {
          const x = (r >> 2) * 4 * n + (r & 3)
          for (let i = 0, y = rows[r0 + r]! * yStride + yOffset + n0; i < n; i++) X[x + 4 * i] = dy[y + i]!
        }
        for (let c = 0; c < triples; c++) {
          const columns = Math.min(3, K - 3 * c)
          for (let r = 0; r < own; r += 4) {
            tile(P, panel + c * apart, n, r * n)
            for (let j = 0, tokens = Math.min(4, own - r); j < tokens; j++) {
              store(P, j, dx, rows[r0 + r + j]! * K + 3 * c, columns, totals, place)
            }
          }
        }
      }
    }
  }
}
