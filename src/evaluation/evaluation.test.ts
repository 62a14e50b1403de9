// Scores against their reference implementations (fixtures/evaluation.json), intervals against what they estimate.

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { contains, exactMatch, rougeL, rougeN, tokenF1 } from './answers.ts'
import { bleuCounts, bleuOf } from './bleu.ts'
import { bootstrap, meanInterval } from './bootstrap.ts'
import { bitsPerByte, calibration, perplexity, reciprocalRank, softmax } from './chances.ts'
import { calibrationOf, chosenOf, difference, metrics, scoreAnswer, scored, scoredRow, type Scored } from './scores.ts'
import { answerTokens, tokens13a, tokensZh } from './words.ts'

interface Golden {
  rows: {
    answer: string
    keys: string[]
    tokens: string[]
    exact: number
    f1: number
    rouge1: number
    rouge2: number
    rougeL: number
    bleu: number
  }[]
  corpus: number
  short: number
}
const golden = JSON.parse(readFileSync('fixtures/evaluation.json', 'utf8')) as Record<'13a' | 'zh', Golden> & {
  calibration: { sure: number[]; right: number[]; counts: number[]; error: number }
}

describe.each(['13a', 'zh'] as const)('as the references score: %s', (tokenizer) => {
  const { rows, corpus, short } = golden[tokenizer]
  test.each(rows)('$answer', ({ answer, keys, ...wanted }) => {
    expect((tokenizer === 'zh' ? tokensZh : tokens13a)(answer)).toEqual(wanted.tokens)
    expect(exactMatch(answer, keys)).toBe(wanted.exact)
    expect(tokenF1(answer, keys)).toBeCloseTo(wanted.f1, 12)
    expect(rougeN(answer, keys, 1)).toBeCloseTo(wanted.rouge1, 12)
    expect(rougeN(answer, keys, 2)).toBeCloseTo(wanted.rouge2, 12)
    expect(rougeL(answer, keys)).toBeCloseTo(wanted.rougeL, 12)
    expect(bleuOf([bleuCounts(answer, keys, tokenizer)], true)).toBeCloseTo(wanted.bleu, 12)
  })
  test('a corpus is scored by its counts', () => {
    expect(bleuOf(rows.map(({ answer, keys }) => bleuCounts(answer, keys, tokenizer)))).toBeCloseTo(corpus, 12)
    const { answer, keys } = tokenizer === 'zh' ? rows[1]! : rows[9]!
    expect(bleuOf([bleuCounts(answer, keys, tokenizer)])).toBeCloseTo(short, 12)
  })
})

test('of two keys that are as near the shorter one counts', () => {
  expect(bleuCounts('a b c', ['a b c d e', 'a'], '13a').keyLength).toBe(1)
  expect(bleuCounts('a', [], '13a').keyLength).toBe(0)
})
// MLQA's own range ends at U+9FA5: there 〇 is glued to its neighbours, and ROUGE would not see a rare name at all
test('a rare Chinese character is one, as any other', () => {
  expect(answerTokens('㐀𠀀，二〇 AI人々')).toEqual(['㐀', '𠀀', '二', '〇', 'ai', '人', '々'])
  expect(rougeL('㐀𠀀', ['𠀀'])).toBeCloseTo(2 / 3, 12)
  expect(tokenF1('二〇年', ['二〇'])).toBeCloseTo(0.8, 12)
})
test('a key is found as words, not as letters', () => {
  expect(contains('It was the garden.', ['a garden'])).toBe(1)
  expect(contains('gardening', ['garden'])).toBe(0)
  expect(contains('小红在花园里。', ['花园'])).toBe(1)
  expect(contains('anything', ['the'])).toBe(0)
})

test('calibration: bins by their upper edge', () => {
  const { sure, right, counts, error } = golden.calibration
  const found = calibration(sure.map((one, i) => ({ sure: one, right: right[i] === 1 })))
  expect(found.bins.map(({ n }) => n)).toEqual(counts)
  expect(found.error).toBeCloseTo(error, 12)
  expect(calibration([]).error).toBeNaN()
})
test('surprise: of a fair coin 2, and a bit for each toss', () => {
  const tosses = new Array<number>(8).fill(Math.log(0.5))
  expect(perplexity(tosses)).toBeCloseTo(2, 12)
  expect(bitsPerByte(tosses, 4)).toBeCloseTo(2, 12)
  expect(perplexity([-Infinity])).toBe(Infinity)
  expect(softmax([-1000, -1000 + Math.log(3)])).toEqual([expect.closeTo(0.25, 9), expect.closeTo(0.75, 9)])
  expect(softmax([-Infinity, -Infinity])).toEqual([0.5, 0.5])
})
test('ranks', () => {
  expect(reciprocalRank(['a', 'b'], ['b'])).toBe(0.5)
  expect(reciprocalRank([], ['b'])).toBe(0)
})

