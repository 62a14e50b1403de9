// Embedding: one row of the weight per token, written or where `accumulate` is 1 added to what stands there. `ids` are the
// tokens of the run, or a buffer of words such as the kinds of segments.

import { dequantRow } from '../quants/weight.ts'
import { perElement, plain } from './launch.ts'
import { defineOp } from './op.ts'

export const gather = defineOp({
  name: 'gather',
  args: { ids: 'ids', weight: 'weight', y: 'update' },
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
      if (n < 0 || n >= weight!.rows) continue
      const out = y!.subarray(t * D, (t + 1) * D)
      const before = params['accumulate'] ? out.slice() : null
      dequantRow(weight!, n, out)
      before?.forEach((v, i) => (out[i]! += v))
    }
  },
  cases: [
    {
      params: { D: 64, block: 64, rowStart: 0, rows: 7, accumulate: 0 },
      step: { T: 3, pos: 0, row: 0, prefix: 0 },
      sizes: { y: 3 * 64 },
      weight: { rows: 7, cols: 64 },
    },
    {
      name: 'super-blocks',
      params: { D: 256, block: 64, rowStart: 0, rows: 5, accumulate: 0 },
      step: { T: 3, pos: 0, row: 0, prefix: 0 },
      sizes: { y: 3 * 256 },
      weight: { rows: 5, cols: 256 },
    },
    {
      name: 'second part of a split weight',
      params: { D: 96, block: 32, rowStart: 3, rows: 4, accumulate: 0 },
      step: { T: 9, pos: 5, row: 0, prefix: 0 },
      sizes: { y: 9 * 96 },
      weight: { rows: 4, cols: 96 },
    },
    {
      name: 'odd width',
      params: { D: 21, block: 64, rowStart: 0, rows: 50, accumulate: 0 },
      step: { T: 70, pos: 0, row: 0, prefix: 0 },
      sizes: { y: 70 * 21 },
      weight: { rows: 50, cols: 21 },
    },
    {
      name: 'added',
      params: { D: 32, block: 32, rowStart: 0, rows: 2, accumulate: 1 },
      step: { T: 5, pos: 3, row: 0, prefix: 0 },
      sizes: { y: 6 * 32 },
      weight: { rows: 2, cols: 32 },
    },
    {
      name: 'added, second part of a split weight, odd width',
      params: { D: 21, block: 64, rowStart: 3, rows: 4, accumulate: 1 },
      step: { T: 9, pos: 0, row: 0, prefix: 0 },
      sizes: { y: 9 * 21 },
      weight: { rows: 4, cols: 21 },
    },
  ],
})
