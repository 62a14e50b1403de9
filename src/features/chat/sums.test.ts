import { expect, test } from 'vitest'
import { sumOf, tokensIn } from './sums.ts'

test('sums of log-probability, surprisal and perplexity', () => {
  expect(sumOf([])).toBeNull()
  const halves = [Math.log(0.5), Math.log(0.25), Math.log(0.125)].map((logprob) => ({ logprob }))
  const sum = sumOf(halves)!
  expect(sum.count).toBe(3)
  expect(sum.logprob).toBeCloseTo(Math.log(1 / 64), 12)
  expect(sum.bits).toBeCloseTo(6, 12)
  expect(sum.perplexity).toBeCloseTo(4, 12)
  expect(sumOf([{ logprob: -Infinity }])).toMatchObject({ bits: Infinity, perplexity: Infinity })
})

test('the tokens that wrote a stretch, the first bytes of a character among them', () => {
  // "ab", "c", "" + "" + "字", "d"
  const starts = [0, 2, 3, 3, 3, 4, 5]
  expect(tokensIn(starts, 0, 5)).toEqual([0, 5])
  expect(tokensIn(starts, 1, 2)).toEqual([0, 0])
  expect(tokensIn(starts, 2, 3)).toEqual([1, 1])
  expect(tokensIn(starts, 3, 4)).toEqual([2, 4])
  expect(tokensIn(starts, 4, 5)).toEqual([5, 5])
  expect(tokensIn(starts, 5, 5)).toBeNull()
})
