// A cell taken apart by hand.

import { expect, test } from 'vitest'
import { memoryOf, type Gates } from './memory.ts'

const gates = (i: number[], f: number[], g: number[]): Gates => [
  Float32Array.from(i),
  Float32Array.from(f),
  Float32Array.from(g),
  new Float32Array(i.length),
]
/** Two units: the first keeps half at every token, the second forgets at the third one. */
const told = [gates([1, 1], [0, 0], [3, 4]), gates([1, 0], [0.5, 1], [1, 1]), gates([0, 1], [0.5, 0], [1, -2])]

test('what is left of every token adds up to the cell', () => {
  const cell = Float32Array.from([0.5 * (0.5 * 3 + 1), -2])
  const { tokens, older, off } = memoryOf(told, cell, true)
  expect(tokens.map(({ norm }) => norm)).toEqual([0.75, 0.5, 2])
  expect(tokens.map(({ kept }) => kept)).toEqual([0.75 / 5, 0.5, 1])
  expect([older, off]).toEqual([0, 0])
})

test('what is older is the rest, and a sum that is not the cell is told', () => {
  const last = told.slice(1)
  expect(memoryOf(last, Float32Array.from([1.25, -2]), false)).toMatchObject({ older: 0.75, off: null })
  expect(memoryOf(told, Float32Array.from([1.5, -2]), true).off).toBeCloseTo(0.25, 12)
})

test('a token that writes nothing leaves nothing', () => {
  expect(memoryOf([gates([0], [1], [1])], new Float32Array(1), true).tokens).toEqual([{ norm: 0, kept: 0 }])
})
