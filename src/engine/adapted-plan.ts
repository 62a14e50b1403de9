// A model with adapters on it: the Plan with their steps, their tensors beside its own. Fetched where there is one.

import type { AdaptedModel, Changes } from './adapters/adapter.ts'
import { readLeads } from './adapters/lead.ts'
import { openAdapter, ownPrefix, type OpenedAdapter } from './adapters/open.ts'
import { trainedOn } from './adapters/trained.ts'
import { AdapterVectors } from './adapters/vectors.ts'
import { typesOf } from './formats/family.ts'
import type { Checkpoint } from './formats/types.ts'
import { describeElsewhere, families } from './model/families/index.ts'
import { lower } from './model/lower.ts'
import type { OpenedPlan, Shapes } from './model/open.ts'
import type { Plan } from './model/plan.ts'
import { checkpointWeights } from './runtime/weights.ts'
import type { AdapterInfo, LoadOptions } from './types.ts'

export interface AdaptedPlan {
  plan: Plan
  provider: AdapterVectors
  /** what each adapter makes of the model's matrices, by its name */
  changes: ReadonlyMap<string, Changes>
  infos: AdapterInfo[]
  /** reads what stands before every text, for a context of so many tokens */
  setLeads(context: number): Promise<void>
}

/** The Plan with the steps of all adapters, in the order in which they were given. */
export async function withAdapters(
  { plan: plain, plain: unfused, description }: OpenedPlan,
  checkpoint: Checkpoint,
  shapes: Shapes,
  options: LoadOptions,
): Promise<AdaptedPlan> {
  const { prefixEncoder: own } = description
  const changes = new Map<string, Changes>()
  const family = families.find(({ name }) => name === description.family)!
  const { modules, gguf } = family
  const model: AdaptedModel = {
    description,
    root: modules.root,
    ...(modules.called && { called: modules.called }),
    ...typesOf(families, family, checkpoint.format === 'gguf'),
    config: checkpoint.config,
    ...(gguf && { gguf }),
  }
  const opened: OpenedAdapter[] = []
  for (const one of options.adapters ?? []) opened.push(await openAdapter(one, options.signal))
  // its prefix may lie in files of its own: then it is one of those
  const isHere = own && [...checkpoint.tensors.keys()].some((name) => name.startsWith(`${own.at}.`))
  if (own && (isHere || !opened.some(({ lead }) => lead))) opened.unshift(ownPrefix(own, checkpoint.tensors))
  const isGguf = checkpoint.format === 'gguf'
  const other = opened.some((one) => one.isGguf !== isGguf) ? planElsewhere(checkpoint, shapes) : null
  const trained = other && trainedOn(unfused, other)
  let plan = plain
  const infos = new Map<OpenedAdapter, AdapterInfo>()
  const tensors = new Map(checkpoint.tensors)
  for (const one of [...opened.filter(({ last }) => !last), ...opened.filter(({ last }) => last)]) {
    const { name, kind, scale, rank, parameters, lead } = one
    const adapted = one.adapt(plan, trained && one.isGguf !== isGguf ? { ...model, trained } : model)
    plan = adapted.plan
    for (const [tensor, entry] of adapted.tensors ?? one.tensors) tensors.set(tensor, entry)
    changes.set(name, adapted.changes ?? { parts: [], vectors: [] })
    const ignored = [...one.ignored, ...(adapted.ignored ?? [])]
    const before = lead && { before: lead.count }
    infos.set(one, { name, kind, scale, rank, modules: adapted.modules, parameters, ignored, ...before })
  }
  const provider = new AdapterVectors(plan, checkpointWeights({ ...checkpoint, tensors }, options), opened)
  return {
    plan,
    provider,
    changes,
    infos: opened.map((one) => infos.get(one)!),
    setLeads: async (context) => provider.setLeads(await readLeads(opened, plan, provider, context, options.signal)),
  }
}

/** The plan of the same model in files of the other sort: of the checkpoint that a GGUF was made of, or of its GGUF. */
function planElsewhere(checkpoint: Checkpoint, shapes: Shapes): Plan | null {
  const own = describeElsewhere(checkpoint.config, checkpoint.format, (tensor) => shapes.get(tensor))
  return own && lower(own, (tensor) => shapes.get(tensor) !== undefined)
}
