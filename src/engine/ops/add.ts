// Residual connection, in place.

import { perElement, plain } from './launch.ts'
import { defineOp } from './op.ts'

export const add = defineOp({
  name: 'add',
  args: { x: 'update', delta: 'read' },
  variants: [
    plain(
      'add',
      perElement(({ D }, { T }) => T * D!),
    ),
  ],
  reference({ tensors: { x, delta }, params, step: { T } }) {
    const n = T * params['D']!
    for (let i = 0; i < n; i++) x![i] = x![i]! + delta![i]!
  },
  cases: [
    { params: { D: 10 }, step: { T: 3, pos: 0, row: 0, prefix: 0 }, sizes: { x: 40, delta: 40 } },
    {
      name: 'several workgroups',
      params: { D: 100 },
      step: { T: 5, pos: 0, row: 0, prefix: 0 },
      sizes: { x: 500, delta: 500 },
    },
    {
      name: 'more workgroups than one grid dimension holds',
      params: { D: 1_049_000 },
      step: { T: 4, pos: 0, row: 0, prefix: 0 },
      sizes: { x: 4_196_000, delta: 4_196_000 },
    },
  ],
})
