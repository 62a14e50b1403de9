// What the processor's kernels have in common: where things lie, and what a thread calls.
//
// All memory is one arena, seen as words of 4 bytes; a place is the index of a word. Makers of kernels (createRowKernels,
// createAttention …) run once per thread: V8 then takes the views and scratch that their inner loops close over for
// constants. A kernel of a step is a thin closure over places and sizes that calls those loops.
// Weights' planes stand in their own format; vectors, tables, caches and activations are f32, computed with in f64.

import type { Params, ReferenceArgs, StepValues } from '../../../ops/op.ts'
import type { WeightLayout } from '../../../quants/weight.ts'

/** A weight whose planes stand in the arena, each from a word on. */
export interface PlacedWeight {
  layout: WeightLayout
  codes: number
  scales: number
}

/** A step as a kernel sees it. */
export interface RowContext {
  params: Params
  /** op argument -> word of its row 0, plane, table or vector */
  at: Record<string, number>
  weight?: PlacedWeight
}

/** One row (token t of the step, or logit row) of an op. */
export type RowKernel = (t: number, step: StepValues) => void

/**
 * z and lse of token t in heads [h, behind), of head h alone when `behind` is left out: heads that share a key head are
 * quicker together. Keys and values of positions < pos + T are in the caches.
 */
export type HeadKernel = (t: number, h: number, step: StepValues, behind?: number) => void

/** A step of the inspector as pieces of work, none of which needs another. */
export interface PartsKernel {
  parts(step: StepValues): number
  run(part: number, step: StepValues): void
}
/** Makes it from what the op's reference gets, wherever that lies; null where parameters or the cache's place do not fit. */
export type PartsMaker = (args: Omit<ReferenceArgs, 'step'>) => PartsKernel | null

/** Makes the kernel of one step; null where its parameters do not fit. */
export type Maker<Kernel> = (context: RowContext) => Kernel | null

/** Makes it once for a memory: who asks again gets the same. */
export function oncePerMemory<Made>(create: (memory: ArrayBufferLike) => Made): (memory: ArrayBufferLike) => Made {
  const made = new WeakMap<ArrayBufferLike, Made>()
  return (memory) => {
    const one = made.get(memory) ?? create(memory)
    made.set(memory, one)
    return one
  }
}
