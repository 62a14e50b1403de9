// The gradient of stacked experts, dW_e += sum over the tokens that chose e of dy x^T, in the tokens' order.

import { perElement, plain } from '../launch.ts'
import { defineOp, type Case } from '../op.ts'

const outerCase = (name: string, T: number, N: number, K: number, E: number, top: number, each = 0, at = 0): Case => ({
  name,
  params: { K, N, E, top, each, at },
  step: { T, pos: 0, row: 0, prefix: 0 },
  sizes: { dy: T * top * N, x: T * K * (each ? top : 1), chosen: T * top, dw: at + E * N * K },
})

export const expertOuter = defineOp({
  name: 'expert-outer',
  args: { dy: 'read', x: 'read', chosen: 'read', dw: 'update' },
  variants: [
    {
      ...plain(
        'training/expert-outer',
        perElement(({ N, K, E }) => E! * N! * K!),
      ),
      name: 'expert-outer',
    },
  ],
  reference({ tensors: { dy, x, chosen, dw }, params, step: { T } }) {
    const { K, N, E, top, each, at } = params as Record<'K' | 'N' | 'E' | 'top' | 'each' | 'at', number>
    const sums = new Float64Array(E * N * K)
    for (let pick = 0; pick < T * top; pick++) {
      const from = (each ? pick : Math.floor(pick / top)) * K
      for (let n = 0; n < N; n++) {
        const row = (chosen![pick]! * N + n) * K
        for (let k = 0; k < K; k++) sums[row + k]! += dy![pick * N + n]! * x![from + k]!
      }
    }
    sums.forEach((sum, i) => (dw![at + i]! += sum))
  },
  cases: [
    outerCase('small', 3, 5, 12, 4, 2),
    outerCase('each its own input, behind others', 9, 7, 10, 3, 2, 1, 64),
    outerCase('one token, most experts of nobody', 1, 4, 33, 9, 1),
  ],
})