describe('intervals', () => {
  const list = Array.from({ length: 200 }, (_, i) => Number(i % 4 === 0))
  test('that of the normal distribution, nearly, and the same for the same seed', () => {
    const { low, high } = meanInterval(list, 3)!
    const half = 1.96 * Math.sqrt((0.25 * 0.75) / 200)
    expect(low).toBeGreaterThan(0.25 - 1.15 * half)
    expect(low).toBeLessThan(0.25 - 0.85 * half)
    expect(high).toBeGreaterThan(0.25 + 0.85 * half)
    expect(meanInterval(list, 3)).toEqual({ low, high })
    expect(meanInterval(list, 4)).not.toEqual({ low, high })
    expect(meanInterval([])).toBeNull()
    expect(meanInterval([2, 2])).toEqual({ low: 2, high: 2 })
  })
  test('of two systems on the same rows: the difference is surer than either', () => {
    // the second is right where the first is, and twice more
    const other = list.map((one, i) => (i === 1 || i === 2 ? 1 : one))
    const paired = meanInterval(other.map((one, i) => one - list[i]!))!
    const single = meanInterval(list)!
    expect(paired.high - paired.low).toBeLessThan((single.high - single.low) / 3)
    expect(bootstrap(2, (rows) => rows.length)).toEqual({ low: 2, high: 2 })
  })
})

describe('of a set', () => {
  const answers = (list: readonly string[]): Scored[] => list.map((one) => scoreAnswer(one, ['the garden'], '13a'))
  const choices: Scored[] = [
    { kind: 'choice', right: 0, logprobs: [-1, -2, -3], tokens: [1, 1, 1] },
    // right by the whole, wrong by the token
    { kind: 'choice', right: 1, logprobs: [-4, -3, -9], tokens: [4, 1, 4] },
    { kind: 'choice', right: 2, logprobs: [-1, -1, -1], tokens: [1, 1, 1] },
  ]
  test('each score is of its own rows', () => {
    const rows = [...answers(['garden', 'cave']), ...choices]
    expect(scored('exact', rows)).toEqual({ value: 0.5, n: 2, interval: { low: 0, high: 1 } })
    expect(scored('choice', rows)).toMatchObject({ value: 2 / 3, n: 3 })
    expect(scored('choicePerToken', rows)!.value).toBeCloseTo(1 / 3, 12)
    expect(scored('mrr', rows)!.value).toBeCloseTo((1 + 1 + 1 / 3) / 3, 12)
    expect(scored('perplexity', rows)).toBeNull()
    expect(chosenOf(choices[2] as never)).toBe(0)
    expect(calibrationOf(choices as never[]).bins[3]!.n).toBe(1)
    expect(scored('ece', rows)!.value).toBeCloseTo(calibrationOf(choices as never[]).error, 12)
    for (const metric of metrics) expect(scored(metric, [])).toBeNull()
  })
  test('texts count by their tokens and bytes, not each the same', () => {
    const rows: Scored[] = [
      { kind: 'text', logprob: -8 * Math.LN2, tokens: 8, bytes: 16 },
      { kind: 'text', logprob: 0, tokens: 8, bytes: 48 },
    ]
    expect(scored('perplexity', rows)!.value).toBeCloseTo(Math.SQRT2, 12)
    expect(scored('bitsPerByte', rows)!.value).toBeCloseTo(8 / 64, 12)
    expect(scoredRow('perplexity', rows[0]!)).toBeCloseTo(2, 12)
  })
  test('a row is looked at a few times, however often a bootstrap draws it: two thousand rows must not stop the page', () => {
    let looks = 0
    const rows = Array.from({ length: 50 }, (_, n): Scored => ({
      kind: 'choice',
      right: n % 3,
      tokens: [1, 2, 3],
      get logprobs() {
        looks++
        return [-1, -2 - n, -3]
      },
    }))
    for (const metric of ['choice', 'choicePerToken', 'mrr', 'ece'] as const) expect(scored(metric, rows)!.n).toBe(50)
    difference(
      'ece',
      rows.map((row) => [row, row] as const),
    )
    expect(looks).toBeLessThan(50 * 40)
  })
  test('one row has the score of a sentence', () => {
    expect(scoredRow('bleu', answers(['the garden'])[0]!)).toBeCloseTo(1, 12)
    expect(scored('bleu', answers(['the garden']))!.value).toBe(0) // no stretch of four
  })
  test('a difference is of the rows that both have', () => {
    const [a, b] = [answers(['garden', 'cave', 'cave', 'cave']), answers(['garden', 'garden', 'cave', 'cave'])]
    const pairs = a.map((one, i) => [one, b[i]!] as const)
    expect(difference('exact', pairs)).toMatchObject({ value: 0.25, n: 4, interval: { low: 0 } })
    expect(difference('exact', [...pairs, [choices[0]!, choices[0]!]])!.n).toBe(4)
    expect(
      difference(
        'f1',
        a.map((one) => [one, one] as const),
      ),
    ).toEqual({ value: 0, n: 4, interval: { low: 0, high: 0 } })
    expect(difference('choice', pairs)).toBeNull()
  })
})
