// The public words of the engine: what callers pass in and what comes out. Types only.

import type { CacheFormat } from './cache-formats.ts'
import type { ModelFiles } from './formats/bytes.ts'
import type { StorageFormat } from './quants/weight.ts'
import type { WeightChoice } from './weight-choices.ts'
import type { TokenCandidate } from './reading-types.ts'
import type { FormatName } from './chat/names.ts'
import type { DeviceFeatures, ForceWord } from './device-features.ts'
import type { ErrorCode, Facts, NoticeCode } from './errors.ts'
import type { ParameterName } from './sampler/stages.ts'
import type { GenerateStats, SamplingPlace } from './stats.ts'

export type * from './stats.ts'
export type * from './weight-choices.ts'
export type * from './reading-types.ts'

export interface ModelSource {
  /** shown to people and used in messages */
  name: string
  /**
   * the model's files: one .gguf, or config.json + tokenizer.json + *.safetensors (+ tokenizer_config.json,
   * generation_config.json, chat_template.jinja)
   */
  files: ModelFiles
}

export type LoadPhase = 'open' | 'plan' | 'self-check' | 'upload' | 'warm-up' | 'ready'
/** loaded/total are bytes in 'upload', kernels in 'self-check' */
export interface LoadProgress {
  phase: LoadPhase
  loaded: number
  total: number
  detail?: string
}

export type DeviceChoice = 'auto' | 'gpu' | 'cpu' | 'reference'

export interface LoadOptions {
  onProgress?: (p: LoadProgress) => void
  signal?: AbortSignal
  /**
   * KV cache length C in tokens; default min(trained length, 2048). More than the model was trained for is possible, up
   * to ModelInfo.contextLimit, and noted in the plan
   */
  context?: number
  /** cut `context` to the trained length instead of going beyond it */
  withinTraining?: boolean
  /** what linear layers become. Default: nf4 where the file holds floats; what is packed stays as it is */
  linear?: WeightChoice
  /** what embedding and head become. Default: i8 (8-bit absmax per 64) where the file holds floats; what is packed stays */
  embedding?: WeightChoice
  /**
   * GPU: how keys and values lie in the KV cache. 'f32' (default), as they are computed; 'f16', about half the bytes;
   * 'int8', about a quarter, with one scale per head and position. Where a model's steps cannot read it so, or the
   * processor computes, it stays f32 and a notice says so
   */
  kvCache?: CacheFormat
  /** most tokens run in one prefill chunk, default 256 */
  chunk?: number
  /** where the GPU is, default navigator.gpu; tests in Node pass dawn's */
  gpu?: GPU
  /**
   * what computes: 'gpu'; 'cpu', the processor; 'auto', whichever was measured to be faster on this machine, and the
   * processor where no GPU can be used; 'reference', the plain references (tests; very slow). Default: 'auto', but 'gpu'
   * where a `gpu` is given
   */
  device?: DeviceChoice
  /**
   * takes something away from a GPU, to see what others see: words of `forceWords` with commas between, such as
   * `f32,nosubgroups,class=gpu,limits=default`. Of the processor it changes nothing
   */
  force?: string
  /** threads of the processor, 1 to 4; default: as many as there are cores and as the model keeps busy. Without shared memory it is 1 */
  threads?: number
  /**
   * GPU: which groups of steps run as one kernel: 'auto' (default), what is good for the device; 'all' that can; 'none'.
   * The numbers are the same
   */
  fusion?: 'auto' | 'all' | 'none'
  /**
   * where tokens are drawn: 'auto', on the GPU once it has been made ready for it, after the first few tokens, but not on
   * software; 'device', made ready at load; 'host', always here, from whole rows of logits. The tokens are the same
   */
  sampling?: SamplingPlace
  /** skip the per-kernel known-answer check: tests only */
  selfCheck?: boolean
  /**
   * remembers which kernels passed on this adapter and build, so that they are asked once; without it every load asks
   */
  checkedKernels?: KernelChecks
  /** starts a thread of the processor; without it there is none beside the caller's own */
  startThread?: () => Thread
  /** remembers how fast this machine's devices were, so that they are tried once; without it every 'auto' tries */
  trials?: DeviceTrials
  /**
   * which of several kernels of a GPU runs a step: 'auto' (default) the one that was measured to be the fastest here, with
   * `kernelTimings`; 'default' the first of its op's list, the same everywhere; else names of variants with commas
   * between, the first that can run a step runs it. `matmul-dot` runs only so: it rounds what it multiplies (StepChoice.rounding)
   */
  kernels?: string
  /** remembers how fast this machine's kernels are. With it they are timed after answers, two seconds at most each time, until all are known */
  kernelTimings?: KernelTimings
  /** told what happens to the loaded model while it runs, and is to be said beside ModelInfo.notices */
  onNotice?: (notice: ModelNotice) => void
  /** small changes of the model that run beside its weights; several at once, each under a name of its own */
  adapters?: readonly AdapterSource[]
}

