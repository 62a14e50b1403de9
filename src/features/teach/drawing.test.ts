// Axes whose ends can be told apart, and a line of one point that is seen.

import { expect, test } from 'vitest'
import { formats } from '../../i18n/format.ts'
import { axisOf, lineThrough } from './drawing.ts'

test.each([
  [[0], [0, 1]],
  [
    [1e-9, 2e-9],
    [0, 1],
  ],
  [[4e-4], [0, 4e-4]],
  [
    [-2, -1],
    [-2, 0],
  ],
  [
    [-1, 3],
    [-1, 3],
  ],
])('the axis of %j is %j, and its ends are said differently', (values, axis) => {
  const [low, high] = axisOf(values)
  expect([low, high]).toEqual(axis)
  const format = formats('en')
  expect(format.short(low)).not.toBe(format.short(high))
})

test('one point is a stroke, several are a line', () => {
  expect(lineThrough([[10, 5]])).toBe('M7.0 5.0h6')
  expect(
    lineThrough([
      [1, 2],
      [3, 4],
    ]),
  ).toBe('M1.0 2.0L3.0 4.0')
})
