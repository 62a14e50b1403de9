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

/** Mean of p(t, t - period + 1) over the repeated tokens, by head. @param p (heads, n, n) */
export function prefixMatching(p: ArrayLike<number>, heads: number, n: number, period: number): number[] {
  return Array.from({ length: heads }, (_, h) => {
    let sum = 0
    for (let t = period; t < n; t++) sum += p[(h * n + t) * n + t - period + 1]!
    return sum / (n - period)
  })
}
