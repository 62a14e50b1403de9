// Kernels of few rows with something else at their ends: what becomes of the sums, in the place of y. Each variant of matmul
// for few rows is one of the fused op, with the same dot products in the same order.

import type { Params, Pass, Variant } from '../op.ts'
import { fewRows } from './few.ts'

export interface Ends {
  /** snippets in the place of `outputs` and the like */
  parts(params: Params): NonNullable<Pass['parts']>
  /** rows that are taken, and places left empty between them: what the grid covers */
  slots(params: Params): number
}

/** @param op its name stands in the variants' for `matmul` */
export const fewRowsWith = (op: string, { parts, slots }: Ends): Variant[] =>
  fewRows.map((variant) => ({
    ...variant,
    name: variant.name.replace('matmul', op),
    passes: (context) =>
      variant
        .passes(context)
        .map((pass) => ({
          ...pass,
          parts: { ...pass.parts, ...parts(context.params) },
          workgroups: (params, step) => pass.workgroups({ ...params, N: slots(params) }, step),
        })),
  }))
