// From a folder of files to a running model: open -> plan -> self-check -> upload -> ready.

import type { CacheFormat } from './cache-formats.ts'
import { EngineError } from './errors.ts'
import type { Changes } from './adapters/adapter.ts'
import type { AdapterVectors } from './adapters/vectors.ts'
import { isForVectors } from './embedding.ts'
import { openCheckpoint } from './formats/checkpoint.ts'
import { isTurned } from './formats/transpose.ts'
import type { Checkpoint } from './formats/types.ts'
import type { KernelChoice } from './kernel-choice.ts'
import { inOwnWords } from './formats/gguf-words.ts'
import type { Device } from './gpu/device.ts'
import { MOST_DRAFTED } from './lookup.ts'
import type { Machine, PlaceOptions, Work } from './machine.ts'
import type { Description } from './model/describe.ts'
import { families } from './model/families/index.ts'
import { POSITIONS } from './model/lower/embed.ts'
import { openPlan, type OpenedPlan, type Shapes } from './model/open.ts'
import { generationOf } from './model/keys.ts'
import { planNotices, printNotices } from './model/notes.ts'
import { checkLoad } from './options.ts'
import { parameterCount, planMemory, printPlan, weightBytesPerToken } from './model/print.ts'
import { saysOwnToken, type Plan } from './model/plan.ts'
import type { Processor } from './runtime/processor/index.ts'
import type { Runtime, WeightProvider } from './runtime/runtime.ts'
import { canPack, type RuntimeSize } from './runtime/size.ts'
import { checkpointWeights } from './runtime/weights.ts'
import { codesBytes, scalesBytes, type StorageFormat, type WeightLayout } from './quants/weight.ts'
import { numbersBecome } from './quants/numbers.ts'
import { samplingDefaults } from './sampler/defaults.ts'
import type {
  DeviceFacts,
  LoadOptions,
  MemoryPlan,
  ModelDefaults,
  ModelInfo,
  ModelNotice,
  ModelSource,
} from './types.ts'

export interface OpenedModel extends OpenedPlan {
  checkpoint: Checkpoint
  provider: WeightProvider
  /** those of `provider` that depend on how strong an adapter is; null where there is none */
  adapters: AdapterVectors | null
  /** what each adapter makes of the model's matrices, by its name */
  changes: ReadonlyMap<string, Changes>
  size: RuntimeSize
  memory: MemoryOf
  info: ModelInfo
}

const DEFAULT_CONTEXT = 2048
/** Beyond the trained length people may go this far; memory ends it earlier. */
const LONGEST_CONTEXT = 2 ** 20

/**
 * Multiply-adds of one piece of a prompt. Long ones freeze the whole browser on a GPU (trust.md: ~50 ms), and Stop waits
 * for them.
 */
const CHUNK_WORK = { gpu: 2e10, software: 4e9, cpu: 5e9, reference: 1e8 } as const

/** Tokens per prefill chunk: a power of two from 16 to 256, fewer the larger the model and the slower the adapter. */
const chunkFor = (parameters: number, kind: keyof typeof CHUNK_WORK): number =>
  Math.min(256, Math.max(16, 2 ** Math.floor(Math.log2(CHUNK_WORK[kind] / parameters))))

/** A text that is read both ways, or a source, runs in one piece; whatever its length may be. */
const isReadWhole = ({ programs: { decode, encode }, prefix }: Plan): boolean =>
  Boolean(decode.whole ?? encode?.whole ?? prefix)
/** Rows of the head in one pass where many are asked for. */
const WHOLE_ROWS = 16

/** Tokens that its learned positions have rows for: beyond them it would read words without a place. */
const placesOf = ({ steps, weights, positions }: Plan): number => {
  const first = ({ op, args, params }: Plan['steps'][number]): number | undefined =>
    op === 'add-positions' ? params['offset'] : args['ids'] === POSITIONS ? positions?.first : undefined
  return Math.min(
    ...steps.flatMap((step) => {
      const at = first(step)
      return at === undefined ? [] : [weights[step.args['weight']!]!.rows - at]
    }),
  )
}

