// What stands at every site of a Plan while it runs on the CPU references: how tests see that sites tell the truth.

import type { Plan } from '../model/plan.ts'
import { stretchesOf, tensorOf } from '../model/sites.ts'
import type { CpuRuntime } from '../runtime/cpu.ts'

/**
 * Runs `ids` from an empty cache in one chunk; an encoder–decoder's encoder reads them too.
 * @returns by site: its rows one after the other (one row in the head)
 */
export async function siteValues(runtime: CpuRuntime, ids: readonly number[]): Promise<Map<string, Float32Array>> {
  const { plan, steps, context } = runtime
  const { tensors } = steps
  const found = new Map<string, Float32Array>()
  /** what a buffer held after the step before: sites that a step adds are differences */
  const before = new Map<string, Float32Array>()
  const sites = Object.entries(plan.sites)
  const added = addedTo(plan)
  runtime.truncate(0)
  steps.onStep = (step, { T }) => {
    for (const [name, place] of sites) {
      if (place.step !== step.name) continue
      const tensor = tensorOf(plan, place)
      const stretches = Array.from({ length: T }, (_, row) => stretchesOf(plan, place, row, context)).flat()
      const read = (data: Float32Array): Float32Array => {
        const values = new Float32Array(stretches.reduce((sum, { count }) => sum + count, 0))
        let end = 0
        for (const { offset, count } of stretches) {
          values.set(data.subarray(offset, offset + count), end)
          end += count
        }
        return values
      }
      const now = read(tensors[tensor]!)
      const then = place.added && read(before.get(tensor)!)
      found.set(name, then ? now.map((v, i) => v - then[i]!) : now)
    }
    for (const name of added) before.set(name, tensors[name]!.slice())
  }
  try {
    if (plan.programs.encode) await runtime.encode(ids)
    await runtime.forward(ids, 'last')
  } finally {
    steps.onStep = null
  }
  return found
}

const addedTo = (plan: Plan): Set<string> =>
  new Set(
    Object.values(plan.sites)
      .filter((place) => place.added)
      .map((place) => tensorOf(plan, place)),
  )
