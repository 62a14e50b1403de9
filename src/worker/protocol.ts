// What crosses the thread wall between the page and the engine worker. Types only,
// plain data only: no functions, no AbortSignal, no class instances.

import type {
  AdapterFacts,
  ExplainedText,
  GenerateEvent,
  GenerateOptions,
  Glass,
  LoadOptions,
  LoadProgress,
  MemoryPlan,
  ModelInfo,
  Prompt,
  Survey,
  TokenizerFacts,
  VocabPage,
} from '../engine/index.ts'
import type { ErrorCode, Facts } from '../engine/errors.ts'
import type { ChatChange, ChatFile, ChatHead } from '../storage/chats.ts'
import type { ModelListing, ModelOrigin, StorageFacts, StoredModel, TransferProgress } from '../storage/types.ts'

export type {
  AdapterFacts,
  ChatMessage,
  DoneEvent,
  FinishReason,
  GenerateEvent,
  GenerateStats,
  LoadProgress,
  MemoryPlan,
  ModelDefaults,
  ModelInfo,
  ModelNotice,
  Prompt,
  PromptEvent,
  SamplingParams,
  TemplateNotice,
  TokenCandidate,
  TokenEvent,
} from '../engine/types.ts'
export type { ErrorCode, Facts } from '../engine/errors.ts'
export type * from '../engine/glass/types.ts'
export type { ExplainedText, Survey, TokenizerFacts, VocabPage, VocabToken } from '../engine/index.ts'
export type { ChatChange, ChatFile, ChatHead, ChatRow } from '../storage/chats.ts'
export type {
  ModelListing,
  ModelOrigin,
  RemoteFile,
  StorageFacts,
  StoredModel,
  TransferProgress,
} from '../storage/types.ts'

/** An EngineError as data: comlink itself would keep only message, name and stack. */
export interface ErrorData {
  code: ErrorCode
  message: string
  facts: Facts
}
export type Reply<T> = { ok: true; value: T } | { ok: false; error: ErrorData }

/** LoadOptions that can cross the wall. */
export type LoadRequest = Pick<LoadOptions, 'context' | 'withinTraining' | 'linear' | 'embedding' | 'chunk' | 'cpu'>
/** GenerateOptions that can cross the wall. */
export type GenerateRequest = Omit<GenerateOptions, 'signal'>

/** What a model would need, told without a GPU and before any upload. */
export interface ModelPlanSummary {
  title: ModelInfo['title']
  family: string
  parameters: number
  formats: ModelInfo['formats']
  bytes: MemoryPlan
  context: number
  maxContext: number
  contextLimit: number
  planText: string
  notices: ModelInfo['notices']
}

export interface AddRequest {
  origin: ModelOrigin
  name?: string
}
/** Which tokenizer is asked: the loaded model's, or the one that was opened last to compare it with. */
export type WhichTokenizer = 'loaded' | 'other'
export interface Tokenized {
  ids: number[]
  texts: string[]
}

/** What the client's callers may pass to watch or end a long call. */
export interface WatchTransfer {
  onProgress?: (p: TransferProgress) => void
  signal?: AbortSignal
}
export interface WatchLoad {
  onProgress?: (p: LoadProgress) => void
  signal?: AbortSignal
}

/**
 * Every call that is answered once, by name. The worker's host implements this table; the client offers it as methods.
 */
export interface Calls {
  'models.list': () => StoredModel[]
  'models.local': (base: string) => ModelListing[]
  'models.lookup': (origin: ModelOrigin) => ModelListing
  'models.add': (request: AddRequest) => StoredModel
  'models.resume': (id: string) => StoredModel
  'models.import': (files: readonly File[], name?: string) => StoredModel
  'models.remove': (id: string) => void
  plan: (target: string | readonly File[], options?: LoadRequest) => ModelPlanSummary
  load: (id: string, options?: LoadRequest) => ModelInfo
  unload: () => void
  tokenize: (input: Prompt) => Tokenized
  'tokenizer.facts': (which: WhichTokenizer) => TokenizerFacts
  'tokenizer.explain': (which: WhichTokenizer, text: string) => ExplainedText
  'tokenizer.vocabulary': (which: WhichTokenizer, query: string, from: number, count: number) => VocabPage
  'tokenizer.ranks': (which: WhichTokenizer, pieces: readonly string[]) => (number | null)[]
  'tokenizer.survey': (which: WhichTokenizer, from: number, count: number) => Survey
  'tokenizer.open': (file: File) => TokenizerFacts
  glass: (method: keyof Glass, args: unknown[]) => unknown
  adapterFacts: () => AdapterFacts | null
  'storage.estimate': () => StorageFacts
  'chats.list': () => ChatHead[]
  'chats.get': (id: string) => ChatFile | null
  'chats.run': (id: string, turn: string) => unknown
  'chats.runs': (id: string) => Record<string, unknown>
  'chats.write': (changes: readonly ChatChange[]) => string[]
  'chats.remove': (ids: readonly string[], trashed?: boolean) => string[]
}
export type CallName = keyof Calls

