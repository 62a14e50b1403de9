// What the runtime asks its threads, as messages: plain data. All threads get the same requests in the same order.

import type { Params, StepValues } from '../../ops/op.ts'
import type { Part, Plan, PlanStep } from '../../model/plan.ts'
import type { RuntimeSize } from '../size.ts'
import type { Memory, Placement } from './memory.ts'

export interface ThreadStart {
  memory: Memory
  plan: Plan
  size: RuntimeSize
  placement: Placement
  thread: number
  threads: number
}

/** Hooks with steps by their number. */
export interface NumberedHooks {
  after: [step: string, numbers: number[]][]
  instead: [step: string, numbers: number[]][]
}

/** A step by its number; or words from one tensor to another. */
export type WorkItem = number | { copy: string; at: number; to: string; toAt: number; count: number }

/** Work of one part. Without `work`: the Plan's own steps of it */
export interface PartRun {
  part: Part
  values: StepValues
  work?: readonly WorkItem[]
}

export type Request =
  /** more steps; their numbers go on from the Plan's own */
  | { steps: readonly PlanStep[] }
  | { params: Params; of: number }
  | { hooks: NumberedHooks | null }
  /** adapters that are off from now on */
  | { off: ReadonlySet<string> }
  /** a tensor of the inspector's: in the arena, or in memory of its own */
  | { tensor: string; at: number | Memory; words: number }
  | { write: string; at: number; words: Uint32Array }
  /** answered when all threads are done */
  | { run: number; parts: readonly PartRun[] }
  /** answered with the milliseconds of `repeats` runs of one step without hooks */
  | { run: number; time: number; values: StepValues; repeats: number }

export type Answer =
  /** `references`: ops of the Plan that have no kernel here */
  { ready: true; references: string[] } | { done: number; ms: number } | { failed: string }
