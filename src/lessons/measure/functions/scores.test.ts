// Scores by hand, and against each other.

import { expect, test } from 'vitest'
import { parseExpression } from '../../predicate/parse.ts'
import { valueOf } from '../../predicate/evaluate.ts'
import { fn } from '../../predicate/functions.ts'
import { scoreFunctions } from './scores.ts'

const list = Array.from({ length: 24 }, (_, i) => (i % 3 === 0 ? 1 : 0))
const functions = new Map(
  Object.entries({
    ...scoreFunctions,
    rights: fn('', () => list),
    none: fn('', () => []),
    many: fn('', () => new Array<number>(10_001).fill(1)),
  }),
)
const value = (text: string) =>
  valueOf(parseExpression(text), { functions, runs: new Set(), words: new Map() } as never) as Promise<number>

test.each([
  ['f1("It was the garden.", "garden")', 2 / 5],
  ['f1("Mia was in the cave.", "mia was in the GARDEN")', 4 / 5],
  ['f1("the the the", "the cat")', 2 / 5], // a word counts as often as it stands in the key
  ['f1("小红在山洞。", "小红在花园。")', 3 / 5],
  ['f1("", "garden")', 0],
  ['rouge("c b a", "a b c")', 1 / 3], // all words, in another order
  ['f1("c b a", "a b c")', 1],
  ['rouge("a x b y c", "a b c")', 6 / 8],
  ['bleu("a b c d e", "a b c d e")', 1],
  ['bleu("a b c x", "a b c d")', 0], // no stretch of four
  // 5/6, 4/5, 3/4 and 2/3 of the stretches
  ['bleu("a b c d e x", "a b c d e f")', (5 / 6) ** 0.25 * (4 / 5) ** 0.25 * (3 / 4) ** 0.25 * (2 / 3) ** 0.25],
  ['bleu("a b c d", "a b c d e f")', Math.exp(1 - 6 / 4)], // too short
  ['bleu("", "garden")', 0],
])('%s', async (text, wanted) => {
  expect(await value(text)).toBeCloseTo(wanted, 12)
})

test('an interval is that of the normal distribution, nearly, and the same for the same seed', async () => {
  const half = await value('interval(rights(), 1)')
  expect(half).toBeGreaterThan(0.85 * 1.96 * Math.sqrt(((1 / 3) * (2 / 3)) / 24))
  expect(half).toBeLessThan(1.15 * 1.96 * Math.sqrt(((1 / 3) * (2 / 3)) / 24))
  expect(await value('interval(rights(), 1)')).toBe(half)
  expect(await value('interval([4, 4, 4])')).toBe(0)
  await expect(value('interval(none())')).rejects.toMatchObject({ code: 'LESSON_INVALID' })
  // of all cells of a head's attention the page stood still for a minute
  await expect(value('interval(many())')).rejects.toMatchObject({ facts: { reason: 'long', need: '10000' } })
})
