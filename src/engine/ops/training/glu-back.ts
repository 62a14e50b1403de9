// The way back through a gated activation y = act(gate) up: dup = dy act(gate), dgate = dy up act'(gate).

import { activations } from '../activations.ts'
import { perElement, plain } from '../launch.ts'
import { defineOp } from '../op.ts'
import { sloped, slopeOf } from './slopes.ts'

export const gluBack = defineOp({
  name: 'glu-back',
  args: { gate: 'read', up: 'read', dy: 'read', dgate: 'write', dup: 'write' },
  variants: [
    {
      ...plain(
        'training/glu-back',
        perElement(({ F }, { T }) => T * F!),
      ),
      name: 'glu-back',
    },
  ],
  reference({ tensors: { gate, up, dy, dgate, dup }, params, step: { T } }) {
    const act = params['act']!
    for (let i = 0; i < T * params['F']!; i++) {
      dup![i] = dy![i]! * activations[act]!.f(gate![i]!)
      dgate![i] = dy![i]! * up![i]! * slopeOf(act, gate![i]!)
    }
  },
  cases: sloped.map((act) => ({
    name: activations[act]!.name,
    params: { F: 101, act },
    step: { T: 3, pos: 0, row: 0, prefix: 0 },
    sizes: { gate: 303, up: 303, dy: 303, dgate: 303, dup: 303 },
    scale: 4,
  })),
})
