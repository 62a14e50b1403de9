// How near an answer comes to a key, as tests score it: by its words, in Chinese by its characters. Case and punctuation do
// not count. No model is asked.

import { meanInterval } from '../../../evaluation/bootstrap.ts'
import { balanced, common, shared, stretches } from '../../../evaluation/counts.ts'
import { fn } from '../../predicate/functions.ts'
import { invalid } from '../../problem.ts'
import type { Functions } from './common.ts'

/** Numbers that a bootstrap takes: the page stands still for it, and a head's whole attention has millions of cells. */
const MOST = 10_000
const LONGEST = 4

const wordsIn = (text: string): string[] => text.toLowerCase().match(/\p{Script=Han}|[\p{L}\p{N}]+/gu) ?? []
/** Unsmoothed, of one key: 0 where no stretch of four words is common. */
function bleu(answer: readonly string[], key: readonly string[]): number {
  if (answer.length === 0) return 0
  let logs = 0
  for (let n = 1; n <= LONGEST; n++) {
    const own = stretches(answer, n)
    logs += Math.log(own.length === 0 ? 0 : shared(own, stretches(key, n)) / own.length) / LONGEST
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
    const { low, high } = meanInterval(numbers, await args.whole(1, 0, 2 ** 31, 0))!
    return (high - low) / 2
  }),
}
