// How near an answer comes to a key, as tests score it: by its words, in Chinese by its characters. Case and punctuation do
// not count. No model is asked.

import { fn } from '../../predicate/functions.ts'
import { invalid } from '../../problem.ts'
import { mean, type Functions } from './common.ts'

/** Resamples of a bootstrap. */
const SAMPLES = 2000
/** Numbers that a bootstrap takes: the page stands still for it, and a head's whole attention has millions of cells. */
const MOST = 10_000
const LONGEST = 4

const wordsIn = (text: string): string[] => text.toLowerCase().match(/\p{Script=Han}|[\p{L}\p{N}]+/gu) ?? []
const counted = (items: readonly string[]): Map<string, number> => {
  const counts = new Map<string, number>()
  for (const one of items) counts.set(one, (counts.get(one) ?? 0) + 1)
  return counts
}
/** How many of these are in the other list as well, each as often as it stands there at most. */
function shared(items: readonly string[], others: readonly string[]): number {
  const there = counted(others)
  return [...counted(items)].reduce((sum, [one, count]) => sum + Math.min(count, there.get(one) ?? 0), 0)
}
/** The harmonic mean of the shares that are common; 0 where nothing is. */
const balanced = (common: number, a: number, b: number): number => (common === 0 ? 0 : (2 * common) / (a + b))

/** Numbers below n, the same ones for the same seed (mulberry32). */
function dice(seed: number): (n: number) => number {
  let state = seed
  return (n) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * n)
  }
}
/** Words of both in the same order, however far apart. */
function common(a: readonly string[], b: readonly string[]): number {
  let row = new Array<number>(b.length + 1).fill(0)
  for (const one of a) {
    const next = [0]
    b.forEach((other, i) => next.push(one === other ? row[i]! + 1 : Math.max(row[i + 1]!, next[i]!)))
    row = next
  }
  return row.at(-1)!
}
/** Unsmoothed, of one key: 0 where no stretch of four words is common. */
function bleu(answer: readonly string[], key: readonly string[]): number {
  if (answer.length === 0) return 0
  let logs = 0
  for (let n = 1; n <= LONGEST; n++) {
    const stretches = (words: readonly string[]): string[] =>
      words.slice(n - 1).map((_, i) => words.slice(i, i + n).join('\n'))
    const own = stretches(answer)
    logs += Math.log(own.length === 0 ? 0 : shared(own, stretches(key)) / own.length) / LONGEST
  }
  return Math.exp(logs + Math.min(0, 1 - key.length / answer.length))
}

const score = (of: (answer: string[], key: string[]) => number) =>
  fn('text text', async (args) => of(wordsIn(await args.text(0)), wordsIn(await args.text(1))))

export const scoreFunctions: Functions = {
  /** of the words that answer and key share, in any order */
  f1: score((answer, key) => balanced(shared(answer, key), answer.length, key.length)),
  /** ROUGE-L: of those in the same order */
  rouge: score((answer, key) => balanced(common(answer, key), answer.length, key.length)),
  /** BLEU of stretches of up to four words, with its penalty for short answers */
  bleu: score(bleu),
  /** half the width of a mean's 95 % interval, by drawing as many again, with a seed, many times */
  interval: fn('numbers number?', async (args) => {
    const numbers = await args.numbers(0)
    if (numbers.length === 0) throw invalid('nothing', { found: args.name }, args.at)
    if (numbers.length > MOST) throw invalid('long', { found: numbers.length, need: MOST }, args.where(0))
    const below = dice(await args.whole(1, 0, 2 ** 31, 0))
    const means = Array.from({ length: SAMPLES }, () => mean(numbers.map(() => numbers[below(numbers.length)]!))).sort(
      (a, b) => a - b,
    )
    return (means[Math.ceil(0.975 * SAMPLES) - 1]! - means[Math.floor(0.025 * SAMPLES)]!) / 2
  }),
}
