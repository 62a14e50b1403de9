// The page's words for its worker: what can be asked (Client) and what comes back. Types only.

import type { Glass, GenerateEvent, Prompt } from '../engine/index.ts'
import type { ModelListing } from '../storage/types.ts'
import type { EngineApi } from './api.ts'
import type { ModelNotice } from '../engine/types.ts'
import type { Remote } from './call-types.ts'
import type { GenerateRequest } from './requests.ts'
import type { ErrorData, OthersEvent } from './wire.ts'

export type {
  AdapterFacts,
  AdapterInfo,
  ChatMessage,
  ChoiceErrors,
  ChoiceSizes,
  ChosenRole,
  DeviceChoice,
  DeviceFacts,
  DoneEvent,
  FinishReason,
  GenerateEvent,
  DrawnByHost,
  GenerateStats,
  LoadProgress,
  MemoryPlan,
  ModelDefaults,
  ModelInfo,
  ModelNotice,
  Prompt,
  PromptEvent,
  PromptOptions,
  Reading,
  ScoredLabel,
  SamplingParams,
  TemplateNotice,
  TokenCandidate,
  ToolCall,
  TokenEvent,
  WeightChoice,
  WeightErrors,
} from '../engine/types.ts'
export type { ErrorCode, Facts } from '../engine/errors.ts'
export type * from '../engine/glass/types.ts'
export type {
  FreshLora,
  PreferenceRow,
  PromptRow,
  TrainEvent,
  TrainOptions,
  TrainRow,
  TrainState,
  Bench,
  CompiledKernel,
  ExplainedText,
  KernelTime,
  KernelUse,
  Survey,
  TokenizerFacts,
  Traffic,
  VocabPage,
  VocabToken,
} from '../engine/index.ts'
export type { ChatChange, ChatFile, ChatHead, ChatRow } from '../storage/chats.ts'
export type { InductionEvent, InductionLook, MemoryProbe } from '../engine/index.ts'
export type { LessonRow } from '../storage/lessons.ts'
export type { DocumentHead, FoundChunk, Meaning } from '../retrieval/shelf.ts'
export type { IndexKind, IndexLook } from '../retrieval/teaching/index.ts'
export type { PlaceHandle } from '../storage/places.ts'
export type {
  AdapterSet,
  ModelListing,
  ModelOrigin,
  PromisedFile,
  RemoteFile,
  Inventory,
  StorageFacts,
  StoredAdapter,
  StoredModel,
  Verified,
  TransferProgress,
} from '../storage/types.ts'
export type { Follow } from './call-types.ts'
export type * from './requests.ts'
export type { ErrorData, OthersEvent } from './wire.ts'
export type { BirthEvent, BirthTask, KeptBirth } from './birth.ts'
export type { PriceEvent } from './price.ts'
export type { CountedRows, KeptRun, TeachEvent, TeachTask } from './teaching.ts'
export type { JudgeFacts } from './judging.ts'
export type { Merged, MergeRequest } from './merging.ts'
export type { Frame, LookEvent, Moved } from './looks.ts'

type Api = Remote<EngineApi>

/**
 * The page's side: the only way for store/ (and scripts, as window.glassbox.client) to reach the engine. Every call
 * settles. Its methods are those of api.ts, but for what the page knows better.
 */
export interface Client extends Omit<Api, 'models' | 'generate' | 'glass' | 'storage'> {
  models: Omit<Api['models'], 'local'> & {
    /** entries served at models/local/index.json; [] when there is none */
    local(): Promise<ModelListing[]>
  }
  /**
   * ordered events; leaving the loop or aborting the signal stops within one token (the last event is then 'done' with
   * reason 'aborted', if still read)
   */
  generate(
    input: Prompt,
    options?: GenerateRequest & { signal?: AbortSignal },
  ): AsyncGenerator<GenerateEvent, void, undefined>
  glass: Glass
  storage: Api['storage'] & {
    /** asks the browser to keep the data; true when it agreed */
    persist(): Promise<boolean>
  }
  /** ends the worker (pending calls reject with WORKER_DIED); the next call starts a fresh one with no model loaded */
  restart(): void
  /** called when the worker dies, and when the loaded engine's device is lost; returns the unsubscribe */
  onLost(listener: (error: ErrorData) => void): () => void
  /** called when another tab did something with the engine that both use; returns the unsubscribe */
  onOthers(hear: (event: OthersEvent) => void): () => void
  /** called when what was asked for waits for another tab's answer, and when its turn has come; returns the unsubscribe */
  onTurn(hear: (waits: boolean) => void): () => void
  /** another tab runs the engine that this one uses */
  guest(): boolean
  /** called when something happens to the loaded model that is to be said, and it runs on; returns the unsubscribe */
  onNotice(listener: (notice: ModelNotice) => void): () => void
  dispose(): void
}
