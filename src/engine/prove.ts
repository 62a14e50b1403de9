// Which kernels may be used: each one that a Plan is about to run answers its known-answer case, once per adapter and
// build, and those that fail are set aside. Only those that are about to be run are compiled and asked.

import { checkAborted } from './errors.ts'
import type { Device } from './gpu/device.ts'
import type { KernelCache } from './gpu/kernel.ts'
import { fnv1a, shaderSource } from './gpu/shaders.ts'
import { selfCheckKey } from './gpu/key.ts'
import { contextOf, selfCheck } from './gpu/selftest.ts'
import type { PlaceOptions } from './machine.ts'
import { ops } from './ops/index.ts'
import { sample } from './ops/sample.ts'
import type { Asked, KernelChecks } from './runtime/checks.ts'
import type { RuntimeSize } from './runtime/size.ts'
import type { Kind } from './runtime/tuning/kinds.ts'
import type { Order } from './runtime/tuning/order.ts'
import { reached, variantKey } from './runtime/variants.ts'
import type { LoadOptions } from './types.ts'

/** What was asked of the kernels of one device, and what a caller remembers of it. */
export class KernelProof implements KernelChecks {
  readonly rejected = new Set<string>()
  private readonly passed = new Set<string>()
  private known: Promise<ReadonlySet<string>> | null = null

  constructor(
    readonly device: Device,
    readonly kernels: KernelCache,
    private readonly options: Pick<LoadOptions, 'checkedKernels' | 'selfCheck'>,
  ) {}

  async check(
    asked: readonly Asked[],
    signal?: AbortSignal,
    onProgress?: (loaded: number, total: number) => void,
  ): Promise<void> {
    const { selfCheck: isAsked, checkedKernels } = this.options
    if (isAsked === false) return
    const known = await (this.known ??= Promise.resolve(checkedKernels?.known() ?? new Set<string>()))
    const open = new Map<string, Asked>()
    for (const one of asked) {
      const key = this.keyOf(one)
      if (known.has(key) || this.passed.has(key) || this.rejected.has(variantOf(one))) continue
      open.set(key, one)
    }
    if (open.size === 0) return
    const { device, kernels, rejected } = this
    const failed = await selfCheck(device, kernels, [...open.values()], onProgress, signal)
    for (const { op, variant, format } of failed.rejected) rejected.add(variantKey(op, variant, format))
    const passed = [...open].flatMap(([key, one]) => (rejected.has(variantOf(one)) ? [] : [key]))
    for (const key of passed) this.passed.add(key)
    await checkedKernels?.remember(passed)
    checkAborted(signal)
  }

  private keyOf({ op, variant, format, params: { cache } }: Asked): string {
    const isCached = op.args['kCache'] || op.args['vCache']
    const text = variant
      .passes(contextOf(this.device, { ...op.cases[0]!.params, ...(isCached && cache && { cache }) }, format))
      .map(({ shader, parts }) => shaderSource(shader, format, parts))
      .join('')
    return [selfCheckKey(this.device.facts), variantKey(op.name, variant.name, format), fnv1a(text)].join('|')
  }
}

const variantOf = ({ op, variant, format }: Asked): string => variantKey(op.name, variant.name, format)

/**
 * Begins to compile what an order may run, so that it is ready when the weights are there, and checks it. What does not
 * compile is told to whoever asks for it then.
 * @throws KERNEL_FAILED where a step has no kernel; GPU_LOST; ABORTED
 */
export async function proveKernels(
  proof: KernelProof,
  kinds: readonly Kind[],
  order: Order,
  size: RuntimeSize,
  { signal, onProgress, onBusy }: Pick<PlaceOptions, 'onProgress' | 'signal' | 'onBusy'>,
): Promise<void> {
  const { device, kernels, rejected } = proof
  for (let before = -1; before !== rejected.size;) {
    before = rejected.size
    const asked = kinds.flatMap((kind) =>
      reached(kind, order, size, rejected).map(({ variant }): Asked => ({
        op: ops[kind.step.op]!,
        variant,
        format: kind.format,
        params: kind.params,
      })),
    )
    for (const { variant, format, params } of asked) {
      for (const { shader, overrides, parts } of variant.passes(contextOf(device, params, format))) {
        kernels.compile(shader, format, overrides, parts).catch(() => undefined)
      }
    }
    onBusy?.()
    await proof.check(asked, signal, (loaded, total) => onProgress?.({ phase: 'self-check', loaded, total }))
  }
}

/** Do the kernels that draw tokens answer right here? Asked when they are first wanted. */
export async function proveDrawing(proof: KernelProof): Promise<boolean> {
  const asked = sample.variants.map((variant): Asked => ({
    op: sample,
    variant,
    format: null,
    params: sample.cases[0]!.params,
  }))
  await proof.check(asked)
  return !asked.some((one) => proof.rejected.has(variantOf(one)))
}
