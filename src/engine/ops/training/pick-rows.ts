// The rows of the residual that the loss looks at: y[r] = x[ids[row + r]]. Prompts cost no logits.

import { perElement, plain } from '../launch.ts'
import { defineOp } from '../op.ts'

export const pickRows = defineOp({
  name: 'pick-rows',
  args: { ids: 'ids', x: 'read', y: 'write' },
  variants: [
    {
      ...plain(
        'training/pick-rows',
        perElement(({ D }, { T }) => T * D!),
      ),
      name: 'pick-rows',
    },
  ],
  reference({ tensors: { x, y }, ids, params, step: { T, row } }) {
    const D = params['D']!
    for (let r = 0; r < T; r++) y!.set(x!.subarray(ids![row + r]! * D, (ids![row + r]! + 1) * D), r * D)
  },
  cases: [
    { params: { D: 10 }, step: { T: 3, pos: 0, row: 2, prefix: 0 }, sizes: { x: 70, y: 30 }, ids: [0, 1, 6, 2, 5] },
  ],
})
