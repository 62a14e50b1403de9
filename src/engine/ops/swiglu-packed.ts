// swiglu with gate and up side by side in one row, as one matmul over stacked weights gives them.

import { perElement, plain } from './launch.ts'
import { defineOp } from './op.ts'
import { silu } from './swiglu.ts'

export const swigluPacked = defineOp({
  name: 'swiglu-packed',
  args: { x: 'read', y: 'write' },
  variants: [plain('swiglu-packed', perElement(({ F }, { T }) => T * F!))],
  reference({ tensors: { x, y }, params, step: { T } }) {
    const F = params['F']!
    for (let t = 0; t < T; t++) for (let i = 0; i < F; i++) y![t * F + i] = silu(x![t * 2 * F + i]!) * x![t * 2 * F + F + i]!
  },
  cases: [
    { params: { F: 24 }, step: { T: 2, pos: 0, row: 0 }, sizes: { x: 96, y: 48 }, scale: 3 },
    { name: 'odd width', params: { F: 333 }, step: { T: 3, pos: 0, row: 0 }, sizes: { x: 1998, y: 999 }, scale: 20 },
  ],
})
