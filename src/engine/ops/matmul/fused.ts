// Kernels of few rows with something else at their ends: a norm before x, and what becomes of the sums, in the place of y.
// Each variant of matmul for few rows is one of the fused op, with the same dot products in the same order.
// A norm is for one row alone: it would have to be found again by whoever shares the others.

import { layernorm } from '../layernorm.ts'
import type { Params, Pass, ReferenceArgs, Variant } from '../op.ts'
import { rmsnorm } from '../rmsnorm.ts'
import { fewRows } from './few.ts'

/** What a fused op's `norm` says of x: it is taken as it is, or normed first. */
export const normKinds = { none: 0, rmsnorm: 1, layernorm: 2 } as const

/** Arguments of a norm before x; its `hasShift` is the LayerNorm's hasBias, `byRow` takes rows of x from step.row on. */
export const normArgs = { gain: 'vector', shift: 'vector' } as const
/** Its parameters where there is none. */
export const noNorm = { norm: normKinds.none, eps: 0, hasShift: 0, byRow: 0 }

export interface Ends {
  /** snippets in the place of `outputs` and the like */
  parts(params: Params): NonNullable<Pass['parts']>
  /** rows that are taken, and places left empty between them: what the grid covers; default: those of W */
  slots?(params: Params): number
}

/** A token being decoded: launches are saved there. Two to eight go through kernels that have them as columns. */
const oneRow = fewRows.filter(({ accepts }) => accepts({ T: 1, pos: 0, row: 0, prefix: 0 }, {}))

/** @param op its name stands in the variants' for `matmul` @param variants of matmul */
export const fewRowsWith = (op: string, { parts, slots }: Ends, variants = oneRow): Variant[] =>
  variants.map((variant) => ({
    ...variant,
    name: variant.name.replace('matmul', op),
    // what reads x more than once norms it more than once
    fits: (context) => variant.fits(context) && (!context.params['norm'] || variant.passes(context).length === 1),
    accepts: (step, params) => variant.accepts(step, params) && (!params['norm'] || step.T === 1),
    passes: (context) =>
      variant
        .passes(context)
        .map((pass) => ({
          ...pass,
          parts: {
            ...pass.parts,
            ...parts(context.params),
            ...(context.params['norm'] && {
              inputs: pass.staged ? 'inputs-norm-staged' : pass.spread ? 'inputs-norm-spread' : 'inputs-norm',
            }),
          },
          workgroups: (params, step) => pass.workgroups(slots ? { ...params, N: slots(params) } : params, step),
        })),
  }))

/** x as the matmul reads it, on the plain references: what the norm's own steps would leave. */
export function normedInput({ tensors: { x, gain, shift }, params, step }: ReferenceArgs): Float32Array {
  const { K: D, norm, eps, hasShift, byRow } = params as Record<'K' | 'norm' | 'eps' | 'hasShift' | 'byRow', number>
  const rows = byRow ? x!.subarray(step.row * D, (step.row + step.T) * D) : x!
  if (norm === normKinds.none) return rows
  const y = new Float32Array(step.T * D)
  const op = norm === normKinds.rmsnorm ? rmsnorm : layernorm
  op.reference({
    tensors: { x: rows, gain: gain!, ...(shift && { bias: shift }), y },
    params: { D, R: 1, own: 0, eps, hasBias: hasShift },
    step,
  })
  return y
}
