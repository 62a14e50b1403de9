// Matrices of plain floats, f32 or 16 bits that a table of all their values turns into numbers.
//
//   one token: four rows at once, which share the reads of x
//   more:      panels of rows as f64 (tiles.ts)
//
// Rows have no gaps.

import { quantOf, storageFormats, type StorageFormat } from '../../../quants/weight.ts'
import type { PlacedWeight } from './kernel.ts'
import type { Matrix } from './matrix.ts'
import { WIDEST, type Tiles } from './tiles.ts'

/** columns of a unit */
const UNIT = 32

/** the formats of 16 bits */
const narrow = storageFormats.filter((name) => quantOf(name).decode && quantOf(name).bits === 16)
/** Every pattern of 16 bits, as a file would hold them. */
const patterns = (): Uint8Array => new Uint8Array(Uint16Array.from({ length: 65536 }, (_, bits) => bits).buffer)

/** Called once per thread. */
export function createFloats(memory: ArrayBufferLike, { P, many: tiles }: Tiles): (weight: PlacedWeight) => Matrix {
  const F64 = new Float64Array(memory)
  const F32 = new Float32Array(memory)
  const U16 = new Uint16Array(memory)
  /** what each pattern of 16 bits stands for: 65536 values of each format with such, made when the first matrix comes */
  const VALUES = new Float64Array(narrow.length * 65536)
  const made = new Set<number>()
  /** x of one token */
  const X = new Float64Array(WIDEST)

  function read(x: number, count: number, at: number): void {
    for (let k = 0; k < count; k = (k + 1) | 0, at = (at + 1) | 0) X[at] = F32[(x + k) | 0]!
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
    return {
      units: Math.ceil(K / UNIT),
      one(x, u0, u1, n0, n1, y) {
        const [k0, k1] = [u0 * UNIT, Math.min(u1 * UNIT, K)]
        read(x + k0, k1 - k0, k0)
        let n = n0
        for (; n + 4 <= n1; n += 4) {
          if (wide) fourWide(first + n * K, K, k0, k1, y + n)
          else fourNarrow(first + n * K, K, k0, k1, y + n, values)
        }
        for (; n < n1; n++) F64[y + n] = F64[y + n]! + row(first + n * K, k0, k1, values)
      },
      many(xs, ys, count, n0, n1) {
        tiles((n, p) => expand(first + n * K, K, p, values), K, xs, ys, count, n0, n1)
      },
    }
  }
}
