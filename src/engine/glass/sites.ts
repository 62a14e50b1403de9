// What a question may name, as the Plan calls it, and where it stands. All that the inspector knows of a model's shape
// it reads here off plan.sites and plan.blocks: there is no name of a family, of a checkpoint or of a fused step in
// this room.

import { EngineError } from '../errors.ts'
import type { Plan, PlanBranch, PlanStep, RowSlice, SitePlace, WeightPart } from '../model/plan.ts'
import { blockSite, ownStep, placeOf, stepOf, tensorOf } from '../model/sites.ts'
import { absentView } from './absent.ts'
import { sites, type PlanSite, type Site } from './types.ts'

/** Names of a site in the Plan, the first that is there. Scores and weights of attention stand nowhere. */
const names: Readonly<Record<Exclude<Site, 'scores' | 'probs'>, readonly string[]>> = {
  embed: ['embed'],
  attn_norm: ['attn.norm'],
  q: ['attn.q_norm', 'attn.q'],
  k: ['attn.k_norm', 'attn.k'],
  v: ['attn.v'],
  q_rope: ['attn.queries'],
  k_rope: ['attn.keys'],
  z: ['attn.z'],
  attn_out: ['attn.out'],
  resid_mid: ['resid_mid'],
  mlp_norm: ['mlp.norm'],
  gate: ['mlp.gate'],
  up: ['mlp.up'],
  act: ['mlp.act'],
  router: ['mlp.router'],
  chosen: ['mlp.chosen'],
  gates: ['cell.gates'],
  mlp_out: ['mlp.out'],
  resid_post: ['resid_post'],
  final_norm: ['final_norm'],
  logits: ['logits'],
}
/** Sites of the whole model: they have no layer. */
export const wholeSites: readonly Site[] = ['embed', 'final_norm', 'logits']

/** The Plan's name of a site, or null where this model has none. */
export function nameOfSite(plan: Plan, site: Site, layer: number): string | null {
  if (site === 'scores' || site === 'probs') return null
  const full = (name: string): string => (wholeSites.includes(site) ? name : blockSite(layer, name))
  const found = names[site].map(full).find((name) => name in plan.sites)
  return found ?? null
}

/** A question's site as the Plan calls it: a word in a layer, or a full name. */
export const isWord = (site: string): site is Site => (sites as readonly string[]).includes(site)

/** The layer that a full name says; -1 for those of the whole model. */
export const layerOf = (name: string): number => Number(/^blocks\.(\d+)\./.exec(name)?.[1] ?? -1)

/**
 * Whose positions a site is read at: the text's, or the source's; null where it cannot be read. What is done to a token
 * before the first block is not run again, for that needs the token; nor is a stream beside the text's.
 */
export function sideOf(plan: Plan, name: string): 'text' | 'source' | null {
  const place = Object.hasOwn(plan.sites, name) ? plan.sites[name] : undefined // "constructor" is a name, too
  if (!place) return null
  if (name === 'encoder.embed') return 'source'
  if (name === 'embed') return 'text'
  const { part } = stepOf(plan, place.step),
    layer = layerOf(name)
  if (part === 'encode') return layer >= 0 || isBehindEncoder(plan, place.step) ? 'source' : null
  if (part === 'head') return plan.programs.decode.ahead ? null : 'text'
  return layer >= 0 ? 'text' : null
}

/** Does the step run over the source, behind the encoder's last block? */
export function isBehindEncoder(plan: Plan, step: string): boolean {
  const encode = plan.steps.filter(({ part }) => part === 'encode')
  const last = encode.findLastIndex(({ layer }) => layer >= 0 && layer < sourceLayers(plan))
  return encode.findIndex(({ name }) => name === step) > last
}

/** @throws PARAM_INVALID where the model has no such number */
export function requireSite(plan: Plan, site: Site, layer: number): string {
  const name = nameOfSite(plan, site, layer)
  if (name === null) {
    throw new EngineError('PARAM_INVALID', `Cannot look at "${site}" of layer ${layer}: this model computes none.`, {
      param: 'site',
      value: site,
    })
  }
  return name
}

/** The step that computes attention of a layer: its own, or that to a source. */
export const attentionStep = (plan: Plan, layer: number, branch: 'attn' | 'cross' = 'attn'): PlanStep =>
  stepOf(plan, placeOf(plan, blockSite(layer, `${branch}.z`)).step)

/** Blocks that read the source before the text is written; they stand first. */
export const sourceLayers = (plan: Plan): number =>
  plan.programs.encode ? plan.blocks.filter(({ stack }) => stack === 'encoder').length : 0

