// Runs ops on known inputs and compares with their plain references, on the device in hand.
//
// Before a model is used, every variant it will use answers its op's smallest case; one that
// answers wrong is not used. Tests run all cases through the same function. The only file of
// this room that looks at ops, and it looks at them as data.

import { checkAborted, EngineError } from '../errors.ts'
import { cacheFormatOf, packRows, rowWords, unpackRows } from '../ops/cache-format.ts'
import { fitsFormat, makeInputs, nmse } from '../ops/inputs.ts'
import {
  stepWords,
  type Case,
  type Op,
  type Params,
  type ReferenceArgs,
  type Variant,
  type VariantContext,
} from '../ops/op.ts'
import type { StorageFormat } from '../quants/weight.ts'
import type { Device } from './device.ts'
import { bindByName, kernelKey, packParams, type KernelCache } from './kernel.ts'
import { Commands, refusalOf } from './queue.ts'

const usage = { mapRead: 1, copySource: 4, copyTarget: 8, uniform: 64, storage: 128 } as const

export const contextOf = (
  device: Device,
  params: Record<string, number>,
  format: StorageFormat | null,
  kind = device.facts.kind,
): VariantContext => ({
  params,
  format,
  kind,
  features: device.features,
  limits: {
    maxComputeWorkgroupStorageSize: device.gpu.limits.maxComputeWorkgroupStorageSize,
    maxComputeInvocationsPerWorkgroup: device.gpu.limits.maxComputeInvocationsPerWorkgroup,
  },
})

/** The vectors of an op in one buffer, each from a multiple of 64 on, and the parameters that say where. */
function vectorsOf({ args: kinds }: Op, { tensors }: ReferenceArgs): { all: Float32Array; at: Record<string, number> } {
  const names = Object.keys(kinds).filter((name) => kinds[name] === 'vector')
  const at: Record<string, number> = {}
  let end = 0
  for (const name of names) {
    at[`${name}At`] = end
    end += Math.ceil((tensors[name]?.length ?? 0) / 64) * 64
  }
  const all = new Float32Array(names.length > 0 ? Math.max(end, 4) : 0).fill(777)
  for (const name of names) all.set(tensors[name] ?? [], at[`${name}At`])
  return { all, at }
}

/** Runs one variant on the given inputs; returns the tensors it writes. The inputs stay as they are. */
export async function runOp(
  device: Device,
  kernels: KernelCache,
  op: Op,
  variant: Variant,
  args: ReferenceArgs,
  kind = device.facts.kind,
): Promise<Record<string, Float32Array>> {
  const { gpu, presence } = device
  const format = args.weight?.format ?? null
  const passes = variant.passes(contextOf(device, args.params, format, kind))
  const compiled = await Promise.all(
    passes.map(({ shader, overrides, parts }) => kernels.compile(shader, format, overrides, parts)),
  )
  const own: GPUBuffer[] = []
  const make = (size: number, use: number): GPUBuffer => {
    const buffer = gpu.createBuffer({ size: Math.max(16, Math.ceil(size / 16) * 16), usage: use })
    own.push(buffer)
    return buffer
  }
  const put = (data: ArrayBufferView | ArrayBuffer, use: number): GPUBuffer => {
    const bytes = ArrayBuffer.isView(data)
      ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
      : new Uint8Array(data)
    const buffer = make(bytes.length, use | usage.copySource | usage.copyTarget)
    gpu.queue.writeBuffer(buffer, 0, bytes as Uint8Array<ArrayBuffer>)
    return buffer
  }
  const cache = cacheFormatOf(args.params)
  const isCache = (name: string): boolean => name === 'kCache' || name === 'vCache'
  const commands = new Commands(device)
  const reads: { name: string; read: GPUBuffer; size: number }[] = []
  const left: GPUBuffer[] = []
  try {
    const refusal = await refusalOf(device, op.name, () => {
      const buffers: Record<string, GPUBuffer> = {}
      for (const [name, data] of Object.entries(args.tensors)) {
        buffers[name] = put(isCache(name) ? packRows(cache, args.params['d']!, data) : data, usage.storage)
      }
      const { all, at } = vectorsOf(op, args)
      if (all.length > 0) buffers['vectors'] = put(all, usage.storage)
      if (args.ids) buffers['ids'] = put(args.ids, usage.storage)
      if (args.maskedEdges) buffers['maskedEdges'] = put(args.maskedEdges, usage.storage)
      if (args.weight) {
        buffers['codes'] = put(args.weight.codes, usage.storage)
        buffers['scales'] = put(args.weight.scales, usage.storage)
      }
      const scratch = variant.scratchBytes?.(args.params, args.step.T) ?? 0
      buffers['scratch'] = put(new Float32Array(Math.ceil(scratch / 4)).fill(777), usage.storage)
      const partials = variant.partialWords?.(args.params, args.step.T) ?? 0
      buffers['partials'] = put(new Uint32Array(partials), usage.storage)
      buffers['step'] = put(stepWords(args.step), usage.uniform)
      compiled.forEach((kernel, i) => {
        const params = put(packParams(kernel.reflection, { ...at, ...args.params }, op.name), usage.uniform)
        commands.launch(
          bindByName(device, kernel, { ...buffers, params }),
          passes[i]!.workgroups(args.params, args.step),
        )
      })
      for (const [name, { byteLength }] of Object.entries(args.tensors)) {
        if (!['write', 'update'].includes(op.args[name]!)) continue
        const d = args.params['d'] ?? 1
        const size = isCache(name) ? (byteLength / d) * rowWords(cache, d) : byteLength
        const read = make(size, usage.mapRead | usage.copyTarget)
        reads.push({ name, read, size })
        commands.copy({ buffer: buffers[name]!, offset: 0, count: size / 4 }, read, 0)
      }
      if (partials) {
        left.push(make(partials * 4, usage.mapRead | usage.copyTarget))
        commands.copy({ buffer: buffers['partials']!, offset: 0, count: partials }, left[0]!, 0)
      }
      gpu.queue.submit([commands.finish()])
    })
    if (refusal !== null) {
      throw new EngineError('GPU_VALIDATION', `The GPU refused "${op.name}" (${variant.name}): ${refusal}`, {
        step: op.name,
        message: refusal,
      })
    }
    const out: Record<string, Float32Array> = {}
    for (const { name, read, size } of reads) {
      await presence.wait(op.name, read.mapAsync(1))
      const bytes = read.getMappedRange(0, size).slice(0)
      out[name] = isCache(name) ? unpackRows(cache, args.params['d']!, new Uint32Array(bytes)) : new Float32Array(bytes)
    }
    for (const words of left) {
      await presence.wait(op.name, words.mapAsync(1))
      if (new Uint32Array(words.getMappedRange()).some(Boolean)) {
        throw new EngineError('INTERNAL', `"${variant.name}" left partials of its sums behind.`)
      }
    }
    return out
  } finally {
    for (const buffer of own) buffer.destroy()
  }
}

