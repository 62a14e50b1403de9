// Means by position.

import { expect, test } from 'vitest'
import { stretches } from './lengths.ts'

const text = (length: number, nats: (position: number) => number | null) =>
  Array.from({ length }, (_, position) => {
    const surprise = nats(position)
    return { position, logprob: surprise === null ? null : -surprise }
  })

test('every token counts once, in its own stretch', () => {
  const found = stretches(text(40, (p) => (p === 0 ? null : p < 8 ? 7 : p < 32 ? 1 : 3)))
  expect(found).toEqual([
    { from: 0, to: 8, surprise: 7 },
    { from: 8, to: 16, surprise: 1 },
    { from: 16, to: 24, surprise: 1 },
    { from: 24, to: 32, surprise: 1 },
    { from: 32, to: 40, surprise: 3 },
  ])
})

test('long texts have longer stretches, and none is across a trained length', () => {
  const found = stretches(text(500, (p) => p))
  expect(found).toHaveLength(16)
  expect(found.some(({ from, to }) => from < 64 && to > 64)).toBe(false)
  expect(found.at(-1)).toMatchObject({ from: 480, to: 500 })
})

test('of a short text, and where nothing was guessed, there is nothing to say', () => {
  expect(stretches(text(31, () => 1))).toEqual([])
  expect(stretches(text(64, () => null))).toEqual([])
  expect(stretches([])).toEqual([])
})
