// The way back through append: the gradients of keys and values, which attention gives side by side, apart.

import { perElement, plain } from '../launch.ts'
import { defineOp } from '../op.ts'

export const appendBack = defineOp({
  name: 'append-back',
  args: { dkv: 'read', dk: 'write', dv: 'write' },
  variants: [
    {
      ...plain(
        'training/append-back',
        perElement(({ K, d }, { T }) => T * K! * d!),
      ),
      name: 'append-back',
    },
  ],
  reference({ tensors: { dkv, dk, dv }, params, step: { T } }) {
    const width = params['K']! * params['d']!
    for (let t = 0; t < T; t++) {
      dk!.set(dkv!.subarray(2 * t * width, (2 * t + 1) * width), t * width)
      dv!.set(dkv!.subarray((2 * t + 1) * width, (2 * t + 2) * width), t * width)
    }
  },
  cases: [{ params: { K: 3, d: 7 }, step: { T: 5, pos: 0, row: 0, prefix: 0 }, sizes: { dkv: 210, dk: 105, dv: 105 } }],
})
