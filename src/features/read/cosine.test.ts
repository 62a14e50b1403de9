// Cosines by hand.

import { expect, test } from 'vitest'
import { cosine } from './cosine.ts'

test('same direction, right angle, opposite, and nothing', () => {
  const of = (...v: number[]) => Float32Array.from(v)
  expect(cosine(of(1, 2), of(2, 4))).toBeCloseTo(1)
  expect(cosine(of(1, 0), of(0, 3))).toBe(0)
  expect(cosine(of(1, 1), of(-2, -2))).toBeCloseTo(-1)
  expect(cosine(of(0, 0), of(1, 1))).toBe(0)
})