/** Milliseconds of one run of each kernel that was timed, and the one that runs. */
export interface KernelTimes {
  best: string
  milliseconds: Record<string, number>
}
/** Keys name adapter, features, the kernels' own texts and the step: a new build, driver or model is a new key. */
export interface KernelTimings {
  known(): Promise<ReadonlyMap<string, KernelTimes>>
  remember(entries: readonly (readonly [key: string, times: KernelTimes])[]): Promise<void>
}

export interface AdapterSource {
  /** shown to people; `setAdapter` asks for it */
  name: string
  /** adapter_config.json and adapter_model.safetensors, in a folder of any depth */
  files: ModelFiles
  /** how strong it is at first: 1 (default) as it was trained, 0 off */
  scale?: number
}

/** An adapter of the loaded model. */
export interface AdapterInfo {
  name: string
  /** what people call it: LoRA, DoRA … */
  kind: string
  /** 0: off, and the model is bit for bit what it is without it */
  scale: number
  rank: number | null
  /** entries that it puts before every text: it is on (1) or off (0), and nothing between */
  before?: number
  /** modules of the model that it changes, by the model's names */
  modules: readonly string[]
  parameters: number
  /** keys of its config that nobody knows, with their values */
  ignored: readonly string[]
}

/** What is needed of a Worker that runs runtime/processor/thread.worker.ts. */
export type Thread = Pick<Worker, 'postMessage' | 'addEventListener' | 'terminate'>

/** Weights multiplied in a second, in the same small trial on both devices. */
export interface Speeds {
  gpu: number
  cpu: number
}
/** Keys name adapter, cores, weight format and the trial itself: a new build or driver is a new key. */
export interface DeviceTrials {
  known(): Promise<ReadonlyMap<string, Speeds>>
  remember(key: string, speeds: Speeds): Promise<void>
}

/** Keys name adapter, kernel variant and the shader text itself: a new build or driver is a new key. */
export interface KernelChecks {
  known(): Promise<ReadonlySet<string>>
  remember(keys: readonly string[]): Promise<void>
}

/** A message's content may come in parts; a model that reads text takes texts only. */
export interface TextPart {
  type: 'text'
  text: string
}

export type ChatRole = 'system' | 'developer' | 'user' | 'assistant' | 'tool' | 'observation' | 'ipython' | 'function'

/** What a model wants to have called, in the shape that chat templates expect. */
export interface ToolCall {
  id?: string
  type?: 'function'
  function: { name: string; /** an object, or its JSON */ arguments: Readonly<Record<string, unknown>> | string }
}

/**
 * One turn of a chat. Fields beyond these reach the model's chat template as they are, when they are plain data; the
 * built-in formats do not read them.
 */
export interface ChatMessage {
  role: ChatRole
  /** may be left out (or null) beside `tool_calls` */
  content?: string | readonly TextPart[] | null
  /** what the model thought before it answered: templates that know of it find it here */
  reasoning_content?: string
  tool_calls?: readonly ToolCall[]
  /** of a tool's result: which call it answers, and the tool's name */ tool_call_id?: string
  name?: string
  /** stays text: true, all that spells a token; 'special', special tokens; false, none */ data?: boolean | 'special'
}

export type { FormatName } from './chat/names.ts'
import type { Constraint, ToolChoice } from './held-types.ts'
export type { Constraint, ToolChoice }

/**
 * What to answer: plain text, a chat, or token ids as they are (to go on from any earlier token with another one). An
 * encoder–decoder reads a text, and ids alone, as its source; with `source`, `ids` are those of what is written so far.
 */
export type Prompt = string | ChatMessage[] | { ids: number[]; source?: number[] }

/**
 * All sampling parameters: those of the stages (sampler/stages.ts) and these. Defaults: the model's own
 * (ModelDefaults), else the stages'.
 */
export interface SamplingParams extends Record<ParameterName, number> {
  seed: number
  /** by token id, added to its logit */
  logitBias: Record<number, number>
}

/** What shapes the prompt of a chat. */
export interface PromptOptions {
  /**
   * the built-in prompt format to write a chat in, in place of the model's own template: a name of
   * engine/chat/names.ts, e.g. 'Vicuna v1.1'; 'Text' has the contents read as they are
   */
  format?: FormatName
  /**
   * tools the model may call: JSON schemas of functions, as chat templates expect them. Refused where the model's
   * template or format has no place for them
   */
  tools?: readonly object[]
  /** documents to answer from, where the model's template has a place for them */
  documents?: readonly object[]
  /** think before answering, or do not: where the model's template can switch it */
  thinking?: boolean
  /** more variables of the model's template, by name; one that it does not read is refused */
  templateVariables?: Readonly<Record<string, unknown>>
}

