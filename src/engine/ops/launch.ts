// Words that most ops' variant lists are made of.

import { maskOverrides } from './mask.ts'
import type { Params, StepValues, Variant, VariantContext } from './op.ts'

/** Workgroups for one thread per element, 64 threads each. */
export const perElement =
  (count: (params: Params, step: StepValues) => number) =>
  (params: Params, step: StepValues): number =>
    Math.ceil(count(params, step) / 64)

/** A variant of one pass that fits everything and runs any number of rows. */
export const plain = (shader: string, workgroups: (params: Params, step: StepValues) => number): Variant => ({
  name: shader,
  fits: () => true,
  accepts: () => true,
  passes: () => [{ shader, workgroups }],
})

/**
 * A variant that gives each row of `width` columns, a multiple of 4, a subgroup: as many threads as the smallest has, so that
 * one instruction sums over a workgroup. A GPU whose subgroups may be small has better ones for long rows.
 */
export const perSubgroup = (
  shader: string,
  width: string,
  workgroups: (params: Params, step: StepValues) => number,
): Variant => ({
  name: shader,
  fits: ({ kind, params, features }) =>
    params[width]! % 4 === 0 && (features.subgroups?.min ?? 0) >= (kind === 'gpu' ? 32 : 4),
  accepts: () => true,
  passes: ({ features }) => [{ shader, overrides: { threads: Math.min(features.subgroups!.min, 64) }, workgroups }],
})

/**
 * A variant whose kernels attend: specialised by the mask of its step (mask.ts). It takes the keys for those of one text,
 * unless it is made for `strands`.
 */
export const masked = (variant: Variant, strands = false): Variant => ({
  ...variant,
  accepts: (step, params) => Boolean(step.strands) === strands && variant.accepts(step, params),
  passes: (context) =>
    variant.passes(context).map((pass) => {
      const overrides = { ...pass.overrides, ...maskOverrides(context.params) }
      return Object.keys(overrides).length ? { ...pass, overrides } : pass
    }),
})

/** Lanes of a core's vector on a driver that runs WGSL on a processor: a workgroup of fewer threads leaves some of them idle. */
export const softwareLanes = ({ subgroups }: VariantContext['features']): number =>
  Math.max(4, Math.min(subgroups?.min ?? 4, 64))
