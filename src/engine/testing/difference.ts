// How far two runs' rows are apart.

import { expect } from 'vitest'

/** Largest difference over the largest value; NaN wins. */
export function difference(got: readonly Float32Array[], want: readonly Float32Array[]): number {
  expect(got.map((row) => row.length)).toEqual(want.map((row) => row.length))
  let peak = 0,
    worst = 0
  want.forEach((row, i) =>
    row.forEach((v, j) => {
      const d = Math.abs(got[i]![j]! - v)
      peak = Math.max(peak, Math.abs(v))
      worst = d <= worst ? worst : d
    }),
  )
  return worst / peak
}
