// The way back through what a token's experts say together (ops/combine.ts): each answer's gradient is the sum's times its share,
// and a share's is the sum's gradient along its answer.

import { plain } from '../launch.ts'
import { combine } from '../combine.ts'
import { defineOp } from '../op.ts'

export const combineBack = defineOp({
  name: 'combine-back',
  args: { y: 'read', weights: 'read', dout: 'read', dy: 'write', dweights: 'write' },
  variants: [{ ...plain('training/combine-back', ({ top }, { T }) => T * top!), name: 'combine-back' }],
  reference({ tensors: { y, weights, dout, dy, dweights }, params, step: { T } }) {
    const { D, top } = params as Record<'D' | 'top', number>
    for (let pick = 0; pick < T * top; pick++) {
      const t = Math.floor(pick / top)
      let along = 0
      for (let i = 0; i < D; i++) {
        const d = dout![t * D + i]!
        along += d * y![pick * D + i]!
        dy![pick * D + i] = d * weights![pick]!
      }
      dweights![pick] = along
    }
  },
  cases: combine.cases.map(({ name, params, step, sizes }) => ({
    name: name!,
    params,
    step,
    sizes: {
      y: sizes['y']!,
      weights: sizes['weights']!,
      dout: sizes['out']!,
      dy: sizes['y']!,
      dweights: sizes['weights']!,
    },
  })),
})
