// y = x Wᵀ + bias for the inspector, whose tensors may lie outside of the arena: x is copied into the second area of sums,
// each thread computes its own tokens as a chunk's, and stores y where it is.

import type { PlanStep } from '../../model/plan.ts'
import { referenceArgs, runReference, type ReferenceTensors } from '../reference.ts'
import { ownRows, type ThreadState, type Work } from './thread-state.ts'

/** All threads meet before it and behind it. */
export function looseMatmul(step: PlanStep, state: ThreadState, data: ReferenceTensors): Work {
  const { start, kernels, tensors } = state
  const { placement, size, thread } = start
  const matrix = kernels.matrices(placement.weights[step.args['weight']!]!)
  const [area, room] = [placement.sums[0] / 2, placement.sums[1]]
  const { block } = placement
  return (values) => {
    const { tensors: given, params } = referenceArgs(step, data, size)
    const { K, N, hasBias, accumulate, yStride, yOffset } = params as Record<
      'K' | 'N' | 'hasBias' | 'accumulate' | 'yStride' | 'yOffset',
      number
    >
    const { x, bias, y } = given as { x: Float32Array; y: Float32Array; bias?: Float32Array }
    // tokens that there is room for at a time; whole pairs, as a pair's result is its own
    const most = Math.min(size.chunk, Math.floor((size.chunk * block * 2) / K))
    const pairs = most - (most % 2)
    if (pairs === 0 && values.T > most) {
      if (thread === 0) runReference(step, data, size, values)
      return
    }
    for (let first = 0; first < values.T; first += pairs || most) {
      const rows = ownRows(start, Math.min(pairs || most, values.T - first))
      for (const t of rows) tensors.floats.set(x.subarray((first + t) * K, (first + t + 1) * K), room + t * K)
      const xs = Int32Array.from(rows, (t) => room + t * K),
        ys = new Int32Array(rows.length)
      for (let n0 = 0; n0 < N; n0 += block) {
        const n1 = Math.min(N, n0 + block)
        rows.forEach((t, i) => {
          const from = area + t * block
          kernels.sums.fill(0, from, from + n1 - n0)
          ys[i] = from - n0
        })
        matrix.many(xs, ys, rows.length, n0, n1)
        rows.forEach((t, i) => {
          for (let n = n0, to = (first + t) * yStride + yOffset + n0; n < n1; n++, to++) {
            y[to] = kernels.sums[ys[i]! + n]! + (hasBias ? bias![n]! : 0) + (accumulate ? y[to]! : 0)
          }
        })
      }
    }
  }
}
