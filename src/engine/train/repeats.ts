// What an induction head learns from, and how far it is one (Olsson et al. 2022, arXiv 2209.11895): texts in which a block of
// tokens of chance comes over and over, and the attention from each repeated token to the one behind its last occurrence.

import { Pcg32 } from '../sampler/pcg.ts'

export interface Repeated {
  ids: number[]
  /** tokens of the block */
  period: number
}

/**
 * `count` texts of `length` tokens. Blocks have from `least` to half as many different ones, so that position alone says nothing.
 * @param words ids are below
 */
export function repeats(count: number, seed: number, words = 32, length = 32, least = 4): Repeated[] {
  const random = new Pcg32(BigInt(seed))
  const below = (n: number): number => Math.floor(random.uniform() * n)
  return Array.from({ length: count }, () => {
    const period = least + below(length / 2 - least + 1)
    const left = Array.from({ length: words }, (_, id) => id)
    const block = Array.from({ length: period }, () => left.splice(below(left.length), 1)[0]!)
    return { ids: Array.from({ length }, (_, t) => block[t % period]!), period }
  })
}

/** A head's attention p (n, n) from each repeated token to those behind its occurrences before, in the mean. */
export function prefixMatching(p: ArrayLike<number>, n: number, period: number): number {
  let sum = 0
  for (let t = period; t < n; t++) for (let at = t - period + 1; at > 0; at -= period) sum += p[t * n + at]!
  return sum / (n - period)
}

/** A head's attention from each token to the one before it, in the mean. */
export function previousToken(p: ArrayLike<number>, n: number): number {
  let sum = 0
  for (let t = 1; t < n; t++) sum += p[t * n + t - 1]!
  return sum / (n - 1)
}
