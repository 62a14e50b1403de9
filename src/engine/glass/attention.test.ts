import { expect, it } from 'vitest'
import { seeded } from '../ops/inputs.ts'
import { poolOf } from './attention.ts'
import { MAX_CELLS } from './types.ts'

it('pools no more than it must, and never beyond the limits', () => {
  const random = seeded(3),
    upTo = (max: number): number => 1 + Math.floor(random() ** 3 * max)
  for (let n = 0; n < 5000; n++) {
    const [heads, height, width] = [upTo(64), upTo(40_000), upTo(40_000)]
    const limits = { maxRows: upTo(40_000), maxCols: upTo(40_000) }
    const [r, c] = poolOf(heads, height, width, limits)
    const rows = Math.ceil(height / r),
      cols = Math.ceil(width / c)
    const facts = JSON.stringify({ heads, height, width, limits, r, c })
    expect(rows <= limits.maxRows && cols <= limits.maxCols && heads * rows * cols <= MAX_CELLS, facts).toBe(true)
    if (height <= limits.maxRows && width <= limits.maxCols && heads * height * width <= MAX_CELLS) {
      expect([r, c], facts).toEqual([1, 1])
    }
  }
  // what a probe and the attention error ask for: one row of every head
  expect(poolOf(32, 1, 32_768, { maxRows: 1, maxCols: 32_768 })).toEqual([1, 1])
})