export interface GenerateOptions extends Partial<SamplingParams>, PromptOptions {
  maxTokens?: number
  /** texts that end the answer; also found across token borders; not part of the returned text */
  stop?: string[]
  /** more token ids that end the answer beside the model's own */
  stopTokenIds?: number[]
  signal?: AbortSignal
  /**
   * the answer goes on: its tokens so far are the prompt's ids from this place on, and what is written is what one run
   * would have written after them, characters that are open there included; default: where the prompt ends
   */
  continueFrom?: number
  /**
   * tokens that are put into the answer instead of drawn, by their index in it; they count as written. Those before
   * its present end are there already
   */
  force?: Record<number, number>
  /**
   * indices in the answer where drawing begins anew with the seed: where somebody changed its course. Without them
   * token i is drawn with the seed's i-th number, in one run and in many
   */
  seedAt?: number[]
  /** how many best candidates each event lists, default 20 */
  top?: number
  /**
   * tokens that are guessed from the text so far and checked several at a time (engine/speculation.ts). They change the
   * time an answer takes, not the answer. 'auto', the default: where it is quicker; a number from 1 to 7: always, so many
   */
  speculation?: Speculation
  /**
   * the form that the answer has, from its first token to its last: the tokens that cannot lead to it are never drawn.
   * Refused beside `tools`, and where the prompt begins the answer with what the model thinks
   */
  constraint?: Constraint
  /** how the answer calls its `tools`: held to token by token. Without it, nothing holds it to anything */
  toolChoice?: ToolChoice
  /**
   * so many answers, side by side where model, device and cache allow it (engine/many.ts): 1 to 8. Each is the one that
   * the seed, and the seeds behind it, give alone; events then say which `answer` they are of
   */
  n?: number
}

export type Speculation = 'auto' | 'off' | number

/** What each stage of the sampler chain did, for the panel. */
export interface StageReport {
  stage: string
  kept: number
  removed: number
  removedMass: number
}

/**
 * One generated token. logprob, rank, entropy and top are of the model's own distribution, before any sampling stage.
 */
export interface TokenEvent {
  type: 'token'
  /** in the answer */
  index: number
  /** absolute position of this token in the context */
  position: number
  id: number
  /** the token's own bytes */
  bytes: Uint8Array
  /** text that became complete with this token; '' while a character is still open */
  text: string
  logprob: number
  /** 0 = the most likely token */
  rank: number
  /** nats */
  entropy: number
  top: TokenCandidate[]
  /** empty where the token was put there; the first is "form" where one was asked for: what it took out */
  stages: StageReport[]
  /** the uniform number drawn; null for argmax, and where the token was put there */
  draw: number | null
}

/** dead-end: no token of the model goes on with the form that was asked for; what is written is the beginning of one */
export type FinishReason = 'stop' | 'length' | 'context' | 'aborted' | 'dead-end'

/**
 * The model's own chat template was not used: why not, told as an error (null: the model brings none), and which
 * built-in format stood in.
 */
export interface TemplateNotice {
  error: { code: ErrorCode; message: string; facts: Facts } | null
  format: string
}
export interface PromptEvent {
  type: 'prompt'
  /** all that is read, the answer so far included */
  ids: number[]
  /** of an encoder–decoder: what its encoder reads; `ids` then begin with the model's own first token */
  source?: number[]
  /** position of the answer's first token */
  answerFrom: number
  reused: number
  text: string
  /**
   * where an answer goes on: the text of its tokens so far. An end that could become a stop text of this call comes
   * with the next tokens, whatever stop texts it was written under
   */
  said?: string
  /** the prompt's own end opens a reasoning block: the answer begins inside it */
  thinks?: true
  /** where tools were given: how the answer calls them, by a name of chat/calls.ts; absent where nobody can tell */
  calls?: string
  notice?: TemplateNotice
  /** where a schema was asked for: its keywords that are not held to, with their places */
  ignored?: readonly string[]
}
/** Tokens of the prompt that are read, of all there are: about once a second, while some are left. */
export interface PrefillEvent {
  type: 'prefill'
  done: number
  total: number
}
export interface DoneEvent {
  type: 'done'
  reason: FinishReason
  /** what this call wrote: the tokens' texts joined */
  text: string
  /** where a form was asked for: is the whole answer a text of it, or only the beginning of one */
  fits?: boolean
  /** where tools were given and the answer calls some: which, with what (chat/calls.ts) */
  calls?: ToolCall[]
  /** what it says beside them */
  beside?: string
  stats: GenerateStats
}
/** generate() yields one 'prompt', then 'prefill's, then tokens, then one 'done'. */
export type GenerateEvent = (PromptEvent | PrefillEvent | TokenEvent | DoneEvent) & {
  /** of several (GenerateOptions.n): which answer this is of, from 0 */ answer?: number
}

