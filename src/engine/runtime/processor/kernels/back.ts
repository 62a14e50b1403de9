// The gradients of weights (ops/training/), in parts that threads can share. Every sum runs in the order of the reference's, so
// that the number of threads changes no bit. The way back through attention: loose-attention.ts.

import type { PartsMaker } from './kernel.ts'
import { attentionBackKernels } from './loose-attention.ts'

/** Rows of a gradient in one part; even. */
const ROWS = 4

const S = new Float64Array(8)
/** S = sums over t of two columns of dy times four of x; both begin where the first of them stands. */
function tile(dy: Float32Array, d: number, yStride: number, x: Float32Array, k: number, K: number, T: number): void {
  let [a0, a1, a2, a3, b0, b1, b2, b3] = [0, 0, 0, 0, 0, 0, 0, 0]
  for (let t = 0; t < T; t = (t + 1) | 0, d = (d + yStride) | 0, k = (k + K) | 0) {
    const [a, b] = [dy[d]!, dy[(d + 1) | 0]!]
    const [x0, x1, x2, x3] = [x[k]!, x[(k + 1) | 0]!, x[(k + 2) | 0]!, x[(k + 3) | 0]!]
    a0 += a * x0
    a1 += a * x1
    a2 += a * x2
    a3 += a * x3
    b0 += b * x0
    b1 += b * x1
    b2 += b * x2
    b3 += b * x3
  }
  S[0] = a0
  S[1] = a1
  S[2] = a2
  S[3] = a3
  S[4] = b0
  S[5] = b1
  S[6] = b2
  S[7] = b3
}
function sum(dy: Float32Array, d: number, yStride: number, x: Float32Array, k: number, K: number, T: number): number {
  let all = 0
  for (let t = 0; t < T; t++) all += dy[d + t * yStride]! * x[k + t * K]!
  return all
}

/** A part is ROWS rows of the weight. */
const outer: PartsMaker = ({ params, tensors }) => {
  const { K, N, yStride, yOffset, at } = params as Record<'K' | 'N' | 'yStride' | 'yOffset' | 'at', number>
  const { dy, x, dw } = tensors as Record<'dy' | 'x' | 'dw', Float32Array>
  const fours = K - (K % 4)
  return {
    parts: () => Math.ceil(N / ROWS),
    run(part, { T }) {
      const end = Math.min(N, (part + 1) * ROWS)
      for (let n = part * ROWS; n < end; n += 2) {
        const isPair = n + 1 < end
        for (let k = 0; isPair && k < fours; k += 4) {
          tile(dy, yOffset + n, yStride, x, k, K, T)
          for (let i = 0; i < 8; i++) dw[at + (n + (i >> 2)) * K + k + (i & 3)]! += S[i]!
        }
        for (let row = n; row < Math.min(end, n + 2); row++) {
          for (let k = isPair ? fours : 0; k < K; k++) {
            dw[at + row * K + k]! += sum(dy, yOffset + row, yStride, x, k, K, T)
          }
        }
      }
    },
  }
}

export const backKernels: Record<string, PartsMaker> = { outer, ...attentionBackKernels }
