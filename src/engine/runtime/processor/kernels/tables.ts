// Tables of a strip: what each value of each of its bytes of codes comes to against the activations x.
//
//   T[j][byte] = the sum over the byte's columns of level[their bits] x[column]      256 f64 a byte, in the first cache
//
// Built once per strip, it serves all rows: two 4-bit weights for one load and one add, or four of 2 bits.
// For two tokens at once an entry is two whole numbers in one f64, the first token's 2^27 above the second's. Rounded are
// the entries (not weights, not x), and that so that no sum of a strip's bytes reaches 2^26: sums stay exact below 2^53.
// Knows no format: levels and the order of codes are the format's (Strips).

import type { Strips, StripPart } from '../../../quants/weight.ts'

/** What the first token's numbers are moved up by. */
export const FIELD = 2 ** 27
/** Adding and taking off 1.5 * 2^52 rounds a small f64 to a whole number. */
export const ROUND = 3 * 2 ** 51
/** bytes of the longest strip */
const BYTES = 20
/** A strip's sum of so many rounded entries, each two roundings of at most a half, stays below half a field. */
const largest = (bytes: number): number => FIELD / 2 - 1 - bytes

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
   * @param bytes of a strip
   * @param top the most that a column's bits come to together beside its |x|
   */
  two(x0: number, x1: number, form: Strips, bytes: number, top: number): boolean
}

/** Called once per thread. */
export function createTables(memory: ArrayBufferLike): Tables {
  const F32 = new Float32Array(memory)
  const T = new Float64Array(BYTES * 256)
  const undo = new Float64Array(2)
  const sums = new Float64Array(2)
  // x of each token, by column
  const X = new Float64Array(64)
  // what the halves of a byte come to, and of two tokens those of the second
  const HIGH = new Float64Array(16)
  const LOW = new Float64Array(16)
  const SECOND = new Float64Array(16)

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
  function read(x: number, columns: number, token: number): number {
    const at = token << 5
    let sum = 0
    let size = 0
    for (let k = 0; k < columns; k = (k + 1) | 0) {
      const v = F32[(x + k) | 0]!
      X[(at + k) | 0] = v
      sum += v
      size += Math.abs(v)
    }
    sums[token] = sum
    return size
  }

  /** out[h] = what half a byte with value h comes to: half number i of the part, of the token whose x lie from `at` on. */
  function halfByte(out: Float64Array, { bits, levels, columns }: StripPart, i: number, at: number, by: number): void {
    if (bits === 8) {
      const x = X[(at + columns[i >> 1]!) | 0]! * by
      const up = (i & 1) << 2
      for (let h = 0; h < 16; h = (h + 1) | 0) out[h] = levels[h << up]! * x
    } else if (bits === 4) {
      const x = X[(at + columns[i]!) | 0]! * by
      for (let h = 0; h < 16; h = (h + 1) | 0) out[h] = levels[h]! * x
    } else if (bits === 2) {
      const x0 = X[(at + columns[i << 1]!) | 0]! * by
      const x1 = X[(at + columns[(i << 1) + 1]!) | 0]! * by
      for (let h = 0; h < 16; h = (h + 1) | 0) out[h] = levels[h & 3]! * x0 + levels[h >> 2]! * x1
    } else {
      const x0 = X[(at + columns[i << 2]!) | 0]! * by
      const x1 = X[(at + columns[(i << 2) + 1]!) | 0]! * by
      const x2 = X[(at + columns[(i << 2) + 2]!) | 0]! * by
      const x3 = X[(at + columns[(i << 2) + 3]!) | 0]! * by
      for (let h = 0; h < 16; h = (h + 1) | 0) {
        out[h] = levels[h & 1]! * x0 + levels[(h >> 1) & 1]! * x1 + levels[(h >> 2) & 1]! * x2 + levels[h >> 3]! * x3
      }
    }
  }

  /** The table of byte number j of a part whose levels are no sums. */
  function alone(at: number, { levels, columns }: StripPart, j: number): void {
    const x = X[columns[j]!]!
    for (let b = 0, t = at | 0; b < 128; b = (b + 1) | 0, t = (t + 1) | 0) {
      const value = levels[b]! * x
      T[t] = value
      T[(t + 128) | 0] = -value
    }
  }
  function aloneForTwo(at: number, { levels, columns }: StripPart, j: number, up0: number, up1: number): void {
    const x0 = X[columns[j]!]! * up0
    const x1 = X[(columns[j]! + 32) | 0]! * up1
    for (let b = 0, t = at | 0; b < 128; b = (b + 1) | 0, t = (t + 1) | 0) {
      const level = levels[b]!
      const value = (level * x0 + ROUND - ROUND) * FIELD + (level * x1 + ROUND - ROUND)
      T[t] = value
      T[(t + 128) | 0] = -value
    }
  }

  function one(x: number, { columns, parts }: Strips): void {
    read(x, columns, 0)
    undo[0] = 1
    let t = 0
    for (const part of parts) {
      for (let j = 0; j < part.bytes; j = (j + 1) | 0, t = (t + 256) | 0) {
        if (part.mirrored) alone(t, part, j)
        else {
          halfByte(LOW, part, j << 1, 0, 1)
          halfByte(HIGH, part, (j << 1) + 1, 0, 1)
          outer(t)
        }
      }
    }
  }

  /** Both tokens' numbers for half a byte as one. */
  function bothHalves(out: Float64Array, part: StripPart, i: number, up0: number, up1: number): void {
    halfByte(out, part, i, 0, up0)
    halfByte(SECOND, part, i, 32, up1)
    for (let h = 0; h < 16; h = (h + 1) | 0) {
      out[h] = (out[h]! + ROUND - ROUND) * FIELD + (SECOND[h]! + ROUND - ROUND)
    }
  }

  function two(x0: number, x1: number, { columns, parts }: Strips, bytes: number, top: number): boolean {
    const size0 = read(x0, columns, 0)
    const size1 = read(x1, columns, 1)
    if (!(size0 + size1 < Infinity)) return false
    const room = largest(bytes)
    const up0 = size0 > 0 ? room / (size0 * top) : 0
    const up1 = size1 > 0 ? room / (size1 * top) : 0
    undo[0] = up0 > 0 ? 1 / up0 : 0
    undo[1] = up1 > 0 ? 1 / up1 : 0
    let t = 0
    for (const part of parts) {
      for (let j = 0; j < part.bytes; j = (j + 1) | 0, t = (t + 256) | 0) {
        if (part.mirrored) aloneForTwo(t, part, j, up0, up1)
        else {
          bothHalves(LOW, part, j << 1, up0, up1)
          bothHalves(HIGH, part, (j << 1) + 1, up0, up1)
          outer(t)
        }
      }
    }
    return true
  }

  return { T, undo, sums, one, two }
}
