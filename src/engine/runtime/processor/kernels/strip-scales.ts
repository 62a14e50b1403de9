// Scales put on what the rows of one strip came to (strip-sums.ts), for one token or for two that share a number:
//
//   y[n] += scale[n] * (R[n] + centre * sum of x) + min[n] * sum of x
//
// One loop per way that scales are kept, for each of the two. Written for V8, as strip-sums.ts.

import type { Strips, SuperScales } from '../../../quants/weight.ts'
import { FIELD, ROUND, type Tables } from './tables.ts'

export interface StripScales {
  /** Adds rows [n, n + count) of strip q to the sums from y on, row n's first. */
  one(q: number, n: number, count: number, y: number): void
  /** The same of two tokens; the second's sums begin `other` numbers further on. */
  two(q: number, n: number, count: number, y: number, other: number): void
}

const DOWN = 1 / FIELD

/** Called once per thread. @param R of the strip, as long as ROWS @param HALF every f16 */
export function createStripScales(
  memory: ArrayBufferLike,
  { undo, sums }: Tables,
  R: Float64Array,
  HALF: Float32Array,
): (form: Strips, scales: number, units: number) => StripScales {
  const F32 = new Float32Array(memory)
  const F64 = new Float64Array(memory)
  const I32 = new Int32Array(memory)
  const U16 = new Uint16Array(memory)
  // of the rows at hand, where a loop of its own has worked them out
  const S = new Float64Array(R.length)
  const M = new Float64Array(R.length)

  // Each loop: scales from s on, numbered g >> shift, g growing by `step`; sums of rows from y on.

  function floats(s: number, g: number, step: number, shift: number, y: number, count: number): void {
    for (let i = 0; i < count; i = (i + 1) | 0, y = (y + 1) | 0, g = (g + step) | 0) {
      F64[y] = F64[y]! + F32[(s + (g >> shift)) | 0]! * R[i]!
    }
  }
  function halves(s: number, g: number, step: number, shift: number, y: number, count: number): void {
    for (let i = 0; i < count; i = (i + 1) | 0, y = (y + 1) | 0, g = (g + step) | 0) {
      F64[y] = F64[y]! + HALF[U16[(s + (g >> shift)) | 0]!]! * R[i]!
    }
  }
  function halvesAndMins(s: number, g: number, step: number, y: number, count: number, centre: number): void {
    const sum = sums[0]!
    const shifted = centre * sum
    for (let i = 0; i < count; i = (i + 1) | 0, y = (y + 1) | 0, g = (g + step) | 0) {
      const pair = I32[(s + g) | 0]!
      F64[y] = F64[y]! + (HALF[pair & 65535]! * (R[i]! + shifted) + HALF[pair >>> 16]! * sum)
    }
  }
  // Of super-blocks: a row's words begin at p, `next` from row to row; each number at its word, shift and mask.

  /** Numbers in one piece. */
  function supers(p: number, next: number, count: number, y: number, form: SuperScales, strip: number): void {
    const { d, centre } = form
    const [w, shift, mask] = form.scale[strip]!.low
    for (let i = 0; i < count; i = (i + 1) | 0, y = (y + 1) | 0, p = (p + next) | 0) {
      const number = (((I32[(p + w) | 0]! >>> shift) & mask) - centre) | 0
      F64[y] = F64[y]! + HALF[I32[(p + d) | 0]! & 65535]! * number * R[i]!
    }
  }
  function supersAndMins(
    p: number,
    next: number,
    count: number,
    y: number,
    form: SuperScales,
    strip: number,
    shifted: number,
  ): void {
    const { d } = form
    const [w, shift, mask] = form.scale[strip]!.low
    const [v, shiftOfMin, maskOfMin] = form.min![strip]!.low
    const sum = sums[0]!
    for (let i = 0; i < count; i = (i + 1) | 0, y = (y + 1) | 0, p = (p + next) | 0) {
      const pair = I32[(p + d) | 0]!
      const scale = HALF[pair & 65535]! * ((I32[(p + w) | 0]! >>> shift) & mask)
      const min = HALF[pair >>> 16]! * ((I32[(p + v) | 0]! >>> shiftOfMin) & maskOfMin)
      F64[y] = F64[y]! + (scale * (R[i]! + shifted) - min * sum)
    }
  }
  /** Scales in S, mins in M. */
  function worked(y: number, count: number, shifted: number): void {
    const sum = sums[0]!
    for (let i = 0; i < count; i = (i + 1) | 0, y = (y + 1) | 0) {
      F64[y] = F64[y]! + (S[i]! * (R[i]! + shifted) + M[i]! * sum)
    }
  }

  /** Adds two tokens' sums, whose scales and mins are in S and M. */
  function apart(y: number, count: number, other: number, centre: number): void {
    const undo0 = undo[0]!
    const undo1 = undo[1]!
    const sum0 = sums[0]!
    const sum1 = sums[1]!
    const shifted0 = centre * sum0
    const shifted1 = centre * sum1
    for (let i = 0; i < count; i = (i + 1) | 0, y = (y + 1) | 0) {
      const both = R[i]!
      const first = both * DOWN + ROUND - ROUND
      const scale = S[i]!
      const min = M[i]!
      const k = (y + other) | 0
      F64[y] = F64[y]! + (scale * (first * undo0 + shifted0) + min * sum0)
      F64[k] = F64[k]! + (scale * ((both - first * FIELD) * undo1 + shifted1) + min * sum1)
    }
  }

  // What scales are kept as, into S; mins into M.

  function fromFloats(s: number, g: number, step: number, shift: number, count: number): void {
    for (let i = 0; i < count; i = (i + 1) | 0, g = (g + step) | 0) S[i] = F32[(s + (g >> shift)) | 0]!
  }
  function fromHalves(s: number, g: number, step: number, shift: number, count: number): void {
    for (let i = 0; i < count; i = (i + 1) | 0, g = (g + step) | 0) S[i] = HALF[U16[(s + (g >> shift)) | 0]!]!
  }
  function fromPairs(s: number, g: number, step: number, count: number): void {
    for (let i = 0; i < count; i = (i + 1) | 0, g = (g + step) | 0) {
      const pair = I32[(s + g) | 0]!
      S[i] = HALF[pair & 65535]!
      M[i] = HALF[pair >>> 16]!
    }
  }
  function fromFloatPairs(s: number, g: number, step: number, shift: number, zeros: boolean, count: number): void {
    for (let i = 0; i < count; i = (i + 1) | 0, g = (g + step) | 0) {
      const p = (s + ((g >> shift) << 1)) | 0
      const scale = F32[p]!
      const second = F32[(p + 1) | 0]!
      S[i] = scale
      M[i] = zeros ? -scale * second : second
    }
  }
  /** The words of a row's super-block begin at p, `next` from row to row. */
  function fromSuper(p: number, next: number, count: number, form: SuperScales, strip: number): void {
    const { d, centre } = form
    const { low, high } = form.scale[strip]!
    const [w0, s0, m0] = low
    const [w1, s1, m1] = high
    for (let i = 0; i < count; i = (i + 1) | 0, p = (p + next) | 0) {
      const number = ((I32[(p + w0) | 0]! >>> s0) & m0) | (((I32[(p + w1) | 0]! >>> s1) & m1) << 4)
      S[i] = HALF[I32[(p + d) | 0]! & 65535]! * (number - centre)
    }
  }
  function minsFromSuper(p: number, next: number, count: number, form: SuperScales, strip: number): void {
    const { d } = form
    const { low, high } = form.min![strip]!
    const [w0, s0, m0] = low
    const [w1, s1, m1] = high
    for (let i = 0; i < count; i = (i + 1) | 0, p = (p + next) | 0) {
      const number = ((I32[(p + w0) | 0]! >>> s0) & m0) | (((I32[(p + w1) | 0]! >>> s1) & m1) << 4)
      M[i] = -HALF[I32[(p + d) | 0]! >>> 16]! * number
    }
  }

  return ({ scales: kept, step, shift, centre }, scales, units) => {
    if (typeof kept === 'object') {
      const next = (units / kept.strips) * kept.words
      const read = (q: number, n: number, count: number): void => {
        const p = scales + n * next + Math.floor(q / kept.strips) * kept.words
        fromSuper(p, next, count, kept, q % kept.strips)
        if (kept.min) minsFromSuper(p, next, count, kept, q % kept.strips)
        else M.fill(0, 0, count)
      }
      return {
        one(q, n, count, y) {
          const strip = q % kept.strips
          const p = scales + n * next + Math.floor(q / kept.strips) * kept.words
          const shifted = centre * sums[0]!
          if (kept.scale[strip]!.high[2] > 0) {
            read(q, n, count)
            worked(y, count, shifted)
          } else if (kept.min) supersAndMins(p, next, count, y, kept, strip, shifted)
          else supers(p, next, count, y, kept, strip)
        },
        two(q, n, count, y, other) {
          read(q, n, count)
          apart(y, count, other, centre)
        },
      }
    }
    // single halves are counted in halves
    const s = kept === 'half' ? scales * 2 : scales
    return {
      one(q, n, count, y) {
        const g = n * step + q
        if (kept === 'float and min' || kept === 'float and zero') {
          fromFloatPairs(s, g, step, shift, kept === 'float and zero', count)
          worked(y, count, centre * sums[0]!)
        } else if (kept === 'float') floats(s, g, step, shift, y, count)
        else if (kept === 'half') halves(s, g, step, shift, y, count)
        else halvesAndMins(s, g, step, y, count, centre)
      },
      two(q, n, count, y, other) {
        const g = n * step + q
        if (kept === 'half and min') fromPairs(s, g, step, count)
        else if (kept === 'float and min' || kept === 'float and zero') {
          fromFloatPairs(s, g, step, shift, kept === 'float and zero', count)
        } else {
          if (kept === 'float') fromFloats(s, g, step, shift, count)
          else fromHalves(s, g, step, shift, count)
          M.fill(0, 0, count)
        }
        apart(y, count, other, centre)
      },
    }
  }
}
