// Tables of a strip: what each value of each of its sixteen bytes of codes comes to against the activations x.
//
//   T[j][byte] = high[byte >> 4] x[column of it] + low[byte & 15] x[column of it]      16 x 256 f64, 32 kB: the first cache
//
// Built once per strip, it serves all rows: two 4-bit weights for one load and one add.
// For two tokens at once an entry is two whole numbers in one f64, the first token's 2^27 above the second's. Rounded are
// the entries (not weights, not x), and that so that no sum of a strip's sixteen reaches 2^26: sums stay exact below 2^53.
// Knows no format: levels and the order of codes are the format's (Strips).

import type { Strips } from '../../../quants/weight.ts'

/** What the first token's numbers are moved up by. */
export const FIELD = 2 ** 27
/** Adding and taking off 1.5 * 2^52 rounds a small f64 to a whole number. */
export const ROUND = 3 * 2 ** 51
// A strip's sum of rounded entries: sixteen, each two roundings of at most a half, below half a field.
const LARGEST = FIELD / 2 - 17

/** A table and its makers, for one thread. */
export interface Tables {
  /** T[256 j + byte] */
  T: Float64Array
  /** of the tokens in the table: what undoes the rounding's scale (one(): 1), and the sums of x */
  undo: Float64Array
  sums: Float64Array
  /** One token's table of the strip whose x begins at that word. */
  one(x: number, form: Strips): void
  /**
   * Two tokens'; false where an x is not finite, and nothing was made: one would spoil the other.
   *
   * @param top the most that a byte comes to beside the sum of its |x|
   */
  two(x0: number, x1: number, form: Strips, top: number): boolean
}

/** Called once per thread. */
export function createTables(memory: ArrayBufferLike): Tables {
  const F32 = new Float32Array(memory)
  const T = new Float64Array(16 * 256)
  const undo = new Float64Array(2)
  const sums = new Float64Array(2)
  // x of each token by the halves of bytes: high and low of byte 0, of byte 1 …
  const X = new Float64Array(64)
  const HIGH = new Float64Array(16)
  const LOW = new Float64Array(16)

  /** T[at + 16 h + l] = HIGH[h] + LOW[l] */
  function outer(at: number): void {
    const l0 = LOW[0]!
    const l1 = LOW[1]!
    const l2 = LOW[2]!
    const l3 = LOW[3]!
    const l4 = LOW[4]!
    const l5 = LOW[5]!
    const l6 = LOW[6]!
    const l7 = LOW[7]!
    for (let h = 0, t = at | 0; h < 16; h = (h + 1) | 0, t = (t + 16) | 0) {
      const high = HIGH[h]!
      T[t] = high + l0
      T[(t + 1) | 0] = high + l1
      T[(t + 2) | 0] = high + l2
      T[(t + 3) | 0] = high + l3
      T[(t + 4) | 0] = high + l4
      T[(t + 5) | 0] = high + l5
      T[(t + 6) | 0] = high + l6
      T[(t + 7) | 0] = high + l7
      T[(t + 8) | 0] = high + LOW[8]!
      T[(t + 9) | 0] = high + LOW[9]!
      T[(t + 10) | 0] = high + LOW[10]!
      T[(t + 11) | 0] = high + LOW[11]!
      T[(t + 12) | 0] = high + LOW[12]!
      T[(t + 13) | 0] = high + LOW[13]!
      T[(t + 14) | 0] = high + LOW[14]!
      T[(t + 15) | 0] = high + LOW[15]!
    }
  }

  /** Reads a token's x into X; returns the sum of |x|, which is not finite where one of x is not. */
  function read(x: number, order: Strips['order'], token: number): number {
    const at = token << 5
    let sum = 0
    let size = 0
    for (let j = 0; j < 16; j = (j + 1) | 0) {
      const h = F32[(x + (order === 'halves' ? j + 16 : order === 'pairs' ? j << 1 : j)) | 0]!
      const l = F32[(x + (order === 'pairs' ? (j << 1) + 1 : j)) | 0]!
      X[(at + (j << 1)) | 0] = h
      X[(at + (j << 1) + 1) | 0] = l
      sum += h + l
      size += Math.abs(h) + Math.abs(l)
    }
    // bytes read each x twice
    sums[token] = order === 'bytes' ? sum / 2 : sum
    return order === 'bytes' ? size / 2 : size
  }

  function one(x: number, { high, low, order }: Strips): void {
    read(x, order, 0)
    undo[0] = 1
    for (let j = 0; j < 16; j = (j + 1) | 0) {
      const h = X[j << 1]!
      const l = X[((j << 1) + 1) | 0]!
      for (let code = 0; code < 16; code = (code + 1) | 0) {
        HIGH[code] = high[code]! * h
        LOW[code] = low[code]! * l
      }
      outer(j << 8)
    }
  }

  /** Both tokens' product with a level as one number. */
  const packed = (level: number, first: number, second: number): number =>
    (level * first + ROUND - ROUND) * FIELD + (level * second + ROUND - ROUND)

  function two(x0: number, x1: number, { high, low, order }: Strips, top: number): boolean {
    const size0 = read(x0, order, 0)
    const size1 = read(x1, order, 1)
    if (!(size0 + size1 < Infinity)) return false
    const up0 = size0 > 0 ? LARGEST / (size0 * top) : 0
    const up1 = size1 > 0 ? LARGEST / (size1 * top) : 0
    undo[0] = up0 > 0 ? 1 / up0 : 0
    undo[1] = up1 > 0 ? 1 / up1 : 0
    for (let j = 0; j < 16; j = (j + 1) | 0) {
      const h0 = X[j << 1]! * up0
      const l0 = X[((j << 1) + 1) | 0]! * up0
      const h1 = X[((j << 1) + 32) | 0]! * up1
      const l1 = X[((j << 1) + 33) | 0]! * up1
      for (let code = 0; code < 16; code = (code + 1) | 0) {
        HIGH[code] = packed(high[code]!, h0, h1)
        LOW[code] = packed(low[code]!, l0, l1)
      }
      outer(j << 8)
    }
    return true
  }

  return { T, undo, sums, one, two }
}
