// What can be asked of a run: the contract between the engine and every panel. Plain data both ways, so that it
// crosses threads and fits in a recording. Every number comes from the run that the last generate() made,
// on the weights that made it; what cannot be shown is refused with a reason, never drawn.

import type {
  AdapterAttentionRequest,
  AdapterChange,
  AdapterChangeRequest,
  AdapterLensRequest,
  AdapterNorms,
  LensChange,
} from './adapter-types.ts'
import type { PlanOutput } from '../model/plan.ts'
import type { Coding } from '../quants/quant.ts'
import type { SamplingTrace, TraceRow } from '../sampler/trace.ts'
import type { SamplingParams, TokenCandidate } from '../types.ts'

export type * from './adapter-types.ts'

/** Places inside a model where a number of public interest stands, in the order of the forward pass. */
export const sites = [
  'embed',
  'attn_norm',
  'q',
  'k',
  'v',
  'q_rope',
  'k_rope',
  'scores',
  'probs',
  'z',
  'attn_out',
  'resid_mid',
  'mlp_norm',
  'gate',
  'up',
  'act',
  'router',
  'chosen',
  'gates',
  'mlp_out',
  'resid_post',
  'final_norm',
  'logits',
] as const
export type Site = (typeof sites)[number]
/** A key of PlanInfo.sites: blocks.3.cross.q. One whose `side` is null is nowhere to be read. */
export type SiteName = string & {}

export interface RopeInfo {
  layout: 'half' | 'interleaved'
  rotary: number
  inv: number[]
  factor: number
}

export interface GlassInfo {
  source: 'live' | 'recording'
  model: string
  family: string
  layers: number
  heads: number
  kvHeads: number
  headDim: number
  hidden: number
  ffn: number
  vocab: number
  /** attention window by layer, 0 = all */
  windows: number[]
  rope: RopeInfo
  /** by the table that a step turns by, where a model has several; older recordings know `rope` alone */
  ropes?: Record<string, RopeInfo>
  /** tokens in the cache */
  length: number
  /**
   * of an encoder–decoder: the tokens that its encoder read, rows and columns of its first `layers` layers; null where
   * there is none
   */
  encoder: { layers: number; tokens: { id: number; text: string; special: boolean }[] } | null
  /**
   * what the head says at a position is about the token behind it, or, of a text that is read both ways, about the token
   * at that very place
   */
  predicts: 'next' | 'own'
  /** so many tokens at the beginning are seen from everywhere: no token of them was guessed, but the blanks */
  seen: number
  /** the token that stands for a blank; null where the model fills none */
  mask: number | null
  /** first position whose activations are still kept */
  kept: number
  bytes: { activations: number; planned: number; budget: number }
  /** questions that this model or recording cannot answer, with the reason as a word (facts.why of VIEW_ABSENT) */
  unsupported: { view: string; reason: string }[]
  edits: Edit[]
  /** adapters that are on; absent: none */
  adapters?: { name: string; scale: number }[]
}

/**
 * One position of the context. Statistics are of the model's own distribution that predicted this token; null for the
 * first.
 */
export interface GlassToken {
  position: number
  id: number
  /** display text, never U+FFFD */
  text: string
  bytes: number[]
  special: boolean
  /**
   * stands in the last answer: drawn by the model, or put there by the reader (a fork's forced token is part of the
   * answer)
   */
  generated: boolean
  logprob: number | null
  rank: number | null
  entropy: number | null
  /** logit of the best minus logit of the second best */
  margin: number | null
  top: TokenCandidate[]
}

export interface ProbeRequest {
  /** a word with a layer, or a site's full name in the Plan, which says its layer itself */
  site: Site | SiteName
  layer?: number
  head?: number
  position: number
}
export interface ProbeResult {
  /**
   * shape of `values`: [n] for vectors, [heads, d] for per-head sites without a head, [keys] for scores and probs (NaN
   * where an edit or the window hides the key)
   */
  shape: number[]
  values: Float32Array
  /** l2 norm of the whole vector */
  norm: number
}

