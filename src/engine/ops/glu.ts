// The gated activation: act(gate) * up. SwiGLU where act is silu, as in LLaMA; other names in activations.ts.

import { activationIndex, activations } from './activations.ts'
import { perElement, plain } from './launch.ts'
import { defineOp } from './op.ts'

export const glu = defineOp({
  name: 'glu',
  args: { gate: 'read', up: 'read', y: 'write' },
  variants: [
    plain(
      'glu',
      perElement(({ F }, { T }) => T * F!),
    ),
  ],
  reference({ tensors: { gate, up, y }, params, step: { T } }) {
    const n = T * params['F']!,
      { f } = activations[params['act']!]!
    for (let i = 0; i < n; i++) y![i] = f(gate![i]!) * up![i]!
  },
  cases: [
    {
      params: { F: 24, act: 0 },
      step: { T: 2, pos: 0, row: 0, prefix: 0 },
      sizes: { gate: 48, up: 48, y: 48 },
      scale: 3,
    },
    {
      name: 'far out on both sides',
      params: { F: 500, act: 0 },
      step: { T: 3, pos: 0, row: 0, prefix: 0 },
      sizes: { gate: 1500, up: 1500, y: 1500 },
      scale: 150,
    },
    ...activations.flatMap(({ name }) =>
      [8, 120].map((scale) => ({
        name: `${name}, up to ${scale}`,
        params: { F: 333, act: activationIndex(name) },
        step: { T: 3, pos: 0, row: 0, prefix: 0 },
        sizes: { gate: 999, up: 999, y: 999 },
        scale,
      })),
    ),
  ],
})
