// The kinds of steps that a Plan has on a device, and what there is to choose among for each. The same before a model is
// placed and behind it: what this machine remembers of its kernels is known before anything is compiled.

import type { Device } from '../../gpu/device.ts'
import type { KernelCache } from '../../gpu/kernel.ts'
import { contextOf } from '../../gpu/selftest.ts'
import { fnv1a } from '../../gpu/shaders.ts'
import type { Part, Plan, PlanGroup } from '../../model/plan.ts'
import type { Params, Variant } from '../../ops/op.ts'
import type { WeightLayout } from '../../quants/weight.ts'
import type { WeightProvider } from '../runtime.ts'
import { boundParams, type RuntimeSize } from '../size.ts'
import { fittingVariants, variantKey, type Choosable } from '../variants.ts'
import type { StepChoice } from './choice.ts'
import { choose, classNames, classOf, kindOf, PLAIN, Preference, questionKey, rowClasses, type Order } from './order.ts'

/** Steps that run the same kernels over as many numbers; `step` is the first of them. */
export interface Kind extends Choosable<{ variant: Variant }> {
  shape: StepChoice['shape']
  /** the first one's, with those of its weight */
  params: Params
  count: number
}

/** What kernels are asked of, and what is known of them. */
export interface Kernels {
  device: Device
  kernels: KernelCache
  rejected: ReadonlySet<string>
}

/** Groups first: what runs for their steps depends on them. */
export function kindsOf(
  { steps, weights }: Pick<Plan, 'steps' | 'weights'>,
  groups: readonly PlanGroup[],
  provider: Pick<WeightProvider, 'layout'>,
  size: RuntimeSize,
  device: Device,
): Kind[] {
  const kinds = new Map<string, Kind>()
  const layouts = new Map<string, WeightLayout>()
  for (const step of [...groups, ...steps]) {
    const weight = step.args['weight']
    if (weight && !layouts.has(weight)) layouts.set(weight, provider.layout(weights[weight]!))
    const layout = weight ? layouts.get(weight)! : null
    const format = layout?.format ?? null
    const own = boundParams(step, size)
    const kind = kindOf(step, format, own)
    const known = kinds.get(kind)
    if (known) {
      known.count++
      continue
    }
    const params = { ...own, ...(layout && { block: layout.block }) }
    kinds.set(kind, {
      step,
      preference: new Preference(kind),
      format,
      shape: layout && [layout.rows, layout.cols],
      params,
      variants: fittingVariants(step.op, contextOf(device, params, format)).map((variant) => ({ variant })),
      count: 1,
    })
  }
  return [...kinds.values()]
}

/** Decode and prefill matter most. */
const classOrder = [0, 3, 1, 2]

/** A choice, and the number of rows that it is measured with. */
export interface Asked<K extends Kind> {
  choice: StepChoice
  kind: K
  T: number
}

/**
 * Every kind of step and class of rows that more than one kernel could run, the most important first.
 * @param head the part that only gets rows of logits
 */
export const choicesOf = <K extends Kind>(
  kinds: readonly K[],
  order: Order,
  size: RuntimeSize,
  head: Part | null,
  machine: Kernels,
): Asked<K>[] =>
  classOrder.flatMap((rowClass) => kinds.flatMap((kind) => ask(kind, rowClass, order, size, head, machine)))

function ask<K extends Kind>(
  kind: K,
  rowClass: number,
  order: Order,
  { logitRows, chunk }: RuntimeSize,
  head: Part | null,
  machine: Kernels,
): Asked<K>[] {
  const { step, preference, format, shape, count, variants } = kind
  const T = Math.min(rowClasses[rowClass]!, step.part === head ? logitRows : chunk)
  if (classOf(T) !== rowClass) return []
  const values = { T, pos: 0, row: 0, prefix: 0 }
  const accepted = variants.filter(({ variant }) => variant.accepts(values, step.params))
  const isGroup = 'kind' in step
  const names = accepted.map(({ variant }) => variant.name)
  if (names.length + Number(isGroup) < 2 || names.length === 0) return []
  const isTimed = ({ variant }: { variant: Variant }): boolean => !variant.rounds
  const preferred = preference.of(order, T)
  const found = choose(
    preferred,
    accepted,
    ({ variant }) => !machine.rejected.has(variantKey(step.op, variant.name, format)),
  )
  const runs = typeof found === 'object' ? found.variant.name : PLAIN
  const isWanted = order.wanted.includes(runs) || (isGroup && order.apart && runs === PLAIN)
  const by = !preferred.includes(runs) ? 'default' : isWanted ? 'wanted' : 'measured'
  const choice: StepChoice = {
    key: questionKey(preference.kind, rowClass),
    build: buildOf(kind, accepted.filter(isTimed), machine),
    op: step.op,
    format,
    shape,
    rows: classNames[rowClass]!,
    count,
    runs,
    by,
    candidates: [...accepted.filter(isTimed).map(({ variant }) => variant.name), ...(isGroup ? [PLAIN] : [])],
    rounding: accepted.filter((one) => !isTimed(one)).map(({ variant }) => variant.name),
  }
  return [{ choice, kind, T }]
}

/** Tells the kernels of one build apart from those of another. */
function buildOf({ params, format }: Kind, some: Kind['variants'], { device, kernels }: Kernels): string {
  const texts = some.flatMap(({ variant }) =>
    variant
      .passes(contextOf(device, params, format))
      .flatMap(({ shader, overrides, parts }) => [kernels.source(shader, format, parts), JSON.stringify(overrides)]),
  )
  return fnv1a(texts.join(''))
}
