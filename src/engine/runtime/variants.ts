// Which kernels may run a step on a device, and which of them an order ever runs: only those need be compiled.

import { EngineError } from '../errors.ts'
import type { PlanGroup, PlanStep } from '../model/plan.ts'
import { ops } from '../ops/index.ts'
import type { StepValues, Variant, VariantContext } from '../ops/op.ts'
import type { StorageFormat } from '../quants/weight.ts'
import { MOST_STRANDS } from './runtime.ts'
import type { RuntimeSize } from './size.ts'
import { choose, type Order, type Preference } from './tuning/order.ts'

export const variantKey = (op: string, variant: string, format: string | null): string =>
  `${op}/${variant}/${format ?? '-'}`

/** The variants of an op that fit a step on this device; the last ones are the plain fallbacks. Maybe none. */
export const fittingVariants = (op: string, context: VariantContext): Variant[] =>
  ops[op]!.variants.filter((variant) => variant.fits(context))

/** The inspector's own steps run as many rows as a picture has, those of training as many as a text has. */
export const PICTURE_ROWS = 512

/** Every number of rows that a part may get, of one text and of several. */
function* runsOf(part: PlanStep['part'], { chunk, logitRows }: RuntimeSize): Generator<StepValues> {
  const values = { pos: 0, row: 0, prefix: 0 }
  const most = part === 'head' ? logitRows : part === 'probe' ? Math.max(chunk, PICTURE_ROWS) : chunk
  for (let T = 1; T <= most; T++) {
    yield { T, ...values }
    if (T <= MOST_STRANDS) yield { T, ...values, strands: { from: 0, count: T } }
  }
  if (part === 'probe') yield { T: 2 ** 20, ...values }
}

/** A step with the kernels that fit it, in the op's own order. */
export interface Choosable<V extends { variant: Variant }> {
  step: PlanStep | PlanGroup
  format: StorageFormat | null
  preference: Preference
  variants: readonly V[]
}

/**
 * Those of a step's kernels that are chosen for any number of rows it may get. Whatever is run is among them, as long as the
 * order stays and none is rejected.
 * @throws KERNEL_FAILED where a step has none left; a group then does without
 */
export function reached<V extends { variant: Variant }>(
  { step, format, preference, variants }: Choosable<V>,
  order: Order,
  size: RuntimeSize,
  rejected: ReadonlySet<string>,
): V[] {
  const left = variants.filter(({ variant }) => !rejected.has(variantKey(step.op, variant.name, format)))
  if (left.length === 0 && !('kind' in step)) throw noKernel(step, format)
  const found = new Set<unknown>()
  for (const values of runsOf(step.part, size)) {
    const accepts = ({ variant }: V): boolean => variant.accepts(values, step.params)
    found.add(choose(preference.of(order, values.T), left, accepts))
  }
  return left.filter((one) => found.has(one))
}

const noKernel = ({ name, op }: Pick<PlanStep, 'name' | 'op'>, format: string | null): EngineError =>
  new EngineError(
    'KERNEL_FAILED',
    `Cannot run "${name}": no kernel for "${op}"${format ? ` with ${format} weights` : ''} works on this GPU.`,
    { kernel: op, shader: op, line: 0, found: 'no usable variant' },
  )
