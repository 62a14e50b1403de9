// What the page asks its worker with, where it is not a word of the engine's or the storage's own. Types only.

import type { ChoiceSizes, ChosenRole, GenerateOptions, LoadOptions, MemoryPlan, ModelInfo } from '../engine/types.ts'
import type { ModelOrigin } from '../storage/types.ts'

/** A stored adapter that is put on a model, and how strong it is at first. */
export interface AdapterChoice {
  id: string
  scale: number
}
/** LoadOptions that can cross the wall. */
export type LoadRequest = Pick<
  LoadOptions,
  | 'context'
  | 'withinTraining'
  | 'linear'
  | 'embedding'
  | 'kvCache'
  | 'chunk'
  | 'device'
  | 'force'
  | 'threads'
  | 'kernels'
> & { adapters?: readonly AdapterChoice[] }
/** GenerateOptions that can cross the wall. */
export type GenerateRequest = Omit<GenerateOptions, 'signal'>

/** What a model would need, told without a GPU and before any upload. */
export interface ModelPlanSummary {
  title: ModelInfo['title']
  family: string
  parameters: number
  formats: ModelInfo['formats']
  sizes: Record<ChosenRole, ChoiceSizes>
  bytes: MemoryPlan
  context: number
  maxContext: number
  contextLimit: number
  planText: string
  notices: ModelInfo['notices']
  /** what can be asked of it */
  does: ModelInfo['does']
}

/** How far work is. */
export interface Counted {
  loaded: number
  total: number
}

export interface AddRequest {
  origin: ModelOrigin
  name?: string
}
/** Which tokenizer is asked: the loaded model's, the one that was opened last to compare it with, or to measure with. */
export type WhichTokenizer = 'loaded' | BesideTokenizer
export type BesideTokenizer = 'other' | 'lesson'
export interface Tokenized {
  ids: number[]
  texts: string[]
}
