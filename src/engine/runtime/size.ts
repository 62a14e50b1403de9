// How much a runtime can hold: chosen at load, the same for every runtime of the Plan.

import { cacheFormats, type CacheFormat } from '../cache-formats.ts'
import type { Plan, PlanStep } from '../model/plan.ts'

export interface RuntimeSize {
  /** C, cache entries */
  context: number
  /** most rows of T per forward */
  chunk: number
  /** most rows of logits per pass of the head */
  logitRows: number
  /** how keys and values lie in the KV cache; default f32 */
  kvCache?: CacheFormat
}

/** Ops whose kernels read or write packed caches; the others' caches stay f32. */
const packable: ReadonlySet<string> = new Set(['append', 'rope-append', 'attention'])

/** Can the KV cache of a Plan be packed? Where one step cannot read it so, or a head is less than a word, it stays f32. */
export const canPack = (plan: Plan): boolean =>
  Object.values(plan.caches).every(({ headDim }) => headDim >= 4) &&
  plan.steps.every(({ op, args }) => packable.has(op) || !Object.values(args).some((name) => name in plan.caches))

/** A step's parameters with the numbers of this run (PlanStep.sized) among them. */
export const boundParams = (step: Pick<PlanStep, 'params' | 'sized'>, size: RuntimeSize): Record<string, number> => ({
  ...step.params,
  ...Object.fromEntries(Object.entries(step.sized ?? {}).map(([name, from]) => [name, size[from]])),
  ...(size.kvCache && size.kvCache !== 'f32' && { cache: cacheFormats.indexOf(size.kvCache) }),
})
