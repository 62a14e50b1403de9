// Keeps a step's result for every position (the inspector's memory of q, log-sum-exp and residuals).

import { perElement, plain } from './launch.ts'
import { defineOp } from './op.ts'

export const keepRows = defineOp({
  name: 'keep-rows',
  oneText: true,
  args: { x: 'read', kept: 'update' },
  variants: [
    plain(
      'keep-rows',
      perElement(({ D }, { T }) => T * D!),
    ),
  ],
  reference({ tensors: { x, kept }, params, step: { T, pos } }) {
    const { D, rows } = params as Record<'D' | 'rows', number>
    for (let t = 0; t < T; t++) kept!.set(x!.subarray(t * D, (t + 1) * D), ((pos + t) % rows) * D)
  },
  cases: [
    { params: { D: 5, rows: 4 }, step: { T: 3, pos: 2, row: 0, prefix: 0 }, sizes: { x: 15, kept: 20 }, nmse: 0 },
    {
      name: 'one row',
      params: { D: 64, rows: 16 },
      step: { T: 1, pos: 21, row: 0, prefix: 0 },
      sizes: { x: 64, kept: 1024 },
      nmse: 0,
    },
  ],
})
