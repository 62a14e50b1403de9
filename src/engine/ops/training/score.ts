// What a text is worth: its last residual along a direction that learns (a linear head of one row), h . v for each row.

import { plain } from '../launch.ts'
import { defineOp } from '../op.ts'

export const score = defineOp({
  name: 'score',
  args: { h: 'read', v: 'read', nll: 'update' },
  variants: [{ ...plain('training/score', (_, { T }) => T), name: 'score' }],
  reference({ tensors: { h, v, nll }, params, step: { T, row } }) {
    const D = params['D']!
    for (let r = 0; r < T; r++) {
      let sum = 0
      for (let i = 0; i < D; i++) sum += h![r * D + i]! * v![i]!
      nll![row + r] = sum
    }
  },
  cases: [
    { params: { D: 10 }, step: { T: 1, pos: 0, row: 0, prefix: 0 }, sizes: { h: 10, v: 10, nll: 1 } },
    {
      name: 'several, behind others',
      params: { D: 130 },
      step: { T: 3, pos: 0, row: 2, prefix: 0 },
      sizes: { h: 390, v: 130, nll: 6 },
    },
  ],
})