const shapesOf = ({ tensors }: Checkpoint): Shapes => ({
  keys: () => tensors.keys(),
  get: (name) => tensors.get(name)?.shape,
  isTurned: (name) => !tensors.has(name) || isTurned(tensors.get(name)!),
})

/** Reads headers and config only: what the model is, its Plan, and what it will take. */
export async function openModel(source: ModelSource, options: LoadOptions = {}): Promise<OpenedModel> {
  checkLoad(options)
  const checkpoint = await openCheckpoint(source.files, families, options.signal)
  const base = checkpointWeights(checkpoint, options)
  const forVectors = await isForVectors(checkpoint.files, checkpoint.config, options.signal)
  const opened = inOwnWords(checkpoint, () =>
    openPlan(checkpoint.config, shapesOf(checkpoint), base.canStack, checkpoint.format, forVectors),
  )
  const { unused, description } = opened,
    { dims } = description
  const shapes = shapesOf(checkpoint)
  const adapted =
    options.adapters?.length || description.prefixEncoder
      ? await (await import('./adapted-plan.ts')).withAdapters(opened, checkpoint, shapes, options)
      : null
  const { plan, provider } = adapted ?? { plan: opened.plan, provider: base }
  const ignored = [...description.ignored, ...checkpoint.ignored.map((key) => ({ why: 'unknown' as const, ...key }))]
  const trained = dims.maxContext,
    limit = Math.min(Math.max(trained, LONGEST_CONTEXT), placesOf(plan))
  const asked = options.context ?? Math.min(DEFAULT_CONTEXT, trained, limit)
  const context = options.withinTraining ? Math.min(asked, trained) : asked
  if (!(Number.isInteger(context) && context > 0 && context <= limit)) {
    const need = `a whole number from 1 to ${limit}`
    throw new EngineError('PARAM_INVALID', `Cannot load with a context of ${context}: it must be ${need}.`, {
      param: 'context',
      need,
      found: String(context),
    })
  }
  await adapted?.setLeads(context)
  const size: RuntimeSize = {
    context,
    chunk: Math.min(options.chunk ?? chunkFor(parameterCount(plan), 'gpu'), context),
    logitRows: plan.programs.decode.whole ? WHOLE_ROWS : MOST_DRAFTED + 1,
    ...(isReadWhole(plan) && { chunk: context }),
    ...(options.kvCache && canPack(plan) && { kvCache: options.kvCache }),
  }
  const layoutOf = (name: string): WeightLayout => provider.layout(plan.weights[name]!)
  const memory = await memoryOn(options)
  const defaults = samplingDefaults({ ...checkpoint, older: generationOf(checkpoint.config), context })
  const info: ModelInfo = {
    name: source.name,
    title: titleOf(checkpoint),
    family: plan.family,
    parameters: parameterCount(opened.plan),
    layers: dims.layers,
    hidden: dims.D,
    heads: dims.H,
    kvHeads: dims.K,
    headDim: dims.d,
    vocab: dims.V,
    context,
    maxContext: trained,
    contextLimit: limit,
    formats: formatsOf(plan, checkpoint, layoutOf),
    bytes: memory(plan, layoutOf, size, parameterCount(opened.plan)),
    dispatchesPerToken: plan.steps.length,
    weightBytesPerToken: weightBytesPerToken(plan, layoutOf),
    does: abilitiesOf(plan),
    parts: partsOf(plan),
    mask: null,
    hasChatTemplate: false,
    format: null,
    chats: false,
    tools: false,
    device: null,
    adapter: null,
    rejectedKernels: [],
    notices: [
      ...(checkpoint.metadata ? (await import('./speak.ts')).textNotices(checkpoint) : []),
      ...planNotices({ ignored, unused, renamed: checkpoint.renamed, context, trained, tables: plan.tables }),
      ...(description.assumedHead === undefined
        ? []
        : [{ code: 'HEAD_ASSUMED' as const, facts: { class: description.assumedHead } }]),
      ...vectorNotices(description.headless?.named ?? null, abilitiesOf(plan).includes('embed') && !forVectors),
      ...samplingNotices(defaults),
      ...stayingNotices(plan, base, checkpoint),
      ...cacheNotices(options.kvCache, canPack(plan) ? null : 'model'),
    ],
    adapters: adapted?.infos ?? [],
    ...(defaults && { defaults }),
  }
  return {
    ...opened,
    plan,
    checkpoint,
    provider,
    adapters: adapted?.provider ?? null,
    changes: adapted?.changes ?? new Map(),
    size,
    memory,
    info,
  }
}

