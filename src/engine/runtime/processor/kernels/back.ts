// The gradients of weights, and their step (ops/training/), in parts that threads can share. Every sum runs in the order of the
// reference's, so that the number of threads changes no bit. The way back through attention: loose-attention.ts.

import { ops } from '../../../ops/index.ts'
import type { PartsMaker } from './kernel.ts'
import { attentionBackKernels } from './loose-attention.ts'
import { products } from './loose-tiles.ts'

/** Columns of a gradient in one part. */
const COLUMNS = 256
/** Numbers that learn in one part. */
const STRETCH = 8192

/** four columns of dy side by side, a row for each token; as long as it was ever asked for */
let four = new Float64Array(0)
const sums = new Float64Array(4 * COLUMNS)

/** A part is four rows of the weight, at most COLUMNS columns of them. */
const outer: PartsMaker = ({ params, tensors }) => {
  const { K, N, yStride, yOffset, at } = params as Record<'K' | 'N' | 'yStride' | 'yOffset' | 'at', number>
  const { dy, x, dw } = tensors as Record<'dy' | 'x' | 'dw', Float32Array>
  const across = Math.ceil(K / COLUMNS)
  return {
    parts: () => Math.ceil(N / 4) * across,
    run(part, { T }) {
      if (four.length < 4 * T) four = new Float64Array(4 * T)
      const [n, k0] = [4 * Math.floor(part / across), COLUMNS * (part % across)]
      const [rows, columns] = [Math.min(4, N - n), Math.min(COLUMNS, K - k0)]
      // the places of rows that are not there hold old numbers, which nobody reads
      for (let t = 0, y = yOffset + n; t < T; t++, y += yStride) {
        for (let i = 0; i < rows; i++) four[4 * t + i] = dy[y + i]!
      }
      products(x, k0, columns, 1, K, four, T, sums)
      for (let i = 0; i < rows; i++) {
        const to = at + (n + i) * K + k0
        for (let k = 0; k < columns; k = (k + 1) | 0) dw[(to + k) | 0]! += sums[4 * k + i]!
      }
    },
  }
}

/** Each number learns for itself: the reference, a stretch at a time. */
const adamw: PartsMaker = (args) => {
  const { N, at } = args.params as Record<'N' | 'at', number>
  return {
    parts: () => Math.ceil(N / STRETCH),
    run(part, step) {
      const first = part * STRETCH
      const params = { ...args.params, N: Math.min(STRETCH, N - first), at: at + first }
      ops['adamw']!.reference({ ...args, params, step })
    },
  }
}

export const backKernels: Record<string, PartsMaker> = { outer, adamw, ...attentionBackKernels }
