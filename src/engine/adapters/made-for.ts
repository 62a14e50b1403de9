// For which kind of model PEFT says that an adapter was made: auto_mapping of adapter_config.json has the class that it was
// put on and the module of Python that the class is of. Shapes of two kinds may agree, and the answers would be wrong.
// Code of a model's own says nothing of its kind, and neither does a class that is not known.

import type { AdaptedModel, AdapterFile } from './adapter.ts'
import { otherModel } from './errors.ts'

/** What transformers calls the classes of a kind, behind its name. */
const tasks = /(?:For[A-Z]\w*|LMHeadModel|(?:Encoder|DoubleHeads|Text|PreTrained)?Model)$/

/** Folders, classes and model_types write one name with and without capitals and lines. */
const plain = (kind: string): string => kind.toLowerCase().replace(/[^a-z0-9]/g, '')

/** @throws ADAPTER_MISFIT where it names another kind */
export function checkMadeFor({ name, config }: Pick<AdapterFile, 'name' | 'config'>, model: AdaptedModel): void {
  const { base_model_class: own, parent_library: library } = (config.raw('auto_mapping') ?? {}) as Record<
    string,
    unknown
  >
  const folder = typeof library === 'string' ? /^transformers\.models\.(\w+)\./.exec(library)?.[1] : undefined
  if (typeof library === 'string' && folder === undefined) return
  const stem = typeof own === 'string' && tasks.test(own) ? own.replace(tasks, '') : undefined
  const said = [folder, stem].filter((one) => one !== undefined && one !== '')
  const isOf = (types: readonly string[] = []): boolean =>
    types.some((type) => said.some((one) => plain(one!) === plain(type)))
  if (said.length > 0 && !isOf(model.types) && isOf(model.others)) throw otherModel(name, said[0]!, model.types[0]!)
}
