// The gradient of an RMSNorm's gain: dg = sum over the rows of dy x r.

import { perElement, plain } from '../launch.ts'
import { defineOp, type Case } from '../op.ts'

const gainCase = (name: string, T: number, D: number, R = 1, own: 0 | 1 = 0, at = 0): Case => ({
  name,
  params: { D, eps: 1e-5, R, own, at },
  step: { T, pos: 0, row: 0, prefix: 0 },
  sizes: { x: T * R * D, dy: T * R * D, dw: at + (own ? R * D : D) },
})

export const rmsnormGainBack = defineOp({
  name: 'rmsnorm-gain-back',
  args: { x: 'read', dy: 'read', dw: 'update' },
  variants: [
    {
      ...plain(
        'training/rmsnorm-gain-back',
        perElement(({ D, R, own }) => D! * (own ? R! : 1)),
      ),
      name: 'rmsnorm-gain-back',
    },
  ],
  reference({ tensors: { x, dy, dw }, params, step: { T } }) {
    const { D, R, own, at } = params as Record<'D' | 'R' | 'own' | 'at', number>
    const eps = Math.fround(params['eps']!)
    const sums = new Float64Array(own ? R * D : D)
    for (let row = 0; row < T * R; row++) {
      const g = own ? (row % R) * D : 0
      let squares = 0
      for (let i = 0; i < D; i++) squares += x![row * D + i]! ** 2
      const r = 1 / Math.sqrt(squares / D + eps)
      for (let i = 0; i < D; i++) sums[g + i]! += dy![row * D + i]! * x![row * D + i]! * r
    }
    sums.forEach((sum, i) => (dw![at + i]! += sum))
  },
  cases: [gainCase('small', 3, 10), gainCase('heads with gains of their own, behind others', 5, 21, 3, 1, 64)],
})
