// From the gradient of a normed row to that of the row: dx = r (e - x r² mean(e x)), e = gain dy, r = (mean x² + eps)^-½.

import { plain } from '../launch.ts'
import { defineOp } from '../op.ts'
import { normCases } from './norm-cases.ts'

export const rmsnormBack = defineOp({
  name: 'rmsnorm-back',
  args: { x: 'read', gain: 'read', dy: 'read', dx: 'update' },
  variants: [{ ...plain('training/rmsnorm-back', ({ R }, { T }) => Math.ceil((T * R!) / 4)), name: 'rmsnorm-back' }],
  reference({ tensors: { x, gain, dy, dx }, params, step: { T } }) {
    const { D, R, own, accumulate } = params as Record<'D' | 'R' | 'own' | 'accumulate', number>
    const eps = Math.fround(params['eps']!)
    for (let row = 0; row < T * R; row++) {
      const g = own ? (row % R) * D : 0
      let [squares, products] = [0, 0]
      for (let i = row * D; i < (row + 1) * D; i++) {
        squares += x![i]! ** 2
        products += x![i]! * dy![i]! * gain![g + i - row * D]!
      }
      const r = 1 / Math.sqrt(squares / D + eps)
      for (let i = row * D; i < (row + 1) * D; i++) {
        const value = r * (dy![i]! * gain![g + i - row * D]! - (x![i]! * r * r * products) / D)
        dx![i] = (accumulate ? dx![i]! : 0) + value
      }
    }
  },
  cases: normCases,
})
