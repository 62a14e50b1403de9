// Matrices of 4- and 8-bit codes: strip by strip, each row's sixteen bytes looked up in the strip's table (tables.ts).
//
//   y[n] += scale[n, strip] * sum over j < 16 of T[j][byte j]      (+ min[n, strip] * sum of the strip's x)
//
// Rows go in blocks: their sums and the lines of their codes, of which a strip reads a quarter, stay in the second cache,
// into which a loop of its own has brought them: with nothing else to do it waits for many lines at once.
// The inner loops are written for V8: one instance per thread, whole-arena views, `| 0` on every sum of places.

import { halfToFloat } from '../../../tensor/half.ts'
import type { Strips } from '../../../quants/weight.ts'
import type { PlacedWeight } from './kernel.ts'
import type { Matrix } from './matrix.ts'
import { createTables, FIELD, ROUND } from './tables.ts'

/** rows that a strip's table serves before the next strip comes */
const BLOCK = 4096
/** strips in a line of codes, of 64 bytes */
const LINE = 4

/** The most that a byte comes to beside the sum of |x| of its columns. */
function most({ high, low, order }: Strips): number {
  const sizes = [...high].flatMap((h) => (order === 'bytes' ? [...low].map((l) => h + l) : [h, ...low]))
  return Math.max(...sizes.map(Math.abs))
}

// kinds of scales
const FLOATS = 0
const HALVES = 1
const PAIRS = 2

