// Chance that comes again: mutants are named by the seed that made them.

export interface Dice {
  /** a whole number from 0 to n - 1 */
  (n: number): number
}

/** mulberry32 */
export function dice(seed: number): Dice {
  let state = seed >>> 0
  return (n) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * n)
  }
}

export const pick = <T>(roll: Dice, from: readonly T[]): T => from[roll(from.length)]!
