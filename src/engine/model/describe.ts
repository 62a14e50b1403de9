// The words a model family is described with. A family says, in the checkpoint's own tensor names,
// what its blocks are made of; lower.ts turns that into a Plan. A word enters this file when a second
// family needs it or a panel shows it. Nothing here knows devices, bytes or numbers at run time.

import type { Activation } from '../ops/activations.ts'
import type { IgnoredKey } from './keys.ts'
import type { RopeSpec } from './rope.ts'
import type { Dims, RowSlice } from './plan.ts'

/**
 * A linear layer y = x Wᵀ (+ b): `at` is the module's name, the tensors are `at`.weight and `at`.bias. With a slice it
 * is some rows of them: where a file keeps several projections in one tensor, each is a Linear of its own.
 */
export interface Linear {
  at: string
  bias?: boolean
  slice?: RowSlice
}

/** x / sqrt(mean(x²) + eps) * weight */
export interface RmsNorm {
  kind: 'rms'
  at: string
  eps: number
}
/** (x - mean(x)) / sqrt(var(x) + eps) * weight (+ bias) */
export interface LayerNorm {
  kind: 'layer'
  at: string
  eps: number
  bias?: boolean
}
export type Norm = RmsNorm | LayerNorm

/** How a model knows the order of its tokens. Only rope and none are computed; lower.ts refuses the others by name. */
export type Position = RopeSpec | { kind: 'none' | 'alibi' | 'learned' | 'relative' | 'recurrent' }

export interface Attention {
  kind: 'attention'
  q: Linear
  k: Linear
  v: Linear
  out: Linear
  /** a norm over each head's d values before they are turned (Qwen3) */
  qNorm?: Norm
  kNorm?: Norm
  /** score factor, usually d^-1/2 */
  scale: number
  /** keys a query sees including itself, by layer; 0 = all */
  window: (layer: number) => number
}

/** down(act(up x)) */
export interface Mlp {
  kind: 'mlp'
  act: Activation
  up: Linear
  down: Linear
}

/** down(act(gate x) * up x) */
export interface GatedMlp {
  kind: 'gated-mlp'
  act: Activation
  gate: Linear
  up: Linear
  down: Linear
}

/** x += body(norm(x)) */
export interface Branch {
  norm: Norm
  body: Attention | Mlp | GatedMlp
}

/** Names inside a block are relative to `at`, where `{i}` stands for the block's number. */
export interface Block {
  at: string
  branches: Branch[]
  /** all branches read the block's input; otherwise each reads what the one before left. Equal norms are computed once */
  parallel?: boolean
}

export interface Description {
  family: string
  dims: Dims
  position: Position
  embed: { at: string }
  block: Block
  /** `tied`: the embedding serves as head when the file has none of its own */
  head: Linear & { norm: Norm; tied: boolean }
  /** a bias that the config declares must be there; false where only the file's tensors tell (GGUF) */
  declaredBiases: boolean
  /** keys of the config that the numbers do not depend on */
  ignored: IgnoredKey[]
}

/**
 * Where a config comes from: a config.json, whose words are transformers', or a GGUF's keys put into the same words.
 */
export type ModelFormat = 'safetensors' | 'gguf'

/** One line in families/index.ts registers a family. */
export interface Family {
  name: string
  /** values of config.json's model_type it answers to */
  types: string[]
  /** every key of config.json that describe() reads: the others are judged by keys.ts and listed in the plan */
  keys: readonly string[]
  describe(config: Config): Omit<Description, 'ignored'>
}

/** config.json with typed, checked access: every complaint names the key, what it holds and what it must be. */
export interface Config {
  readonly format: ModelFormat
  /** what the readers found and left aside; families add to it */
  readonly ignored: IgnoredKey[]
  has(key: string): boolean
  /** positive integer under any of these names */
  count(keys: string, fallback?: number): number
  number(keys: string, fallback?: number): number
  flag(key: string, fallback: boolean): boolean
  text(key: string, fallback?: string): string
  raw(key: string): unknown
  /** null when the file says null, undefined when it says nothing */
  rawOrNull(key: string): unknown
  /** the complaint about a key, to throw */
  invalid(key: string, need: string, found: unknown): Error
}
