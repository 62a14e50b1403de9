// glu with gate and up side by side in one row, as one matmul over stacked weights gives them.

import { activationIndex, activations } from './activations.ts'
import { perElement, plain } from './launch.ts'
import { defineOp } from './op.ts'

/** Gates that glu-quads knows. */
const quick: ReadonlySet<number> = new Set([activationIndex('silu'), activationIndex('gelu_tanh')])

export const gluPacked = defineOp({
  name: 'glu-packed',
  args: { x: 'read', y: 'write' },
  variants: [
    {
      ...plain(
        'glu-quads',
        perElement(({ F }, { T }) => (T * F!) / 4),
      ),
      fits: ({ params: { F, act } }) => F! % 4 === 0 && quick.has(act!),
    },
    plain(
      'glu-packed',
      perElement(({ F }, { T }) => T * F!),
    ),
  ],
  reference({ tensors: { x, y }, params, step: { T } }) {
    const F = params['F']!,
      { f } = activations[params['act']!]!
    for (let t = 0; t < T; t++) {
      for (let i = 0; i < F; i++) y![t * F + i] = f(x![t * 2 * F + i]!) * x![t * 2 * F + F + i]!
    }
  },
  cases: [
    { params: { F: 24, act: 0 }, step: { T: 2, pos: 0, row: 0, prefix: 0 }, sizes: { x: 96, y: 48 }, scale: 3 },
    {
      name: 'odd width',
      params: { F: 333, act: 0 },
      step: { T: 3, pos: 0, row: 0, prefix: 0 },
      sizes: { x: 1998, y: 999 },
      scale: 20,
    },
    {
      name: 'gelu_tanh in fours',
      params: { F: 100, act: activationIndex('gelu_tanh') },
      step: { T: 3, pos: 0, row: 0, prefix: 0 },
      sizes: { x: 600, y: 300 },
      scale: 20,
    },
    {
      name: 'silu of large values in fours',
      params: { F: 68, act: 0 },
      step: { T: 2, pos: 0, row: 0, prefix: 0 },
      sizes: { x: 272, y: 136 },
      scale: 200,
    },
    ...activations.map(({ name }) => ({
      name,
      params: { F: 111, act: activationIndex(name) },
      step: { T: 2, pos: 0, row: 0, prefix: 0 },
      sizes: { x: 444, y: 222 },
      scale: 6,
    })),
  ],
})
