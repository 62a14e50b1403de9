// Matrices of any format at all, by what every format says: the values of a row. Slow, whole rows only.

import { codesBytes, dequantRow, scalesBytes } from '../../../quants/weight.ts'
import type { PlacedWeight } from './kernel.ts'
import type { Matrix } from './matrix.ts'
import { WIDEST, type Tiles } from './tiles.ts'

/** Called once per thread. */
export function createGeneric(memory: ArrayBufferLike, { P, many: tiles }: Tiles): (weight: PlacedWeight) => Matrix {
  const F32 = new Float32Array(memory)
  const F64 = new Float64Array(memory)

  return ({ layout, codes, scales }) => {
    const K = layout.cols
    const weight = {
      ...layout,
      codes: new Uint32Array(memory, codes * 4, codesBytes(layout) / 4),
      scales: new Uint32Array(memory, scales * 4, scalesBytes(layout) / 4),
    }
    const row = new Float32Array(K)
    const add = (x: number, y: number): void => {
      let sum = 0
      for (let k = 0; k < K; k++) sum += row[k]! * F32[x + k]!
      F64[y] = F64[y]! + sum
    }
    const expand = (n: number, p: number): void => {
      dequantRow(weight, n, row)
      for (let k = 0; k < K; k++, p += 3) P[p] = row[k]!
    }
    return {
      units: 1,
      one(x, u0, u1, n0, n1, y) {
        for (let n = n0; n < n1 && u0 < u1; n++) {
          dequantRow(weight, n, row)
          add(x, y + n)
        }
      },
      many(xs, ys, count, n0, n1) {
        if (K <= WIDEST) return tiles(expand, K, xs, ys, count, n0, n1)
        for (let n = n0; n < n1; n++) {
          dequantRow(weight, n, row)
          for (let t = 0; t < count; t++) add(xs[t]!, ys[t]! + n)
        }
      },
    }
  }
}
