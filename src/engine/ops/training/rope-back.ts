// rope the other way round, in place: gradients of turned heads become those of the heads before. A rotation's transpose is
// the rotation by minus its angle.

import { perElement, plain } from '../launch.ts'
import { rope, rotate } from '../rope.ts'
import { defineOp } from '../op.ts'

/** Entries of a table (cos, sin) with the angles negated. */
export const negated = (table: Float32Array): Float32Array => table.map((v, i) => (i % 2 ? -v : v))

export const ropeBack = defineOp({
  name: 'rope-back',
  args: { dx: 'update', table: 'read' },
  variants: [
    {
      ...plain(
        'training/rope-back',
        perElement(({ H, r }, { T }) => (T * H! * r!) / 2),
      ),
      name: 'rope-back',
    },
  ],
  reference({ tensors: { dx, table }, params, step: { T, pos } }) {
    const { H, d, r, interleaved, sections } = params as Record<'H' | 'd' | 'r' | 'interleaved' | 'sections', number>
    const back = negated(table!)
    for (let t = 0; t < T; t++) {
      for (let h = 0; h < H; h++) rotate(dx!, (t * H + h) * d, back, pos + t, r, interleaved === 1, sections)
    }
  },
  cases: rope.cases.map(({ sizes, ...one }) => ({ ...one, sizes: { dx: sizes['x']!, table: sizes['table']! } })),
})
