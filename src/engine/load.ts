// From a folder of files to a running model: open -> plan -> self-check -> upload -> ready.

import { checkAborted, EngineError } from './errors.ts'
import { openCheckpoint } from './formats/checkpoint.ts'
import type { Checkpoint } from './formats/types.ts'
import { inOwnWords } from './formats/gguf-words.ts'
import { openDevice, type Device } from './gpu/device.ts'
import { KernelCache } from './gpu/kernel.ts'
import { shaderSource } from './gpu/shaders.ts'
import { contextOf, selfCheck, selfCheckKey, type SelfTest } from './gpu/selftest.ts'
import type { Description } from './model/describe.ts'
import { families } from './model/families/index.ts'
import { openPlan, type OpenedPlan, type Shapes } from './model/open.ts'
import { generationOf } from './model/keys.ts'
import { planNotices, printNotices } from './model/notes.ts'
import { checkLoad } from './options.ts'
import { parameterCount, planMemory, printPlan, weightBytesPerToken } from './model/print.ts'
import type { Plan } from './model/plan.ts'
import { ops } from './ops/index.ts'
import { createCpuRuntime } from './runtime/cpu.ts'
import type { Runtime, WeightProvider } from './runtime/runtime.ts'
import { createSession } from './runtime/session.ts'
import { boundParams, type RuntimeSize } from './runtime/size.ts'
import { usableVariants, variantKey } from './runtime/variants.ts'
import { checkpointWeights } from './runtime/weights.ts'
import { quantOf, type StorageFormat, type WeightLayout } from './quants/weight.ts'
import { samplingDefaults } from './sampler/defaults.ts'
import { textNotices } from './text.ts'
import type { DeviceFacts, LoadOptions, ModelDefaults, ModelInfo, ModelNotice, ModelSource } from './types.ts'

export interface OpenedModel extends OpenedPlan {
  checkpoint: Checkpoint
  provider: WeightProvider
  size: RuntimeSize
  info: ModelInfo
}

const DEFAULT_CONTEXT = 2048
/** Beyond the trained length people may go this far; memory ends it earlier. */
const LONGEST_CONTEXT = 2 ** 20

/**
 * Multiply-adds of one prefill submit: long ones freeze the whole browser, and Stop waits for them (trust.md: ~50 ms).
 */
const CHUNK_WORK = { gpu: 2e10, software: 4e9, cpu: 1e8 } as const

/** Tokens per prefill chunk: a power of two from 16 to 256, fewer the larger the model and the slower the adapter. */
const chunkFor = (parameters: number, kind: keyof typeof CHUNK_WORK): number =>
  Math.min(256, Math.max(16, 2 ** Math.floor(Math.log2(CHUNK_WORK[kind] / parameters))))

const shapesOf = ({ tensors }: Checkpoint): Shapes => ({
  keys: () => tensors.keys(),
  get: (name) => tensors.get(name)?.shape,
})

/** Reads headers and config only: what the model is, its Plan, and what it will take. */
export async function openModel(source: ModelSource, options: LoadOptions = {}): Promise<OpenedModel> {
  checkLoad(options)
  const checkpoint = await openCheckpoint(source.files, families, options.signal)
  const provider = checkpointWeights(checkpoint, options)
  const opened = inOwnWords(checkpoint, () =>
    openPlan(checkpoint.config, shapesOf(checkpoint), provider.canStack, checkpoint.format),
  )
  const {
    plan,
    unused,
    description,
    description: { dims },
  } = opened
  const ignored = [...description.ignored, ...checkpoint.ignored.map((key) => ({ ...key, why: 'unknown' as const }))]
  const trained = dims.maxContext,
    limit = Math.max(trained, LONGEST_CONTEXT)
  const asked = options.context ?? Math.min(DEFAULT_CONTEXT, trained)
  const context = options.withinTraining ? Math.min(asked, trained) : asked
  if (!(Number.isInteger(context) && context > 0 && context <= limit)) {
    const need = `a whole number from 1 to ${limit}`
    throw new EngineError('PARAM_INVALID', `Cannot load with a context of ${context}: it must be ${need}.`, {
      param: 'context',
      need,
      found: String(context),
    })
  }
  const size: RuntimeSize = {
    context,
    chunk: Math.min(options.chunk ?? chunkFor(parameterCount(plan), 'gpu'), context),
    logitRows: 1,
  }
  const layoutOf = (name: string): WeightLayout => provider.layout(plan.weights[name]!)
  const defaults = samplingDefaults({ ...checkpoint, older: generationOf(checkpoint.config), context })
  const info: ModelInfo = {
    name: source.name,
    title: titleOf(checkpoint),
    family: plan.family,
    parameters: parameterCount(plan),
    layers: dims.layers,
    hidden: dims.D,
    heads: dims.H,
    kvHeads: dims.K,
    headDim: dims.d,
    vocab: dims.V,
    context,
    maxContext: trained,
    contextLimit: limit,
    formats: formatsOf(plan, layoutOf),
    bytes: planMemory(plan, layoutOf, size),
    dispatchesPerToken: plan.steps.length,
    weightBytesPerToken: weightBytesPerToken(plan, layoutOf),
    hasChatTemplate: false,
    device: null,
    adapter: null,
    rejectedKernels: [],
    notices: [
      ...textNotices(checkpoint),
      ...planNotices({ ignored, unused, renamed: checkpoint.renamed, context, trained, tables: plan.tables }),
      ...samplingNotices(defaults),
    ],
    ...(defaults && { defaults }),
  }
  return { ...opened, checkpoint, provider, size, info }
}

