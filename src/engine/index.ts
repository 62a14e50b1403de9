// The only door of the engine library. No React, no DOM, no IndexedDB: bytes in, tokens out. Whoever imports it gets words
// and errors; what computes is fetched by the first call, and of that only what the model and the device need.
//
//   const engine = await loadEngine(source, { onProgress, signal })
//   for await (const event of engine.generate('Hello')) if (event.type === 'token') show(event.text)

import type { Engine } from './engine.ts'
import type { AdapterSummary } from './adapters/summary.ts'
import type { EngineError } from './errors.ts'
import type { ModelFiles } from './formats/bytes.ts'
import type { Glass } from './glass/types.ts'
import type { FreshLora } from './train/fresh.ts'
import type { TrainState } from './train/events.ts'
import type { MergeOptions } from './train/merge.ts'
import type { InductionEvent, InductionOptions } from './train/induction.ts'
import type { ScratchModel } from './train/scratch.ts'
import type { MemoryProbe } from './gpu/probe.ts'
import type { TokenizerLab } from './tokenizer/lab/open.ts'
import type {
  AdapterFacts,
  ChoiceSizes,
  ChosenRole,
  LoadOptions,
  MemoryPlan,
  ModelInfo,
  ModelSource,
  WeightErrors,
} from './types.ts'

export type { Engine } from './engine.ts'
export * from './types.ts'
export * from './glass/types.ts'
export type { Drawn, LearnedReward, RewardFunction, TrainEvent, TrainOptions, TrainState } from './train/events.ts'
export type { PreferenceRow, PromptRow, TrainRow } from './train/data.ts'
export type { TrainingRow } from './train/engine.ts'
export type { FreshLora } from './train/fresh.ts'
export type { InductionEvent, InductionLook, InductionOptions } from './train/induction.ts'
export type { ScratchModel } from './train/scratch.ts'
export type * from './bench/types.ts'
export type {
  ExplainedText,
  Survey,
  TokenizerFacts,
  TokenizerLab,
  VocabPage,
  VocabToken,
} from './tokenizer/lab/open.ts'
export type { MemoryProbe } from './gpu/probe.ts'
export type { AdapterSummary } from './adapters/summary.ts'
export { EngineError, errorCodes, type ErrorCode, type Facts } from './errors.ts'
export { blobSource, bytesSource, type ByteSource, type ModelFiles } from './formats/bytes.ts'

/** What a model is and takes, known from its headers alone. */
export interface ModelPlanSummary {
  info: ModelInfo
  planText: string
  /** bytes on the device, by what linears, and embedding and head, become */
  sizes: Record<ChosenRole, ChoiceSizes>
}

/** Opens the files and plans the run without touching a GPU: use it before a large load. */
export async function planModel(source: ModelSource, options: LoadOptions = {}): Promise<ModelPlanSummary> {
  const [{ openModel, planText }, { sizesByChoice }] = await Promise.all([import('./load.ts'), import('./choices.ts')])
  const model = await openModel(source, options)
  return { info: model.info, planText: planText(model), sizes: sizesByChoice(model, options) }
}

/**
 * How far a model's weights would be from what its files hold, by what they become: measured on some rows of every matrix.
 * @param onProgress numbers that were read, of those that will be
 * @throws as planModel; what reading the weights throws; ABORTED
 */
export async function weightErrors(
  source: ModelSource,
  { signal, onProgress }: { signal?: AbortSignal; onProgress?: (p: { loaded: number; total: number }) => void } = {},
): Promise<WeightErrors> {
  const [{ openModel }, { measureErrors }] = await Promise.all([import('./load.ts'), import('./choices.ts')])
  return measureErrors(await openModel(source, { signal }), { signal, onProgress })
}

/**
 * Which GPU a load would use; opens it and lets it go. @throws NO_WEBGPU, INSECURE_CONTEXT, NO_ADAPTER, LIMIT_TOO_SMALL
 */
export async function adapterFacts(gpu: GPU | undefined = globalThis.navigator?.gpu): Promise<AdapterFacts> {
  const { openDevice } = await import('./place-gpu.ts')
  const device = await openDevice(gpu)
  device.dispose()
  return device.facts
}

