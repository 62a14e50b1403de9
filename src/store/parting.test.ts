// Where two answers part: at a token, at an end, nowhere, or not yet; and what both held of the tokens there.

import { expect, test } from 'vitest'
import type { TokenEvent } from '../worker/protocol.ts'
import { heldAt, partingOf, sharedOf, textsOf } from './parting.ts'

const token = (id: number, text: string, logprob = -1, top: [number, number][] = []): TokenEvent => ({
  type: 'token',
  index: 0,
  position: 0,
  id,
  bytes: new Uint8Array(),
  text,
  logprob,
  rank: 0,
  entropy: 0,
  top: top.map(([one, p]) => ({ id: one, text: `t${one}`, logprob: Math.log(p) })),
  stages: [],
  draw: null,
})
const words = (...ids: number[]): TokenEvent[] => ids.map((id) => token(id, `w${id} `))
const over = (events: readonly TokenEvent[]) => ({ events, over: true })
const going = (events: readonly TokenEvent[]) => ({ events, over: false })

test('two answers part at the first token that differs, or where one ends', () => {
  expect(partingOf(over(words(1, 2, 3)), going(words(1, 2, 4)))).toEqual({ kind: 'parted', at: 2 })
  expect(partingOf(over(words(1, 2)), going(words(1, 2, 4)))).toEqual({ kind: 'ended', at: 2, side: 'a' })
  expect(partingOf(over(words(1, 2, 4)), over(words(1, 2)))).toEqual({ kind: 'ended', at: 2, side: 'b' })
  expect(partingOf(over(words(1, 2)), over(words(1, 2)))).toEqual({ kind: 'same' })
  expect(partingOf(over([]), over([]))).toEqual({ kind: 'same' })
  // B may still write what A wrote
  expect(partingOf(over(words(1, 2, 4)), going(words(1, 2)))).toEqual({ kind: 'open' })
  expect(partingOf(over(words(1, 2)), going(words(1, 2)))).toEqual({ kind: 'open' })
})

test('at the parting both sides say what they held of the best of both', () => {
  const a = [
    token(1, 'x'),
    token(5, 'y', Math.log(0.6), [
      [5, 0.6],
      [6, 0.3],
      [7, 0.01],
    ]),
  ]
  const b = [
    token(1, 'x'),
    token(8, 'z', Math.log(0.02), [
      [6, 0.5],
      [5, 0.25],
    ]),
  ]
  const found = heldAt(a, b, 1, 2)!
  const rounded = found.rows.map((row) => [row.id, row.a && +row.a.toFixed(2), row.b && +row.b.toFixed(2)])
  // 7 is none of A's best two; 8 was drawn by B though it is not among B's best
  expect(rounded).toEqual([
    [5, 0.6, 0.25],
    [6, 0.3, 0.5],
    [8, null, 0.02],
  ])
  expect(found.below.a).toBeCloseTo(0.01)
  expect(heldAt(a, b, 2, 2)).toBeNull()
  expect(sharedOf(a, b, 1)).toEqual([{ text: 'x', a: Math.exp(-1), b: Math.exp(-1) }])
})

test('the mark holds a whole character, where the token that differs is a part of one', () => {
  const events = [token(1, 'so '), token(2, ''), token(3, '猫'), token(4, ' sat')]
  expect(textsOf(events, 1)).toEqual(['so ', '猫', ' sat'])
  expect(textsOf(events, 0)).toEqual(['', 'so ', '猫 sat'])
  expect(textsOf(events, null)).toEqual(['so 猫 sat', '', ''])
  expect(textsOf(events, 4)).toEqual(['so 猫 sat', '', ''])
})
