// Which numbers this model has, and what makes them, asked of its Plan: sites by their canonical names, never the names
// of steps or of a checkpoint's tensors.

import type { PlanInfo, PlanSite, PlanStepInfo } from '../../store/inspect.ts'
import { isEnd, outlineOf, type Op, type Part } from './outline.ts'

/** What stands between a branch's name and each of its sites that an op of the map is about. */
const wordsOfOp: Partial<Record<Op, readonly string[]>> = {
  norm: ['norm'],
  qkv: ['q', 'k', 'v', 'q_norm', 'k_norm', 'q_clip', 'k_clip', 'v_clip'],
  rope: ['q_rope', 'k_rope'],
  cache: ['keys', 'values'],
  attention: ['queries', 'z', 'lse'],
  router: ['scores', 'router'],
  swiglu: ['gate', 'up', 'act'],
  gates: ['gates'],
  state: ['state'],
  after: ['after'],
  out: ['out', 'sum'],
}
/** Sites of the ends. */
const sitesOfEnd: Partial<Record<Part, Partial<Record<Op, readonly string[]>>>> = {
  source: { embed: ['encoder.embed'] },
  read: { norm: ['encoder.norm'] },
  embed: { embed: ['embed'] },
  head: {
    norm: ['final_norm'],
    transform: ['transform.dense', 'transform.act', 'transform.norm'],
    softmax: ['logits'],
  },
}

/** The site of that name in a layer, or in the whole model; null where this model has none. */
export const siteOf = (plan: PlanInfo, name: string, layer: number): PlanSite | null =>
  plan.sites[`blocks.${layer}.${name}`] ?? plan.sites[name] ?? null

/** The step that makes a site. */
export function stepOf(plan: PlanInfo, name: string, layer: number): PlanStepInfo | null {
  const step = siteOf(plan, name, layer)?.step
  return plan.steps.find((s) => s.name === step) ?? null
}

/** The step that reads rows of the embedding's table; what else is done to them follows it. */
export const tableStep = (plan: PlanInfo, part: Part): PlanStepInfo | null =>
  plan.steps.find(({ name }) => name === (part === 'source' ? 'encoder.embed' : 'embed')) ?? null

/** Where a step stands on the map. */
export interface StepPlace {
  part: Part
  op: Op
}

/** Where each step stands on the map: at the op whose numbers it makes; what only adds, at the end of its branch. */
export function placesOfSteps(plan: PlanInfo): ReadonlyMap<string, StepPlace> {
  const found = new Map<string, StepPlace>()
  const put = (step: string | undefined, place: StepPlace): void => {
    if (step !== undefined && !found.has(step)) found.set(step, place)
  }
  for (const { part, layer, ops } of outlineOf(plan).parts) {
    const branch = plan.blocks[layer]!.branches.find(({ name }) => name === part)
    for (const { op } of ops) {
      const place = { part, op }
      const own = isEnd(part)
        ? (sitesOfEnd[part]?.[op] ?? [])
        : (wordsOfOp[op] ?? []).map((w) => `blocks.${layer}.${part}.${w}`)
      for (const name of own) put(plan.sites[name]?.step, place)
      if (op === 'out') put(branch?.adds, place)
      if (op === 'closing' && branch?.writes) put(plan.sites[branch.writes]?.step, place)
      if (op === 'embed') put(tableStep(plan, part)?.name, place)
      if (op === 'labels' || op === 'vector') for (const { site } of plan.outputs) put(plan.sites[site]?.step, place)
    }
  }
  // what makes nothing of its own goes with the step that follows it
  const last: { body: StepPlace; head: StepPlace } = {
    body: { part: 'embed', op: 'embed' },
    head: { part: 'head', op: outlineOf(plan).parts.at(-1)!.ops[0]!.op },
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
  return plan.steps.filter((s) => places.get(s.name)!.part === part && (isEnd(part) || s.layer === layer))
}
