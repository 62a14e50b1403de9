// Embedding: one row of the weight per token.

import { dequantRow } from '../quants/weight.ts'
import { perElement, plain } from './launch.ts'
import { defineOp } from './op.ts'

export const gather = defineOp({
  name: 'gather',
  args: { ids: 'ids', weight: 'weight', y: 'write' },
  variants: [
    plain(
      'gather',
      perElement(({ D }, { T }) => T * D!),
    ),
  ],
  reference({ tensors: { y }, ids, weight, params, step: { T } }) {
    const D = params['D']!
    const start = params['rowStart'] ?? 0
    for (let t = 0; t < T; t++) {
      const n = ids![t]! - start
      if (n >= 0 && n < weight!.rows) dequantRow(weight!, n, y!.subarray(t * D, (t + 1) * D))
    }
  },
  cases: [
    {
      params: { D: 64, block: 64, rowStart: 0, rows: 7 },
      step: { T: 3, pos: 0, row: 0, prefix: 0 },
      sizes: { y: 3 * 64 },
      weight: { rows: 7, cols: 64 },
    },
    {
      name: 'super-blocks',
      params: { D: 256, block: 64, rowStart: 0, rows: 5 },
      step: { T: 3, pos: 0, row: 0, prefix: 0 },
      sizes: { y: 3 * 256 },
      weight: { rows: 5, cols: 256 },
    },
    {
      name: 'second part of a split weight',
      params: { D: 96, block: 32, rowStart: 3, rows: 4 },
      step: { T: 9, pos: 5, row: 0, prefix: 0 },
      sizes: { y: 9 * 96 },
      weight: { rows: 4, cols: 96 },
    },
    {
      name: 'odd width',
      params: { D: 21, block: 64, rowStart: 0, rows: 50 },
      step: { T: 70, pos: 0, row: 0, prefix: 0 },
      sizes: { y: 70 * 21 },
      weight: { rows: 50, cols: 21 },
    },
  ],
})