/** Cells an attention tile has at most, all heads together. */
export const MAX_CELLS = 2 ** 20

/**
 * Attention of one layer: rows = queries, columns = keys. Larger than maxRows x maxCols, or than MAX_CELLS, is
 * max-pooled on the GPU.
 */
export interface AttentionRequest {
  layer: number
  /** 'cross': from the text to the source of an encoder–decoder, whose tokens are the columns; default 'attn' */
  branch?: 'attn' | 'cross'
  heads: number[]
  rows: [from: number, to: number]
  cols: [from: number, to: number]
  maxRows: number
  maxCols: number
  /** raw score q·k·scale, or the probability */
  what?: 'probs' | 'scores'
}
export interface AttentionTile {
  heads: number[]
  rows: number
  cols: number
  /** queries and keys per cell */
  pool: [number, number]
  /** (heads, rows, cols); cells wholly above the diagonal, outside the window or masked by an edit are NaN = absent */
  values: Float32Array
}

/**
 * glass.md §5.12; row 0 and column 0 are left out of every score, the sink is shown by itself. Each is (layers *
 * heads).
 * While edits mask keys only the visible ones count, and a row without any is in no mean.
 */
export interface HeadStats {
  self: Float32Array
  previous: Float32Array
  induction: Float32Array
  entropy: Float32Array
  /** entropy / log(keys that the row sees), 0 where it sees one */
  relativeEntropy: Float32Array
  distance: Float32Array
  distanceVariance: Float32Array
  sink: Float32Array
}

export interface LensRequest {
  positions: number[]
  /** -1 = the embedding, 0 .. layers-1 = after that block */
  layers: number[]
  part: 'resid' | 'attn' | 'mlp'
  topK: number
  /** tokens whose probability and rank to report in every cell */
  targets?: number[]
}
export interface LensCell {
  layer: number
  position: number
  top: TokenCandidate[]
  entropy: number
  /** KL(final ‖ this), nats */
  kl: number
  targets: { id: number; logit: number; logprob: number; rank: number }[]
}

/**
 * How every part of the model pushed one token's logit at one position, under the full residual's norm (direct logit
 * attribution).
 * What an edit puts into the residual after a block counts to that block's MLP (layer -1: to the embedding).
 */
export interface Contributions {
  target: number
  embed: number
  /** (layers) */
  attn: Float32Array
  mlp: Float32Array
  /** (layers) what was taken in from the source of an encoder–decoder; absent where nothing is */
  cross?: Float32Array
  /** (layers * heads): attn split by head; bias, if any, is in attn only */
  heads: Float32Array
  /** what the biases of the final norm and of the head add, whatever the text: 0 where there are none */
  bias: number
  /** sum of embed, attn, cross, mlp and bias: the logit */
  logit: number
}

/** `label` names where a vector came from, for lists of edits: nothing reads it here. */
export type Edit =
  | { kind: 'scale-head'; layer: number; head: number; factor: number }
  | { kind: 'skip'; layer: number; part: 'attn' | 'cross' | 'mlp' }
  /**
   * head -1 = all heads, layer -1 = all layers that hold the text; ranges are [from, to). `branch` 'cross': the keys are
   * those of the source
   */
  | {
      kind: 'mask-edges'
      layer: number
      head: number
      queries: [number, number]
      keys: [number, number]
      branch?: 'cross'
    }
  /**
   * x += factor * direction at residual `layer` (after that block), positions [from, to); 'ablate' removes the
   * component along it
   */
  | {
      kind: 'direction'
      layer: number
      positions: [number, number]
      mode: 'add' | 'ablate'
      factor: number
      direction: number[]
      label?: string
    }
  /** the residual after block `layer` at `position` becomes `values` (taken from another run) */
  | { kind: 'patch'; layer: number; position: number; values: number[]; label?: string }
  /** as if these positions had never been in the cache, for every later query */
  | { kind: 'evict'; keys: [number, number] }
  /** rotary positions: every token is turned as if it stood `by` places further on; null: none is turned */
  | { kind: 'turn'; by: number | null }

