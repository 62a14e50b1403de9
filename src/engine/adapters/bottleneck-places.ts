// Where in a Plan a bottleneck adapter stands: after the projection that ends a branch. adapter-hub names the place by the
// model's modules: <layer>.attention_adapters.adapters.<name>, or <module>.adapters.<name> within the module that ends the
// branch; older files by words of their own.

import type { BranchName, Plan, PlanStep, SitePlace } from '../model/plan.ts'
import { namesOf } from './modules.ts'

/** The three switches of its config, and the branch that each stands for. */
export const places = { mh_adapter: 'attn', cross_adapter: 'cross', output_adapter: 'mlp' } as const satisfies Record<
  string,
  BranchName
>
export type PlaceKey = keyof typeof places

/** One branch of one block. */
export interface BranchEnd {
  /** the projection that ends the branch, and the step that adds what it gave */
  out: PlanStep
  adds: PlanStep
  /** norms the sum, where the block norms behind it */
  closing: PlanStep | null
  /**
   * what the library takes for the residual is no matter of the block's shape: another branch reads the same, or the
   * model reads both ways and norms first, where the library takes what was normed
   */
  unclear: boolean
}

export interface Place {
  key: PlaceKey
  /** of the layers that have this place, each counted once however often it runs */
  layer: number
  /** the module whose result is changed */
  module: string
  ends: BranchEnd[]
}

/** Every place that the library has in a model like this. */
export function placesOf(plan: Plan): Place[] {
  const steps = new Map(plan.steps.map((step) => [step.name, step]))
  const found: Place[] = []
  const layers: string[] = []
  for (const { branches } of plan.blocks) {
    let first: string | null = null
    for (const branch of branches) {
      const key = (Object.keys(places) as PlaceKey[]).find((one) => places[one] === branch.name)
      const site = key && projectionOf(plan, branch.out)
      if (!key || !site?.weight) continue
      const { tensor } = plan.weights[site.weight.name]!.parts[site.weight.part]!
      const module = tensor.replace(/\.weight$/, '')
      first ??= module
      if (!layers.includes(first)) layers.push(first)
      const known = found.find((place) => place.module === module)
      const place = known ?? { key, layer: layers.indexOf(first), module, ends: [] }
      if (!known) found.push(place)
      const closing = branch.breaks === 'norm' ? closingOf(plan, branch.writes) : null
      const shares = branches.some((other) => other !== branch && other.reads === branch.reads)
      place.ends.push({
        out: steps.get(site.since ?? site.step)!,
        adds: steps.get(branch.adds)!,
        closing,
        unclear: shares || (Boolean(plan.programs.decode.whole) && closing === null),
      })
    }
  }
  return found
}

/** What ends a branch, or what a norm or a scale of the branch is of. */
function projectionOf({ sites }: Plan, out: string): SitePlace | null {
  let site = sites[out]
  while (site && !site.weight && site.from.length === 1) site = sites[site.from[0]!]
  return site?.weight ? site : null
}

const closingOf = ({ sites, steps }: Plan, site: string | null): PlanStep | null => {
  const place = site === null ? undefined : sites[site]
  return steps.find(({ name }) => name === (place?.since ?? place?.step)) ?? null
}

const words =
  /^(.+)\.(adapters|(?:attention|layer)_text_(?:task|lang)_adapters)\.(.+)\.((?:adapter_down\.\d|adapter_up|adapter_norm_before|adapter_norm_after|gate)\.(?:weight|bias)|scaling)$/
const layerWords: Readonly<Record<string, PlaceKey>> = {
  attention_adapters: 'mh_adapter',
  cross_attention_adapters: 'cross_adapter',
  output_adapters: 'output_adapter',
}

/** A tensor's name taken apart: the place's own words, the adapter's name, the tensor's. */
export function takenApart(name: string): { at: string; adapter: string; leaf: string } | null {
  const [, at, , adapter, leaf] = words.exec(name) ?? []
  return at === undefined ? null : { at, adapter: adapter!, leaf: leaf! }
}

/** The place that the words before ".adapters." mean. @param root what the family's names begin with */
export function placeAt(found: readonly Place[], at: string, root: string): { place: Place; swapped: boolean } | null {
  const [, before, word] = /^(.*?)\.?([^.]+)$/.exec(at)!
  const key = layerWords[word!]
  const begins = namesOf(key ? before! : at, { root }).map((path) => `${path}.`)
  const fits = found.filter(
    (place) => (!key || place.key === key) && begins.some((begin) => place.module.startsWith(begin)),
  )
  const [place] = fits
  if (!place || fits.length > 1) return null
  // within the attention itself, where one family has it, the library hands the residual over as what the branch gave
  const swapped =
    key === 'mh_adapter' &&
    begins.some((begin) => !place.module.slice(begin.length).includes('.') && place.module.startsWith(begin))
  return { place, swapped }
}
