// y = x W^T + bias, W in any storage format. The op nearly all time is spent in.

import { dequantRow } from '../../quants/weight.ts'
import { perElement, plain } from '../launch.ts'
import { defineOp, type ReferenceArgs } from '../op.ts'
import { matmulCases } from './cases.ts'
import { dot } from './dot.ts'
import { fewRows } from './few.ts'
import { manyRows } from './many.ts'

function matmulReference({ tensors: { x, bias, y }, weight, params, step: { T } }: ReferenceArgs): void {
  const { K, N, hasBias, accumulate, yStride, yOffset } = params as Record<
    'K' | 'N' | 'hasBias' | 'accumulate' | 'yStride' | 'yOffset',
    number
  >
  const row = new Float32Array(K)
  for (let n = 0; n < N; n++) {
    dequantRow(weight!, n, row)
    for (let t = 0; t < T; t++) {
      const at = t * yStride + yOffset + n
      let sum = (accumulate ? y![at]! : 0) + (hasBias ? bias![n]! : 0)
      for (let k = 0; k < K; k++) sum += row[k]! * x![t * K + k]!
      y![at] = sum
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
