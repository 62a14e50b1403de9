// A head that adapter-hub saved beside an adapter (model_head.safetensors). Where the model has a head of the same tensors,
// the trained one takes its place while the adapter is on; any other is left aside, and said to be.

import type { Plan } from '../model/plan.ts'
import { tensorName, type Adapter, type AdaptedModel, type AdapterFile } from './adapter.ts'
import { AdapterConfig } from './config.ts'
import { modulesOf, namesOf } from './modules.ts'
import type { Rewrite } from './rewrite.ts'
import { savedOf } from './saved.ts'

export const headFiles = { config: 'head_config.json', weights: 'model_head.safetensors' }

/** A head's tensors, as a Plan would call them. */
export const headTensors = ({ name, head }: AdapterFile): Adapter['tensors'] =>
  new Map(
    [...(head?.tensors ?? [])].map(([own, tensor]) => [
      tensorName(name, own),
      { ...tensor, name: tensorName(name, own) },
    ]),
  )

/** @returns the modules it replaced, and what is left aside. @throws ADAPTER_MISFIT for a head of another shape */
export function addHead(
  { name, head }: AdapterFile,
  rewrite: Rewrite,
  plan: Plan,
  model: AdaptedModel,
): { modules: readonly string[]; ignored: readonly string[] } {
  if (!head) return { modules: [], ignored: [] }
  const modules = modulesOf(plan, model)
  const own = [...head.tensors.keys()]
  const isHere = (tensor: string): boolean =>
    namesOf(tensor, model).some((one) => rewrite.hasVector(one) || modules.has(one.replace(/\.weight$/, '')))
  if (!own.every(isHere)) {
    const kind = (head.config['config'] as { head_type?: unknown } | null | undefined)?.head_type
    const what = typeof kind === 'string' ? kind : head.config['model_class']
    return { modules: [], ignored: [`${headFiles.weights} = ${String(what ?? own[0]).slice(0, 60)}`] }
  }
  const paths = own.map((tensor) => tensor.replace(/\.(weight|bias)$/, ''))
  const config = new AdapterConfig(name, JSON.stringify({ modules_to_save: paths }))
  const saved = savedOf({ name, config, tensors: head.tensors })
  for (const [tensor, entry] of head.tensors) saved.take(tensor, tensor, entry)
  return { modules: saved.apply(rewrite, modules, model), ignored: [] }
}
