// The words a model family is described with. A family says, in the checkpoint's own tensor names,
// what its blocks are made of; lower.ts turns that into a Plan. A word enters this file when a second
// family needs it or a panel shows it. Nothing here knows devices, bytes or numbers at run time.

import type { Activation } from '../ops/activations.ts'
import type { FileFamily, GgufLayout } from '../formats/family.ts'
import type { IgnoredKey, Neutral } from './keys.ts'
import type { RopeSpec } from './rope-table.ts'
import type { Dims, PrefixTokens, RowSlice } from './plan.ts'

/**
 * A linear layer y = x Wᵀ (+ b): `at` is the module's name, the tensors are `at`.weight and `at`.bias. With a slice it
 * is some rows of them: where a file keeps several projections in one tensor, each is a Linear of its own.
 */
export interface Linear {
  at: string
  bias?: boolean
  /** the bias' whole tensor name, where it is not `at`.bias */
  biasAt?: string
  slice?: RowSlice
  /** the weight's whole tensor name, where it is not `at`.weight */
  weightAt?: string
  /** the file keeps Wᵀ: its columns are the rows of W (GPT-1 and GPT-2's Conv1D) */
  transpose?: boolean
}

interface NormWords {
  at: string
  eps: number
  /** the file keeps gain - 1 (Gemma) */
  plusOne?: boolean
  /**
   * q and k norms only. 'head' (default): over each head's d values, one gain for all; 'own': the same with a gain for
   * each head, in one tensor (heads, d), or in one tensor per head where `at` says {h}; 'all': over the whole width
   */
  over?: 'head' | 'own' | 'all'
}
/** x / sqrt(mean(x²) + eps) * weight */
export interface RmsNorm extends NormWords {
  kind: 'rms'
}
/** (x - mean(x)) / sqrt(var(x) + eps) * weight (+ bias) */
export interface LayerNorm extends NormWords {
  kind: 'layer'
  bias?: boolean
}
export type Norm = RmsNorm | LayerNorm

/**
 * Added to the scaled scores by distance. `slopes`: ALiBi, a slope per head, all of them times `by` (default 1). `rounded`: the
 * products with the position are rounded to bf16 before that (alibi.ts)
 */
export type ScoreBias =
  | { kind: 'slopes'; by?: number; rounded?: true }
  /** T5: a table (buckets, heads) by bucket of the distance, which are logarithmic from half of them to `reach` */
  | { kind: 'buckets'; tensor: string; buckets: number; reach: number }

export interface Attention {
  kind: 'attention'
  q: Linear
  k: Linear
  v: Linear
  out: Linear
  /** before heads are turned */
  qNorm?: Norm
  kNorm?: Norm
  /** q, k and v are cut to ±clip behind those norms (OLMoE) */
  clip?: number
  /** score factor, usually d^-1/2 */
  scale: number
  /** scores become cap · tanh(score / cap) (Gemma 2) */
  cap?: number
  /** how queries and keys are turned by position; null: they are not */
  rope: RopeSpec | null
  /** 'causal'; 'both': every key of the text; 'prefix': causal, but all see the text's prefix; 'source': what the encoder read */
  sees: 'causal' | 'both' | 'prefix' | 'source'
  /** keys a query sees including itself, w > 0 on each side; 0 = all */
  window: number
  bias?: ScoreBias
}

/**
 * Attention whose scores know the distance: (q + content) . k + (q + position) . R + (q + segment) . e, where R is `r`
 * of a distance's sinusoids and e one of `segments`: of one segment, of another (XLNet). Whole names of tensors (H, d)
 */
export interface RelativeAttention {
  kind: 'relative-attention'
  q: Linear
  k: Linear
  v: Linear
  out: Linear
  r: Linear
  biases: { content: string; position: string; segment: string; segments: string }
  scale: number
  sees: 'causal' | 'both'
  /** distances beyond it count as it; 0: none does */
  reach: number
}

/** down(act(up x)). `F` where it is not dims.F */
export interface Mlp {
  kind: 'mlp'
  act: Activation
  up: Linear
  down: Linear
  F?: number
}

/** down(act(gate x) * up x) */
export interface GatedMlp {
  kind: 'gated-mlp'
  act: Activation
  gate: Linear
  up: Linear
  down: Linear
  F?: number
}

/**
 * Rows of all experts. `tensor` is a whole name within the block. With {e} in it there is one tensor for each expert;
 * without, one (experts, rows, columns) of them all, or a slice of its rows
 */
export interface ExpertRows {
  tensor: string
  slice?: RowSlice
}
/** The sum over the `top` of `count` experts that the router scores highest of p · down(act(gate x) * up x) */
export interface Experts {
  kind: 'experts'
  act: Activation
  count: number
  top: number
  /** p are divided by their sum */
  renorm: boolean
  /** of one expert */
  F: number
  /** how files may hold them, the usual way first */
  files: readonly { router: Linear; gate: ExpertRows; up: ExpertRows; down: ExpertRows }[]
  /** one more that every token goes to, as far as its gate (1, D) opens */
  shared?: GatedMlp & { opens?: Linear }
}

/** A recurrent layer: h' = f(input x + hidden h), with four gates in an LSTM. It gives H values in place of the residual. */
export interface Cell {
  kind: 'cell'
  cell: 'lstm' | 'rnn'
  /** rows of all gates in the order i, f, g, o */
  input: Linear
  hidden: Linear
}

