// What the work of one thread is made of, and how work is shared out among threads.

import type { PlanStep } from '../../model/plan.ts'
import { usesOf } from '../../model/flow.ts'
import type { StepValues } from '../../ops/op.ts'
import type { Kernels } from './kernels/index.ts'
import type { ThreadStart } from './requests.ts'
import type { Tensors } from './tensors.ts'
import type { Touches, Traffic } from './traffic.ts'

export type Work = (values: StepValues) => void

export interface ThreadStep {
  step: PlanStep
  few: Work
  many: Work
  /** no kernel fits: the first thread runs the op's plain reference */
  isReference: boolean
  /** all threads meet before it and behind it */
  isMet?: boolean
  touches: Touches
}

/** What the work of one thread is made of. */
export interface ThreadState {
  start: ThreadStart
  tensors: Tensors
  kernels: Kernels
  meet: () => void
  traffic: Traffic
  /** which of the two areas of sums is free; turns with every use, alike in all threads */
  turn: 0 | 1
}

/** This thread's tokens of T: pairs (0, 1), (2, 3) … dealt out in turn. */
export function ownRows({ thread, threads }: ThreadStart, T: number): number[] {
  const rows: number[] = []
  for (let first = 2 * thread; first < T; first += 2 * threads) {
    rows.push(first)
    if (first + 1 < T) rows.push(first + 1)
  }
  return rows
}
/** This thread's part of `count` things. */
export const ownSpan = ({ thread, threads }: ThreadStart, count: number): [from: number, to: number] => [
  Math.floor((thread * count) / threads),
  Math.floor(((thread + 1) * count) / threads),
]

/** Arguments in which a step leaves buffers, caches … of the Plan. */
export const resultsOf = (step: PlanStep, { tensors }: ThreadState): string[] =>
  usesOf(step).flatMap(({ arg, tensor, writes }) => (writes && !tensors.isExtra(tensor) ? [arg] : []))

/** What stands in the first thread's rows becomes this thread's own. */
export function takeOver(step: PlanStep, { tensors, traffic }: ThreadState, T: number): void {
  for (const { tensor, writes } of usesOf(step)) {
    if (!writes) continue
    tensors.refresh(T, tensor)
    traffic.touch(tensor)
  }
}
