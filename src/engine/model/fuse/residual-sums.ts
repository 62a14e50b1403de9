//   matmul + add of its result  ->  a matmul that accumulates into the residual
// What the branch gave stands nowhere by itself then: its site is what the step added.

import { isWrittenBetween } from '../flow.ts'
import type { Draft } from './draft.ts'

export function residualSums(draft: Draft): void {
  for (let i = 0; i < draft.steps.length; i++) {
    const add = draft.steps[i]!
    if (add.op !== 'add' || add.params['by'] !== 1) continue
    const at = draft.soleSource(i, 'delta', 'matmul')
    if (at === null) continue
    const matmul = draft.steps[at]!
    // it runs where the sum was taken, so what it reads must still be there
    if (isWrittenBetween(draft.steps, matmul.args['x']!, at, i)) continue
    const made = { ...matmul, args: { ...matmul.args, y: add.args['x']! }, params: { ...matmul.params, accumulate: 1 } }
    draft.replace(
      [at, i],
      [{ at: i, step: made }],
      [
        { from: { step: matmul.name, arg: 'y' }, to: { step: made.name, arg: 'y', added: true } },
        { from: { step: add.name, arg: 'x' }, to: { step: made.name, arg: 'y' } },
      ],
    )
    i = draft.steps.indexOf(made)
  }
}
