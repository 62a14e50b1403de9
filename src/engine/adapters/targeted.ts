// What all kinds that change modules do alike: each module that a tensor names is looked up, must be one of the targets,
// and is changed by the kind's own rule; and no target goes without tensors, which PEFT would leave as it was in silence.

import type { Plan } from '../model/plan.ts'
import type { AdaptedModel, AdapterFile, Changes } from './adapter.ts'
import { missingTensor, noModule, notTarget, unsupported } from './errors.ts'
import { canChange } from './low-rank.ts'
import { findModule, modulesOf, type ModelModule } from './modules.ts'
import type { Member } from './names.ts'
import { Rewrite } from './rewrite.ts'
import type { Saved } from './saved.ts'

export interface Targeted {
  isTarget(path: string): boolean
  members: ReadonlyMap<string, Map<string, Member>>
  saved: Saved
  /** the tensor that is named where a target has none */
  first: string
  /** The kind's own change of one module. @throws ADAPTER_MISFIT, ADAPTER_UNSUPPORTED */
  change(rewrite: Rewrite, path: string, own: Map<string, Member>, module: ModelModule): void
}

/** The Plan with every named module changed. @throws ADAPTER_MISFIT, ADAPTER_UNSUPPORTED */
export function changeTargets(
  { name, config }: Pick<AdapterFile, 'name' | 'config'>,
  plan: Plan,
  model: AdaptedModel,
  { isTarget, members, saved, first, change }: Targeted,
): { plan: Plan; modules: readonly string[]; changes: Changes } {
  const modules = modulesOf(plan, model)
  const rewrite = new Rewrite(plan, name)
  const changed = new Set(saved.apply(rewrite, modules, model))
  for (const [path, own] of members) {
    const module = findModule(modules, path, model)
    if (module === null) throw noModule(name, path)
    if (!isTarget(path)) throw notTarget(name, path)
    if (module.fixed) throw unsupported(name, 'module', path)
    change(rewrite, path, own, module)
    changed.add(module.path)
  }
  for (const [path, { uses }] of modules) {
    // "all-linear" means modules by their class, which a Plan does not know; experts may be no modules, but one tensor
    const isModule = uses.some(canChange)
    if (isModule && !changed.has(path) && isTarget(path) && config.raw('target_modules') !== 'all-linear') {
      throw missingTensor(name, `${path}.${first}`)
    }
  }
  return { ...rewrite.finish(), modules: [...changed] }
}