/** What rides the token stream: a failure is its last item. */
export type StreamItem = GenerateEvent | { type: 'error'; error: ErrorData }
/** What the worker says unasked. */
export interface HostEvent {
  type: 'lost'
  error: ErrorData
}

/** The object that comlink exposes. Calls carry an id of the client's, so that cancel() can name them. */
export interface Wire {
  ping(): void
  events(port: MessagePort): void
  /** holds the lock of this name until the worker ends (pulse.ts); false where it cannot */
  hold(name: string): Promise<boolean>
  cancel(id: number): void
  call(id: number, name: CallName, args: unknown[], progress: MessagePort | null): Promise<Reply<unknown>>
  /** items go to the port (stream.ts); resolves when the answer has started, not when it ended */
  generate(input: Prompt, options: GenerateRequest, port: MessagePort): Reply<null>
}

/**
 * The page's side: the only way for store/ (and scripts, as window.glassbox.client) to reach the engine. Every call
 * settles.
 */
export interface Client {
  models: {
    list(): Promise<StoredModel[]>
    /** entries served at models/local/index.json; [] when there is none */
    local(): Promise<ModelListing[]>
    /** what a hub id or URL offers: files, sizes, licence, .gguf choices; downloads no weights */
    lookup(origin: ModelOrigin): Promise<ModelListing>
    /** downloads, or goes on with what is already stored */
    add(request: AddRequest, watch?: WatchTransfer): Promise<StoredModel>
    /** goes on with an interrupted download by the origin kept in its manifest */
    resume(id: string, watch?: WatchTransfer): Promise<StoredModel>
    import(files: readonly File[], name?: string, watch?: WatchTransfer): Promise<StoredModel>
    remove(id: string): Promise<void>
  }
  /** bytes needed on the device, for a stored model or for files not yet imported */
  plan(target: string | readonly File[], options?: LoadRequest): Promise<ModelPlanSummary>
  load(id: string, options?: LoadRequest, watch?: WatchLoad): Promise<ModelInfo>
  unload(): Promise<void>
  /**
   * ordered events; leaving the loop or aborting the signal stops within one token (the last event is then 'done' with
   * reason 'aborted', if still read)
   */
  generate(
    input: Prompt,
    options?: GenerateRequest & { signal?: AbortSignal },
  ): AsyncGenerator<GenerateEvent, void, undefined>
  tokenize(input: Prompt): Promise<Tokenized>
  /** a tokenizer step by step, and its vocabulary */
  tokenizer: {
    facts(which: WhichTokenizer): Promise<TokenizerFacts>
    explain(which: WhichTokenizer, text: string): Promise<ExplainedText>
    vocabulary(which: WhichTokenizer, query: string, from: number, count: number): Promise<VocabPage>
    /** BPE: the rank of joining each piece with the next */
    ranks(which: WhichTokenizer, pieces: readonly string[]): Promise<(number | null)[]>
    /** which of `count` tokens from `from` on never come back when their own text is encoded */
    survey(which: WhichTokenizer, from: number, count: number): Promise<Survey>
    /** reads a tokenizer.json; from now on it is 'other' */
    open(file: File): Promise<TokenizerFacts>
  }
  /** questions about the last run of the loaded model */
  glass: Glass
  adapterFacts(): Promise<AdapterFacts | null>
  storage: {
    estimate(): Promise<StorageFacts>
    /** asks the browser to keep the data; true when it agreed */
    persist(): Promise<boolean>
  }
  chats: {
    /** newest first, without bodies */
    list(): Promise<ChatHead[]>
    get(id: string): Promise<ChatFile | null>
    /** what was kept of an answer token by token; undefined when nothing was */
    run(id: string, turn: string): Promise<unknown>
    runs(id: string): Promise<Record<string, unknown>>
    /**
     * all or none; resolves when they are on disk, with the ids of those that are not there any more (see
     * ChatChange.create)
     */
    write(changes: readonly ChatChange[]): Promise<string[]>
    /** for good; `trashed`: only what still lies in the trash. Resolves with the ids that were removed */
    remove(ids: readonly string[], trashed?: boolean): Promise<string[]>
  }
  /** ends the worker (pending calls reject with WORKER_DIED); the next call starts a fresh one with no model loaded */
  restart(): void
  /** called when the worker dies, and when the loaded engine's device is lost; returns the unsubscribe */
  onLost(listener: (error: ErrorData) => void): () => void
  dispose(): void
}
