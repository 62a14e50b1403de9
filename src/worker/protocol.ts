// What crosses the thread wall between the page and the engine worker. Types only,
// plain data only: no functions, no AbortSignal, no class instances.

import type { AdapterFacts, ChatMessage, GenerateEvent, GenerateOptions, LoadOptions, LoadProgress, MemoryPlan, ModelInfo } from '../engine/types.ts'
import type { ErrorCode, Facts } from '../engine/errors.ts'
import type { ModelListing, ModelOrigin, StorageFacts, StoredModel, TransferProgress } from '../storage/types.ts'

export type { AdapterFacts, ChatMessage, DoneEvent, FinishReason, GenerateEvent, GenerateStats, LoadProgress, MemoryPlan, ModelInfo, PromptEvent, SamplingParams, TokenCandidate, TokenEvent } from '../engine/types.ts'
export type { ErrorCode, Facts } from '../engine/errors.ts'
export type { ModelListing, ModelOrigin, RemoteFile, StorageFacts, StoredModel, TransferProgress } from '../storage/types.ts'

/** An EngineError as data: comlink itself would keep only message, name and stack. */
export interface ErrorData { code: ErrorCode; message: string; facts: Facts }
export type Reply<T> = { ok: true; value: T } | { ok: false; error: ErrorData }

/** LoadOptions that can cross the wall. */
export type LoadRequest = Pick<LoadOptions, 'context' | 'linear' | 'embedding' | 'chunk' | 'cpu'>
/** GenerateOptions that can cross the wall. */
export type GenerateRequest = Omit<GenerateOptions, 'signal'>

/** What a model would need, told without a GPU and before any upload. */
export interface ModelPlanSummary {
  family: string
  parameters: number
  formats: ModelInfo['formats']
  bytes: MemoryPlan
  context: number
  maxContext: number
  planText: string
}

export interface AddRequest { origin: ModelOrigin; name?: string }
export interface Tokenized { ids: number[]; texts: string[] }

/** What the client's callers may pass to watch or end a long call. */
export interface WatchTransfer { onProgress?: (p: TransferProgress) => void; signal?: AbortSignal }
export interface WatchLoad { onProgress?: (p: LoadProgress) => void; signal?: AbortSignal }

/** The page's side: the only way for store/ (and scripts, as window.glassbox.client) to reach the engine. Every call settles. */
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
  /** ordered events; leaving the loop or aborting the signal stops within one token (the last event is then 'done' with reason 'aborted', if still read) */
  generate(input: string | ChatMessage[], options?: GenerateRequest & { signal?: AbortSignal }): AsyncGenerator<GenerateEvent, void, undefined>
  tokenize(text: string): Promise<Tokenized>
  adapterFacts(): Promise<AdapterFacts | null>
  storage: {
    estimate(): Promise<StorageFacts>
    /** asks the browser to keep the data; true when it agreed */
    persist(): Promise<boolean>
  }
  /** ends the worker (pending calls reject with WORKER_DIED) and starts a fresh one with no model loaded */
  restart(): void
  /** called when the worker dies, and when the loaded engine's device is lost; returns the unsubscribe */
  onLost(listener: (error: ErrorData) => void): () => void
  dispose(): void
}
