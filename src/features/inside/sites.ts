// Which numbers this model has, and what makes them, asked of its Plan: sites by their canonical names, never the names
// of steps or of a checkpoint's tensors.

import type { PlanInfo, PlanSite, PlanStepInfo } from '../../store/inspect.ts'
import type { Op, Part } from './view.ts'

/** Sites of a block that each op of the map is about, and of the whole model. */
const sitesOfOp: Readonly<Record<Part, readonly (readonly [op: Op, sites: readonly string[]])[]>> = {
  embed: [['embed', ['embed']]],
  attn: [
    ['norm', ['attn.norm']],
    ['qkv', ['attn.q', 'attn.k', 'attn.v', 'attn.q_norm', 'attn.k_norm']],
    ['rope', ['attn.q_rope', 'attn.k_rope']],
    ['cache', ['attn.keys', 'attn.values']],
    ['attention', ['attn.queries', 'attn.z', 'attn.lse']],
    ['out', ['attn.out']],
  ],
  mlp: [
    ['norm', ['mlp.norm']],
    ['swiglu', ['mlp.gate', 'mlp.up', 'mlp.act']],
    ['out', ['mlp.out']],
  ],
  head: [
    ['norm', ['final_norm']],
    ['softmax', ['logits']],
  ],
}

/** The site of that name in a layer, or in the whole model; null where this model has none. */
export const siteOf = (plan: PlanInfo, name: string, layer: number): PlanSite | null =>
  plan.sites[`blocks.${layer}.${name}`] ?? plan.sites[name] ?? null

/** The step that makes a site. */
export function stepOf(plan: PlanInfo | null, name: string, layer: number): PlanStepInfo | null {
  const step = plan && siteOf(plan, name, layer)?.step
  return plan?.steps.find((s) => s.name === step) ?? null
}

/** Where each step stands on the map: at the op whose numbers it makes; what only adds, at the end of its branch. */
export function placesOfSteps(plan: PlanInfo): ReadonlyMap<string, { part: Part; op: Op }> {
  const found = new Map<string, { part: Part; op: Op }>()
  const put = (name: string, layer: number, place: { part: Part; op: Op }): void => {
    const step = siteOf(plan, name, layer)?.step
    if (step !== undefined && !found.has(step)) found.set(step, place)
  }
  for (const part of ['embed', 'attn', 'mlp', 'head'] as const) {
    for (const [op, sites] of sitesOfOp[part]) {
      for (const name of sites) {
        if (part === 'embed' || part === 'head') put(name, -1, { part, op })
        else plan.blocks.forEach((_, layer) => put(name, layer, { part, op }))
      }
    }
  }
  for (const { branches } of plan.blocks) {
    for (const { name, adds } of branches) {
      const part = name === 'mlp' ? name : 'attn'
      if (!found.has(adds)) found.set(adds, { part, op: 'out' })
    }
  }
  // what makes nothing of its own goes with the step that follows it
  const last: { body: { part: Part; op: Op }; head: { part: Part; op: Op } } = {
    body: { part: 'embed', op: 'embed' },
    head: { part: 'head', op: 'norm' },
  }
  for (const step of plan.steps.toReversed()) {
    const place = found.get(step.name)
    if (place) last[step.part] = place
    else found.set(step.name, last[step.part])
  }
  return found
}

/** Steps of one part of the map: of a layer's branch, of the embedding, of the head. */
export function stepsOfPart(plan: PlanInfo, part: Part, layer: number): PlanStepInfo[] {
  const places = placesOfSteps(plan)
  return plan.steps.filter(
    (s) => places.get(s.name)!.part === part && (part === 'embed' || part === 'head' || s.layer === layer),
  )
}
