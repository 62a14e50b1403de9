// Learned positions: row pos + t + offset of the weight is added to token t.

import { dequantRow } from '../quants/weight.ts'
import { perElement, plain } from './launch.ts'
import { defineOp } from './op.ts'
import { strandPosition } from './strands.ts'

export const addPositions = defineOp({
  name: 'add-positions',
  args: { weight: 'weight', y: 'update' },
  variants: [
    plain(
      'add-positions',
      perElement(({ D }, { T }) => T * D!),
    ),
  ],
  reference({ tensors: { y }, weight, params, step }) {
    const D = params['D']!
    const first = params['offset']! - (params['rowStart'] ?? 0)
    const row = new Float32Array(D)
    for (let t = 0; t < step.T; t++) {
      const n = first + strandPosition(step, step.pos + t)
      if (n < 0 || n >= weight!.rows) continue
      dequantRow(weight!, n, row)
      for (let i = 0; i < D; i++) y![t * D + i]! += row[i]!
    }
  },
  cases: [
    {
      params: { D: 64, block: 64, rowStart: 0, rows: 7, offset: 0 },
      step: { T: 3, pos: 4, row: 0, prefix: 0 },
      sizes: { y: 4 * 64 },
      weight: { rows: 7, cols: 64 },
    },
    {
      name: 'super-blocks, an offset',
      params: { D: 256, block: 64, rowStart: 0, rows: 9, offset: 2 },
      step: { T: 3, pos: 3, row: 0, prefix: 0 },
      sizes: { y: 3 * 256 },
      weight: { rows: 9, cols: 256 },
    },
    {
      name: 'second part of a split weight',
      params: { D: 96, block: 32, rowStart: 6, rows: 4, offset: 2 },
      step: { T: 9, pos: 1, row: 0, prefix: 0 },
      sizes: { y: 9 * 96 },
      weight: { rows: 4, cols: 96 },
    },
    {
      name: 'two texts that part',
      params: { D: 64, block: 64, rowStart: 0, rows: 9, offset: 1 },
      step: { T: 2, pos: 7, row: 0, prefix: 0, strands: { from: 3, count: 2 } },
      sizes: { y: 2 * 64 },
      weight: { rows: 9, cols: 64 },
    },
    {
      name: 'odd width',
      params: { D: 21, block: 64, rowStart: 0, rows: 90, offset: 1 },
      step: { T: 70, pos: 19, row: 0, prefix: 0 },
      sizes: { y: 70 * 21 },
      weight: { rows: 90, cols: 21 },
    },
  ],
})
