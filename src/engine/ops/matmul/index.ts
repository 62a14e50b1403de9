// y = x W^T + bias, W in any storage format. The op nearly all time is spent in.

import { dequantRow } from '../../quants/weight.ts'
import { perElement, plain } from '../launch.ts'
import { defineOp, type ReferenceArgs } from '../op.ts'
import { matmulCases } from './cases.ts'
import { dot } from './dot.ts'
import { fewRows } from './few.ts'
import { manyRows } from './many.ts'

type Four<T> = [T, T, T, T]

function matmulReference({ tensors: { x, bias, y }, weight, params, step: { T } }: ReferenceArgs): void {
  const { K, N, hasBias, accumulate, yStride, yOffset } = params as Record<
    'K' | 'N' | 'hasBias' | 'accumulate' | 'yStride' | 'yOffset',
    number
  >
  // four rows of the weight beside each other: their sums, each in its order, do not wait for one another
  const [w0, w1, w2, w3] = Array.from({ length: 4 }, () => new Float32Array(K)) as Four<Float32Array>
  const rows = [w0, w1, w2, w3],
    sums = new Float64Array(4)
  for (let n = 0; n < N; n += 4) {
    const count = Math.min(4, N - n)
    for (let i = 0; i < count; i++) dequantRow(weight!, n + i, rows[i]!)
    for (let t = 0; t < T; t++) {
      const at = t * yStride + yOffset + n
      for (let i = 0; i < count; i++) sums[i] = (accumulate ? y![at + i]! : 0) + (hasBias ? bias![n + i]! : 0)
      let [s0, s1, s2, s3] = sums as unknown as Four<number>
      const input = x!.subarray(t * K, (t + 1) * K)
      for (let k = 0; k < K; k++) {
        const v = input[k]!
        s0 += w0[k]! * v
        s1 += w1[k]! * v
        s2 += w2[k]! * v
        s3 += w3[k]! * v
      }
      sums.set([s0, s1, s2, s3])
      y!.set(sums.subarray(0, count), at)
    }
  }
}

export const matmul = defineOp({
  name: 'matmul',
  args: { x: 'read', weight: 'weight', bias: 'read', y: 'update' },
  variants: [
    ...fewRows,
    ...manyRows,
    dot,
    plain(
      'matmul-any',
      perElement(({ N }, { T }) => T * N!),
    ),
  ],
  segment: ({ rowStart, rows, yOffset }) => ({ N: rows!, yOffset: yOffset! + rowStart! }),
  reference: matmulReference,
  cases: matmulCases,
})
