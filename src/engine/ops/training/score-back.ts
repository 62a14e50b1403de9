// The way back through score: with `by` what the loss changes with each row's score, dh = by v, and dv += sum of by h.

import { perElement, plain } from '../launch.ts'
import { defineOp } from '../op.ts'

export const scoreBack = defineOp({
  name: 'score-back',
  args: { by: 'read', h: 'read', v: 'read', dh: 'write', dw: 'update' },
  variants: [
    {
      ...plain(
        'training/score-back',
        perElement(({ D }) => D!),
      ),
      name: 'score-back',
    },
  ],
  reference({ tensors: { by, h, v, dh, dw }, params, step: { T, row } }) {
    const { D, at } = params as Record<'D' | 'at', number>
    for (let i = 0; i < D; i++) {
      let sum = 0
      for (let r = 0; r < T; r++) {
        sum += by![row + r]! * h![r * D + i]!
        dh![r * D + i] = by![row + r]! * v![i]!
      }
      dw![at + i]! += sum
    }
  },
  cases: [
    {
      params: { D: 10, at: 0 },
      step: { T: 1, pos: 0, row: 0, prefix: 0 },
      sizes: { by: 1, h: 10, v: 10, dh: 10, dw: 10 },
    },
    {
      name: 'several, behind others',
      params: { D: 130, at: 64 },
      step: { T: 3, pos: 0, row: 2, prefix: 0 },
      sizes: { by: 5, h: 390, v: 130, dh: 390, dw: 194 },
    },
  ],
})
