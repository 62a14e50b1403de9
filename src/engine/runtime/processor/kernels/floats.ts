// Matrices of plain floats, f32 or 16 bits that a table of all their values turns into numbers.
//
//   one token: four rows at once, which share the reads of x
//   more:      a panel of rows as f64, then tiles of three rows by four tokens, whose twelve sums stay in registers
//
// Every sum of a tile runs over k in order, so that it does not matter which tokens share the tile. Rows have no gaps.

import { quantOf, storageFormats, type StorageFormat } from '../../../quants/weight.ts'
import type { PlacedWeight } from './kernel.ts'
import type { Matrix } from './matrix.ts'

/** columns of a unit */
const UNIT = 32
/** the widest row that there is room for */
export const WIDEST = 16384
/** f64 of a panel: three rows at least */
const PANEL = 3 * WIDEST

/** the formats of 16 bits */
const narrow = storageFormats.filter((name) => quantOf(name).decode && quantOf(name).bits === 16)
/** Every pattern of 16 bits, as a file would hold them. */
const patterns = (): Uint8Array => new Uint8Array(Uint16Array.from({ length: 65536 }, (_, bits) => bits).buffer)

/** Called once per thread. */
export function createFloats(memory: ArrayBufferLike): (weight: PlacedWeight) => Matrix {
  const F64 = new Float64Array(memory)
  const F32 = new Float32Array(memory)
  const U16 = new Uint16Array(memory)
  /** what each pattern of 16 bits stands for: 65536 values of each format with such, made when the first matrix comes */
  const VALUES = new Float64Array(narrow.length * 65536)
  const made = new Set<number>()
  /** x of one token, or of four, interleaved */
  const X = new Float64Array(4 * WIDEST)
  /** rows of W in threes: [k][row] */
  const P = new Float64Array(PANEL)

  function read(x: number, count: number, at: number, step: number): void {
    for (let k = 0; k < count; k = (k + 1) | 0, at = (at + step) | 0) X[at] = F32[(x + k) | 0]!
  }

  function row(w: number, k0: number, k1: number, values: number): number {
    let sum = 0
    if (values < 0) for (let k = k0; k < k1; k = (k + 1) | 0) sum += F32[(w + k) | 0]! * X[k]!
    else for (let k = k0; k < k1; k = (k + 1) | 0) sum += VALUES[(values + U16[(w + k) | 0]!) | 0]! * X[k]!
    return sum
  }
  /** Four rows of K values from w on: sums from y on. */
  function fourWide(w: number, K: number, k0: number, k1: number, y: number): void {
    const w1 = (w + K) | 0
    const w2 = (w1 + K) | 0
    const w3 = (w2 + K) | 0
    let [a, b, c, d] = [0, 0, 0, 0]
    for (let k = k0; k < k1; k = (k + 1) | 0) {
      const x = X[k]!
      a += F32[(w + k) | 0]! * x
      b += F32[(w1 + k) | 0]! * x
      c += F32[(w2 + k) | 0]! * x
      d += F32[(w3 + k) | 0]! * x
    }
    F64[y] = F64[y]! + a
    F64[(y + 1) | 0] = F64[(y + 1) | 0]! + b
    F64[(y + 2) | 0] = F64[(y + 2) | 0]! + c
    F64[(y + 3) | 0] = F64[(y + 3) | 0]! + d
  }
  function fourNarrow(w: number, K: number, k0: number, k1: number, y: number, values: number): void {
    const w1 = (w + K) | 0
    const w2 = (w1 + K) | 0
    const w3 = (w2 + K) | 0
    let [a, b, c, d] = [0, 0, 0, 0]
    for (let k = k0; k < k1; k = (k + 1) | 0) {
      const x = X[k]!
      a += VALUES[(values + U16[(w + k) | 0]!) | 0]! * x
      b += VALUES[(values + U16[(w1 + k) | 0]!) | 0]! * x
      c += VALUES[(values + U16[(w2 + k) | 0]!) | 0]! * x
      d += VALUES[(values + U16[(w3 + k) | 0]!) | 0]! * x
    }
    F64[y] = F64[y]! + a
    F64[(y + 1) | 0] = F64[(y + 1) | 0]! + b
    F64[(y + 2) | 0] = F64[(y + 2) | 0]! + c
    F64[(y + 3) | 0] = F64[(y + 3) | 0]! + d
  }

  /** Row n into place `r` of the threes from p on. */
  function expand(w: number, K: number, p: number, values: number): void {
    if (values < 0) for (let k = 0; k < K; k = (k + 1) | 0, p = (p + 3) | 0) P[p] = F32[(w + k) | 0]!
    else for (let k = 0; k < K; k = (k + 1) | 0, p = (p + 3) | 0) P[p] = VALUES[(values + U16[(w + k) | 0]!) | 0]!
  }

  /** sums of three rows by four tokens: S[4 row + token] */
  const S = new Float64Array(12)
  function tile(p: number, K: number): void {
    let a0 = 0
    let a1 = 0
    let a2 = 0
    let a3 = 0
    let b0 = 0
    let b1 = 0
    let b2 = 0
    let b3 = 0
    let c0 = 0
    let c1 = 0
    let c2 = 0
    let c3 = 0
    for (let x = 0, end = (K << 2) | 0; x < end; x = (x + 4) | 0, p = (p + 3) | 0) {
      const a = P[p]!
      const b = P[(p + 1) | 0]!
      const c = P[(p + 2) | 0]!
      const x0 = X[x]!
      const x1 = X[(x + 1) | 0]!
      const x2 = X[(x + 2) | 0]!
      const x3 = X[(x + 3) | 0]!
      a0 += a * x0
      a1 += a * x1
      a2 += a * x2
      a3 += a * x3
      b0 += b * x0
      b1 += b * x1
      b2 += b * x2
      b3 += b * x3
      c0 += c * x0
      c1 += c * x1
      c2 += c * x2
      c3 += c * x3
    }
    S[0] = a0
    S[1] = a1
    S[2] = a2
    S[3] = a3
    S[4] = b0
    S[5] = b1
    S[6] = b2
    S[7] = b3
    S[8] = c0
    S[9] = c1
    S[10] = c2
    S[11] = c3
  }

  /** Where a format's values begin in VALUES; -1 where codes are f32. */
  function valuesOf(format: StorageFormat): number {
    const at = narrow.indexOf(format) * 65536
    if (at >= 0 && !made.has(at)) {
      VALUES.set(quantOf(format).decode!(patterns()), at)
      made.add(at)
    }
    return Math.max(at, -1)
  }

  return ({ layout: { format, cols: K }, codes }) => {
    const values = valuesOf(format)
    const wide = values < 0
    // 16-bit values are counted in halves
    const first = wide ? codes : codes * 2
    const height = Math.floor(PANEL / K / 3) * 3
    return {
      units: Math.ceil(K / UNIT),
      one(x, u0, u1, n0, n1, y) {
        const [k0, k1] = [u0 * UNIT, Math.min(u1 * UNIT, K)]
        read(x + k0, k1 - k0, k0, 1)
        let n = n0
        for (; n + 4 <= n1; n += 4) {
          if (wide) fourWide(first + n * K, K, k0, k1, y + n)
          else fourNarrow(first + n * K, K, k0, k1, y + n, values)
        }
        for (; n < n1; n++) F64[y + n] = F64[y + n]! + row(first + n * K, k0, k1, values)
      },
      many(xs, ys, count, n0, n1) {
        for (let n = n0; n < n1; n += height) {
          const rows = Math.min(height, n1 - n)
          for (let r = 0; r < rows; r++) expand(first + (n + r) * K, K, Math.floor(r / 3) * 3 * K + (r % 3), values)
          for (let t = 0; t < count; t += 4) {
            const tokens = Math.min(4, count - t)
            // the places of rows and tokens that are not there hold old numbers, which nobody reads
            for (let i = 0; i < tokens; i++) read(xs[t + i]!, K, i, 4)
            for (let r = 0; r < rows; r += 3) {
              tile(r * K, K)
              for (let i = 0; i < tokens; i++) {
                for (let j = 0; j < 3 && r + j < rows; j++) {
                  const at = ys[t + i]! + n + r + j
                  F64[at] = F64[at]! + S[4 * j + i]!
                }
              }
            }
          }
        }
      },
    }
  }
}
