// A Plan: the forward pass as data, and all that anyone outside families/ may know of a model. It says which steps run
// and when, over which buffers, which tensors of the checkpoint each weight is made of, what a query may see, which
// tables the host computes, and where every number of public interest stands. It can be printed, drawn, counted in
// bytes and dispatches before any download, run on the references in Node or on the GPU, and rewritten by fuse/.
// Prefill and decode are the same Plan. Plain data: no functions, no Maps.

import type { Mask } from '../ops/mask.ts'
import type { Params } from '../ops/op.ts'
import type { RopeSpec } from './rope-table.ts'
import type { KeyBiasSpec } from './alibi.ts'
import type { SinusoidSpec } from './sinusoids.ts'

/**
 * Rows of a checkpoint tensor, when not all of them: those whose number r has from <= r % every < from + count.
 * One stretch of a stacked tensor has `every` = all its rows; a projection that is interleaved head by head has
 * `every` = the rows of one head of it.
 */
export interface RowSlice {
  every: number
  from: number
  count: number
}

/** Where rows of a weight come from: `rows` rows of a checkpoint tensor, all of them or a slice. */
export interface WeightPart {
  tensor: string
  rows: number
  slice?: RowSlice
  /** the file keeps the transposed matrix: its columns are the rows here */
  transpose?: boolean
}

/** A weight (rows, cols), its parts one below the other. All parts have `cols` columns and one storage format. */
export interface WeightSpec {
  parts: WeightPart[]
  rows: number
  cols: number
  /** `router` and `adapter`: kept as the file has it; a rounding of the first chooses other experts, the second is small */
  role: 'linear' | 'embedding' | 'head' | 'router' | 'adapter'
}

/** Where values of a vector come from: `length` values of a checkpoint tensor of one axis, all of them or a slice. */
export interface VectorPart {
  tensor: string
  length: number
  slice?: RowSlice
  /** of its tensor, where it is not that of the others */
  shape?: readonly number[]
}

/** What is made of a vector's parts while it is read (vectors.ts). */
export type VectorMake =
  /** 1 is added */
  | { kind: 'plus-one' }
  /** ALiBi's slope of each head, times `by`; no parts */
  | { kind: 'slopes'; by: number }
  /** a table (buckets, heads) as (heads, 2 reach + 1), by distance key - query */
  | { kind: 'buckets'; buckets: number; heads: number; reach: number; both: boolean }
  /** 1 / length of each row of a weight of the Plan; no parts */
  | { kind: 'unit-rows'; weight: string }
  /** depends on how strong an adapter is, and is written anew when that changes (adapters/vectors.ts) */
  | { kind: 'scaled'; adapter: string; by: ScaledBy }

/** What a vector that an adapter scales holds, at strength s; `length` values from `at` on, `rest` before and behind. */
export type ScaledBy =
  | (Span &
      (
        | /** s · by everywhere; no parts */ { how: 'strength'; by: number }
        /** 1, whatever s is; no parts */
        | { how: 'ones' }
        /** s · by · its parts */
        | { how: 'times'; by: number }
        /** plus + s · (its parts - 1) */
        | { how: 'towards'; plus: number }
        /**
         * plus + its parts / length of each row of W + s · by · B A, where W are the rows from `from` on of the Plan's
         * `weight`, and B and A weights of the Plan (DoRA); `isTable`: of each column of W + s · by · (B A)ᵀ
         */
        | {
            how: 'rows'
            plus: number
            by: number
            weight: string
            from: number
            a: string
            b: string
            isTable: boolean
          }
      ))
  /** `base`; where the adapter is on, `other`; no parts */
  | { how: 'instead'; base: VectorSpec; other: VectorSpec }

/** Values from `at` on; before and behind them stands `rest`. */
interface Span {
  at: number
  length: number
  rest: number
}

