// Scales each head's output before the output projection.

import { perElement, plain } from './launch.ts'
import { defineOp } from './op.ts'

export const scaleHeads = defineOp({
  name: 'scale-heads',
  args: { z: 'update', factors: 'read' },
  variants: [
    plain(
      'scale-heads',
      perElement(({ H, d }, { T }) => T * H! * d!),
    ),
  ],
  reference({ tensors: { z, factors }, params, step: { T } }) {
    const { H, d } = params as Record<'H' | 'd', number>
    for (let i = 0; i < T * H * d; i++) z![i]! *= factors![Math.floor(i / d) % H]!
  },
  cases: [
    { params: { H: 3, d: 4 }, step: { T: 2, pos: 0, row: 0, prefix: 0 }, sizes: { z: 24, factors: 3 } },
    { name: 'odd', params: { H: 9, d: 10 }, step: { T: 5, pos: 3, row: 0, prefix: 0 }, sizes: { z: 450, factors: 9 } },
  ],
})