export type Body = Attention | RelativeAttention | Mlp | GatedMlp | Experts | Cell

/** x = closing(keep · r + by · after(body(norm(x)))), where r is x; each word is left out where it changes nothing. */
export interface Branch {
  norm?: Norm
  body: Body
  /** over what the body gives, before it is added (Gemma 2, OLMo 2) */
  after?: Norm
  /** r is norm(x) instead of x (BLOOM's other residual, ChatGLM-6B) */
  fromNorm?: boolean
  /** with `fromNorm` or `closing` only */
  keep?: number
  by?: number
  /** over the sum (BERT, GPT-1: post-norm) */
  closing?: Norm
}

/** Names inside a block are relative to `at`, where `{i}` stands for the block's number. */
export interface Block {
  at: string
  branches: Branch[]
  /** all branches read the block's input; otherwise each reads what the one before left. Equal norms are computed once */
  parallel?: boolean
}

/** Rows by token id, and what is done to them before the first block. */
export interface Embed {
  at: string
  /** the whole tensor name, where it is not `at`.weight */
  weightAt?: string
  /** the module that reads it, where that is not the one whose tensor it is (T5: each stack has one, and the one in the files is never run) */
  called?: string
  /** of its rows, where it is not D */
  width?: number
  /** the rows are multiplied by this (Gemma, Granite) */
  by?: number
  /** and so is what stands in place of tokens' rows (Granite): transformers 5.24 */
  scalesAll?: true
  /** learned positions: row position + offset of `rows`. `pad`: a token that has row `pad` wherever it stands, and is not counted */
  positions?: { at: string; rows: number; offset: number; pad?: number }
  /** learned kinds of segments */
  types?: { at: string; rows: number }
  norm?: Norm
  /** width -> D: at once (OPT), or behind everything else (ALBERT) */
  project?: Linear & { when: 'first' | 'last' }
}

/** One number of each label: for the whole text (`rows`: at its first or last token, or of the mean of all), or for each. */
export interface Labels {
  name: 'labels' | 'token-labels' | 'span'
  /** which of several of one name: MT-DNN has a head for each task */
  task?: number
  rows: 'first' | 'last' | 'mean' | 'each'
  /** `last`: the last token that is not this one */
  pad?: number
  /** layers before the last one, with their function, width and norm */
  before: readonly (Linear & { act?: Activation; width: number; norm?: Norm })[]
  last: Linear
  labels: readonly string[]
}

export interface Head {
  norm?: Norm
  /** before the vocabulary: dense, function, norm (masked language models) */
  transform?: { dense: Linear; act: Activation; norm?: Norm; width: number }
  /** D -> width before the vocabulary (OPT) */
  project?: Linear & { width: number }
  /** scores of all tokens; absent where the files hold none. `tied`: the embedding serves where the file has none of its own */
  tokens?: Linear & {
    tied: boolean
    /** each row of the weight is divided by its length (Baichuan 2) */
    unitRows?: boolean
    by?: number
    cap?: number
  }
  labels?: readonly Labels[]
  /** what a text comes to, of its first token; beside the residual where there is no other head (BERT's pooler) */
  pooled?: Linear & { act: Activation; width: number }
}

/** Blocks one after another, over one text. */
export interface Stack {
  embed: Embed
  layers: number
  block: (layer: number) => Block
  /** over the last block's residual */
  norm?: Norm
}

/** P-tuning v2, kept within a model's own files (adapters/prefix-encoder.ts reads it). */
export interface PrefixEncoder {
  at: string
  count: number
  projected: boolean
}

export interface Description {
  family: string
  /** `layers` and `maxContext` of the stack that writes; H, K, d of all */
  dims: Dims
  embed: Embed
  block: (layer: number) => Block
  head: Head
  /** reads the source before the blocks above write (T5) */
  encoder?: Stack
  /** the text is read in one piece, because its tokens see those behind them */
  whole?: boolean
  /**
   * `whole`, and the head reads a second stream, which begins as this tensor (D) one position behind its row and sees what
   * stands before it in the first one (XLNet)
   */
  ahead?: string
  /** a prefix language model: which tokens mark the prefix */
  prefix?: PrefixTokens
  /** its files hold keys and values that stand before every text: how many, and what their tensors begin with */
  prefixEncoder?: PrefixEncoder
  /** its family writes, this one gives vectors: the class that says so, null where files beside the weights do */
  headless?: { named: string | null }
  /** the class whose files hold no head, where the embedding serves as one all the same */
  assumedHead?: string
  /** the token id an answer of an encoder–decoder begins with */
  start?: number
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

/** The shape of a tensor of the checkpoint, by the family's name for it; undefined where the files hold none. */
export type ShapeOf = (tensor: string) => readonly number[] | undefined

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
  /** @param shapeOf what the files hold: it decides where a config leaves open which head there is */
  describe(config: Config, shapeOf: ShapeOf): Omit<Description, 'ignored' | 'biases'>
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
  /** the same file with other values under these keys: what a family calls otherwise */
  but(values: Record<string, unknown>): Config
  /** the complaint about a key, to throw */
  invalid(key: string, need: string, found: unknown): Error
}
