// The gradient of a bias: dy summed over the tokens.

import { perElement, plain } from '../launch.ts'
import { defineOp, type Case } from '../op.ts'

const sumCase = (name: string, T: number, N: number, yStride = N, yOffset = 0, at = 0): Case => ({
  name,
  params: { N, yStride, yOffset, at },
  step: { T, pos: 0, row: 0, prefix: 0 },
  sizes: { dy: T * yStride, dw: at + N },
})

export const columnSum = defineOp({
  name: 'column-sum',
  args: { dy: 'read', dw: 'update' },
  variants: [
    {
      ...plain(
        'training/column-sum',
        perElement(({ N }) => N!),
      ),
      name: 'column-sum',
    },
  ],
  reference({ tensors: { dy, dw }, params, step: { T } }) {
    const { N, yStride, yOffset, at } = params as Record<'N' | 'yStride' | 'yOffset' | 'at', number>
    for (let n = 0; n < N; n++) {
      let sum = 0
      for (let t = 0; t < T; t++) sum += dy![t * yStride + yOffset + n]!
      dw![at + n]! += sum
    }
  },
  cases: [sumCase('small', 3, 10), sumCase('a part of stacked rows, behind others', 70, 65, 200, 130, 64)],
})
