// A Plan: the forward pass as data. An ordered list of named op calls over named buffers and weights.
// It can be printed, drawn, counted in bytes and dispatches before any download, run on the
// references in Node or on the GPU, and rewritten by fuse.ts. Prefill and decode are the same Plan.

import type { Params } from '../ops/op.ts'

/** A weight as the checkpoint names it; several tensors with equal columns may be stacked by rows. */
export interface WeightSpec {
  parts: { tensor: string; rows: number }[]
  rows: number
  cols: number
  role: 'linear' | 'embedding' | 'head'
}

/** A vector of f32 (norm gain, bias), parts concatenated. */
export interface VectorSpec {
  parts: { tensor: string; length: number; optional?: boolean }[]
  length: number
}

/** A tensor computed by the host from the config: RoPE cos/sin tables. */
export interface TableSpec {
  kind: 'rope'
  variant: number
  shape: number[]
}

/** An activation: f32, first axis T (chunk rows) or R (logit rows), then fixed width. */
export interface BufferSpec {
  rows: 'T' | 'R'
  width: number
}

/** A KV cache plane: (K, C, d) f32. */
export interface CacheSpec {
  layer: number
  kvHeads: number
  headDim: number
}

export interface PlanStep {
  /** canonical public name: blocks.3.attn.q */
  name: string
  op: string
  /** op argument -> name of a buffer, weight, vector, table or cache */
  args: Record<string, string>
  params: Params
  /** 'body' runs for all T tokens of a chunk, 'head' for the wanted logit rows, 'probe' when the inspector asks */
  part: 'body' | 'head' | 'probe'
  /** block index, or -1 */
  layer: number
}

export interface Dims {
  layers: number
  D: number
  H: number
  K: number
  d: number
  F: number
  V: number
  maxContext: number
}

export interface Plan {
  family: string
  dims: Dims
  weights: Record<string, WeightSpec>
  vectors: Record<string, VectorSpec>
  tables: Record<string, TableSpec>
  buffers: Record<string, BufferSpec>
  caches: Record<string, CacheSpec>
  steps: PlanStep[]
  tied: boolean
}
