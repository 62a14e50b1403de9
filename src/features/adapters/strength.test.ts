// What is typed as a strength: within what the engine takes, in either language's hand, or nothing.

import { expect, test } from 'vitest'
import { least, most, readStrength } from './strength.ts'

test('a typed strength is a number that the engine takes, or none', () => {
  expect(['1', ' 0.35 ', '0,5', '−1.5', '-0', '1e1', '-99', '0.1000000001'].map(readStrength)).toEqual([
    1,
    0.35,
    0.5,
    -1.5,
    0,
    most,
    least,
    0.1,
  ])
  // -0 is no strength that anyone set
  expect(Object.is(readStrength('-0'), 0)).toBe(true)
  expect(['', ' ', 'loud', '1.2.3', 'NaN', 'Infinity'].map(readStrength)).toEqual([null, null, null, null, null, null])
})
