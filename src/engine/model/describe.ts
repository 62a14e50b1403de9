// The words a model family is described with. A family says, in the checkpoint's own tensor names,
// what its blocks are made of; lower.ts turns that into a Plan. A word enters this file when a second
// family needs it or a panel shows it. Nothing here knows devices, bytes or numbers at run time.

import type { Activation } from '../ops/activations.ts'
import type { IgnoredKey } from './keys.ts'
import type { RopeSpec } from './rope.ts'
import type { Dims } from './plan.ts'

/** A linear layer y = x Wᵀ (+ b): `at` is the module's name, the tensors are `at`.weight and `at`.bias. */
export interface Linear {
  at: string
  bias?: boolean
}
export interface RmsNorm {
  kind: 'rms'
  at: string
  eps: number
}

export interface Attention {
  kind: 'attention'
  q: Linear
  k: Linear
  v: Linear
  out: Linear
  /** RMS norm over each head's d values before RoPE (Qwen3) */
  qNorm?: RmsNorm
  kNorm?: RmsNorm
  /** score factor, usually d^-1/2 */
  scale: number
  /** keys a query sees including itself, by layer; 0 = all */
  window: (layer: number) => number
}

/** down(act(gate x) * up x) */
export interface GatedMlp {
  kind: 'mlp'
  act: Activation
  gate: Linear
  up: Linear
  down: Linear
}

/** x += body(norm(x)) */
export interface Branch {
  norm: RmsNorm
  body: Attention | GatedMlp
}

export interface Description {
  family: string
  dims: Dims
  position: RopeSpec
  embed: { at: string }
  /** `{i}` stands for the block's number; names inside are relative to `at` */
  block: { at: string; branches: Branch[] }
  /** `tied`: the embedding serves as head when the file has none of its own */
  head: { norm: RmsNorm; at: string; tiedTo: string; tied: boolean }
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
