// What a run is, told to panels as plain data: its model's shape, its Plan with sites and blocks.

import { planWeightBytes } from '../model/print.ts'
import { ropeFrequencies, type RopeSpec } from '../model/rope-table.ts'
import { ropesOf, saysOwnToken } from '../model/plan.ts'
import { blockSite } from '../model/sites.ts'
import type { Inspection } from '../runtime/inspect.ts'
import { absences } from './absent.ts'
import { activationBytesPerPosition, type ActivationCache } from './activation-cache.ts'
import { attentionStep, sitesForPanels } from './sites.ts'
import type { Edit, GlassInfo, PlanInfo, RopeInfo } from './types.ts'

export function runInfo(
  model: string,
  activations: ActivationCache,
  length: number,
  budget: number,
  edits: Edit[],
): GlassInfo {
  const { plan, context } = activations.runner.runtime
  const { dims } = plan
  const ropes = Object.fromEntries(ropesOf(plan).map(([name, spec]) => [name, ropeInfo(spec, length)]))
  return {
    source: 'live',
    model,
    family: plan.family,
    layers: dims.layers,
    heads: dims.H,
    kvHeads: dims.K,
    headDim: dims.d,
    hidden: dims.D,
    ffn: dims.F,
    vocab: dims.V,
    windows: plan.blocks.map((_, layer) =>
      blockSite(layer, 'attn.z') in plan.sites ? (attentionStep(plan, layer).params['window'] ?? 0) : 0,
    ),
    // a model that turns nothing by position turns no pair
    rope: ropes['rope'] ?? { layout: 'half', rotary: 0, inv: [], factor: 1 },
    ropes,
    length,
    kept: activations.kept(length),
    bytes: { activations: activations.bytes, planned: activationBytesPerPosition(plan) * context, budget },
    encoder: null,
    predicts: saysOwnToken(plan) ? 'own' : 'next',
    seen: saysOwnToken(plan) ? length : plan.prefix ? Math.min(length, activations.runner.runtime.prefix) : 0,
    mask: null,
    unsupported: absences(plan),
    edits,
  }
}

function ropeInfo(spec: RopeSpec, length: number): RopeInfo {
  const { inv, factor } = ropeFrequencies(spec, length)
  return { layout: spec.layout, rotary: spec.rotary, inv: [...inv], factor }
}

export const planInfo = (runtime: Inspection, text: string): PlanInfo => ({
  text,
  steps: runtime.plan.steps.map(({ name, op, layer, part, args, params }) => {
    const { weight } = args
    return {
      name,
      op,
      layer,
      part: part === 'head' ? ('head' as const) : ('body' as const),
      args,
      params,
      weights: weight ? runtime.plan.weights[weight]!.parts.map(({ tensor }) => tensor) : [],
      bytes: weight ? planWeightBytes({ op, params }, runtime.layouts(weight)) : 0,
    }
  }),
  sites: sitesForPanels(runtime.plan),
  blocks: runtime.plan.blocks.map(({ stack, number, sites, branches }) => ({
    stack,
    number,
    sites: [...sites],
    branches: branches.map((branch) => ({ ...branch })),
  })),
  outputs: runtime.plan.outputs.map(({ name, site, rows, labels }) => ({
    name,
    site,
    rows,
    ...(labels && { labels }),
  })),
})
