// How much a runtime can hold: chosen at load, the same for every runtime of the Plan.

import type { PlanStep } from '../model/plan.ts'

export interface RuntimeSize {
  /** C, cache entries */
  context: number
  /** most rows of T per forward */
  chunk: number
  /** most rows of logits per pass of the head */
  logitRows: number
}

/** A step's parameters with the numbers of this run (PlanStep.sized) among them. */
export const boundParams = (step: Pick<PlanStep, 'params' | 'sized'>, size: RuntimeSize): Record<string, number> => ({
  ...step.params,
  ...Object.fromEntries(Object.entries(step.sized ?? {}).map(([name, from]) => [name, size[from]])),
})
