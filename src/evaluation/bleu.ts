// BLEU-4 as sacrebleu counts it: exponential smoothing, the length of the nearest key, 0 to 1 in place of 0 to 100. A
// corpus' score is made of its rows' counts, not of their scores.

import { counted, stretches } from './counts.ts'
import { tokens13a, tokensZh } from './words.ts'

const LONGEST = 4
export type BleuTokenizer = '13a' | 'zh'

/** Of one answer: stretches of 1 to 4 tokens that a key has as well, all of them, and both lengths. */
export interface BleuCounts {
  right: number[]
  all: number[]
  length: number
  keyLength: number
}

export function bleuCounts(answer: string, keys: readonly string[], tokenizer: BleuTokenizer): BleuCounts {
  const cut = tokenizer === 'zh' ? tokensZh : tokens13a
  const own = cut(answer)
  const wanted = keys.map(cut)
  const sizes = Array.from({ length: LONGEST }, (_, i) => i + 1)
  const right = sizes.map((n) => {
    const most = new Map<string, number>()
    for (const key of wanted) {
      for (const [one, count] of counted(stretches(key, n))) most.set(one, Math.max(count, most.get(one) ?? 0))
    }
    let sum = 0
    for (const [one, count] of counted(stretches(own, n))) sum += Math.min(count, most.get(one) ?? 0)
    return sum
  })
  const lengths = wanted.map(({ length }) => length)
  const apart = (length: number): number => Math.abs(length - own.length)
  // of two that are as near, the shorter one
  const keyLength = lengths.reduce(
    (near, one) => (apart(one) < apart(near) || (apart(one) === apart(near) && one < near) ? one : near),
    lengths[0] ?? 0,
  )
  return { right, all: sizes.map((n) => Math.max(0, own.length - n + 1)), length: own.length, keyLength }
}

/** @param effective of one sentence: stretches that are longer than it are left out, as sacrebleu's sentence_bleu does */
export function bleuOf(counts: readonly BleuCounts[], effective = false): number {
  const right = new Array<number>(LONGEST).fill(0)
  const all = [...right]
  let [length, keyLength] = [0, 0]
  // a bootstrap comes here thousands of times
  for (const one of counts) {
    length += one.length
    keyLength += one.keyLength
    for (let i = 0; i < LONGEST; i++) {
      right[i] = right[i]! + one.right[i]!
      all[i] = all[i]! + one.all[i]!
    }
  }
  if (right.every((n) => n === 0)) return 0
  let logs = 0
  let sizes = LONGEST
  let smooth = 1
  for (let i = 0; i < LONGEST; i++) {
    // a corpus in which no answer is that long: nothing to be right
    if (all[i] === 0) {
      if (!effective) return 0
      break
    }
    if (effective) sizes = i + 1
    if (right[i] === 0) smooth *= 2
    logs += Math.log(right[i] === 0 ? 1 / (smooth * all[i]!) : right[i]! / all[i]!)
  }
  return Math.exp(logs / sizes) * (length < keyLength ? Math.exp(1 - keyLength / length) : 1)
}