/** What an edit did: the same text scored again. */
export interface EditOutcome {
  edits: Edit[]
  tokens: GlassToken[]
}

/** One matrix tile, dequantized step by step. Fields that the format has not are null. */
export interface WeightTile {
  tensor: string
  format: string
  rows: number
  cols: number
  tile: { row: number; col: number; rows: number; cols: number }
  /** raw codes, (rows * cols) */
  codes: Uint8Array | null
  /** how a code becomes the level that is scaled (quants/quant.ts): value = level * scale + offset */
  coding: Coding
  /** bits of a code */
  bits: number
  /** value per code, for formats with a table */
  table: Float32Array | null
  /** scale of each element, (rows * cols) */
  scales: Float32Array | null
  /** what is added to level * scale, (rows * cols), for formats that store a smallest value beside the scale */
  offsets: Float32Array | null
  values: Float32Array
  /**
   * nested quantization of the scales, when the file has it: code, map value, nested absmax, offset per block touched
   */
  nested: { block: number; code: number; map: number; absmax: number; offset: number; scale: number }[] | null
  block: number
  /**
   * the file's own values, (rows * cols), where loading quantized them; null where the file's own codes or floats run,
   * or it can no longer be read
   */
  source: Float32Array | null
  /** the codes are the file's own */
  fileCodes: boolean
}

/** Where a number of public interest stands (model/plan.ts lists the names), and what makes it. */
export interface PlanSite {
  /** a probe's word for it, and its layer (0 for sites of the whole model); null: it has its name alone */
  site: Site | null
  layer: number
  /** whose positions a probe asks for it at: those of the text, or of an encoder–decoder's source; null: no probe reads it */
  side: 'text' | 'source' | null
  /** name of the step after which it is there */
  step: string
  width: number
  heads: number | null
  /** sites that it is computed from, in the order of the op's arguments; recordings of before this was kept: none */
  from: string[]
  /**
   * y = x Wᵀ (+ b). Element i is row i of `tensor`, or, where rows are interleaved with others' by `rows`, row
   * floor(i / count) * every + from + i % count. `input` is the site of x
   */
  matrix: {
    tensor: string
    rows: { every: number; from: number; count: number } | null
    input: string | null
    bias: boolean
  } | null
}
/** One branch of a block: names of sites and of the step that adds it (model/plan.ts, PlanBranch). */
export interface PlanBranchInfo {
  name: 'attn' | 'cross' | 'mlp' | 'cell'
  reads: string
  writes: string | null
  out: string
  adds: string
  breaks?: 'norm' | 'replaced'
}
export interface PlanInfo {
  steps: PlanStepInfo[]
  text: string
  /** by canonical name */
  sites: Record<string, PlanSite>
  /** by layer: names of its sites in the order they come to be, and its branches in the order they are added */
  blocks: { stack: 'encoder' | 'decoder'; number: number; sites: string[]; branches: PlanBranchInfo[] }[]
  /** what the head gives (model/plan.ts, PlanOutput); recordings of before this was kept: logits alone */
  outputs: { name: PlanOutput['name']; site: string; rows: PlanOutput['rows']; labels?: readonly string[] }[]
}

export interface PlanStepInfo {
  name: string
  op: string
  layer: number
  part: 'body' | 'head'
  args: Record<string, string>
  params: Record<string, number>
  /** checkpoint tensors that it multiplies with, one below the other */
  weights: string[]
  bytes: number
}
export interface StepTiming {
  name: string
  microseconds: number
  runs: number
}

