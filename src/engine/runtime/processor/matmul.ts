// y = x Wᵀ + bias on several threads.
//
// Few rows: the columns are cut into PARTS parts, shared out; each part's sums go to an area of its own, and when all
// have met, every thread adds the parts in the same order. A tall matrix, or one that has no cuts inside a row, is cut by
// rows. Many rows: each thread computes all of y for its own tokens. Sums are f64 until they are stored.

import type { PlanStep } from '../../model/plan.ts'
import { ownRows, ownSpan, takeOver, type ThreadState, type ThreadStep, type Work } from './thread-state.ts'
import type { RowContext } from './kernels/kernel.ts'
import { isTall, PARTS } from './memory.ts'

export function createMatmul(
  step: PlanStep,
  state: ThreadState,
  few: RowContext,
  many: RowContext,
): Pick<ThreadStep, 'few' | 'many'> | null {
  const { start, kernels, meet } = state
  const matrix = kernels.matrices(few.weight!)
  const { K, N, hasBias, accumulate, yStride, yOffset } = few.params as Record<
    'K' | 'N' | 'hasBias' | 'accumulate' | 'yStride' | 'yOffset',
    number
  >
  const { sums } = kernels
  const { block } = start.placement
  const areas = start.placement.sums.map((word) => word / 2) as [number, number]
  const bias = hasBias ? few.at['bias']! : -1

  /** Rows [n0, n1) of y from `parts` areas of sums, `apart` numbers apart; `from` has row n0's first. */
  const store = (y: number, n0: number, n1: number, from: number, parts: number, apart: number): void =>
    kernels.store(y + n0, n1 - n0, from, parts, apart, bias < 0 ? -1 : bias + n0, accumulate !== 0)
  const rowOf = (y: number, t: number): number => y + t * yStride + yOffset

  const parts = Math.min(PARTS, matrix.units)
  const byColumns: Work = ({ T }) => {
    const area = areas[(state.turn ^= 1) as 0 | 1]
    const [p0, p1] = ownSpan(start, parts)
    for (let t = 0; t < T; t++) {
      for (let p = p0; p < p1; p++) {
        const y = area + (t * parts + p) * N
        sums.fill(0, y, y + N)
        const [u0, u1] = [Math.floor((p * matrix.units) / parts), Math.floor(((p + 1) * matrix.units) / parts)]
        matrix.one(few.at['x']! + t * K, u0, u1, 0, N, y)
      }
    }
    meet()
    for (let t = 0; t < T; t++) store(rowOf(few.at['y']!, t), 0, N, area + t * parts * N, parts, N)
  }

  const byRows: Work = ({ T }) => {
    const area = areas[(state.turn ^= 1) as 0 | 1] + start.thread * block
    const [from, to] = ownSpan(start, N)
    meet() // nobody reads the first thread's y any more
    for (let n0 = from; n0 < to; n0 += block) {
      const n1 = Math.min(to, n0 + block)
      for (let t = 0; t < T; t++) {
        sums.fill(0, area, area + n1 - n0)
        matrix.one(few.at['x']! + t * K, 0, matrix.units, n0, n1, area - n0)
        store(rowOf(many.at['y']!, t), n0, n1, area, 1, 0)
      }
    }
    meet()
    takeOver(step, state, T)
  }

  return {
    few: isTall(N) || matrix.units === 1 ? byRows : byColumns,
    many({ T }) {
      const rows = ownRows(start, T)
      const xs = Int32Array.from(rows, (t) => many.at['x']! + t * K),
        ys = new Int32Array(rows.length)
      for (let n0 = 0; n0 < N; n0 += block) {
        const n1 = Math.min(N, n0 + block)
        rows.forEach((t, i) => {
          const y = areas[0] + t * block
          sums.fill(0, y, y + n1 - n0)
          ys[i] = y - n0
        })
        matrix.many(xs, ys, rows.length, n0, n1)
        rows.forEach((t) => store(rowOf(many.at['y']!, t), n0, n1, areas[0] + t * block, 1, 0))
      }
    },
  }
}
