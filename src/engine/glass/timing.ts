// How long each step of one decoded token takes: every step alone, repeated until the clock can see it.
// Slower than a real token (a submit per batch of repeats) and said so where it is shown. Kernel time only as far as a
// wall clock can tell: browsers round GPU timestamps to tens of microseconds.

import type { Inspection } from '../runtime/inspect.ts'
import type { StepTiming } from './types.ts'

const REPEATS = 20
/** Milliseconds that one batch of repeats may take; a slow step is repeated less often. */
const PATIENCE = 200

export async function measureSteps(runtime: Inspection): Promise<StepTiming[]> {
  const values = { T: 1, pos: Math.min(runtime.length, runtime.context - 1), row: 0, prefix: runtime.prefix }
  const empty = Math.min(...(await inTurn(5, () => runtime.time(null, values, 0))))
  const out: StepTiming[] = []
  for (const prepared of runtime.steps) {
    const once = await runtime.time(prepared, values, 1)
    const runs = Math.max(1, Math.min(REPEATS, Math.floor(PATIENCE / Math.max(once, 0.01))))
    const ms = runs === 1 ? once : Math.min(...(await inTurn(2, () => runtime.time(prepared, values, runs))))
    out.push({ name: prepared.step.name, microseconds: Math.max(0, ((ms - empty) * 1000) / runs), runs })
  }
  return out
}

async function inTurn<T>(count: number, work: () => Promise<T>): Promise<T[]> {
  const results: T[] = []
  for (let i = 0; i < count; i++) results.push(await work())
  return results
}
