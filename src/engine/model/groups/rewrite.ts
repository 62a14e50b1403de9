// What a rewrite is, and what it is written with.

import { readersOf, writerOf } from '../flow.ts'
import type { Plan, PlanGroup } from '../plan.ts'

/** A group that could take the place of steps that end at `plan.steps[at]`, or null. */
export type GroupRewrite = (plan: Plan, at: number) => PlanGroup | null

/** Index of the step that writes what `reader` reads in this argument, where it is of this op and nobody else reads it. */
export function soleSource({ steps }: Plan, reader: number, arg: string, op: string): number | null {
  const { args, part } = steps[reader]!
  const tensor = args[arg]
  if (tensor === undefined) return null
  const at = writerOf(steps, tensor, reader)
  const step = steps[at]
  if (step?.op !== op || step.part !== part || step.when || step.params['accumulate']) return null
  return readersOf(steps, tensor, at).join() === String(reader) ? at : null
}
