// What came of a set's rows, and every score that is made of them: of all rows, of one (to put the failures first), of rows
// drawn again (for its interval), and of the same rows in two systems (for the interval of the difference).

import { contains, exactMatch, rougeL, rougeN, tokenF1 } from './answers.ts'
import { bleuCounts, bleuOf, type BleuCounts, type BleuTokenizer } from './bleu.ts'
import { bootstrap, type Interval } from './bootstrap.ts'
import { bitsPerByte, calibration, perplexity, reciprocalRank, softmax } from './chances.ts'
import { mean } from './counts.ts'

export interface Answered {
  kind: 'question'
  exact: number
  f1: number
  contains: number
  rouge1: number
  rouge2: number
  rougeL: number
  bleu: BleuCounts
}
/** Log-probabilities of the whole of each choice, in nats, and its tokens. */
export interface Chosen {
  kind: 'choice'
  right: number
  logprobs: number[]
  tokens: number[]
}
/** The sum of its tokens' log-probabilities, how many they are, and the bytes that they say. */
export interface Surprise {
  kind: 'text'
  logprob: number
  tokens: number
  bytes: number
}
export type Scored = Answered | Chosen | Surprise

export function scoreAnswer(answer: string, keys: readonly string[], tokenizer: BleuTokenizer): Answered {
  return {
    kind: 'question',
    exact: exactMatch(answer, keys),
    f1: tokenF1(answer, keys),
    contains: contains(answer, keys),
    rouge1: rougeN(answer, keys, 1),
    rouge2: rougeN(answer, keys, 2),
    rougeL: rougeL(answer, keys),
    bleu: bleuCounts(answer, keys, tokenizer),
  }
}

/** The best first; of two that are as likely, the one that stands first. */
const order = (logs: readonly number[]): number[] => logs.map((_, i) => i).sort((a, b) => logs[b]! - logs[a]! || a - b)
const perToken = ({ logprobs, tokens }: Chosen): number[] => logprobs.map((one, i) => one / tokens[i]!)
/** The choice that is most likely as a whole. */
export const chosenOf = ({ logprobs }: Chosen): number => order(logprobs)[0]!
/** How sure it is of that one, of these choices. */
export const sureOf = (row: Chosen): number => softmax(row.logprobs)[chosenOf(row)]!
const saidOf = (row: Chosen) => ({ sure: sureOf(row), right: chosenOf(row) === row.right })
export const calibrationOf = (rows: readonly Chosen[]): ReturnType<typeof calibration> => calibration(rows.map(saidOf))

export const metrics = [
  'exact',
  'f1',
  'contains',
  'bleu',
  'rouge1',
  'rouge2',
  'rougeL',
  'choice',
  'choicePerToken',
  'mrr',
  'ece',
  'perplexity',
  'bitsPerByte',
] as const
export type Metric = (typeof metrics)[number]

interface Kind {
  kind: Scored['kind']
  /** less is better */
  less?: true
  /** of these rows a score of those with such numbers, at least one: a bootstrap asks it thousands of times */
  of: (rows: never) => (drawn: readonly number[]) => number
}
/** Each row is looked at once, however often it is drawn. */
const average = <T>(of: (row: T) => number) => ({
  of: (rows: readonly T[]) => {
    const values = rows.map(of)
    return (drawn: readonly number[]) => mean(drawn.map((i) => values[i]!))
  },
})
const question = (of: (row: Answered) => number) => ({ kind: 'question' as const, ...average(of) })
const choice = (of: (row: Chosen) => number) => ({ kind: 'choice' as const, ...average(of) })
const text = (of: (sum: Surprise) => number) => ({
  kind: 'text' as const,
  less: true as const,
  of: (rows: readonly Surprise[]) => (drawn: readonly number[]) => {
    const all: Surprise = { kind: 'text', logprob: 0, tokens: 0, bytes: 0 }
    for (const i of drawn) {
      const { logprob, tokens, bytes } = rows[i]!
      all.logprob += logprob
      all.tokens += tokens
      all.bytes += bytes
    }
    return of(all)
  },
})

const kinds: Readonly<Record<Metric, Kind>> = {
  exact: question((row) => row.exact),
  f1: question((row) => row.f1),
  contains: question((row) => row.contains),
  bleu: { kind: 'question', of: (rows: readonly Answered[]) => (drawn) => bleuOf(drawn.map((i) => rows[i]!.bleu)) },
  rouge1: question((row) => row.rouge1),
  rouge2: question((row) => row.rouge2),
  rougeL: question((row) => row.rougeL),
  choice: choice((row) => Number(chosenOf(row) === row.right)),
  choicePerToken: choice((row) => Number(order(perToken(row))[0] === row.right)),
  mrr: choice((row) => reciprocalRank(order(row.logprobs).map(String), [String(row.right)])),
  ece: {
    kind: 'choice',
    less: true,
    of: (rows: readonly Chosen[]) => {
      const said = rows.map(saidOf)
      return (drawn) => calibration(drawn.map((i) => said[i]!)).error
    },
  },
  perplexity: text(({ logprob, tokens }) => perplexity([logprob / tokens])),
  bitsPerByte: text(({ logprob, bytes }) => bitsPerByte([logprob], bytes)),
}
const scorerOf = (metric: Metric, rows: readonly Scored[]): ((drawn: readonly number[]) => number) =>
  (kinds[metric].of as (rows: readonly Scored[]) => (drawn: readonly number[]) => number)(rows)
const everyOne = ({ length }: readonly unknown[]): number[] => Array.from({ length }, (_, i) => i)

export const kindOf = (metric: Metric): Scored['kind'] => kinds[metric].kind
export const lessIsBetter = (metric: Metric): boolean => kinds[metric].less === true

export interface Score {
  value: number
  n: number
  interval: Interval
}
/** null where there is no row of that kind. */
export function scored(metric: Metric, rows: readonly Scored[], seed = 0): Score | null {
  const own = rows.filter(({ kind }) => kind === kinds[metric].kind)
  const of = scorerOf(metric, own)
  const interval = bootstrap(own.length, of, seed)
  return interval && { value: of(everyOne(own)), n: own.length, interval }
}
/** Of one row alone; BLEU as of a sentence. */
export const scoredRow = (metric: Metric, row: Scored): number =>
  metric === 'bleu' && row.kind === 'question' ? bleuOf([row.bleu], true) : scorerOf(metric, [row])([0])

/** How much more the second system has on the same rows, which are drawn together. null: no row of that kind. */
export function difference(
  metric: Metric,
  pairs: readonly (readonly [first: Scored, second: Scored])[],
  seed = 0,
): Score | null {
  const own = pairs.filter((pair) => pair.every(({ kind }) => kind === kinds[metric].kind))
  const [first, second] = [0, 1].map((i) =>
    scorerOf(
      metric,
      own.map((pair) => pair[i]!),
    ),
  ) as [(drawn: readonly number[]) => number, (drawn: readonly number[]) => number]
  const of = (drawn: readonly number[]): number => second(drawn) - first(drawn)
  const interval = bootstrap(own.length, of, seed)
  return interval && { value: of(everyOne(own)), n: own.length, interval }
}
