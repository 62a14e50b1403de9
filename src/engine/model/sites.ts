// Reading Plan.sites: which stretches of which tensor hold a site's values for one row or position.
// Knows no runtime: stretches are names and numbers, runtime/inspect.ts reads them.

import { EngineError } from '../errors.ts'
import type { Plan, PlanStep, SitePlace } from './plan.ts'

/** `count` floats of a tensor of the Plan from `offset`. */
export interface Stretch {
  tensor: string
  offset: number
  count: number
}

/** Full name of a block's site: blockSite(3, 'attn.q') is blocks.3.attn.q. */
export const blockSite = (layer: number, site: string): string => `blocks.${layer}.${site}`

/** @throws INTERNAL when the Plan has no such site: ask `name in plan.sites` where a family may lack it */
export function placeOf(plan: Plan, name: string): SitePlace {
  const place = plan.sites[name]
  if (!place) throw new EngineError('INTERNAL', `The plan has no site "${name}".`, { name })
  return place
}

/** steps by name, once for each Plan: every site asks */
const named = new WeakMap<readonly PlanStep[], Map<string, PlanStep>>()

/** The step of that name. @throws INTERNAL */
export function stepOf({ steps }: Plan, name: string): PlanStep {
  let all = named.get(steps)
  if (!all) named.set(steps, (all = new Map(steps.map((s) => [s.name, s]))))
  const step = all.get(name)
  if (!step) throw new EngineError('INTERNAL', `The plan has no step "${name}".`, { name })
  return step
}

/** The model's own step that computes what stands at a place. */
export const ownStep = (plan: Plan, { since, step }: SitePlace): PlanStep => stepOf(plan, since ?? step)
/** The last step that changes what this one gave: its own name, where no adapter stands behind it. */
export const endOf = ({ steps }: Plan, step: string): string =>
  steps.findLast(({ behind }) => behind === step)?.name ?? step

/** The buffer or cache plane that a place is in. */
export const tensorOf = (plan: Plan, place: SitePlace): string => stepOf(plan, place.step).args[place.arg]!

/**
 * Where a place's values of one row stand, in order: one stretch of a buffer's row, or one per key head of the cache.
 * @param row in a buffer: which row of it (0 when one token runs alone). In the cache: the absolute position
 * @param context C, entries of the cache
 */
export function stretchesOf(plan: Plan, place: SitePlace, row: number, context: number): Stretch[] {
  const tensor = tensorOf(plan, place)
  if (place.in === 'row') {
    return [{ tensor, offset: row * plan.buffers[tensor]!.width + place.offset, count: place.width }]
  }
  const { kvHeads, headDim } = plan.caches[tensor]!
  return Array.from({ length: kvHeads }, (_, head) => ({
    tensor,
    offset: (head * context + row) * headDim,
    count: headDim,
  }))
}
