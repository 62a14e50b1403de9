// ALiBi: each head's slope; and the sums of a program that rounds (Falcon RW), which adds to a score, by the key's position
// j, by · bf16(slope · j) with slope and j in bf16 themselves. That is no straight line, so it has a row for each position.

import { bfloatToFloat, floatToBfloat } from '../tensor/half.ts'

export interface KeyBiasSpec {
  kind: 'key-bias'
  by: number
}

/**
 * Slopes of H heads: 2^(-8(h+1)/p) for the first p, the largest power of two in H; then those between them.
 * Press et al. 2021, as transformers computes them.
 */
export function alibiSlopes(heads: number): Float32Array {
  const p = 2 ** Math.floor(Math.log2(heads))
  return Float32Array.from({ length: heads }, (_, h) =>
    h < p ? 2 ** ((-8 * (h + 1)) / p) : 2 ** ((-4 * (2 * (h - p) + 1)) / p),
  )
}

const rounded = (x: number): number => bfloatToFloat(floatToBfloat(x))

/** (count, heads) */
export function keyBias({ by }: KeyBiasSpec, heads: number, count: number): Float32Array {
  const slopes = alibiSlopes(heads).map(rounded)
  return Float32Array.from(
    { length: count * heads },
    (_, i) => by * rounded(slopes[i % heads]! * rounded(Math.floor(i / heads))),
  )
}