export interface CaseResult {
  worst: number
  limit: number
  tensor: string
  ok: boolean
}

/** GPU against reference for one case: the largest NMSE over the written tensors. */
export async function checkCase(
  device: Device,
  kernels: KernelCache,
  op: Op,
  variant: Variant,
  given: Case,
  format: StorageFormat | null,
  kind = device.facts.kind,
): Promise<CaseResult> {
  const args = makeInputs(op, given, format)
  const got = await runOp(device, kernels, op, variant, args, kind)
  variant.rounds?.(args)
  op.reference(args)
  const limit = given.nmse ?? 1e-11
  let [worst, tensor] = [-1, '']
  for (const [name, values] of Object.entries(got)) {
    const numbers = op.numbers?.[name],
      read = (floats: Float32Array): ArrayLike<number> => numbers?.(new Uint32Array(floats.buffer)) ?? floats
    const error = nmse(read(values), read(args.tensors[name]!))
    if (error > worst) [worst, tensor] = [error, name]
  }
  return { worst, limit, tensor, ok: worst <= limit }
}

export interface SelfTest {
  op: Op
  variant: Variant
  format: StorageFormat | null
  /** of the step that it will run: the kernels that are made for them are the ones to check */
  params?: Params
}
export interface Rejection {
  op: string
  variant: string
  format: StorageFormat | null
  reason: string
}

/** The case that says whether a variant is right: of those it fits, the first that runs the step's own kernels, if any does. */
function caseFor(device: Device, { op, variant, format, params }: SelfTest): Case | undefined {
  const cache = op.args['kCache'] || op.args['vCache'] ? (params?.['cache'] ?? 0) : 0
  const fitting = op.cases.filter(
    ({ params: given, step, weight }) =>
      variant.fits(contextOf(device, given, format)) &&
      variant.accepts(step, given) &&
      (given['cache'] ?? 0) === cache &&
      (!format || !weight || fitsFormat(format, weight.cols)),
  )
  const kernelsOf = (given: Params): string =>
    variant
      .passes(contextOf(device, given, format))
      .map(({ shader, overrides, parts }) => kernelKey(shader, format, overrides, parts))
      .join()
  const own = params && kernelsOf(params)
  return fitting.find((one) => kernelsOf(one.params) === own) ?? fitting[0]
}

/**
 * Checks each variant on a case of its op. Rejects; never throws because a kernel is wrong. All are begun to be compiled at
 * once: browsers do that on several threads.
 * @throws GPU_LOST: a device that went away says nothing of its kernels; ABORTED
 */
export async function selfCheck(
  device: Device,
  kernels: KernelCache,
  tests: readonly SelfTest[],
  onProgress?: (done: number, total: number) => void,
  signal?: AbortSignal,
): Promise<{ rejected: Rejection[] }> {
  const rejected: Rejection[] = []
  const begun = tests.map((test) => {
    const { variant, format } = test
    const given = caseFor(device, test)
    const passes = given ? variant.passes(contextOf(device, given.params, format)) : []
    const compiled = passes.map(({ shader, overrides, parts }) => kernels.compile(shader, format, overrides, parts))
    return { ...test, given, compiled: Promise.allSettled(compiled) }
  })
  for (const [done, { op, variant, format, given, compiled }] of begun.entries()) {
    onProgress?.(done, tests.length)
    await compiled
    checkAborted(signal)
    const reject = (reason: string): void => {
      rejected.push({ op: op.name, variant: variant.name, format, reason })
    }
    if (!given) {
      reject('no known-answer case fits it')
      continue
    }
    try {
      const { ok, worst, limit, tensor } = await checkCase(device, kernels, op, variant, given, format)
      if (!ok) {
        reject(
          `"${tensor}" differs from the reference: NMSE ${worst.toExponential(1)}, allowed ${limit.toExponential(1)}`,
        )
      }
    } catch (thrown) {
      const error = await device.presence.cause(thrown)
      if (error instanceof EngineError && error.code === 'GPU_LOST') throw error
      reject(error instanceof Error ? error.message : String(error))
    }
  }
  device.presence.check()
  onProgress?.(tests.length, tests.length)
  return { rejected }
}