/** A vector of f32 (norm gain, bias), its parts one after the other. */
export interface VectorSpec {
  parts: VectorPart[]
  length: number
  /** of each part's tensor, where it has more than one axis */
  shape?: readonly number[]
  make?: VectorMake
}

/**
 * A tensor that the host computes, C rows of `width` floats. rope: cos and sin of every rotated pair of a position, (r/2, 2).
 * sinusoids: a distance as a vector. key-bias: what is added to the scores of a key, by head.
 */
export type TableSpec =
  | { kind: 'rope'; width: number; spec: RopeSpec }
  | { kind: 'sinusoids'; width: number; spec: SinusoidSpec }
  | { kind: 'key-bias'; width: number; spec: KeyBiasSpec }

/** Tables of turned positions alone. */
export const ropesOf = ({ tables }: { tables: Record<string, TableSpec> }): [name: string, spec: RopeSpec][] =>
  Object.entries(tables).flatMap(([name, { spec }]) => (spec.kind === 'rope' ? [[name, spec]] : []))

/** An activation: f32, T rows (tokens of the chunk) or R rows (whose logits are asked for) of fixed width. */
export interface BufferSpec {
  rows: 'T' | 'R'
  width: number
}

/** A KV cache plane: (K, C, d) f32. */
export interface CacheSpec {
  layer: number
  /** its entries are the source's tokens, written by the encoder's run; else the text's */
  of?: 'source'
  kvHeads: number
  headDim: number
}

/**
 * Steps that run together, once per chunk or per request, over the same rows: `encode` over the T tokens of a source,
 * `body` over the T tokens of a chunk, `head` over the R rows whose logits are asked for, `probe` when the inspector
 * asks. Each part has StepValues of its own.
 */
export type Part = 'encode' | 'body' | 'head' | 'probe'

/**
 * Tokens that mark the prefix of a text, which is seen from everywhere: it ends before the first `end`; the answer fills
 * the first of `blanks` that the text holds.
 */
export interface PrefixTokens {
  end: number
  blanks: readonly number[]
}

/** What one forward runs, part after part. */
export interface Program {
  /** for every token of the chunk */
  tokens: Part
  /** for the rows whose logits are asked for; null where it yields none */
  rows: Part | null
  /** all tokens of a text run in one chunk from position 0 on: they see those behind them */
  whole?: true
  /** whole, and yet a row of the head is about the token behind it: a stream of its own predicts that (XLNet) */
  ahead?: true
}

/** What the head gives for a row. */
export interface PlanOutput {
  /** scores of all tokens · of labels · of labels for each token · of a span's start and end · the last residual · of it */
  name: 'logits' | 'labels' | 'token-labels' | 'span' | 'hidden' | 'pooled'
  /** where it stands; the site's buffer holds nothing else */
  site: string
  width: number
  /** which rows of a text it is meant for */
  rows: 'each' | 'first' | 'last'
  /** `last`: the last token that is not this one */
  pad?: number
  labels?: readonly string[]
}

export interface PlanStep {
  /** canonical public name: blocks.3.attn.q */
  name: string
  op: string
  /** op argument -> name of a buffer, weight, vector, table or cache */
  args: Record<string, string>
  /** constants of the op, known before any run */
  params: Params
  /** parameters that are numbers of the run: op parameter -> which one. runtime/runtime.ts binds them, nobody else */
  sized?: Readonly<Record<string, RunSize>>
  /** attention: which of Plan.masks it computes under */
  mask?: string
  /** it makes rows of token ids: left out where other rows stand in their place (runtime/lead.ts) */
  ofTokens?: true
  /** which StepValues it sees; Plan.programs says when it runs */
  part: Part
  /** block index, or -1 */
  layer: number
  /** of adapters: runs while all of them are on */
  when?: readonly string[]
  /** of an adapter's: the model's step whose result it changes, and the first of the rows there that are its module's */
  behind?: string
  from?: number
}

/**
 * One op that gives what several steps give: a device may run it in their place, where the last of them stands. It writes
 * a part of what they write; who wants the rest needs the steps.
 */
