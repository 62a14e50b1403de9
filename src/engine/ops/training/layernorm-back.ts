// From the gradient of a normed row to that of the row: dx = r (e - mean e - n mean(e n)), e = gain dy, n = (x - mean) r.

import { plain } from '../launch.ts'
import { defineOp } from '../op.ts'
import { normCases } from './norm-cases.ts'

export const layernormBack = defineOp({
  name: 'layernorm-back',
  args: { x: 'read', gain: 'read', dy: 'read', dx: 'update' },
  variants: [
    { ...plain('training/layernorm-back', ({ R }, { T }) => Math.ceil((T * R!) / 4)), name: 'layernorm-back' },
  ],
  reference({ tensors: { x, gain, dy, dx }, params, step: { T } }) {
    const { D, R, own, accumulate } = params as Record<'D' | 'R' | 'own' | 'accumulate', number>
    const eps = Math.fround(params['eps']!)
    for (let row = 0; row < T * R; row++) {
      const at = row * D,
        g = own ? (row % R) * D : 0
      let mean = 0
      for (let i = 0; i < D; i++) mean += x![at + i]! / D
      let [squares, errors, products] = [0, 0, 0]
      for (let i = 0; i < D; i++) {
        const [v, e] = [x![at + i]! - mean, dy![at + i]! * gain![g + i]!]
        squares += v * v
        errors += e
        products += e * v
      }
      const r = 1 / Math.sqrt(squares / D + eps)
      for (let i = 0; i < D; i++) {
        const e = dy![at + i]! * gain![g + i]!
        const value = r * (e - errors / D - ((x![at + i]! - mean) * r * r * products) / D)
        dx![at + i] = (accumulate ? dx![at + i]! : 0) + value
      }
    }
  },
  cases: normCases,
})
