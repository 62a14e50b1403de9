// The way back through the choice of experts (ops/route.ts): who is chosen does not change, only what each counts. With w the
// shares and dw their gradients, s = sum over the chosen of w dw:
//   ds_e = [e chosen] w_e dw_e - p_e s,   p_e the probability among all, or with renorm w_e: nothing where e was not chosen

import { plain } from '../launch.ts'
import { defineOp, type Case } from '../op.ts'

const routeCase = (name: string, T: number, E: number, top: number, renorm: 0 | 1): Case => ({
  name,
  params: { E, top, renorm },
  step: { T, pos: 0, row: 0, prefix: 0 },
  sizes: { probs: T * E, chosen: T * top, weights: T * top, dweights: T * top, dscores: T * E },
})

export const routeBack = defineOp({
  name: 'route-back',
  args: { probs: 'read', chosen: 'read', weights: 'read', dweights: 'read', dscores: 'write' },
  variants: [{ ...plain('training/route-back', (_, { T }) => Math.ceil(T / 64)), name: 'route-back' }],
  reference({ tensors: { probs, chosen, weights, dweights, dscores }, params, step: { T } }) {
    const { E, top, renorm } = params as Record<'E' | 'top' | 'renorm', number>
    for (let t = 0; t < T; t++) {
      let all = 0
      for (let j = t * top; j < (t + 1) * top; j++) all += weights![j]! * dweights![j]!
      const row = Float64Array.from({ length: E }, (_, e) => (renorm ? 0 : -probs![t * E + e]! * all))
      for (let j = t * top; j < (t + 1) * top; j++) {
        row[chosen![j]!]! += weights![j]! * (dweights![j]! - (renorm ? all : 0))
      }
      dscores!.set(row, t * E)
    }
  },
  cases: [
    routeCase('shares of the chosen', 3, 8, 2, 1),
    routeCase('shares of all', 5, 5, 2, 0),
    routeCase('many tokens and experts', 70, 130, 8, 0),
    routeCase('one of many', 2, 60, 1, 1),
  ],
})
