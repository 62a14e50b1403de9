// delta = sum over a head's columns of dz z: what softmax takes off the gradient of each of its weights (Dao 2023, arXiv 2307.08691).

import { perElement, plain } from '../launch.ts'
import { defineOp } from '../op.ts'

export const attentionDelta = defineOp({
  name: 'attention-delta',
  args: { z: 'read', dz: 'read', delta: 'write' },
  variants: [
    {
      ...plain(
        'training/attention-delta',
        perElement(({ H }, { T }) => T * H!),
      ),
      name: 'attention-delta',
    },
  ],
  reference({ tensors: { z, dz, delta }, params, step: { T } }) {
    const { H, d } = params as Record<'H' | 'd', number>
    for (let i = 0; i < T * H; i++) {
      let sum = 0
      for (let j = i * d; j < (i + 1) * d; j++) sum += z![j]! * dz![j]!
      delta![i] = sum
    }
  },
  cases: [{ params: { H: 4, d: 9 }, step: { T: 5, pos: 0, row: 0, prefix: 0 }, sizes: { z: 180, dz: 180, delta: 20 } }],
})