/** Whether a device has room for a planned model: memory of its sizes, taken and let go (gpu/probe.ts). */
export async function probeMemory(bytes: MemoryPlan, device: 'gpu' | 'cpu', gpu?: GPU): Promise<MemoryProbe> {
  return (await import('./gpu/probe.ts')).probeMemory(bytes, device, gpu)
}

/** What a folder of files is, where it is an adapter's: adapters/summary.ts. */
export async function adapterSummary(
  files: ModelFiles,
  signal?: AbortSignal,
): Promise<AdapterSummary | EngineError | null> {
  return (await import('./adapters/summary.ts')).adapterSummary(files, signal)
}

/** A tokenizer step by step, without a model. @param json of a tokenizer.json @throws TOKENIZER_* */
export async function openTokenizerLab(json: unknown, config: unknown = {}): Promise<TokenizerLab> {
  return (await import('./tokenizer/lab/open.ts')).openTokenizerLab(json, config)
}

/**
 * The files of a LoRA that changes nothing yet: load the model with it (LoadOptions.adapters), then train() it.
 * @param source the model that it is for; its headers are read @throws as planModel; PARAM_INVALID
 */
export async function newAdapter(source: ModelSource, options: FreshLora = {}): Promise<ModelFiles> {
  const [{ openModel }, { freshLora }] = await Promise.all([import('./load.ts'), import('./train/fresh.ts')])
  return freshLora((await openModel(source)).plan, source.name, options)
}

/** The head of a reward model, of a state that train() has kept, as a safetensors file. @throws PARAM_INVALID */
export async function saveHead(state: TrainState): Promise<Uint8Array> {
  const { headOf, writeHead } = await import('./train/head.ts')
  return writeHead(headOf(state))
}
/** A head that saveHead(), or TRL, has written: TrainOptions.head, or with its adapter TrainOptions.reward. @throws PARAM_INVALID */
export async function readHead(bytes: Uint8Array): Promise<Float32Array> {
  return (await import('./train/head.ts')).readHead(bytes)
}

/**
 * The files of a small model that has learnt nothing: load it with linear and embedding 'keep', and train({ adapter: null }).
 * @throws PARAM_INVALID
 */
export async function newModel(options: ScratchModel): Promise<ModelFiles> {
  return (await import('./train/scratch.ts')).scratchModel(options)
}

/**
 * Two layers of attention, or an LSTM, learn from nothing to repeat what they have read: events of train(), and looks at where
 * each head looks meanwhile. @throws PARAM_INVALID and what loading and training throw
 */
export async function* induction(options: InductionOptions = {}): AsyncGenerator<InductionEvent> {
  yield* (await import('./train/induction.ts')).induction(loadEngine, options)
}

/**
 * A model in f16 with a LoRA in its weights, as the files of a checkpoint: config.json, model.safetensors, the tokenizer's.
 * @param files of the model, in safetensors @param adapter as engine.saveAdapter() gives it
 * @throws PARAM_INVALID for a GGUF, for what is no plain LoRA, or is of another model; NUMERIC
 */
export async function mergeAdapter(
  files: ModelFiles,
  adapter: ModelFiles,
  options: MergeOptions = {},
): Promise<Map<string, Blob>> {
  return (await import('./train/merge.ts')).mergeAdapter(files, adapter, options)
}

/**
 * A glass's run as the bytes of a .glasstrace, which openRecording, the page and the elements read. Takes seconds.
 * @param onProgress counts 0..1 @throws RECORDING_TOO_LONG, VIEW_ABSENT, BUSY
 */
export async function record(glass: Glass, onProgress?: (done: number) => void): Promise<Uint8Array<ArrayBuffer>> {
  return (await import('./glass/recording.ts')).record(glass, onProgress)
}

/** A recorded run; it answers as a live glass does, and refuses what was not recorded. @throws FILE_FORMAT */
export async function openRecording(file: Blob): Promise<Glass> {
  return (await import('./glass/recording.ts')).openRecording(file)
}

/**
 * Loads a model and makes it ready to generate.
 * @throws EngineError: NO_WEBGPU …, FILE_*, TENSOR_*, CONFIG_INVALID, FAMILY_UNSUPPORTED, GPU_OUT_OF_MEMORY, ABORTED
 */
export async function loadEngine(source: ModelSource, options: LoadOptions = {}): Promise<Engine> {
  const { openEngine } = await import('./engine.ts')
  return openEngine(source, options)
}
