// The way back through an expert that every token goes to as far as its gate opens (ops/add-gated.ts): x keeps its gradient,
// delta's is that times sigmoid(gate), the gate's is that along delta times the sigmoid's slope.

import { addGated } from '../add-gated.ts'
import { plain } from '../launch.ts'
import { defineOp } from '../op.ts'

export const addGatedBack = defineOp({
  name: 'add-gated-back',
  args: { gate: 'read', delta: 'read', dx: 'read', dgate: 'write', ddelta: 'write' },
  variants: [{ ...plain('training/add-gated-back', (_, { T }) => T), name: 'add-gated-back' }],
  reference({ tensors: { gate, delta, dx, dgate, ddelta }, params, step: { T } }) {
    const D = params['D']!
    for (let t = 0; t < T; t++) {
      const open = 1 / (1 + Math.exp(-gate![t]!))
      let along = 0
      for (let i = t * D; i < (t + 1) * D; i++) {
        along += dx![i]! * delta![i]!
        ddelta![i] = dx![i]! * open
      }
      dgate![t] = along * open * (1 / (1 + Math.exp(gate![t]!)))
    }
  },
  cases: addGated.cases.map(({ name, params, step, sizes, scale }) => ({
    name: name!,
    params,
    step,
    sizes: { gate: sizes['gate']!, delta: sizes['x']!, dx: sizes['x']!, dgate: sizes['gate']!, ddelta: sizes['x']! },
    scale: scale!,
    // a gate's gradient is a sum of either sign
    nmse: 1e-10,
  })),
})