export interface PlanGroup extends PlanStep {
  /** which rewrite of groups/ made it: what a device chooses by */
  kind: string
  /** names of the steps, in order */
  steps: string[]
  /** those among them that it repeats for itself: they still run where somebody else reads what they write */
  again?: string[]
}

/** Does a step run while these adapters are off? */
export const runsWithout = ({ when }: Pick<PlanStep, 'when'>, off: ReadonlySet<string>): boolean =>
  !when?.some((name) => off.has(name))

/** Numbers of a run that a step may take: `context` is C, entries of the KV cache. */
export type RunSize = 'context'

/**
 * Where the values of a site stand. After step `step` has run, they are in the buffer that its argument `arg` names:
 * floats [offset, offset + width) of each row. sites.ts turns that into stretches of a tensor.
 */
export interface SitePlace {
  step: string
  arg: string
  /** `row`: a slice of every row of a buffer. `cache`: a plane (K, C, d) of the KV cache, offset 0, width K d */
  in: 'row' | 'cache'
  offset: number
  width: number
  /** sites that it is computed from, in the order of the op's arguments: the block as a graph */
  from: string[]
  /** the step adds into the buffer: the site is what it added, the buffer after the step minus the buffer before it */
  added?: true
  /** the model's own step, where an adapter's stand behind it and change what it gave, up to `step` */
  since?: string
  /** the slice falls into so many heads of width / heads values each */
  heads?: number
  /** it is a projection y = x Wᵀ (+ b) of from[0], by part `part` of the weight */
  weight?: { name: string; part: number }
}

/** `cross`: attention to the source. `cell`: recurrent */
export type BranchName = 'attn' | 'cross' | 'mlp' | 'cell'

/** One branch of a block, x += body(norm(x)). */
export interface PlanBranch {
  /** second word of its sites' and steps' names */
  name: BranchName
  /** site of the residual that it reads */
  reads: string
  /** site of the residual after it has been added; null where none stands: a parallel branch is added after it */
  writes: string | null
  /** site of what it adds */
  out: string
  /** step that adds it to the residual; without that step the branch is left out (of a `mix`: with by = 0) */
  adds: string
  /**
   * the residual behind it is no sum of the one before and `out`: 'norm', their sum is normed; 'replaced', the one
   * before counts only through the branch
   */
  breaks?: 'norm' | 'replaced'
}

export interface PlanBlock {
  stack: 'encoder' | 'decoder'
  /** within its stack */
  number: number
  /** names of the block's sites, in the order in which they come to be */
  sites: string[]
  /** in the order in which they are added. Sequential: each reads what the one before wrote. Parallel: all read alike */
  branches: PlanBranch[]
}

