// The gradient of a weight, dW += dyᵀ x, summed over the tokens of a sequence in their order and over sequences one after the
// other. All weights' gradients lie in one tensor.

import { perElement, plain } from '../launch.ts'
import { defineOp, type Case } from '../op.ts'

const outerCase = (name: string, T: number, N: number, K: number, yStride = N, yOffset = 0, at = 0): Case => ({
  name,
  params: { K, N, yStride, yOffset, at },
  step: { T, pos: 0, row: 0, prefix: 0 },
  sizes: { dy: T * yStride, x: T * K, dw: at + N * K },
})

export const outer = defineOp({
  name: 'outer',
  args: { dy: 'read', x: 'read', dw: 'update' },
  variants: [
    {
      ...plain(
        'training/outer-fours',
        perElement(({ N, K }) => Math.ceil(N! / 4) * (K! / 4)),
      ),
      name: 'outer-fours',
      fits: ({ params }) => params['K']! % 4 === 0 && params['at']! % 4 === 0,
    },
    {
      ...plain(
        'training/outer',
        perElement(({ N, K }) => N! * K!),
      ),
      name: 'outer',
    },
  ],
  reference({ tensors: { dy, x, dw }, params, step: { T } }) {
    const { K, N, yStride, yOffset, at } = params as Record<'K' | 'N' | 'yStride' | 'yOffset' | 'at', number>
    for (let n = 0; n < N; n++) {
      const sums = new Float64Array(K)
      for (let t = 0; t < T; t++) {
        const d = dy![t * yStride + yOffset + n]!
        for (let k = 0; k < K; k++) sums[k]! += d * x![t * K + k]!
      }
      for (let k = 0; k < K; k++) dw![at + n * K + k]! += sums[k]!
    }
  },
  cases: [
    outerCase('small', 3, 5, 12),
    outerCase('no fours', 3, 4, 10),
    outerCase('one token, a part of stacked rows, behind others', 1, 5, 33, 40, 30, 64),
    outerCase('many tokens', 150, 8, 64),
    outerCase('one column', 7, 3, 1, 3, 0, 2),
    outerCase('rows that are no fours, a part of stacked rows, behind others', 9, 7, 20, 30, 11, 64),
    outerCase('fewer rows than four', 5, 2, 8, 2, 0, 8),
    outerCase('one column more than a part has', 3, 6, 257, 9, 2, 3),
  ],
})
