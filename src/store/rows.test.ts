import { expect, test } from 'vitest'
import { aboutOf, absentHere, blanksOf, opensAt, wasGuessed } from './rows.ts'

const text = (...ids: number[]) => ids.map((id, position) => ({ id, position, special: id < 10 }))
const causal = { predicts: 'next', seen: 0, mask: null } as const
const filling = { predicts: 'own', seen: 5, mask: 4 } as const

test('a row of a causal model is about the token behind it, of one that reads both ways about its own', () => {
  expect(aboutOf(causal, 3)).toBe(4)
  expect(aboutOf(filling, 3)).toBe(3)
})

test('blanks are guessed; what is seen from everywhere is not', () => {
  const tokens = text(1, 40, 4, 41, 2)
  expect(tokens.map((t) => wasGuessed(filling, t))).toEqual([false, false, true, false, false])
  expect(tokens.map((t) => wasGuessed(causal, t))).toEqual([true, true, true, true, true])
  // a prefix, and the answer behind it
  expect(tokens.map((t) => wasGuessed({ ...causal, seen: 3 }, t))).toEqual([false, false, false, true, true])
  expect(blanksOf(filling, tokens)).toEqual([2])
  expect(blanksOf(causal, tokens)).toEqual([])
})

test('a text opens at its end, at its first blank, or at its first word', () => {
  expect(opensAt(causal, text(1, 40, 4, 4, 2))).toBe(4)
  expect(opensAt(filling, text(1, 40, 4, 4, 2))).toBe(2)
  expect(opensAt(filling, text(1, 40, 41, 2))).toBe(1)
  expect(opensAt(filling, text(1, 2))).toBe(1)
})

test('why a question has no answer can be explained', () => {
  const unsupported = [{ view: 'lens', reason: 'recurrent' }]
  expect(absentHere({ unsupported }, 'lens')).toEqual({ code: 'VIEW_ABSENT', message: '', facts: { why: 'recurrent' } })
  expect(absentHere({ unsupported }, 'sampling')).toBeNull()
})
