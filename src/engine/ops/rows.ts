// The rows of the residual that the head reads.

import { perElement, plain } from './launch.ts'
import { defineOp } from './op.ts'

export const rows = defineOp({
  name: 'rows',
  args: { x: 'read', y: 'write' },
  variants: [
    plain(
      'rows',
      perElement(({ D }, { T }) => T * D!),
    ),
  ],
  reference({ tensors: { x, y }, params, step: { T, row } }) {
    const D = params['D']!
    y!.set(x!.subarray(row * D, (row + T) * D))
  },
  cases: [
    { params: { D: 8 }, step: { T: 2, pos: 3, row: 2, prefix: 0 }, sizes: { x: 5 * 8, y: 16 }, nmse: 0 },
    {
      name: 'one row',
      params: { D: 101 },
      step: { T: 1, pos: 0, row: 6, prefix: 0 },
      sizes: { x: 7 * 101, y: 101 },
      nmse: 0,
    },
  ],
})
