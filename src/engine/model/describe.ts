// The words a model family is described with. A family says, in the checkpoint's own tensor names,
// what its blocks are made of; lower.ts turns that into a Plan. A word enters this file when a second
// family needs it or a panel shows it. Nothing here knows devices, bytes or numbers at run time.

import type { Activation } from '../ops/activations.ts'
import type { FileFamily, GgufLayout } from '../formats/family.ts'
import type { IgnoredKey, Neutral } from './keys.ts'
import type { RopeSpec } from './rope-table.ts'
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
  /** whether a `bias` above must be in the files, or is read where they hold one */
  biases: Wording['biases']
  /** keys of the config that the numbers do not depend on */
  ignored: IgnoredKey[]
}

/**
 * Where a config comes from: a config.json, whose words are transformers', or a GGUF's keys put into the same words.
 */
export type ModelFormat = 'safetensors' | 'gguf'

/** How the words of a config are meant, where the two differ. */
export interface Wording {
  /** 'declared': a bias of the config must be in the files; 'present': it says where one may be, the files whether */
  biases: 'declared' | 'present'
  /** kinds of rope scaling beside those of transformers */
  ropeKinds: readonly string[]
  /** whether partial_rotary_factor counts where a family turns whole heads by itself */
  partialRope: boolean
  /** whether the files may hold more than one language model: what reads pictures, other heads */
  beside: boolean
}

/** One file of families/ and one line in its index register a family: its network, its config and its files. */
export interface Family extends FileFamily {
  name: string
  /** `describe` where a converter left another network behind: a weight turned round, a tensor split, a 1 added */
  gguf?: GgufLayout & { describe?: Family['describe'] }
  /**
   * For the OTHER families: values of the keys named here with which a model is the same as without the key. A family
   * that lacks the key then says nothing; any other value is listed in the plan as not computed with.
   */
  off?: Readonly<Record<string, Neutral>>
  /** tensors in the files of such models that are no part of the sum: tables that the engine computes itself */
  buffers?: RegExp
  describe(config: Config): Omit<Description, 'ignored' | 'biases'>
}

/** config.json with typed, checked access: every complaint names the key, what it holds and what it must be. */
export interface Config {
  readonly wording: Wording
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
