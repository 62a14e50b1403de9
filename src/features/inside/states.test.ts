// The states of an Elman network: by hand, and those of a tiny one that runs.

import { expect, test } from 'vitest'
import { movesOf, statesOf } from './states.ts'
import { tinyGlass } from './testing.ts'

const vector = (...values: number[]): Float32Array => Float32Array.from(values)

test('how far each token moves the state, and how alike each state is to the last', () => {
  const states = [vector(3, 4), vector(0, 0), vector(0, 2)]
  expect(movesOf(states, true)).toEqual([
    { by: 5, alike: 0.8 },
    { by: 5, alike: 0 },
    { by: 2, alike: 1 },
  ])
  expect(movesOf(states, false)[0]).toEqual({ by: null, alike: 0.8 })
})

test('of a network that runs: its states, token by token, the last as the card beside shows it', async () => {
  const glass = await tinyGlass('rnn_lm', 7)
  const states = await statesOf(glass, 0, 0, 5)
  const shown = await glass.probe({ site: 'gates', layer: 0, position: 5 })
  expect(states).toHaveLength(6)
  expect([...states.at(-1)!]).toEqual([...shown.values])
  // behind a tanh, and none like the one before
  expect(states.flatMap((state) => Array.from(state, Math.abs)).every((size) => size > 0 && size < 1)).toBe(true)
  const moves = movesOf(states, true)
  expect(moves.every(({ by }) => by! > 0.01)).toBe(true)
  expect(moves.at(-1)!.alike).toBeCloseTo(1, 6)
  expect(moves.slice(0, -1).every(({ alike }) => Math.abs(alike) < 0.999)).toBe(true)
})