/** A buffer holds something that is still to be read, from the step that writes it to its last reader: indices of steps. */
export interface Lifetime {
  first: number
  last: number
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
  /** `decode` reads tokens into the cache and gives outputs; `encode` reads a source before it */
  programs: { decode: Program; encode?: Program }
  /** what the head gives, the first of them by `forward` */
  outputs: PlanOutput[]
  /** a prefix language model */
  prefix?: PrefixTokens
  /** the token id that an answer of an encoder–decoder begins with */
  start?: number
  /** positions are an input of the run (embed.ts): the first is `first`; token `pad` is not counted and has position `pad` */
  positions?: { first: number; pad: number }
  /** in order; every name once */
  steps: PlanStep[]
  /** what a device may run in place of some of them, larger ones first */
  groups: PlanGroup[]
  /** checkpoint tensors of every weight; a key is one name, however many tensors it is stacked from */
  weights: Record<string, WeightSpec>
  vectors: Record<string, VectorSpec>
  tables: Record<string, TableSpec>
  /** which keys a query sees, one for all steps that see alike */
  masks: Record<string, Mask>
  buffers: Record<string, BufferSpec>
  caches: Record<string, CacheSpec>
  /**
   * When each buffer's floats matter: buffers whose lifetimes do not overlap could share memory. A buffer that is
   * written again lives again. The head may run several times behind one body: what it reads of the body's lives until
   * its last run
   */
  lifetimes: Record<string, Lifetime[]>
  /**
   * Where every number of public interest stands, by canonical name; fusion moves places, never names:
   *   embed                      (D) the residual before the first block
   *   blocks.3.attn.norm         (D)
   *   blocks.3.attn.q .k .v      (H d), (K d), (K d): as projected
   *   blocks.3.attn.q_norm .k_norm   after a norm of each head, where the family has one
   *   blocks.3.attn.q_rope .k_rope   turned by position, where the family turns
   *   blocks.3.attn.queries .keys .values   what attention reads, whatever was done before: (H d) and two cache planes
   *   blocks.3.attn.z .lse       (H d), (H): heads' results and log-sum-exp of their scores
   *   blocks.3.attn.distances    (2 H d): vectors that relative attention has of distances p and -(p + 1), in row p
   *   blocks.3.attn.out          (D) what attention adds to the residual
   *   blocks.3.resid_mid         (D) the residual between the branches; a parallel block has none
   *   blocks.3.mlp.norm .gate .up .act   (D), (F), (F), (F); no gate in a plain MLP. Where a parallel block has one norm
   *                              for both branches, mlp.norm is the same place as attn.norm
   *   blocks.3.mlp.router .chosen .shares   (E), (top), (top): a mixture's probabilities, the experts that the token goes
   *                              to, most wanted first, and their weights; .gate .up .act are then (top F), side by side
   *   blocks.3.cell.gates .state .out   (4 D) or (D), after their functions; (2 D) or (D) in the cache; (D): recurrent
   *   blocks.3.ahead.q .z .attn .mlp   (H d), (H d), (D), (D): the stream that predicts, of the rows asked for
   *   blocks.3.mlp.out           (D) what the MLP adds to the residual
   *   blocks.3.resid_post        (D) the residual after the block
   *   final_norm, logits         (D), (V): of the rows asked for
   * Scores and weights of attention stand nowhere: queries, keys, lse and mask give them.
   */
  sites: Record<string, SitePlace>
  /** one for each layer; those of the encoder stand first, and dims.layers counts all */
  blocks: PlanBlock[]
  tied: boolean
}

/** The steps of one part, in order. */
export const stepsOf = (plan: Plan, part: Part | null): PlanStep[] => plan.steps.filter((s) => s.part === part)

/** Does a row of the head say something of its own token, and not of the one behind it? */
export const saysOwnToken = ({ programs: { decode } }: Pick<Plan, 'programs'>): boolean =>
  Boolean(decode.whole && !decode.ahead)

/** The row of a text that an output of one row is meant for. */
export function rowOf({ rows, pad }: PlanOutput, ids: readonly number[]): number {
  if (rows !== 'last') return 0
  return Math.max(
    0,
    ids.findLastIndex((id) => id !== pad),
  )
}

/** Where each vector lies where all of them lie in one piece of memory, in floats: from a multiple of 64 on. */
export function vectorPlaces({ vectors }: Pick<Plan, 'vectors'>): Map<string, { offset: number; count: number }> {
  let end = 0
  return new Map(
    Object.entries(vectors).map(([name, { length: count }]) => {
      const offset = end
      end += Math.ceil(count / 64) * 64
      return [name, { offset, count }]
    }),
  )
}

/** Floats of all vectors in one piece. */
export const vectorFloats = (plan: Pick<Plan, 'vectors'>): number =>
  Object.values(plan.vectors).reduce((n, { length }) => n + Math.ceil(length / 64) * 64, 0)

/** The weight that a vector is made of, where it is made of one. */
export const weightOf = ({ weights }: Plan, { make }: VectorSpec): WeightSpec | undefined =>
  make?.kind === 'unit-rows' ? weights[make.weight] : undefined
