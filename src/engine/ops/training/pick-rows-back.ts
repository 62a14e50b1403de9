// Puts the gradients of picked rows where they came from: dx[ids[row + r]] = dy[r]. The other rows stay as they are.

import { perElement, plain } from '../launch.ts'
import { defineOp } from '../op.ts'

export const pickRowsBack = defineOp({
  name: 'pick-rows-back',
  args: { ids: 'ids', dy: 'read', dx: 'update' },
  variants: [
    {
      ...plain(
        'training/pick-rows-back',
        perElement(({ D }, { T }) => T * D!),
      ),
      name: 'pick-rows-back',
    },
  ],
  reference({ tensors: { dy, dx }, ids, params, step: { T, row } }) {
    const D = params['D']!
    for (let r = 0; r < T; r++) dx!.set(dy!.subarray(r * D, (r + 1) * D), ids![row + r]! * D)
  },
  cases: [
    { params: { D: 10 }, step: { T: 3, pos: 0, row: 2, prefix: 0 }, sizes: { dy: 30, dx: 70 }, ids: [0, 1, 6, 2, 5] },
  ],
})
