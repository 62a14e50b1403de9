// The activation of a plain MLP: act(x), element by element. Names in activations.ts.

import { activationIndex, activations } from './activations.ts'
import { perElement, plain } from './launch.ts'
import { defineOp } from './op.ts'

export const activation = defineOp({
  name: 'activation',
  args: { x: 'read', y: 'write' },
  variants: [
    plain(
      'activation',
      perElement(({ F }, { T }) => T * F!),
    ),
  ],
  reference({ tensors: { x, y }, params, step: { T } }) {
    const n = T * params['F']!,
      { f } = activations[params['act']!]!
    for (let i = 0; i < n; i++) y![i] = f(x![i]!)
  },
  cases: [
    { params: { F: 24, act: 1 }, step: { T: 2, pos: 0, row: 0, prefix: 0 }, sizes: { x: 48, y: 48 }, scale: 3 },
    ...activations.flatMap(({ name }) =>
      [8, 120].map((scale) => ({
        name: `${name}, up to ${scale}`,
        params: { F: 333, act: activationIndex(name) },
        step: { T: 3, pos: 0, row: 0, prefix: 0 },
        sizes: { x: 999, y: 999 },
        scale,
      })),
    ),
  ],
})
