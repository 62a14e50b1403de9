// How sure a score is: draw as many rows again, with a seed, many times, and look where the middle 95 % of the scores lie.

import { mean } from './counts.ts'

/** Resamples of a bootstrap. */
export const SAMPLES = 2000

export interface Interval {
  low: number
  high: number
}

/** Numbers below n, the same ones for the same seed (mulberry32). */
export function dice(seed: number): (n: number) => number {
  let state = seed
  return (n) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * n)
  }
}

/**
 * The 95 % interval of any score of n rows.
 * @param score of the rows with these numbers; a row may come several times
 * @returns null of no row
 */
export function bootstrap(n: number, score: (rows: readonly number[]) => number, seed = 0): Interval | null {
  if (n === 0) return null
  const below = dice(seed)
  const scores = Array.from({ length: SAMPLES }, () => score(Array.from({ length: n }, () => below(n)))).sort(
    (a, b) => a - b,
  )
  return { low: scores[Math.floor(0.025 * SAMPLES)]!, high: scores[Math.ceil(0.975 * SAMPLES) - 1]! }
}
/** Of a mean. */
export const meanInterval = (numbers: readonly number[], seed = 0): Interval | null =>
  bootstrap(numbers.length, (rows) => mean(rows.map((i) => numbers[i]!)), seed)