/** With `total`, what is not weights or cache is what the runtime computes with. */
const within = (bytes: MemoryPlan, total: number): MemoryPlan => ({
  ...bytes,
  total,
  activations: total - bytes.weights - bytes.cache,
})

/** What a Plan takes where it is to run. */
export type MemoryOf = (
  plan: Plan,
  layoutOf: (weight: string) => WeightLayout,
  size: RuntimeSize,
  parameters: number,
) => MemoryPlan
/** A device that nobody named is taken for a GPU. */
async function memoryOn({ device, threads, chunk }: LoadOptions): Promise<MemoryOf> {
  if (device !== 'cpu') {
    const { workspaceBytes } = await import('./runtime/workspace.ts')
    return (plan, layoutOf, size) => {
      const bytes = planMemory(plan, layoutOf, size)
      return within(bytes, bytes.total + workspaceBytes(plan, layoutOf, size))
    }
  }
  const { layOut, MAX_THREADS } = await import('./runtime/processor/memory.ts')
  return (plan, layoutOf, size, parameters) => {
    const { kvCache: _, ...own } = sizeOn('cpu', plan, size, parameters, chunk)
    const { words } = layOut(plan, own, Math.min(threads ?? MAX_THREADS, MAX_THREADS), layoutOf)
    return within(planMemory(plan, layoutOf, own), words * 4)
  }
}

/** The size of a run on a kind of device: slower ones read a prompt in shorter pieces. */
const sizeOn = (
  kind: keyof typeof CHUNK_WORK,
  plan: Plan,
  size: RuntimeSize,
  parameters: number,
  chunk: number | undefined,
): RuntimeSize => ({
  ...size,
  ...(chunk === undefined && !isReadWhole(plan) && { chunk: Math.min(size.chunk, chunkFor(parameters, kind)) }),
})

/** What the outputs of a plan are good for. */
function abilitiesOf({ outputs, programs }: Plan): ModelInfo['does'] {
  const does = { logits: saysOwnToken({ programs }) ? 'fill' : 'generate', hidden: 'embed' } as const
  return outputs.flatMap(({ name }) =>
    // stands beside the residual, for those who know what it was trained for
    name === 'pooled' ? [] : [name === 'logits' || name === 'hidden' ? does[name] : name],
  )
}