/** The residual before a block. */
export const residualBefore = (plan: Plan, layer: number): string => plan.blocks[layer]!.branches[0]!.reads
/** The residual after a block; of layer -1, the embedding. */
export const residualAfter = (plan: Plan, layer: number): string =>
  layer < 0 ? 'embed' : plan.blocks[layer]!.branches.at(-1)!.writes!

export const branchOf = (plan: Plan, layer: number, part: PlanBranch['name']): PlanBranch =>
  plan.blocks[layer]!.branches.find(({ name }) => name === part)!

/** The tensor that is the residual while block `layer` runs. */
export const residualTensor = (plan: Plan, layer: number): string =>
  tensorOf(plan, placeOf(plan, residualAfter(plan, layer)))

/** First row of a part of a weight. */
export const firstRow = (plan: Plan, { name, part }: { name: string; part: number }): number =>
  plan.weights[name]!.parts.slice(0, part).reduce((sum, { rows }) => sum + rows, 0)

/** Row of the checkpoint's tensor that is row `i` of this part, and back: null where the part does not hold it. */
export const tensorRow = (slice: RowSlice | undefined, i: number): number =>
  slice ? Math.floor(i / slice.count) * slice.every + slice.from + (i % slice.count) : i
export function partRow({ slice, rows }: WeightPart, row: number): number | null {
  if (!slice) return row < rows ? row : null
  const within = (row % slice.every) - slice.from
  return within >= 0 && within < slice.count ? Math.floor(row / slice.every) * slice.count + within : null
}

/** plan.sites for panels: with the words that questions use, and what each matrix multiplies. */
export function sitesForPanels(plan: Plan): Record<string, PlanSite> {
  const words = new Map<string, { site: Site; layer: number }>()
  for (const site of Object.keys(names) as Site[]) {
    for (let layer = 0; layer < plan.dims.layers; layer++) {
      const name = nameOfSite(plan, site, layer)
      if (name !== null && !words.has(name)) words.set(name, { site, layer: wholeSites.includes(site) ? 0 : layer })
    }
  }
  const matrix = (place: SitePlace): PlanSite['matrix'] => {
    const { weight, from } = place
    if (!weight) return null
    const { tensor, slice } = plan.weights[weight.name]!.parts[weight.part]!
    return { tensor, rows: slice ?? null, input: from[0] ?? null, bias: ownStep(plan, place).params['hasBias'] === 1 }
  }
  return Object.fromEntries(
    Object.entries(plan.sites).map(([name, place]): [string, PlanSite] => [
      name,
      {
        site: words.get(name)?.site ?? null,
        layer: words.get(name)?.layer ?? -1,
        side: sideOf(plan, name),
        step: place.step,
        width: place.width,
        heads: place.heads ?? null,
        from: [...place.from],
        matrix: matrix(place),
      },
    ]),
  )
}

/** @throws VIEW_ABSENT where its scores are more than queries times keys, which a kernel that hides edges knows nothing of */
export function requirePlain(step: PlanStep): PlanStep {
  if (step.op !== 'attention-relative') return step
  throw absentView(
    'relative',
    'Cannot cut a look of this attention: its scores are made of distances and segments too, and what predicts is a second stream that looks by itself.',
  )
}

const hasAttention = (plan: Plan, layer: number, branch: 'attn' | 'cross'): boolean =>
  blockSite(layer, `${branch}.z`) in plan.sites

/** Layers that have such attention, in order. */
export const layersWith = (plan: Plan, branch: 'attn' | 'cross'): number[] =>
  plan.blocks.flatMap((_, layer) => (hasAttention(plan, layer, branch) ? layer : []))

/**
 * @param layer -1: any
 * @throws VIEW_ABSENT where the model has no attention, PARAM_INVALID where a layer has none of this kind
 */
export function requireAttention(plan: Plan, layer: number, branch: 'attn' | 'cross'): void {
  if (layersWith(plan, 'attn').length === 0) {
    throw absentView(
      'attention',
      'There is no attention in this model: it reads the text token by token into one state, and no token looks at another.',
    )
  }
  if (layer < 0 ? layersWith(plan, branch).length > 0 : hasAttention(plan, layer, branch)) return
  throw new EngineError(
    'PARAM_INVALID',
    `Cannot look at "${branch}" of ${layer < 0 ? 'any layer' : `layer ${layer}`}: this model computes none.`,
    { param: 'branch', value: branch },
  )
}
