// How far our numbers are from those that PyTorch wrote, for tests of training.

import type { Plan } from '../model/plan.ts'

/** The largest difference, as a part of the largest number that was expected. */
export function farthest(got: ArrayLike<number>, want: ArrayLike<number>): number {
  let [worst, peak] = [got.length < want.length ? Infinity : 0, 0]
  for (let i = 0; i < want.length; i++) {
    worst = Math.max(worst, Math.abs(got[i]! - want[i]!))
    peak = Math.max(peak, Math.abs(want[i]!))
  }
  return worst / peak
}

/**
 * What learns, by the names that the files have for it: a weight of the Plan may hold several tensors, one below the other.
 * @returns name without the adapter's, the first of its numbers, and how many
 */
export function partsOf(plan: Plan, name: string): { tensor: string; from: number; count: number }[] {
  const weight = plan.weights[name]
  const parts = weight
    ? weight.parts.map(({ tensor, rows }) => ({ tensor, count: rows * weight.cols }))
    : plan.vectors[name]!.parts.map(({ tensor, length }) => ({ tensor, count: length }))
  let from = 0
  return parts.map(({ tensor, count }) => {
    const part = { tensor: tensor.replace(/^adapters\/a\/base_model\.model\./, ''), from, count }
    from += count
    return part
  })
}
