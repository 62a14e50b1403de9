// The loss of each row, and in the place of its logits their gradients: nll = lse - x[y], x <- by (softmax(x) - [v = y]).
// `by` may have any sign: one loss serves fine-tuning, DPO and policy gradients. With `back` 0 the logits stay.

import { plain } from '../launch.ts'
import { defineOp, type Case } from '../op.ts'

const lossCase = (name: string, V: number, back: 0 | 1, more: Partial<Case> = {}): Case => ({
  name,
  params: { V, back },
  step: { T: 3, pos: 0, row: 1, prefix: 0 },
  sizes: { by: 4, x: 3 * V, nll: 4 },
  ids: [0, V - 1, 0, V >> 1],
  scale: 3,
  ...more,
})

export const crossEntropy = defineOp({
  name: 'cross-entropy',
  args: { ids: 'ids', by: 'read', x: 'update', nll: 'update' },
  variants: [{ ...plain('training/cross-entropy', (_, { T }) => T), name: 'cross-entropy' }],
  reference({ tensors: { by, x, nll }, ids, params, step: { T, row } }) {
    const V = params['V']!
    for (let r = 0; r < T; r++) {
      const own = x!.subarray(r * V, (r + 1) * V)
      const top = own.reduce((a, b) => Math.max(a, b), -Infinity)
      const lse = top + Math.log(own.reduce((sum, v) => sum + Math.exp(v - top), 0))
      const id = ids![row + r]!
      nll![row + r] = lse - own[id]!
      if (!params['back']) continue
      const weight = by![row + r]!
      for (let v = 0; v < V; v++) own[v] = weight * (Math.exp(own[v]! - lse) - Number(v === id))
    }
  },
  cases: [
    lossCase('fewer words than threads', 7, 1),
    lossCase('many', 1000, 1),
    lossCase('the loss alone', 130, 0),
    lossCase('one word is almost sure', 300, 1, { scale: 60, nmse: 1e-9 }),
    lossCase('large logits', 300, 1, { scale: 1, shift: 1e4, nmse: 1e-6 }),
  ],
})
