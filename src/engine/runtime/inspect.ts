// What a look inside needs of a runtime beyond forward(): tensors by name, steps of its own between forwards, hooks
// within them. The GPU session and the CPU references both are one; whoever adds a runtime adds its Inspection, and the
// glass works.

import type { Params, StepValues } from '../ops/op.ts'
import type { Plan, PlanStep } from '../model/plan.ts'
import { EngineError } from '../errors.ts'
import { planePieces, quantOf, splitUnit, type WeightData, type WeightLayout } from '../quants/weight.ts'
import type { RuntimeSize } from './size.ts'

/** A step made ready to run by the runtime that it came from. */
export interface Prepared {
  readonly step: PlanStep
}

/** What the inspector adds to a forward: steps after a step, in place of it, or nothing at all in its place. */
export interface Hooks {
  after: Map<string, Prepared[]>
  instead: Map<string, Prepared[]>
}

/**
 * Runs a step (with its hooks), or copies `count` floats from one tensor to another. What is copied from the KV cache stays
 * as it lies there (Inspection.copied), and may be put back.
 */
export type Work = { run: Prepared } | { copy: string; at: number; to: string; toAt: number; count: number }

/** Work whose steps, of one part, see these values. */
export interface PartWork {
  part: PlanStep['part']
  values: StepValues
  work: readonly Work[]
}
/** Parts that one submit has room for. */
export const MOST_PARTS = 16

export interface Piece {
  tensor: string
  offset: number
  count: number
}

export interface Inspection {
  readonly plan: Plan
  readonly size: RuntimeSize
  /** C: entries the KV cache can hold */
  readonly context: number
  /** entries in the KV cache now */
  readonly length: number
  /** keys that every query of the text sees (StepValues.prefix) */
  readonly prefix: number
  /** the Plan's own steps, in order */
  readonly steps: readonly Prepared[]
  readonly hooks: Hooks | null
  /** Puts hooks in force in every forward and submit from now on; null costs nothing. */
  setHooks(hooks: Hooks | null): void
  /** Turns every token, from now on, as if it stood `by` places further on; null: none (shiftProblem says where it cannot). */
  shift(by: number | null): void
  /**
   * Makes a tensor of the inspector's own beside the Plan's, zeroed; one that is there stays, unless it is too small: then
   * what was prepared with it can run no more. @param floats 4-byte words
   */
  tensor(name: string, floats: number): void
  /** Makes steps over named tensors runnable. */
  prepare(steps: readonly PlanStep[]): Promise<Prepared[]>
  /**
   * A weight of plain f32 numbers as a tensor that steps may write: what learns.
   * @returns the tensor's name @throws PARAM_INVALID where it is kept in another format, or in several pieces
   */
  floatsOf(weight: string): string
  /** Gives a prepared step other constants, from the next submit on. */
  setParams(prepared: Prepared, params: Params): void
  /** Writes words into a tensor from word `offset` on. */
  write(name: string, data: ArrayBufferView, offset?: number): void
  /** Words of several tensors, copied; raw bits also where they are no floats. */
  readMany(pieces: readonly Piece[]): Promise<Float32Array[]>
  /** The floats that were copied from a tensor into these words. */
  copied(tensor: string, words: Float32Array): Float32Array
  /** Does the work in order. Steps of `part` see these values. */
  submit(part: PlanStep['part'], values: StepValues, work: readonly Work[]): void
  /** The same, one after the other, in one submit: at most MOST_PARTS of them. */
  submitAll(parts: readonly PartWork[]): void
  /** How a weight lies here: one layout for each of its row segments. */
  layouts(weight: string): WeightLayout[]
  /** A stretch of a weight's rows, as the kernels see them, that holds `row`; `from` is its first. */
  weightRows(weight: string, row: number): Promise<{ weight: WeightData; from: number }>
  /** Does work that asks this runtime; what fails because the machine beneath went away says so. */
  during<T>(work: () => Promise<T>): Promise<T>
  /** Milliseconds for `repeats` runs of a step without hooks, waited for. null: an empty submit. */
  time(prepared: Prepared | null, values: StepValues, repeats: number): Promise<number>
}

/** Words one after another, in memory of their own. */
export function joined(parts: readonly Uint32Array[]): Uint32Array {
  const out = new Uint32Array(parts.reduce((n, part) => n + part.length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}

/** Rows of a weight that are read together: whole words and whole quantization blocks. */
export function rowStretch(layout: WeightLayout, row: number): { from: number; rows: number } {
  const { rows } = layout
  const unit = splitUnit(layout),
    from = Math.floor(row / unit) * unit
  return { from, rows: Math.min(unit, rows - from) }
}

/** The name of a weight's numbers as a tensor. @throws PARAM_INVALID where they are no f32 in one piece */
export function floatsName(weight: string, layouts: readonly WeightLayout[]): string {
  const [layout] = layouts
  if (layouts.length === 1 && quantOf(layout!.format).dtype === 'F32') return `floats of ${weight}`
  const found = layouts.length === 1 ? layout!.format : `${layouts.length} pieces`
  throw new EngineError(
    'PARAM_INVALID',
    `Cannot change "${weight}" in place: it must be kept as 32-bit floats in one piece, it is ${found}. Nothing was changed; load the model with its weights kept as they are.`,
    { param: weight, need: '32-bit floats in one piece', found },
  )
}

/** What every runtime's inspection says of the run it looks into. */
export abstract class RunFacts<R extends Pick<Inspection, 'plan' | 'size' | 'length' | 'prefix' | 'shift'>> {
  constructor(protected readonly runtime: R) {}

  get plan(): Plan {
    return this.runtime.plan
  }
  get size(): RuntimeSize {
    return this.runtime.size
  }
  get context(): number {
    return this.runtime.size.context
  }
  get length(): number {
    return this.runtime.length
  }
  get prefix(): number {
    return this.runtime.prefix
  }
  shift(by: number | null): void {
    this.runtime.shift(by)
  }
  /** where nothing is packed */
  copied(_: string, words: Float32Array): Float32Array {
    return words
  }
}

/** The stretch of rows that holds `row`, of a weight that lies whole in memory. */
export function stretchOf(whole: WeightData, row: number): { weight: WeightData; from: number } {
  const { from, rows } = rowStretch(whole, row)
  const { format, cols, block } = whole
  const words = (plane: 'codes' | 'scales'): Uint32Array =>
    joined(
      planePieces(whole, plane, from, rows).map(({ offset, bytes }) =>
        whole[plane].subarray(offset / 4, (offset + bytes) / 4),
      ),
    )
  return { from, weight: { format, cols, block, rows, codes: words('codes'), scales: words('scales') } }
}
