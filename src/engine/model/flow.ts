// Data flow of a Plan's steps: who reads what whom has written, and how long each buffer's floats matter.
// Read off the ops' own declarations, so an op that is added needs no line here.

import { ops } from '../ops/index.ts'
import type { Lifetime, Plan, PlanStep } from './plan.ts'

/** What a step does with the tensor of this argument. A matmul that does not accumulate writes without reading. */
export function useOf(step: PlanStep, arg: string): { reads: boolean; writes: boolean } {
  const kind = ops[step.op]!.args[arg]
  const writes = kind === 'write' || kind === 'update'
  const { accumulate, yOffset = 0 } = step.params
  // behind an offset the row's beginning stays
  return { writes, reads: kind === 'update' ? accumulate !== 0 || yOffset > 0 : !writes }
}

/** Tensors that a step reads or writes, each with what it does with it. */
export const usesOf = (step: PlanStep): { arg: string; tensor: string; reads: boolean; writes: boolean }[] =>
  Object.entries(step.args).map(([arg, tensor]) => ({ arg, tensor, ...useOf(step, arg) }))

/** Index of the last step before `at` that writes the tensor, or -1. */
export function writerOf(steps: readonly PlanStep[], tensor: string, at: number): number {
  for (let i = at - 1; i >= 0; i--) if (usesOf(steps[i]!).some((u) => u.tensor === tensor && u.writes)) return i
  return -1
}

/** Indices of the steps that read what step `at` left in the tensor: up to the next one that overwrites it. */
export function readersOf(steps: readonly PlanStep[], tensor: string, at: number): number[] {
  const found: number[] = []
  for (let i = at + 1; i < steps.length; i++) {
    const uses = usesOf(steps[i]!).filter((u) => u.tensor === tensor)
    if (uses.some((u) => u.reads)) found.push(i)
    if (uses.some((u) => u.writes)) break
  }
  return found
}

/** Does any step between two (both excluded) write this tensor? */
export const isWrittenBetween = (steps: readonly PlanStep[], tensor: string, from: number, to: number): boolean =>
  steps.slice(from + 1, to).some((s) => usesOf(s).some((u) => u.tensor === tensor && u.writes))

/**
 * Plan.lifetimes: from every step that writes a buffer afresh to the last one that reads or changes what it wrote. What
 * the head gives is read when all is done.
 */
export function lifetimesOf({
  steps,
  buffers,
  outputs,
  sites,
}: Pick<Plan, 'steps' | 'buffers' | 'outputs' | 'sites'>): Record<string, Lifetime[]> {
  const lifetimes: Record<string, Lifetime[]> = Object.fromEntries(Object.keys(buffers).map((name) => [name, []]))
  steps.forEach((step, i) => {
    for (const { tensor, reads, writes } of usesOf(step)) {
      const list = lifetimes[tensor]
      if (!list) continue
      if (writes && !reads) list.push({ first: i, last: i })
      else if (list.length > 0) list.at(-1)!.last = i
      else list.push({ first: 0, last: i }) // an input: the runtime has written it before
    }
  })
  for (const { site } of outputs) {
    const { step, arg } = sites[site]!
    const tensor = steps.find(({ name }) => name === step)?.args[arg]
    const last = tensor && lifetimes[tensor]?.at(-1)
    if (last) last.last = steps.length - 1
  }
  return lifetimes
}
