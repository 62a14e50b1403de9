// The way back through an activation: dx = dy act'(x).

import { activations } from '../activations.ts'
import { perElement, plain } from '../launch.ts'
import { defineOp } from '../op.ts'
import { sloped, slopeOf } from './slopes.ts'

export const activationBack = defineOp({
  name: 'activation-back',
  args: { x: 'read', dy: 'read', dx: 'write' },
  variants: [
    {
      ...plain(
        'training/activation-back',
        perElement(({ F }, { T }) => T * F!),
      ),
      name: 'activation-back',
    },
  ],
  reference({ tensors: { x, dy, dx }, params, step: { T } }) {
    for (let i = 0; i < T * params['F']!; i++) dx![i] = dy![i]! * slopeOf(params['act']!, x![i]!)
  },
  cases: sloped.map((act) => ({
    name: activations[act]!.name,
    params: { F: 101, act },
    step: { T: 3, pos: 0, row: 0, prefix: 0 },
    sizes: { x: 303, dy: 303, dx: 303 },
    scale: 4,
  })),
})
