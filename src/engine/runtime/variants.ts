// Which kernels may run a step on a device: those that fit it and answered their self-check right.

import { EngineError } from '../errors.ts'
import type { PlanStep } from '../model/plan.ts'
import { ops } from '../ops/index.ts'
import type { Variant, VariantContext } from '../ops/op.ts'

export const variantKey = (op: string, variant: string, format: string | null): string =>
  `${op}/${variant}/${format ?? '-'}`

/** The variants of a step's op that fit it on this device and were not rejected, maybe none. */
export const fittingVariants = (
  { op }: Pick<PlanStep, 'op'>,
  context: VariantContext,
  rejected: ReadonlySet<string>,
): Variant[] =>
  ops[op]!.variants.filter((v) => v.fits(context) && !rejected.has(variantKey(op, v.name, context.format)))

/**
 * The variants of a step's op that fit it on this device and were not rejected; the last ones are the plain fallbacks.
 * @param rejected keys of variants that failed their self-check
 * @throws KERNEL_FAILED when there is none
 */
export function usableVariants(step: PlanStep, context: VariantContext, rejected: ReadonlySet<string>): Variant[] {
  const variants = fittingVariants(step, context, rejected)
  if (variants.length === 0) {
    throw new EngineError(
      'KERNEL_FAILED',
      `Cannot run "${step.name}": no kernel for "${step.op}"${context.format ? ` with ${context.format} weights` : ''} works on this GPU.`,
      { kernel: step.op, shader: step.op, line: 0, found: 'no usable variant' },
    )
  }
  return variants
}
