// glu-back with gate and up side by side in one row.

import { activations } from '../activations.ts'
import { perElement, plain } from '../launch.ts'
import { defineOp } from '../op.ts'
import { sloped, slopeOf } from './slopes.ts'

export const gluPackedBack = defineOp({
  name: 'glu-packed-back',
  args: { x: 'read', dy: 'read', dx: 'write' },
  variants: [
    {
      ...plain(
        'training/glu-packed-back',
        perElement(({ F }, { T }) => T * F!),
      ),
      name: 'glu-packed-back',
    },
  ],
  reference({ tensors: { x, dy, dx }, params, step: { T } }) {
    const [F, act] = [params['F']!, params['act']!]
    for (let t = 0; t < T; t++) {
      for (let i = 0; i < F; i++) {
        const at = t * 2 * F + i,
          d = dy![t * F + i]!
        dx![at + F] = d * activations[act]!.f(x![at]!)
        dx![at] = d * x![at + F]! * slopeOf(act, x![at]!)
      }
    }
  },
  cases: [
    ...sloped.map((act) => ({
      name: activations[act]!.name,
      params: { F: 33, act },
      step: { T: 3, pos: 0, row: 0, prefix: 0 },
      sizes: { x: 198, dy: 99, dx: 198 },
      scale: 4,
    })),
    {
      name: 'far out on both sides',
      params: { F: 70, act: 0 },
      step: { T: 2, pos: 0, row: 0, prefix: 0 },
      sizes: { x: 280, dy: 140, dx: 280 },
      scale: 150,
    },
  ],
})
