// The mean of a text's rows, y = 1/n Σ x[i]: what a head reads that looks at the whole text. The text is read whole, so
// that its length n is the prefix of the run. The rows come from the body; every row that is asked for gets the same.

import { perElement, plain } from './launch.ts'
import { defineOp } from './op.ts'

export const meanRows = defineOp({
  name: 'mean-rows',
  args: { x: 'read', y: 'write' },
  variants: [
    plain(
      'mean-rows',
      perElement(({ D }, { T }) => T * D!),
    ),
  ],
  reference({ tensors: { x, y }, params, step: { T, prefix } }) {
    const D = params['D']!
    for (let i = 0; i < D; i++) {
      let sum = 0
      for (let row = 0; row < prefix; row++) sum += x![row * D + i]!
      for (let t = 0; t < T; t++) y![t * D + i] = sum / prefix
    }
  },
  cases: [
    { params: { D: 8 }, step: { T: 1, pos: 0, row: 0, prefix: 5 }, sizes: { x: 5 * 8, y: 8 } },
    {
      name: 'one row of a text, and more room than text',
      params: { D: 101 },
      step: { T: 1, pos: 1, row: 0, prefix: 1 },
      sizes: { x: 4 * 101, y: 101 },
    },
    {
      name: 'several rows are asked for, of a long text',
      params: { D: 21 },
      step: { T: 3, pos: 130, row: 2, prefix: 130 },
      sizes: { x: 130 * 21, y: 3 * 21 },
    },
  ],
})