function partsOf({ steps, masks, start }: Plan): ModelInfo['parts'] {
  const runs = (op: string): boolean => steps.some((step) => step.op === op)
  const has = {
    attention: Object.keys(masks).length > 0,
    source: start !== undefined,
    experts: runs('route'),
    state: runs('recurrent-cell'),
  }
  return (['attention', 'source', 'experts', 'state'] as const).filter((part) => has[part])
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

/**
 * @param named the class whose files hold no head, where the family has one
 * @param assumed whether no file says what makes one vector of a text's
 */
const vectorNotices = (named: string | null, assumed: boolean): ModelNotice[] => [
  ...(named === null ? [] : [{ code: 'HEAD_ABSENT' as const, facts: { class: named } }]),
  ...(assumed ? [{ code: 'POOLING_ASSUMED' as const, facts: { mode: 'mean' } }] : []),
]

/** Matrices that stay as they are, though something else was chosen for them. */
function stayingNotices(
  { weights }: Plan,
  { stays }: ReturnType<typeof checkpointWeights>,
  { nameInFile }: Checkpoint,
): ModelNotice[] {
  const names = Object.values(weights)
    .filter(stays)
    .flatMap(({ parts }) => parts.map(({ tensor }) => nameInFile(tensor)))
  return names.length === 0
    ? []
    : [
        {
          code: 'FORMAT_STAYS',
          facts: { count: names.length, names: names.slice(0, 4).join(', '), more: names.length > 4 },
        },
      ]
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

function formatsOf(plan: Plan, checkpoint: Checkpoint, layoutOf: (name: string) => WeightLayout): ModelInfo['formats'] {
  const by = (role: string): StorageFormat[] =>
    Object.entries(plan.weights)
      .filter(([, w]) => w.role === role)
      .map(([name]) => layoutOf(name).format)
  const linear = new Set(by('linear'))
  const embedding = by('embedding')[0]!
  const [first] = linear
  return {
    linear: linear.size === 1 ? first! : 'mixed',
    held: heldOf(plan, checkpoint, layoutOf),
    kinds: kindsOf(plan, layoutOf),
    embedding,
    head: by('head')[0] ?? embedding,
    tied: plan.tied,
  }
}

function heldOf(
  { weights, vectors }: Plan,
  { tensors }: Checkpoint,
  layoutOf: (name: string) => WeightLayout,
): ModelInfo['formats']['held'] {
  // vectors are f32 on every device
  const becomes = new Map<string, StorageFormat>()
  for (const { parts } of Object.values(vectors)) for (const { tensor } of parts) becomes.set(tensor, numbersBecome)
  for (const [name, { parts }] of Object.entries(weights)) {
    for (const { tensor } of parts) becomes.set(tensor, layoutOf(name).format)
  }
  const held = new Map<string, ModelInfo['formats']['held'][number]>()
  for (const { name, dtype, called = dtype, byteLength } of tensors.values()) {
    const own = { type: called, becomes: becomes.get(name) ?? null }
    const key = `${own.type}\n${own.becomes}`
    const { tensors: count, bytes } = held.get(key) ?? { tensors: 0, bytes: 0 }
    held.set(key, { ...own, tensors: count + 1, bytes: bytes + byteLength })
  }
  return [...held.values()].sort((a, b) => b.bytes - a.bytes)
}

function kindsOf(plan: Plan, layoutOf: (name: string) => WeightLayout): ModelInfo['formats']['kinds'] {
  const kinds = new Map<StorageFormat, { format: StorageFormat; tensors: number; bytes: number }>()
  for (const [name, { parts }] of Object.entries(plan.weights)) {
    const layout = layoutOf(name)
    const { format } = layout
    const kind = kinds.get(format) ?? { format, tensors: 0, bytes: 0 }
    kind.tensors += new Set(parts.map(({ tensor }) => tensor)).size
    kind.bytes += codesBytes(layout) + scalesBytes(layout)
    kinds.set(format, kind)
  }
  return [...kinds.values()].sort((a, b) => b.bytes - a.bytes)
}

export const planText = (model: OpenedModel): string =>
  printPlan(model.plan, (name) => model.provider.layout(model.plan.weights[name]!)) + printNotices(model.info.notices)

export type { Machine }

/** Opens the GPU. @throws as place-gpu.ts */
export const openMachine = async (options: Pick<LoadOptions, 'gpu' | 'force' | 'signal'>): Promise<Machine> =>
  (await import('./place-gpu.ts')).openMachine(options)

export interface LoadedModel {
  model: OpenedModel
  runtime: Runtime
  /** which of its kernels run; null where there is no choice */
  choice: KernelChoice | null
  device: Device | null
  description: Description
  info: ModelInfo
}

const asked: Omit<DeviceFacts, 'kind'> = {
  why: 'asked',
  refused: null,
  speeds: null,
  threads: null,
  single: null,
  references: [],
}

/** Puts a Plan on the processor, whose runtime is loaded when it is first chosen. */
export async function startProcessor({ plan, provider, size }: Work, options: LoadOptions): Promise<Processor> {
  const { createProcessor } = await import('./runtime/processor/index.ts')
  return createProcessor(plan, provider, size, {
    threads: options.threads,
    startThread: options.startThread,
    signal: options.signal,
    onProgress: (p) => options.onProgress?.({ phase: 'upload', ...p }),
    onFewer: (threads) => options.onNotice?.({ code: 'THREAD_ENDED', facts: { threads } }),
  })
}

/** Puts an opened model on the device that `options.device` names; 'auto' is the GPU here: choosing is start.ts's. */
export async function placeModel(model: OpenedModel, options: PlaceOptions, shared?: Machine): Promise<LoadedModel> {
  const loaded = await place(model, options, shared)
  if (model.adapters?.off.size) loaded.runtime.setAdapters(model.adapters.off, new Map())
  if (model.adapters?.lead) loaded.runtime.setLead(model.adapters.lead)
  return loaded
}

async function place(model: OpenedModel, options: PlaceOptions, shared?: Machine): Promise<LoadedModel> {
  const { plan, description, provider } = model
  const sized = (kind: keyof typeof CHUNK_WORK): RuntimeSize =>
    sizeOn(kind, plan, model.size, model.info.parameters, options.chunk)
  if (options.device === 'reference' || options.device === 'cpu') options.onBusy?.() // nothing that would do it better
  if (options.device === 'reference') {
    const info: ModelInfo = { ...model.info, device: { kind: 'reference', ...asked } }
    const { createCpuRuntime } = await import('./runtime/cpu.ts')
    const runtime = await createCpuRuntime(plan, provider, sized('reference'))
    return { model, device: null, description, info, runtime, choice: null }
  }
  if (options.device === 'cpu') {
    const { kvCache, ...size } = sized('cpu')
    const { runtime, bytes, ...facts } = await startProcessor({ plan, provider, size }, options)
    const layoutOf = (name: string): WeightLayout => provider.layout(plan.weights[name]!)
    const info: ModelInfo = {
      ...model.info,
      device: { kind: 'cpu', ...asked, ...facts },
      bytes: within(planMemory(plan, layoutOf, size), bytes),
      notices: [...model.info.notices, ...processorNotices(facts), ...cacheNotices(kvCache, 'processor')],
    }
    return { model, device: null, description, info, runtime, choice: null }
  }
  const machine = shared ?? (await openMachine(options))
  const { device } = machine
  try {
    return await device.presence.during(async () => {
      const work = { plan, provider, size: sized(device.facts.kind) }
      const { placeOnGpu } = await import('./place-gpu.ts')
      const { runtime, choice, rejected } = await placeOnGpu(work, machine, options)
      const info: ModelInfo = {
        ...model.info,
        device: { kind: 'gpu', ...asked },
        adapter: device.facts,
        rejectedKernels: [...rejected],
        dispatchesPerToken: runtime.launches({ T: 1, pos: 0, row: 0, prefix: 0 }),
        bytes: within(model.info.bytes, runtime.bytes),
      }
      return { model, device, description, info, runtime, choice }
    })
  } catch (error) {
    if (!shared) device.dispose()
    throw error
  }
}

/** @param why the cache is f32 whatever was asked for */
const cacheNotices = (asked: CacheFormat | undefined, why: 'model' | 'processor' | null): ModelNotice[] =>
  why && asked && asked !== 'f32' ? [{ code: 'KV_CACHE_F32', facts: { asked, why } }] : []

/** What makes the processor slower than it could be. */
const processorNotices = ({ single, references }: Pick<DeviceFacts, 'single' | 'references'>): ModelNotice[] => [
  ...(single && single !== 'asked' && single !== 'small'
    ? [{ code: 'PROCESSOR_ONE_THREAD', facts: { why: single } } as const]
    : []),
  ...(references.length ? [{ code: 'PROCESSOR_REFERENCES', facts: { ops: references.join(', ') } } as const] : []),
]