/** Only shown: any text will do, in one line. */
function titleOf({ metadata }: Checkpoint): string | null {
  const name = metadata?.get('general.name')
  return typeof name === 'string' && name.trim() !== ''
    ? name
        .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
        .trim()
        .slice(0, 120)
    : null
}

const samplingNotices = (defaults: ModelDefaults | undefined): ModelNotice[] =>
  defaults?.ignored.length
    ? [
        {
          code: 'SAMPLING_UNREAD',
          facts: { count: defaults.ignored.length, keys: defaults.ignored.slice(0, 24).join(', ') },
          quiet: true,
        },
      ]
    : []

function formatsOf(plan: Plan, layoutOf: (name: string) => WeightLayout): ModelInfo['formats'] {
  const by = (role: string): StorageFormat[] =>
    Object.entries(plan.weights)
      .filter(([, w]) => w.role === role)
      .map(([name]) => layoutOf(name).format)
  const linear = new Set(by('linear'))
  const embedding = by('embedding')[0]!
  const [first] = linear
  return {
    linear: linear.size === 1 ? first! : 'mixed',
    packed: linear.size === 1 && quantOf(first!).stored !== undefined,
    embedding,
    head: by('head')[0] ?? embedding,
    tied: plan.tied,
  }
}

export const planText = (model: OpenedModel): string =>
  printPlan(model.plan, (name) => model.provider.layout(model.plan.weights[name]!)) + printNotices(model.info.notices)

/**
 * Every kernel the Plan is about to use, once each: compiled, checked against its reference, and those that fail set
 * aside.
 */
async function proveKernels(
  device: Device,
  kernels: KernelCache,
  model: OpenedModel,
  options: LoadOptions,
): Promise<Set<string>> {
  const used = new Map<string, SelfTest>()
  for (const step of model.plan.steps) {
    const weight = step.args['weight']
    const layout = weight ? model.provider.layout(model.plan.weights[weight]!) : null
    const format = layout?.format ?? null
    const context = contextOf(
      device,
      { ...boundParams(step, model.size), ...(layout && { block: layout.block }) },
      format,
    )
    for (const variant of usableVariants(step, context, new Set())) {
      used.set(variantKey(step.op, variant.name, format), { op: ops[step.op]!, variant, format })
    }
  }
  const known = (await options.checkedKernels?.known()) ?? new Set<string>()
  const checkKey = ({ op, variant, format }: SelfTest): string => {
    const text = variant
      .passes(contextOf(device, op.cases[0]!.params, format))
      .map(({ shader }) => shaderSource(shader, format))
      .join('')
    return [selfCheckKey(device.facts), variantKey(op.name, variant.name, format), fnv1a(text)].join('|')
  }
  const asked = [...used.values()].filter((test) => !known.has(checkKey(test)))
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

/** 32-bit FNV-1a: tells shader texts apart, nothing more. */
function fnv1a(text: string): string {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return (hash >>> 0).toString(16)
}

export interface LoadedModel {
  model: OpenedModel
  runtime: Runtime
  device: Device | null
  description: Description
  info: ModelInfo
}

/** A device and the kernels compiled for it, for callers who run many models on one. It stays theirs to dispose. */
export interface Machine {
  device: Device
  kernels: KernelCache
}

export async function openMachine(options: Pick<LoadOptions, 'gpu' | 'signal'>): Promise<Machine> {
  const device = await openDevice(options.gpu ?? globalThis.navigator?.gpu, { signal: options.signal })
  return { device, kernels: new KernelCache(device) }
}

const asked = (kind: DeviceFacts['kind']): DeviceFacts => ({
  kind,
  why: 'asked',
  refused: null,
  speeds: null,
  threads: null,
  single: null,
  references: [],
})

/** Puts an opened model on what `options.device` says. */
export async function placeModel(model: OpenedModel, options: LoadOptions, shared?: Machine): Promise<LoadedModel> {
  const { plan, description, provider } = model
  let { size } = model
  if (options.device === 'reference' || options.device === 'cpu') {
    if (options.chunk === undefined) {
      size = { ...size, chunk: Math.min(size.chunk, chunkFor(model.info.parameters, 'cpu')) }
    }
    const info: ModelInfo = { ...model.info, device: asked('reference') }
    return { model, device: null, description, info, runtime: await createCpuRuntime(plan, provider, size) }
  }
  const { device, kernels } = shared ?? (await openMachine(options))
  const place = async (): Promise<LoadedModel> => {
    if (options.chunk === undefined) {
      size = { ...size, chunk: Math.min(size.chunk, chunkFor(model.info.parameters, device.facts.kind)) }
    }
    const { bytes } = model.info
    const rejected =
      options.selfCheck === false ? new Set<string>() : await proveKernels(device, kernels, model, options)
    const runtime = await createSession(device, kernels, plan, provider, {
      size,
      rejected,
      signal: options.signal,
      onProgress: (p) => options.onProgress?.({ phase: 'upload', ...p }),
    })
    const info: ModelInfo = {
      ...model.info,
      device: asked('gpu'),
      adapter: device.facts,
      rejectedKernels: [...rejected],
      dispatchesPerToken: runtime.launches({ T: 1, pos: 0, row: 0 }),
      bytes: { ...bytes, total: runtime.bytes },
    }
    return { model, device, description, info, runtime }
  }
  try {
    return await device.presence.during(place)
  } catch (error) {
    if (!shared) device.dispose()
    throw error
  }
}