/** The whole chain on one row of logits (sampler/trace.ts), with texts and what the run itself did. */
export interface SamplingView extends Omit<SamplingTrace, 'rows'> {
  position: number
  rows: (TraceRow & { text: string })[]
  /** the uniform number the run drew at this position, null for argmax or prompt tokens */
  draw: number | null
  /** the token that stands at this position, null for the one still to come */
  chosen: number | null
  /** a bit for each token that could be drawn, where the answer has a form */
  form?: Uint32Array
}

/**
 * What many draws gave: how often each id came, most often first, and the uniform numbers in the order drawn (none at
 * temperature 0).
 */
export interface Draws {
  counts: { id: number; text: string; count: number }[]
  uniforms: number[]
}

/** Tokens of a text that are read again, of all there are. */
export interface ReadProgress {
  done: number
  total: number
}
/** Reading can take long: it says how far it is, and stops at the next piece. */
export interface Watch {
  onProgress?: ((progress: ReadProgress) => void) | undefined
  signal?: AbortSignal | undefined
}

/** Everything panels can ask. The worker's client and a recording both are one. */
export interface Glass {
  /**
   * Reads the text of the run again where that is needed (the first look, changed edits). Every question does so by
   * itself; this one says how far it is.
   */
  read(watch?: Watch): Promise<void>
  info(): Promise<GlassInfo>
  tokens(): Promise<GlassToken[]>
  probe(request: ProbeRequest): Promise<ProbeResult>
  attention(request: AttentionRequest): Promise<AttentionTile>
  /**
   * how long W_O v is for every head and position of a layer, (heads, length): an edge with weight p carries p times
   * this into the residual
   */
  valueNorms(layer: number): Promise<Float32Array>
  /** every head of a layer, max-pooled to at most size x size */
  thumbnails(size: number, layer: number): Promise<AttentionTile>
  headStats(): Promise<HeadStats>
  lens(request: LensRequest): Promise<LensCell[]>
  contributions(position: number, target: number): Promise<Contributions>
  /**
   * the final norm's gain times the token's row of the head, (D): logit = direction · x / rms(x) for the last residual
   * x
   */
  direction(target: number): Promise<Float32Array>
  /** the sampler pipeline on the stored logits that predicted `position`, with these settings */
  sampling(position: number, params: SamplingParams, candidates: number): Promise<SamplingView>
  /** `count` draws (at most 1000) from the pipeline's result */
  draws(position: number, params: SamplingParams, count: number, seed: number): Promise<Draws>
  /**
   * max |P·V - z| over heads at this position, edits included: how far the picture is from the run. `branch` as in
   * AttentionRequest
   */
  attentionError(layer: number, position: number, branch?: 'attn' | 'cross'): Promise<number>
  /**
   * cosines of one token's row of the embedding with the rows of tokens [from, to), as the kernels see the table:
   * nearest neighbours, block by block
   */
  cosines(id: number, tokens: [from: number, to: number]): Promise<Float32Array>
  weights(): Promise<{ tensor: string; format: string; rows: number; cols: number; bytes: number }[]>
  weightTile(tensor: string, row: number, col: number, rows: number, cols: number): Promise<WeightTile>
  plan(): Promise<PlanInfo>
  timings(): Promise<StepTiming[]>
  /** by adapter, in the order in which they were put on; none: [] */
  adapterNorms(): Promise<AdapterNorms[]>
  /**
   * The run is as it was when this returns, bit for bit, however it ends. The first question about a text reads it once
   * more; others about the same text do not.
   * @throws VIEW_ABSENT where no adapter is on the model, BUSY while it writes
   */
  adapterChange(request: AdapterChangeRequest): Promise<AdapterChange>
  adapterLens(request: AdapterLensRequest): Promise<LensChange[]>
  /**
   * With minus without: probabilities, so that a cell is from -1 to 1. Where cells are pooled, each shows the largest
   * difference among its own.
   */
  adapterAttention(request: AdapterAttentionRequest): Promise<AttentionTile>
  /** replaces the list of edits, runs the same tokens again and scores them */
  setEdits(edits: Edit[], watch?: Watch): Promise<EditOutcome>
}
