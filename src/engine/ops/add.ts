// Residual connection, in place: x += by delta; `by` is 1 but where a family weighs its branches (Granite).

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
    const by = Math.fround(params['by']!)
    for (let i = 0; i < n; i++) x![i] = x![i]! + by * delta![i]!
  },
  cases: [
    { params: { D: 10, by: 1 }, step: { T: 3, pos: 0, row: 0, prefix: 0 }, sizes: { x: 40, delta: 40 } },
    {
      name: 'several workgroups',
      params: { D: 100, by: 1 },
      step: { T: 5, pos: 0, row: 0, prefix: 0 },
      sizes: { x: 500, delta: 500 },
    },
    {
      name: 'more workgroups than one grid dimension holds',
      params: { D: 1_049_000, by: 1 },
      step: { T: 4, pos: 0, row: 0, prefix: 0 },
      sizes: { x: 4_196_000, delta: 4_196_000 },
    },
    {
      name: 'weighed',
      params: { D: 33, by: 0.22 },
      step: { T: 3, pos: 0, row: 0, prefix: 0 },
      sizes: { x: 132, delta: 132 },
    },
  ],
})