/**
 * Something about a model's files that people must know before they trust its answers. The code's sentence is in
 * src/i18n/notices.ts.
 */
export interface ModelNotice {
  code: NoticeCode
  facts: Facts
  /** told in the plan only: nothing to act on */ quiet?: boolean
}

/**
 * What a model's own files say about sampling (generation_config.json, else config.json, general.sampling.* of a GGUF):
 * in force until somebody sets otherwise.
 */
export interface ModelDefaults {
  sampling: Partial<Omit<SamplingParams, 'seed' | 'logitBias'>>
  maxTokens?: number
  /** texts that end every answer, beside those the caller names */
  stop?: string[]
  /** settings of the file that change what is written and are not computed with, with their values: `num_beams = 4` */
  ignored: string[]
}

/** Facts about a loaded model; plain data, crosses threads. */
export interface ModelInfo {
  name: string
  /** what the file itself says it is called (GGUF's general.name); null when it says nothing */
  title: string | null
  family: string
  parameters: number
  layers: number
  hidden: number
  heads: number
  kvHeads: number
  headDim: number
  vocab: number
  /** C: the cache's length */
  context: number
  /** the length the model was trained for */
  maxContext: number
  /** the longest context that may be asked for */
  contextLimit: number
  formats: {
    linear: StorageFormat | 'mixed'
    embedding: StorageFormat
    head: StorageFormat
    tied: boolean
    /** what the files hold, as they call it, and what it becomes: null where it is not read; the most bytes first */
    held: readonly { type: string; tensors: number; bytes: number; becomes: StorageFormat | null }[]
    /** how the tensors of all matrices are kept, what takes the most bytes first */
    kinds: readonly { format: StorageFormat; tensors: number; bytes: number }[]
  }
  bytes: MemoryPlan
  dispatchesPerToken: number
  weightBytesPerToken: number
  /** what can be asked of it: write text, fill blanks, name labels (of the text, of its tokens, of a span in it), give vectors */
  does: readonly ('generate' | 'fill' | 'labels' | 'token-labels' | 'span' | 'embed')[]
  /**
   * what it is made of that is worth a look: attention; a source, which its encoder reads and its answers look back at;
   * experts, of which a router chooses; a state that is renewed token by token
   */
  parts: readonly ('attention' | 'source' | 'experts' | 'state')[]
  /** the token that stands for a blank, as it is typed; null where there is none, and in a plan */
  mask: string | null
  hasChatTemplate: boolean
  /** the built-in format that a chat with it is written in; null where its own template does that, or nothing */
  format: FormatName | null
  /** it has a chat format, its own template or a built-in one; else it goes on with a text. False in a plan */
  chats: boolean
  /** its chats have a place for tools, and calls in answers are known as such. False in a plan */ tools: boolean
  /** absent where the files say nothing */
  defaults?: ModelDefaults
  /** what computes, and why that; null in a plan, before anything is chosen */
  device: DeviceFacts | null
  adapter: AdapterFacts | null
  /** kernel variants that failed their self-check and are not used */
  rejectedKernels: string[]
  /** what was assumed or left out; shown on the model's card, in its plan and in the chat */
  notices: ModelNotice[]
  /** in the order in which they were given */
  adapters: AdapterInfo[]
}

/** What a model runs on. */
export interface DeviceFacts {
  kind: Exclude<DeviceChoice, 'auto'>
  /** asked for by name · measured to be faster · the GPU cannot be used (`refused`) */
  why: 'asked' | 'measured' | 'only'
  /** why no GPU is used, where that is so */
  refused: { code: ErrorCode; message: string; facts: Facts } | null
  /** from the trial that chose; null where none was made */
  speeds: Speeds | null
  /** threads of the processor; null on a GPU */
  threads: number | null
  /** why it is one thread where there are more cores */
  single: 'not-isolated' | 'no-memory' | 'no-threads' | 'small' | 'asked' | null
  /** ops of the model that run on their plain references, because no kernel of this device fits */
  references: string[]
}

/** Bytes on the device. `largestBinding`: the largest piece that must lie in one buffer; weights are split by rows. */
export interface MemoryPlan {
  weights: number
  cache: number
  activations: number
  total: number
  largestBinding: number
}

export interface AdapterFacts {
  vendor: string
  architecture: string
  description: string
  fallback: boolean
  /** which kernel shapes are preferred: 'software' runs WGSL on the CPU */
  kind: 'gpu' | 'software'
  /** all that the adapter offers, by WebGPU's names */
  features: string[]
  /** those that kernels use */
  kernels: DeviceFeatures
  /** what the load took away from it, or forced it to (LoadOptions.force) */
  forced: readonly ForceWord[]
  limits: Record<string, number>
}
