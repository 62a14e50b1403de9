// What can be asked about adapters: how far each moves the model's matrices, and what the last text is with and without.

import type { TokenCandidate } from '../types.ts'

/** Frobenius norms of one module's matrix, or of one vector of the model's. */
export interface ModuleNorm {
  /** as the model calls it: model.layers.3.self_attn.q_proj; of a vector its tensor */
  module: string
  /** -1: outside of the layers, or in several of them */
  layer: number
  /** within its layer: self_attn.q_proj */
  name: string
  /** a bias, or a norm's gain */
  isVector: boolean
  /** |W' - W| at the strength that is set, W as the model keeps it; null: what becomes of it is no matrix, or not known */
  delta: number | null
  /** |W|; null where nothing of it was measured */
  base: number | null
}
export interface AdapterNorms {
  adapter: string
  kind: string
  strength: number
  /**
   * Each once, in the order of the layers. What an adapter does to a module's bias beside its matrix (a bias of LoRA's
   * own, IA³'s factors) is in no number
   */
  modules: ModuleNorm[]
  /** why no matrix changes: it puts entries before every text · it adds what is no matrix; null: some does */
  why: 'lead' | 'function' | null
}

/** Which comparison: the text as the adapters are set, and without. */
export interface WithoutAdapter {
  /** the adapter that is left out; absent: all of them */
  without?: string
}
export interface AdapterChangeRequest extends WithoutAdapter {
  /** candidates of each distribution */
  topK: number
}
export interface AdapterLensRequest extends AdapterChangeRequest {
  position: number
}
export interface AdapterAttentionRequest extends WithoutAdapter {
  layer: number
  branch?: 'attn' | 'cross'
  head: number
  rows: [from: number, to: number]
  cols: [from: number, to: number]
  maxRows: number
  maxCols: number
}

/** What the model says at one position, with the adapters and without. */
export interface TokenChange {
  position: number
  /** KL(with ‖ without) of the two distributions over the vocabulary, nats */
  kl: number
  /** likeliest first */
  with: TokenCandidate[]
  without: TokenCandidate[]
  /** log-probabilities of the token that stands there in the text; null: it is still to come */
  said: { id: number; with: number; without: number } | null
}

/** A token of the text that was read. */
export interface ReadToken {
  position: number
  id: number
  text: string
  bytes: number[]
  special: boolean
}

/** The last text with and without, under the same edits. */
export interface AdapterChange {
  text: ReadToken[]
  /** what the encoder of an encoder–decoder read; [] where there is none */
  source: ReadToken[]
  /** names of those that were left out */
  without: string[]
  /** first position that is still kept of both */
  from: number
  /** from `from` on; null where `absent` says why */
  tokens: TokenChange[] | null
  /**
   * |with - without| / |without| of the residual after a layer (-1: the embedding), by position from `from` on; of an
   * encoder's layers, which run over the source, from its first kept
   */
  residual: { layer: number; side: 'text' | 'source'; values: Float32Array }[]
  /**
   * (layers * heads): how much of a row of attention went elsewhere, Σ |with - without| / 2, the mean over the rows;
   * NaN where a layer has none of that kind. Empty where `absent` says why
   */
  heads: { branch: 'attn' | 'cross'; values: Float32Array }[]
  absent: { view: 'tokens' | 'heads'; reason: string }[]
}

/** Likeliest tokens read out of the residual after each layer (-1: the embedding). */
export interface LensChange {
  layer: number
  with: TokenCandidate[]
  without: TokenCandidate[]
}