/** Called once per thread. */
export function createStrips(memory: ArrayBufferLike): (weight: PlacedWeight, form: Strips) => Matrix {
  const F32 = new Float32Array(memory)
  const F64 = new Float64Array(memory)
  const I32 = new Int32Array(memory)
  const U16 = new Uint16Array(memory)
  const { T, undo, sums, one, two } = createTables(memory)
  const HALF = Float32Array.from({ length: 65536 }, (_, bits) => halfToFloat(bits))
  const DOWN = 1 / FIELD

  // Both small enough for V8 to inline: one function of sixteen look-ups is not, and costs a third of the speed.

  /** What the four bytes of v come to, the first of which has its part of the table at t. */
  function word(v: number, t: number): number {
    return (
      T[((v & 255) + t) | 0]! +
      T[(((v >>> 8) & 255) + t + 256) | 0]! +
      (T[(((v >>> 16) & 255) + t + 512) | 0]! + T[((v >>> 24) + t + 768) | 0]!)
    )
  }
  /** What a row's strip of codes at word o comes to. */
  function strip(o: number): number {
    return (
      word(I32[o]!, 0) + word(I32[(o + 1) | 0]!, 1024) + (word(I32[(o + 2) | 0]!, 2048) + word(I32[(o + 3) | 0]!, 3072))
    )
  }

  const SEEN = new Int32Array(1)
  /** Brings `count` strips of the rows' codes, those from word o on, into the cache. */
  function fetch(o: number, next: number, rows: number, count: number): void {
    const last = ((count << 2) - 1) | 0
    let seen = 0
    for (let n = 0; n < rows; n = (n + 1) | 0) {
      seen ^= I32[o]! ^ I32[(o + last) | 0]!
      o = (o + next) | 0
    }
    SEEN[0] = seen // or V8 may leave the loop out
  }

  // Each loop: codes at word o, `next` words from row to row; scales from s on, numbered g >> shift, g growing by `step`;
  // sums of rows [y, end), the second token's `other` further on.

  function floats(
    o: number,
    next: number,
    s: number,
    g: number,
    step: number,
    shift: number,
    y: number,
    end: number,
  ): void {
    for (let i = y | 0; i < end; i = (i + 1) | 0) {
      F64[i] = F64[i]! + F32[(s + (g >> shift)) | 0]! * strip(o)
      o = (o + next) | 0
      g = (g + step) | 0
    }
  }
  function halves(
    o: number,
    next: number,
    s: number,
    g: number,
    step: number,
    shift: number,
    y: number,
    end: number,
  ): void {
    for (let i = y | 0; i < end; i = (i + 1) | 0) {
      F64[i] = F64[i]! + HALF[U16[(s + (g >> shift)) | 0]!]! * strip(o)
      o = (o + next) | 0
      g = (g + step) | 0
    }
  }
  function halvesAndMins(
    o: number,
    next: number,
    s: number,
    g: number,
    step: number,
    shift: number,
    y: number,
    end: number,
    centre: number,
  ): void {
    const sum = sums[0]!
    const shifted = centre * sum
    for (let i = y | 0; i < end; i = (i + 1) | 0) {
      const pair = I32[(s + (g >> shift)) | 0]!
      F64[i] = F64[i]! + (HALF[pair & 65535]! * (strip(o) + shifted) + HALF[pair >>> 16]! * sum)
      o = (o + next) | 0
      g = (g + step) | 0
    }
  }

  // One loop for all kinds of scales: here the branch costs nothing, while the loops of one token lose a tenth by it.
  function twoTokens(
    kind: number,
    o: number,
    next: number,
    s: number,
    g: number,
    step: number,
    shift: number,
    y: number,
    end: number,
    other: number,
    centre: number,
  ): void {
    const undo0 = undo[0]!
    const undo1 = undo[1]!
    const sum0 = sums[0]!
    const sum1 = sums[1]!
    const shifted0 = centre * sum0
    const shifted1 = centre * sum1
    for (let i = y | 0; i < end; i = (i + 1) | 0) {
      const both = strip(o)
      const first = both * DOWN + ROUND - ROUND
      const k = (i + other) | 0
      const p = (s + (g >> shift)) | 0
      if (kind === PAIRS) {
        const pair = I32[p]!
        const scale = HALF[pair & 65535]!
        const min = HALF[pair >>> 16]!
        F64[i] = F64[i]! + (scale * (first * undo0 + shifted0) + min * sum0)
        F64[k] = F64[k]! + (scale * ((both - first * FIELD) * undo1 + shifted1) + min * sum1)
      } else {
        const scale = kind === FLOATS ? F32[p]! : HALF[U16[p]!]!
        F64[i] = F64[i]! + scale * (first * undo0)
        F64[k] = F64[k]! + scale * ((both - first * FIELD) * undo1)
      }
      o = (o + next) | 0
      g = (g + step) | 0
    }
  }

  return ({ layout: { cols }, codes, scales }, form) => {
    const { columns, step, shift, centre } = form
    const units = cols / columns
    const next = units * 4
    const top = most(form)
    const kind = form.scales === 'float' ? FLOATS : form.scales === 'half' ? HALVES : PAIRS
    // single halves are counted in halves
    const s = kind === HALVES ? scales * 2 : scales

    /** One token's rows [n, n + count) of strip q, whose table stands. */
    function rows(q: number, n: number, count: number, y: number): void {
      const o = codes + n * next + q * 4
      const g = n * step + q
      if (kind === FLOATS) floats(o, next, s, g, step, shift, y + n, y + n + count)
      else if (kind === HALVES) halves(o, next, s, g, step, shift, y + n, y + n + count)
      else halvesAndMins(o, next, s, g, step, shift, y + n, y + n + count, centre)
    }
    function rowsOfTwo(q: number, n: number, count: number, y: number, other: number): void {
      const o = codes + n * next + q * 4
      const g = n * step + q
      twoTokens(kind, o, next, s, g, step, shift, y + n, y + n + count, other, centre)
    }

    return {
      units,
      one(x, u0, u1, n0, n1, y) {
        for (let n = n0; n < n1; n += BLOCK) {
          const here = Math.min(BLOCK, n1 - n)
          for (let q = u0; q < u1; q++) {
            if ((q - u0) % LINE === 0) fetch(codes + n * next + q * 4, next, here, Math.min(LINE, u1 - q))
            one(x + q * columns, form)
            rows(q, n, here, y)
          }
        }
      },
      many(xs, ys, count, n0, n1) {
        for (let n = n0; n < n1; n += BLOCK) {
          const here = Math.min(BLOCK, n1 - n)
          for (let q = 0; q < units; q++) {
            if (q % LINE === 0) fetch(codes + n * next + q * 4, next, here, Math.min(LINE, units - q))
            const at = q * columns
            let t = 0
            for (; t + 1 < count; t += 2) {
              const y0 = ys[t]!
              const y1 = ys[t + 1]!
              if (two(xs[t]! + at, xs[t + 1]! + at, form, top)) rowsOfTwo(q, n, here, y0, y1 - y0)
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
