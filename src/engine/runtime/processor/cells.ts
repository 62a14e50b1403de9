// A recurrent layer (ops/recurrent-cell.ts) on several threads. Tokens follow each other; the units of one are cut among
// the threads, each with the rows of all its gates, and all meet before the next.

import type { PlanStep } from '../../model/plan.ts'
import { ownSpan, takeOver, type ThreadState, type ThreadStep, type Work } from './thread-state.ts'
import { exp } from './kernels/exp.ts'
import type { RowContext } from './kernels/kernel.ts'
import { MAX_THREADS } from './memory.ts'

const sigmoid = (a: number): number => 1 / (1 + exp(-a))

/** Null where the sums of all gates have no room. */
export function createCells(
  step: PlanStep,
  state: ThreadState,
  few: RowContext,
  many: RowContext,
): Pick<ThreadStep, 'few' | 'many'> | null {
  const { start, kernels, meet, tensors } = state
  const { H, C, gates: count, hasBias } = few.params as Record<'H' | 'C' | 'gates' | 'hasBias', number>
  if (count * H > MAX_THREADS * start.placement.block) return null
  const matrix = kernels.matrices(few.weight!)
  const { sums } = kernels
  const { floats: F32 } = tensors
  const area = start.placement.sums[0] / 2
  const { state: h, gates, y } = many.at as Record<'state' | 'gates' | 'y', number>
  const [from, to] = ownSpan(start, H)

  /** Units [from, to) of one token. @param p its position @param x its row of inputs @param g its row of gates */
  function run(p: number, x: number, bias: number, g: number, y: number): void {
    const before = h + (p - 1) * H
    const [c, now] = [h + (C + p - 1) * H, h + p * H]
    for (let m = 0; m < count; m++) {
      const row = m * H
      sums.fill(0, area + row + from, area + row + to)
      if (p) matrix.one(before, 0, matrix.units, row + from, row + to, area)
      for (let n = row + from; n < row + to; n++) {
        const a = sums[area + n]! + F32[x + n]! + (hasBias ? F32[bias + n]! : 0)
        F32[g + n] = count === 1 || m === 2 ? Math.tanh(a) : sigmoid(a)
      }
    }
    for (let n = from; n < to; n++) {
      let out = F32[g + n]!
      if (count === 4) {
        const cell = out * F32[g + 2 * H + n]! + (p ? F32[g + H + n]! * F32[c + n]! : 0)
        F32[c + H + n] = cell
        out = F32[g + 3 * H + n]! * Math.tanh(cell)
      }
      F32[now + n] = out
      F32[y + n] = out
    }
  }
  const all =
    ({ at }: RowContext): Work =>
    ({ T, pos }) => {
      meet() // x of all tokens is there, and nobody reads the first thread's rows any more
      for (let t = 0; t < T; t++) {
        run(pos + t, at['x']! + t * count * H, at['bias']!, gates + t * count * H, y + t * H)
        meet()
      }
    }

  const shared = all(few)
  return {
    few(values) {
      shared(values)
      takeOver(step, state, values.T)
    },
    many: all(many),
  }
}
