// What a weight loses in coarser steps: cases that can be worked out by hand.

import { expect, test } from 'vitest'
import { roundingError } from './weights.ts'

test.each<[string, number[], number, number, number]>([
  ['what lies on a step loses nothing', [-3, 0, 1, 2, 3, -1], 3, 6, 0],
  [
    'two bits are -1, 0, 1: a half goes up, less goes down',
    [2, 0.9, -1.1],
    2,
    3,
    Math.sqrt((0.81 + 0.81) / (4 + 0.81 + 1.21)),
  ],
  ['each group has its own scale', [100, 0, 3, 1], 2, 2, Math.sqrt(1 / (10_000 + 9 + 1))],
  ['one scale for all loses the small ones', [100, 0, 3, 1], 2, 4, Math.sqrt(10 / 10_010)],
  ['the last group may be short', [1, 1, 0.25], 2, 2, 0],
  ['nothing but zeros', [0, 0], 4, 2, 0],
])('%s', (_, values, bits, group, expected) => {
  expect(roundingError(Float32Array.from(values), bits, group)).toBeCloseTo(expected, 6)
})
