// How alike the rows of a weight are to one vector: which tokens lie nearest in the embedding.

import { dequantRow } from '../quants/weight.ts'
import { perElement, plain } from './launch.ts'
import { defineOp } from './op.ts'

export const rowCosines = defineOp({
  name: 'row-cosines',
  args: { x: 'read', weight: 'weight', y: 'write' },
  variants: [
    plain(
      'row-cosines',
      perElement(({ count }) => count!),
    ),
  ],
  reference({ tensors: { x, y }, weight, params }) {
    const { D, rowStart, first, count } = params as Record<'D' | 'rowStart' | 'first' | 'count', number>
    const row = new Float32Array(D)
    const length = (v: Float32Array): number => Math.sqrt(v.reduce((sum, a) => sum + a * a, 0))
    for (let i = 0; i < count; i++) {
      const n = first + i - rowStart
      if (n < 0 || n >= weight!.rows) continue
      dequantRow(weight!, n, row)
      const lengths = length(row) * length(x!)
      y![i] = lengths > 0 ? row.reduce((sum, a, k) => sum + a * x![k]!, 0) / lengths : 0
    }
  },
  cases: [
    {
      params: { D: 64, block: 64, rowStart: 0, rows: 7, first: 0, count: 7 },
      step: { T: 1, pos: 0, row: 0, prefix: 0 },
      sizes: { x: 64, y: 7 },
      weight: { rows: 7, cols: 64 },
    },
    {
      name: 'super-blocks',
      params: { D: 512, block: 64, rowStart: 0, rows: 5, first: 1, count: 4 },
      step: { T: 1, pos: 0, row: 0, prefix: 0 },
      sizes: { x: 512, y: 4 },
      weight: { rows: 5, cols: 512 },
    },
    {
      name: 'rows of a second part only',
      params: { D: 96, block: 32, rowStart: 3, rows: 4, first: 1, count: 5 },
      step: { T: 1, pos: 0, row: 0, prefix: 0 },
      sizes: { x: 96, y: 5 },
      weight: { rows: 4, cols: 96 },
    },
    {
      name: 'odd width, more rows than a workgroup',
      params: { D: 21, block: 64, rowStart: 0, rows: 150, first: 17, count: 130 },
      step: { T: 1, pos: 0, row: 0, prefix: 0 },
      sizes: { x: 21, y: 130 },
      weight: { rows: 150, cols: 21 },
    },
    {
      name: 'a real width',
      params: { D: 576, block: 64, rowStart: 0, rows: 40, first: 0, count: 40 },
      step: { T: 1, pos: 0, row: 0, prefix: 0 },
      sizes: { x: 576, y: 40 },
      weight: { rows: 40, cols: 576 },
    },
  ],
})
