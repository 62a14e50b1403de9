// What the losses of a step come to, each with its weight: sum += by nll over the rows. Sequences add up.

import { plain } from '../launch.ts'
import { defineOp } from '../op.ts'

export const lossSum = defineOp({
  name: 'loss-sum',
  args: { by: 'read', nll: 'read', sum: 'update' },
  variants: [{ ...plain('training/loss-sum', () => 1), name: 'loss-sum' }],
  reference({ tensors: { by, nll, sum }, step: { T, row } }) {
    let own = 0
    for (let r = row; r < row + T; r++) own += by![r]! * nll![r]!
    sum![0]! += own
  },
  cases: [
    { params: {}, step: { T: 3, pos: 0, row: 2, prefix: 0 }, sizes: { by: 5, nll: 5, sum: 1 } },
    { name: 'many', params: {}, step: { T: 500, pos: 0, row: 0, prefix: 0 }, sizes: { by: 500, nll: 500, sum: 1 } },
  ],
})
