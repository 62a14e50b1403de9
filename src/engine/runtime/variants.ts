// Which kernels may run a step on a device: those that fit it and answered their self-check right.

import { EngineError } from '../errors.ts'
import type { PlanStep } from '../model/plan.ts'
import { ops } from '../ops/index.ts'
import type { Params, Variant, VariantContext } from '../ops/op.ts'
import type { RuntimeSize } from './size.ts'

export const variantKey = (op: string, variant: string, format: string | null): string =>
  `${op}/${variant}/${format ?? '-'}`

type Asked = Pick<PlanStep, 'op' | 'part' | 'params'>

/**
 * The variants of a step's op that fit it on this device, were not rejected, and run as many rows as the step may get:
 * the head never has more than `logitRows`, so the kernels for many rows need not be compiled for it. Maybe none.
 */
export const fittingVariants = (
  { op, part, params }: Asked,
  context: VariantContext,
  rejected: ReadonlySet<string>,
  size: RuntimeSize,
): Variant[] =>
  ops[op]!.variants.filter(
    (variant) =>
      variant.fits(context) &&
      !rejected.has(variantKey(op, variant.name, context.format)) &&
      (part !== 'head' || acceptsUpTo(size.logitRows, variant, params)),
  )

function acceptsUpTo(most: number, variant: Variant, params: Params): boolean {
  for (let T = 1; T <= most; T++) {
    const values = { T, pos: 0, row: 0, prefix: 0 }
    if (variant.accepts(values, params)) return true
    if (variant.accepts({ ...values, strands: { from: 0, count: T } }, params)) return true
  }
  return false
}

/**
 * The variants of a step's op that fit it on this device and were not rejected; the last ones are the plain fallbacks.
 * @param rejected keys of variants that failed their self-check
 * @throws KERNEL_FAILED when there is none
 */
export function usableVariants(
  step: PlanStep,
  context: VariantContext,
  rejected: ReadonlySet<string>,
  size: RuntimeSize,
): Variant[] {
  const variants = fittingVariants(step, context, rejected, size)
  if (variants.length === 0) {
    throw new EngineError(
      'KERNEL_FAILED',
      `Cannot run "${step.name}": no kernel for "${step.op}"${context.format ? ` with ${context.format} weights` : ''} works on this GPU.`,
      { kernel: step.op, shader: step.op, line: 0, found: 'no usable variant' },
    )
  }
  return variants
}
