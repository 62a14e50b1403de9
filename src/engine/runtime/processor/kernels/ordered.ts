// Matrices of whole numbers whose columns name their groups (act-order): the columns of a group lie anywhere in a row, so
// no table of a strip serves them. Read group by group, four rows at once, which share the places and the x:
//
//   y[n] += sum over groups g of scale[n, g] * (sum over its columns k of q[n, k] x[k]  -  zero[n, g] * sum of its x)
//
// Knows of the format what `Quant.ordered` says.

import type { PlacedWeight } from './kernel.ts'
import type { Matrix } from './matrix.ts'
import { WIDEST, type Tiles } from './tiles.ts'

/** Where the columns lie, group after group. */
interface Places {
  /** where each group begins in the order */
  from: Int32Array
  order: Int32Array
  /** of each column in the order: its half word in a row, how far up its code stands there */
  at: Int32Array
  shifts: Uint8Array
  mask: number
}

/** Called once per thread. */
export function createOrdered(
  memory: ArrayBufferLike,
  { P, many: tiles }: Tiles,
): (weight: PlacedWeight, bits: 4 | 8) => Matrix {
  const F32 = new Float32Array(memory)
  const F64 = new Float64Array(memory)
  const U16 = new Uint16Array(memory)
  const U32 = new Uint32Array(memory)
  /** x in the order of groups, and the sums of each group's */
  const X = new Float64Array(WIDEST)
  const SUMS = new Float64Array(WIDEST)
  const S = new Float64Array(4)

  /** Columns i0 to i1 of four rows whose codes begin `next` half words apart: their sums in S. */
  function four(w: number, next: number, i0: number, i1: number, { at, shifts, mask }: Places): void {
    const w1 = (w + next) | 0
    const w2 = (w1 + next) | 0
    const w3 = (w2 + next) | 0
    let a = 0
    let b = 0
    let c = 0
    let d = 0
    for (let i = i0 | 0; i < i1; i = (i + 1) | 0) {
      const x = X[i]!
      const k = at[i]!
      const shift = shifts[i]!
      a += ((U16[(w + k) | 0]! >>> shift) & mask) * x
      b += ((U16[(w1 + k) | 0]! >>> shift) & mask) * x
      c += ((U16[(w2 + k) | 0]! >>> shift) & mask) * x
      d += ((U16[(w3 + k) | 0]! >>> shift) & mask) * x
    }
    S[0] = a
    S[1] = b
    S[2] = c
    S[3] = d
  }

  /** Columns by group: a counting sort of what the scales begin with. */
  function placesOf({ layout: { cols }, scales }: PlacedWeight, bits: 4 | 8, groups: number): Places {
    const group = (k: number): number => U32[scales + k]! & 0xffff
    const from = new Int32Array(groups + 1)
    for (let k = 0; k < cols; k++) from[group(k) + 1]!++
    for (let g = 0; g < groups; g++) from[g + 1]! += from[g]!
    const next = from.slice()
    const order = new Int32Array(cols)
    for (let k = 0; k < cols; k++) order[next[group(k)]!++] = k
    // codes are read as half words
    const perHalf = 16 / bits
    return {
      from,
      order,
      at: order.map((k) => Math.floor(k / perHalf)),
      shifts: Uint8Array.from(order, (k) => (k % perHalf) * bits),
      mask: 2 ** bits - 1,
    }
  }

  return (weight, bits) => {
    const { layout, codes, scales } = weight
    const { cols, block } = layout
    const groups = Math.ceil(cols / block)
    const rowHalves = Math.ceil((cols * bits) / 32) * 2
    const pairs = scales + cols
    // when it is first needed the planes are there
    let made: Places | null = null
    const placesNow = (): Places => (made ??= placesOf(weight, bits, groups))

    const expand = (n: number, p: number): void => {
      const { from, order, at, shifts, mask } = placesNow()
      const w = codes * 2 + n * rowHalves
      for (let g = 0; g < groups; g++) {
        const pair = pairs + 2 * (n * groups + g)
        const scale = F32[pair]!
        const zero = F32[pair + 1]!
        for (let i = from[g]!, end = from[g + 1]!; i < end; i = (i + 1) | 0) {
          P[(p + 3 * order[i]!) | 0] = scale * (((U16[(w + at[i]!) | 0]! >>> shifts[i]!) & mask) - zero)
        }
      }
    }

    return {
      units: 1,
      one(x, u0, u1, n0, n1, y) {
        if (u0 >= u1) return
        const places = placesNow()
        const { from, order } = places
        for (let g = 0; g < groups; g++) {
          let sum = 0
          for (let i = from[g]!; i < from[g + 1]!; i++) sum += X[i] = F32[x + order[i]!]!
          SUMS[g] = sum
        }
        for (let n = n0; n < n1;) {
          // of fewer than four rows left the first is read four times
          const rows = n + 4 <= n1 ? 4 : 1
          for (let g = 0; g < groups; g++) {
            four(codes * 2 + n * rowHalves, rows === 4 ? rowHalves : 0, from[g]!, from[g + 1]!, places)
            for (let r = 0, pair = pairs + 2 * (n * groups + g); r < rows; r++, pair += 2 * groups) {
              F64[y + n + r] = F64[y + n + r]! + F32[pair]! * (S[r]! - F32[pair + 1]! * SUMS[g]!)
            }
          }
          n += rows
        }
      },
      many(xs, ys, count, n0, n1) {
        tiles(expand, cols, xs, ys, count, n0, n1)
      },
    }
  }
}
