// What the GPU's runtime asks for beside the Plan's own tensors, before a device is there: room for sums, parameters of
// launches, what is read back. Which kernels a device runs is not known yet: the most that any of them takes.

import { ops } from '../ops/index.ts'
import type { VariantContext } from '../ops/op.ts'
import type { Plan } from '../model/plan.ts'
import type { WeightLayout } from '../quants/weight.ts'
import { wantedGroups } from './fusion.ts'
import { boundParams, type RuntimeSize } from './size.ts'
import { fittingVariants, PICTURE_ROWS } from './variants.ts'

/** Uniforms of one launch; of a step, of one that is lent, the zero that nobody writes, and what buffers are rounded up by. */
const LAUNCH_BYTES = 256,
  STEP_BYTES = 2064 + 64

const devices: Pick<VariantContext, 'kind' | 'features' | 'limits'>[] = (['gpu', 'software'] as const).flatMap((kind) =>
  [true, false].map((has) => ({
    kind,
    features: { subgroups: has ? { min: 8, max: 32 } : null, f16: has, dot4: has },
    limits: { maxComputeWorkgroupStorageSize: 2 ** 15, maxComputeInvocationsPerWorkgroup: 2 ** 8 },
  })),
)

/** Bytes, at most, on any device. */
export const workspaceBytes = (plan: Plan, layoutOf: (weight: string) => WeightLayout, size: RuntimeSize): number =>
  Math.max(...devices.map((device) => workspaceOn(device, plan, layoutOf, size))) +
  (size.chunk + size.logitRows * plan.outputs[0]!.width) * 4 +
  STEP_BYTES

function workspaceOn(
  device: (typeof devices)[number],
  plan: Plan,
  layoutOf: (weight: string) => WeightLayout,
  size: RuntimeSize,
): number {
  let launches = 0,
    scratch = 0,
    partials = 0
  for (const step of [...plan.steps, ...wantedGroups(plan, 'auto', device.kind)]) {
    const { weight } = step.args
    const layout = weight === undefined ? null : layoutOf(weight)
    const given = { ...boundParams(step, size), ...(layout && { block: layout.block, rowStart: 0, rows: layout.rows }) }
    const params = { ...given, ...(layout && ops[step.op]!.segment?.(given)) }
    const context: VariantContext = { ...device, params, format: layout?.format ?? null }
    const most = step.part === 'probe' ? Math.max(size.chunk, PICTURE_ROWS) : size.chunk
    for (const variant of fittingVariants(step.op, context)) {
      launches += variant.passes(context).length
      partials = Math.max(partials, (variant.partialWords?.(params, most) ?? 0) * 4)
      scratch = Math.max(scratch, variant.scratchBytes?.(params, most) ?? 0)
    }
  }
  return launches * LAUNCH_BYTES + scratch + partials
}
