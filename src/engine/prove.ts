// Which kernels may be used: each one that a Plan is about to run answers its known-answer case, once per adapter and
// build, and those that fail are set aside.

import { checkAborted } from './errors.ts'
import type { Device } from './gpu/device.ts'
import type { KernelCache } from './gpu/kernel.ts'
import { fnv1a, shaderSource } from './gpu/shaders.ts'
import { contextOf, selfCheck, selfCheckKey, type SelfTest } from './gpu/selftest.ts'
import type { Plan, PlanGroup, PlanStep } from './model/plan.ts'
import { ops } from './ops/index.ts'
import { sample } from './ops/sample.ts'
import type { Params, StepValues, Variant } from './ops/op.ts'
import type { StorageFormat } from './quants/weight.ts'
import { wantedGroups } from './runtime/fusion.ts'
import type { WeightProvider } from './runtime/runtime.ts'
import { boundParams, type RuntimeSize } from './runtime/size.ts'
import { fittingVariants, usableVariants, variantKey } from './runtime/variants.ts'
import type { LoadOptions } from './types.ts'

/** A Plan, how much of it there is, and where its weights come from. */
export interface Work {
  plan: Plan
  size: RuntimeSize
  provider: WeightProvider
}

/** The variants of every step that fit it here, the plain fallbacks last. */
function* usable(
  device: Device,
  { plan, size, provider }: Work,
  groups: readonly PlanGroup[] = [],
): Generator<{ step: PlanStep; params: Params; format: StorageFormat | null; variants: Variant[] }> {
  for (const step of [...plan.steps, ...groups]) {
    const weight = step.args['weight']
    const layout = weight ? provider.layout(plan.weights[weight]!) : null
    const format = layout?.format ?? null
    const params = { ...boundParams(step, size), ...(layout && { block: layout.block }) }
    const find = 'kind' in step ? fittingVariants : usableVariants
    yield { step, params, format, variants: find(step, contextOf(device, params, format), new Set(), size) }
  }
}

/**
 * Begins to compile all that the Plan will use, so that it is ready when the weights are there. What does not compile is
 * told to whoever asks for it then.
 */
export function compileAhead(
  device: Device,
  kernels: KernelCache,
  work: Work,
  rejected: ReadonlySet<string>,
  fusion: LoadOptions['fusion'] = 'auto',
): void {
  const groups = wantedGroups(work.plan, fusion, device.facts.kind)
  for (const { step, params, format, variants } of usable(device, work, groups)) {
    for (const variant of variants.filter(({ name }) => !rejected.has(variantKey(step.op, name, format)))) {
      for (const { shader, overrides, parts } of variant.passes(contextOf(device, params, format))) {
        kernels.compile(shader, format, overrides, parts).catch(() => undefined)
      }
    }
  }
}

/** Keys of the variants that a forward of this size does without: they need not be compiled for it. */
export function spareKernels(device: Device, work: Work, values: StepValues): Set<string> {
  const spare = new Set<string>(),
    needed = new Set<string>()
  for (const { step, format, variants } of usable(device, work)) {
    const first = variants.find((variant) => variant.accepts(values, step.params))
    for (const one of variants) (one === first ? needed : spare).add(variantKey(step.op, one.name, format))
  }
  return new Set([...spare].filter((key) => !needed.has(key)))
}

/**
 * Every kernel the Plan is about to use, once each: compiled and checked against its reference.
 * @returns keys of the variants that failed. @throws GPU_LOST
 */
export async function proveKernels(
  device: Device,
  kernels: KernelCache,
  { plan, size, provider }: Work,
  options: Pick<LoadOptions, 'checkedKernels' | 'fusion' | 'onProgress' | 'signal'>,
): Promise<Set<string>> {
  const used = new Map<string, SelfTest>()
  const groups = wantedGroups(plan, options.fusion ?? 'auto', device.facts.kind)
  for (const { step, format, variants } of usable(device, { plan, size, provider }, groups)) {
    for (const variant of variants) {
      const op = ops[step.op]!
      const cache = op.args['kCache'] || op.args['vCache'] ? boundParams(step, size)['cache'] : undefined
      used.set(variantKey(step.op, variant.name, format), { op, variant, format, cache })
    }
  }
  return prove(device, kernels, [...used.values()], options)
}

/** Do the kernels that draw tokens answer right here? Asked when they are first wanted. */
export async function proveDrawing(device: Device, kernels: KernelCache, options: LoadOptions): Promise<boolean> {
  if (options.selfCheck === false) return true
  const tests = sample.variants.map((variant): SelfTest => ({ op: sample, variant, format: null }))
  return (await prove(device, kernels, tests, { checkedKernels: options.checkedKernels })).size === 0
}

/** @returns keys of the variants that failed */
async function prove(
  device: Device,
  kernels: KernelCache,
  tests: readonly SelfTest[],
  options: Pick<LoadOptions, 'checkedKernels' | 'onProgress' | 'signal'>,
): Promise<Set<string>> {
  const known = (await options.checkedKernels?.known()) ?? new Set<string>()
  const checkKey = ({ op, variant, format, cache }: SelfTest): string => {
    const text = variant
      .passes(contextOf(device, { ...op.cases[0]!.params, ...(cache && { cache }) }, format))
      .map(({ shader, parts }) => shaderSource(shader, format, parts))
      .join('')
    return [selfCheckKey(device.facts), variantKey(op.name, variant.name, format), fnv1a(text)].join('|')
  }
  const asked = tests.filter((test) => !known.has(checkKey(test)))
  const { rejected } = await selfCheck(
    device,
    kernels,
    asked,
    (loaded, total) => options.onProgress?.({ phase: 'self-check', loaded, total }),
    options.signal,
  )
  const failed = new Set(rejected.map((r) => variantKey(r.op, r.variant, r.format)))
  await options.checkedKernels?.remember(
    asked.filter((t) => !failed.has(variantKey(t.op.name, t.variant.name, t.format))).map(checkKey),
  )
  checkAborted(options.signal)
  return failed
}
