// Matrices of codes of a few bits: strip by strip, each row's bytes looked up in the strip's table (tables.ts).
//
//   y[n] += scale[n, strip] * sum over its bytes j of T[j][byte j]      (+ min[n, strip] * sum of the strip's x)
//
// Rows go in blocks: their sums and the lines of their codes, of which a strip reads a part, stay in the second cache,
// into which a loop of its own has brought them: with nothing else to do it waits for many lines at once.

import { halfToFloat } from '../../../tensor/half.ts'
import type { Strips } from '../../../quants/weight.ts'
import type { PlacedWeight } from './kernel.ts'
import type { Matrix } from './matrix.ts'
import { createStripScales } from './strip-scales.ts'
import { createStripSums, ROWS } from './strip-sums.ts'
import { createTables } from './tables.ts'

/** rows that a strip's table serves before the next strip comes */
const BLOCK = 4096
/** bytes of a line of codes */
const LINE = 64

/** The most that a column's bits come to together beside its |x|. */
const most = ({ parts }: Strips): number =>
  parts.reduce((sum, { levels }) => sum + Math.max(...levels.filter(Number.isFinite).map(Math.abs)), 0)

/** Called once per thread. */
export function createStrips(memory: ArrayBufferLike): (weight: PlacedWeight, form: Strips) => Matrix {
  const I32 = new Int32Array(memory)
  const tables = createTables(memory)
  const { one, two } = tables
  const HALF = Float32Array.from({ length: 65536 }, (_, bits) => halfToFloat(bits))
  const { R, byBytes, sixteen } = createStripSums(memory, tables.T, HALF)
  const scalesOf = createStripScales(memory, tables, R, HALF)

  const SEEN = new Int32Array(1)
  /** Brings a piece of every row's codes, from word o to word o + last, into the cache. */
  function fetch(o: number, next: number, rows: number, last: number): void {
    let seen = 0
    for (let n = 0; n < rows; n = (n + 1) | 0) {
      seen ^= I32[o]! ^ I32[(o + last) | 0]!
      o = (o + next) | 0
    }
    SEEN[0] = seen // or V8 may leave the loop out
  }

  return ({ layout: { cols }, codes, scales }, form) => {
    const { columns, parts, step, shift } = form
    const units = cols / columns
    const bytes = parts.reduce((sum, part) => sum + part.bytes, 0)
    const top = most(form)
    const sum = byBytes[bytes]!
    const put = scalesOf(form, scales, units)
    // what a strip is counted in: words, or halves of words
    const grain = bytes % 4 === 0 ? 4 : 2
    const own = bytes / grain
    const next = units * own
    const first = (codes * 4) / grain
    /** strips whose codes are fetched at a time */
    const line = Math.ceil(LINE / bytes)

    /** Fetches the strips from q on, where none of them is there yet. */
    function prepare(q: number, from: number, end: number, n: number, count: number): void {
      if ((q - from) % line !== 0) return
      const begin = codes + ((q * bytes) >> 2)
      const behind = codes + ((Math.min(q + line, end) * bytes - 1) >> 2)
      fetch(begin + ((n * units * bytes) >> 2), (units * bytes) >> 2, count, behind - begin)
    }
    const whole =
      bytes !== 16 ? null : form.scales === 'float' ? sixteen.floats : form.scales === 'half' ? sixteen.halves : null
    const plain = form.scales === 'half' ? scales * 2 : scales

    /** One token's rows [n, n + count) of strip q, whose table stands. */
    function rows(q: number, n: number, count: number, y: number): void {
      if (whole) return whole(first + n * next + q * own, next, plain, n * step + q, step, shift, y + n, y + n + count)
      for (let m = n, end = n + count; m < end; m += ROWS) {
        const here = Math.min(ROWS, end - m)
        sum(first + m * next + q * own, next, here)
        put.one(q, m, here, y + m)
      }
    }
    function rowsOfTwo(q: number, n: number, count: number, y: number, other: number): void {
      for (let m = n, end = n + count; m < end; m += ROWS) {
        const here = Math.min(ROWS, end - m)
        sum(first + m * next + q * own, next, here)
        put.two(q, m, here, y + m, other)
      }
    }

    return {
      units,
      one(x, u0, u1, n0, n1, y) {
        for (let n = n0; n < n1; n += BLOCK) {
          const here = Math.min(BLOCK, n1 - n)
          for (let q = u0; q < u1; q++) {
            prepare(q, u0, u1, n, here)
            one(x + q * columns, form)
            rows(q, n, here, y)
          }
        }
      },
      many(xs, ys, count, n0, n1) {
        for (let n = n0; n < n1; n += BLOCK) {
          const here = Math.min(BLOCK, n1 - n)
          for (let q = 0; q < units; q++) {
            prepare(q, 0, units, n, here)
            const at = q * columns
            let t = 0
            for (; t + 1 < count; t += 2) {
              const y0 = ys[t]!
              const y1 = ys[t + 1]!
              if (two(xs[t]! + at, xs[t + 1]! + at, form, bytes, top)) rowsOfTwo(q, n, here, y0, y1 - y0)
              else {
                one(xs[t]! + at, form)
                rows(q, n, here, y0)
                one(xs[t + 1]! + at, form)
                rows(q, n, here, y1)
              }
            }
            if (t < count) {
              one(xs[t]! + at, form)
              rows(q, n, here, ys[t]!)
            }
          }
        }
      },
    }
  }
}
