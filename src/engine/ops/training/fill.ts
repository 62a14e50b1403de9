// N numbers for each of T rows set to one value: gradients begin at zero.

import { perElement, plain } from '../launch.ts'
import { defineOp } from '../op.ts'

export const fill = defineOp({
  name: 'fill',
  args: { y: 'write' },
  variants: [
    {
      ...plain(
        'training/fill',
        perElement(({ N }, { T }) => T * N!),
      ),
      name: 'fill',
    },
  ],
  reference({ tensors: { y }, params, step: { T } }) {
    y!.fill(params['by']!, 0, T * params['N']!)
  },
  cases: [{ params: { N: 50, by: 0.5 }, step: { T: 3, pos: 0, row: 0, prefix: 0 }, sizes: { y: 150 } }],
})
