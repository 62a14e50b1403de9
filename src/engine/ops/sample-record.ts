// What the kernels of `sample` are told and what they tell: settings as whole numbers, and 64 words for each token.

import { fixedWords, fromFixed } from './fixed.ts'
import type { Params } from './op.ts'

/** words of a token's record: 256 bytes */
export const RECORD_WORDS = 64
/** best tokens in it */
export const RECORD_TOP = 20
/** tokens that the kernels can put in order */
export const LISTED = 512
/** how many of the best are listed at least, where nothing or a deeper top-k says how many the draw needs */
const LISTED_BEST = 256
/** into how many parts a row is cut at most */
const MOST_PARTS = 1023
/** logits and scores that are computed with: below 2^13, and 2^22 with all that is added to them */
export const LARGEST_SCORE = 2 ** 22
export const LARGEST_LOGIT = 2 ** 13

/** bits behind the point of top-p and of uniform numbers */
export const UNIT_BITS = 63

/** Settings of a draw, in the sampler's words. */
export interface DrawSettings {
  temperature: number
  topK: number
  topP: number
  minP: number
  repetitionPenalty: number
  presencePenalty: number
  frequencyPenalty: number
  /** bias or penalties change scores */
  adjusted: boolean
}

/** Every stage is off. */
export const OFF: DrawSettings = {
  temperature: 1,
  topK: 0,
  topP: 1,
  minP: 0,
  repetitionPenalty: 1,
  presencePenalty: 0,
  frequencyPenalty: 0,
  adjusted: false,
}

/** How many of the best the draw needs, or may need where nothing but odds cuts them. */
const wanted = (V: number, { temperature, topK }: DrawSettings): number =>
  temperature === 0 ? 1 : topK > 0 && topK < V ? Math.min(topK, LISTED_BEST) : LISTED_BEST

/** @param V tokens of the vocabulary @param slots uniform numbers that are there */
export function sampleParams(V: number, slots: number, s: DrawSettings): Params {
  const pair = (name: string, [low, high]: [number, number]): Params => ({ [`${name}Low`]: low, [`${name}High`]: high })
  return {
    V,
    parts: Math.ceil(V / Math.ceil(V / MOST_PARTS)),
    want: Math.min(V, Math.max(RECORD_TOP, wanted(V, s))),
    adjusted: Number(s.adjusted),
    greedy: Number(s.temperature === 0),
    topK: s.topK,
    ...pair('draw', fixedWords(Math.LOG2E / (s.temperature || 1), 43)),
    ...pair('by', fixedWords(s.repetitionPenalty, 56)),
    ...pair('over', fixedWords(1 / s.repetitionPenalty, 56)),
    ...pair('presence', fixedWords(s.presencePenalty, 40)),
    ...pair('frequency', fixedWords(s.frequencyPenalty, 53)),
    ...pair('topP', fixedWords(s.topP, UNIT_BITS)),
    ...pair('minP', fixedWords(s.minP, 44)),
    slots,
  }
}

/** Candidates that are left, and their mass where the best of all has 1. */
export interface LeftOver {
  count: number
  mass: number
}

export interface DrawRecord {
  id: number
  /** 0: drawn. 1: not finite, or too large; 2: all the same, or too small to tell apart; 3: no token was found */
  flag: number
  logit: number
  /** 0 = the model's favourite */
  rank: number
  max: number
  /** tokens drawn before it since the draws were written */
  index: number
  listed: number
  /** of the model's own distribution: Σ e^(l - max), Σ e^(l - max) (max - l) */
  sum: number
  below: number
  /** of the whole vocabulary after temperature */
  mass: number
  topK: LeftOver
  topP: LeftOver
  minP: LeftOver
  /** of the token, where the best of all has 1 */
  weight: number
  /** the model's favourites, best first */
  top: { id: number; logit: number }[]
}

/** @param V tokens of the vocabulary */
export function readRecord(words: Uint32Array, V: number): DrawRecord {
  const floats = new Float32Array(words.buffer, words.byteOffset, words.length)
  const fixed = (at: number): number => fromFixed(words[at]!, words[at + 1]!, 44)
  const left = (at: number): LeftOver => ({ count: words[at]!, mass: fixed(at + 1) })
  return {
    id: words[0]!,
    flag: words[1]!,
    logit: floats[2]!,
    rank: words[3]!,
    max: floats[4]!,
    index: words[5]!,
    listed: words[6]!,
    sum: fixed(7),
    below: fixed(9) * Math.LN2,
    mass: fixed(11),
    topK: left(13),
    topP: left(16),
    minP: left(19),
    weight: fixed(22),
    top: Array.from({ length: Math.min(V, RECORD_TOP) }, (_, i) => ({
      id: words[24 + 2 * i]!,
      logit: floats[25 + 2 * i]!,
    })),
  }
}
