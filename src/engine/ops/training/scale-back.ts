// The way back through a scale that holds its numbers within bounds (ops/scale.ts), in place: dx times the factors, times
// 1 - (y / cap)^2 where a cap held them, nothing where they were cut at the limit. `x` are the numbers before.

import { perElement, plain } from '../launch.ts'
import { capOf } from '../mask.ts'
import { defineOp } from '../op.ts'
import { scale } from '../scale.ts'

export const scaleBack = defineOp({
  name: 'scale-back',
  args: { x: 'read', factors: 'read', dx: 'update' },
  variants: [
    {
      ...plain(
        'training/scale-back',
        perElement(({ N }, { T }) => T * N!),
      ),
      name: 'scale-back',
    },
  ],
  reference({ tensors: { x, factors, dx }, params, step: { T } }) {
    const { N, by, each, cap, limit } = params as Record<'N' | 'by' | 'each' | 'cap' | 'limit', number>
    for (let i = 0; i < T * N; i++) {
      const factor = Math.fround(by) * (each ? factors![i % N]! : 1)
      const y = capOf(cap, x![i]! * factor)
      const slope = cap ? 1 - (y / cap) ** 2 : 1
      dx![i] = limit && Math.abs(y) > limit ? 0 : dx![i]! * factor * slope
    }
  },
  cases: scale.cases
    .filter(({ params }) => params['by']! < 1e3)
    .map(({ name, params, step, sizes }) => ({
      name: name!,
      params,
      step,
      sizes: { ...sizes, dx: sizes['x']! },
      scale: 4,
    })),
})
