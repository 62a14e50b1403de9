// y = W_e x for the experts that each token chose (ops/expert-matmul.ts), on several threads.
//
// Few rows: all outputs of a token's experts in one line are cut among the threads, so that two of eight experts are one
// thread's. Many rows: each thread has its own tokens. A row's sum is always computed in one piece and alone: a token has
// the same bits whoever else is there.

import type { PlanStep } from '../../model/plan.ts'
import { ownRows, ownSpan, takeOver, type ThreadState, type ThreadStep } from './thread-state.ts'
import type { RowContext } from './kernels/kernel.ts'

export function createExperts(
  step: PlanStep,
  state: ThreadState,
  few: RowContext,
  many: RowContext,
): Pick<ThreadStep, 'few' | 'many'> {
  const { start, kernels, meet, tensors } = state
  const matrix = kernels.matrices(few.weight!)
  const { K, N, top, each } = few.params as Record<'K' | 'N' | 'top' | 'each', number>
  const { sums } = kernels
  const { block } = start.placement
  const area = start.placement.sums[1] / 2 + start.thread * block // in the first area a matmul of other tokens may be at work

  /** Outputs [from, to) of all `top * N` of token t. @param at where x and the chosen stand @param y where results go */
  function run(t: number, from: number, to: number, at: Record<string, number>, y: number): void {
    for (let j = Math.floor(from / N); j * N < to; j++) {
      const pick = t * top + j
      const x = at['x']! + (each ? pick : t) * K
      const first = tensors.floats[at['chosen']! + pick]! * N
      const end = Math.min(N, to - j * N)
      for (let n = Math.max(0, from - j * N); n < end; n += block) {
        const count = Math.min(block, end - n)
        sums.fill(0, area, area + count)
        matrix.one(x, 0, matrix.units, first + n, first + n + count, area - (first + n))
        kernels.store(y + pick * N + n, count, area, 1, 0, -1, false)
      }
    }
  }

  return {
    few({ T }) {
      const [from, to] = ownSpan(start, top * N)
      meet() // nobody reads the first thread's y any more
      for (let t = 0; t < T; t++) run(t, from, to, few.at, many.at['y']!)
      meet()
      takeOver(step, state, T)
    },
    many({ T }) {
      for (const t of ownRows(start, T)) run(t, 0, top * N, many.at, many.at['y']!)
    },
  }
}
