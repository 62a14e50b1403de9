// What the decoding context needs of whatever runs a Plan: the GPU session and the CPU references look the same from
// outside. A runtime knows token ids and logits, never text.

import type { Plan, PlanStep, VectorSpec, WeightSpec } from '../model/plan.ts'
import { ops } from '../ops/index.ts'
import type { Scratch } from '../formats/scratch.ts'
import type { PlaneChunk } from '../formats/weights.ts'
import type { DrawAsk, NotDrawn } from './draw-ask.ts'
import type { Flight } from './flight.ts'
import type { Inspection } from './inspect.ts'
import type { Lead } from './lead.ts'
import type { Tuner } from './tuning/choice.ts'
import type { WeightLayout } from '../quants/weight.ts'

/** For which tokens of a forward the head runs; a list: indices among them, rising. */
export type LogitRows = 'none' | 'last' | 'all' | readonly number[]

/** The length of the text that tokens are turned for (rope-rows.ts): where a text is read piece by piece, the whole text's.
 *  'kept': as their positions were turned when they ran before, for a text that is read again. */
export type TurnedFor = number | 'kept'

/** What was asked of the device so far; the plain references and the processor have no passes, writes and waits. */
export interface Counters {
  forwards: number
  dispatches: number
  /** compute passes */
  passes: number
  submits: number
  /** buffers written by the host */
  writes: number
  readBytes: number
  /** waits with nothing left for the device to do meanwhile */
  waits: number
}

export interface Runtime {
  readonly plan: Plan
  /** tokens of a text that the KV cache can hold: C, less what stands before every text */
  readonly context: number
  /** tokens of the text in the KV cache now */
  readonly length: number
  /**
   * keys that every query of the next forwards sees (StepValues.prefix): set with the text. 0 for causal models; read
   * both ways, a text runs in one piece, or at least its prefix
   */
  prefix: number
  readonly counters: Readonly<Counters>
  /** most tokens of one piece of work: larger requests are cut */
  readonly chunk: number
  /**
   * Rows of one forward that have, bit for bit, the numbers that each has alone, at most; beyond it other kernels may add
   * in another order. Infinity where that is not known, or never so
   */
  readonly exactRows: number
  /**
   * Runs tokens at positions length .. length + ids.length - 1, appends their keys and values, returns rows of the
   * Plan's first output (V logits each, where it writes text).
   * Long prompts are cut into chunks; read.ts reads them so that they can be watched and stopped.
   */
  forward(ids: readonly number[], logits: LogitRows, turnedFor?: TurnedFor): Promise<Float32Array[]>
  /** Texts that can go on at once from the one in the cache; 1 where a step of the Plan needs its rows in one text. */
  readonly mostStrands: number
  /**
   * Runs token `index` of each of several texts that go on from the one in the cache ("strands", ops/strands.ts), in one
   * forward. Theirs come into the cache behind it, and are nobody's: the text stays as it is, and whatever is read next
   * overwrites them. Tokens of one index after those of another, the same number of strands each time.
   * @returns the row of each, as it would be alone @throws CONTEXT_FULL where length + (index + 1) · strands do not fit
   */
  runStrands(ids: readonly number[], index: number): Promise<Float32Array[]>
  /** Kinds of segments of the text that is read next, by position; 0 where it has none. Plans with an input `types`. */
  segments: readonly number[]
  /**
   * Before a text is read from its first token: where its prefix ends, and how its positions turn because of it. Nothing
   * where the Plan has no prefix. @throws PARAM_INVALID where the text lacks the tokens that mark it
   */
  beginText(ids: readonly number[]): void
  /** What stands before every text from now on (lead.ts), or nothing. */
  readonly lead: Lead | null
  /**
   * Puts it there, and forgets the text. @throws PARAM_INVALID where leadProblem() has a reason
   */
  setLead(lead: Lead | null): void
  /**
   * Tokens that are drawn where their logits are, some in flight; or why not. Runtimes without it draw nothing
   * themselves.
   */
  draw?(ask: DrawAsk): Flight | NotDrawn
  /**
   * Makes room for the rows that tokens are drawn from (DrawAsk.keeps), the newest, in so many bytes at most. Where there is
   * no memory for them, tokens are not drawn for those who need their rows.
   */
  keepRows?(bytes: number): Promise<void>
  /** Runs the encoder over a source, all in one piece, and forgets the text; Plans with `programs.encode`. */
  encode(ids: readonly number[]): Promise<void>
  /**
   * Runs `ids` again from an empty cache and names the first step whose output holds NaN or Inf; null when all are
   * finite. Slow.
   */
  findNonFinite(ids: readonly number[]): Promise<string | null>
  /**
   * Adapters that are off from the next forward on, and vectors that hold other values then. Entries of the cache are as
   * they were: whoever calls it forgets them.
   */
  setAdapters(off: ReadonlySet<string>, vectors: ReadonlyMap<string, Float32Array>): void
  /** The way in for what looks inside; the same one every time. */
  inspection(): Inspection
  /** Which of several kernels runs each kind of step; null where there is no choice. */
  tuner(): Tuner | null
  /**
   * How many of the first `count` cache entries a prompt of `length` tokens can keep: those whose keys are turned as
   * its own would be (rope-rows.ts).
   */
  reusable(count: number, length: number): number
  /** Forgets cache entries from `length` on. */
  truncate(length: number): void
  /** As many tokens of a text stand in the cache again: whoever calls it has put all of its entries back as they were. */
  restore(length: number): void
  dispose(): void
}

/** Most texts that go on from one beginning at once: rows of one forward for few rows. */
export const MOST_STRANDS = 8

/** The bytes of a Plan's weights, from wherever. */
export interface WeightProvider {
  layout(spec: WeightSpec): WeightLayout
  /** @param scratch memory that several reads use one after the other; whoever gives it releases it */
  read(spec: WeightSpec, signal?: AbortSignal, scratch?: Scratch): AsyncGenerator<PlaneChunk>
  /** @param weight the weight that `spec.make` names, where it names one */
  vector(spec: VectorSpec, signal?: AbortSignal, weight?: WeightSpec): Promise<Float32Array>
  /** Where a tensor stands among all of them in the files: what is read in this order is read once from end to end. */
  place?(tensor: string): number
}

/** Names of the activation buffers a step writes. */
export const outputsOf = (step: PlanStep): string[] =>
  Object.entries(step.args)
    .filter(([arg]) => ['write', 'update'].includes(ops[step.op]!.args[arg] ?? ''))
    .map(([, name]) => name)
