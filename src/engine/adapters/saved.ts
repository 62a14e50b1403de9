// Parameters of the model that were trained as they are and stand whole in an adapter's file: modules_to_save (a head, a
// norm, an embedding), biases, and an embedding that lies there as a copy. They take the place of the model's own while
// the adapter is on: a vector is written anew, a matrix is multiplied once more over the result.

import type { CheckpointTensor } from '../formats/types.ts'
import type { AdaptedModel, AdapterFile } from './adapter.ts'
import { noModule, unsupported, wrongShape } from './errors.ts'
import { isWhole, namesOf, type ModelModule, type ModuleUse } from './modules.ts'
import type { Rewrite } from './rewrite.ts'

interface Parameter {
  /** in the file */
  name: string
  path: string
  leaf: 'weight' | 'bias'
  tensor: CheckpointTensor
  /** written into the model's own parameter, and so seen by whoever shares it */
  shared: boolean
}

export class Saved {
  private readonly list: Parameter[] = []
  private readonly modules: readonly string[]
  private readonly biases: boolean

  constructor({ name, config }: AdapterFile) {
    const modules = config.names('modules_to_save') ?? []
    this.modules = typeof modules === 'string' ? [modules] : modules
    const bias = config.raw('bias') ?? 'none'
    if (!['none', 'all', 'lora_only'].includes(bias as string)) throw unsupported(name, 'bias', bias)
    this.biases = bias !== 'none'
  }

  /** @param path of the tensor behind PEFT's prefix @returns whether it is one of these */
  take(name: string, path: string, tensor: CheckpointTensor): boolean {
    // the model's own module as it was, which PEFT keeps beside the trained one and does not run
    if (/\.original_module\.(weight|bias)$/.test(path)) return true
    const found = /^(.*?)(\.base_layer|\.modules_to_save(?:\.default)?)?\.(weight|bias)$/.exec(path)
    if (!found) return false
    const [, at, inside, leaf] = found as unknown as [string, string, string | undefined, 'weight' | 'bias']
    const isSaved = this.modules.some((module) => at.endsWith(module) || inModule(at, module))
    const isCopy = inside === '.base_layer'
    if (!isSaved && !isCopy && !(leaf === 'bias' && this.biases)) return false
    this.list.push({ name, path: at, leaf, tensor, shared: isCopy })
    return true
  }

  /** @returns the modules it changes, as the model calls them */
  apply(rewrite: Rewrite, modules: ReadonlyMap<string, ModelModule>, { root }: AdaptedModel): string[] {
    return this.list.map((one) => {
      const tensors = namesOf(one.path, root).map((path) => `${path}.${one.leaf}`)
      const vector = tensors.find((tensor) => rewrite.hasVector(tensor))
      const { shape } = one.tensor
      if (vector !== undefined) {
        const need = rewrite.replaceVector(vector, one.name, shape)
        if (need !== null) throw wrongShape(rewrite.adapter, one.name, need, shape)
        return vector.slice(0, -one.leaf.length - 1)
      }
      const path = one.leaf === 'weight' ? namesOf(one.path, root).find((own) => modules.has(own)) : undefined
      if (path === undefined) throw noModule(rewrite.adapter, one.path)
      const { rows, cols, uses, fixed } = modules.get(path)!
      if (fixed) throw unsupported(rewrite.adapter, 'module', one.path)
      const turned = uses[0]!.part.transpose
      const need = turned ? [cols, rows] : [rows, cols]
      if (shape.join() !== need.join()) throw wrongShape(rewrite.adapter, one.name, need, shape)
      const { tensor } = uses[0]!.part
      const others = one.shared ? [...modules.values()].filter((module) => module.path !== path) : []
      const all = [...uses, ...others.flatMap((module) => module.uses.filter(({ part }) => part.tensor === tensor))]
      for (const use of all) {
        if (!replaceUse(rewrite, use, one.name, cols)) throw unsupported(rewrite.adapter, 'module', one.path)
      }
      return path
    })
  }
}

/** A saved module may hold others: all that lies within it is saved. */
const inModule = (path: string, module: string): boolean => `.${path}.`.includes(`.${module}.`)

export const savedOf = (file: AdapterFile): Saved => new Saved(file)

function replaceUse(rewrite: Rewrite, use: ModuleUse, tensor: string, cols: number): boolean {
  const { step, part, from } = use
  const { slice, transpose } = part
  const { accumulate, hasBias, N } = step.params
  if (accumulate || rewrite.isChanged(step.name)) return false
  const weight = rewrite.matrix(tensor, part.rows, cols, { ...(slice && { slice }), ...(transpose && { transpose }) })
  if (step.op === 'gather') {
    rewrite.behind(use, [{ op: 'gather', args: { ...step.args, weight }, params: step.params }])
    return true
  }
  const whole = part.rows === N
  if (step.op !== 'matmul' || !isWhole(use, rewrite.width(step.args['y']!)) || (hasBias && !whole)) return false
  const params = { ...step.params, N: part.rows, yOffset: from }
  rewrite.behind(use, [{ op: 'matmul', args: { ...step.args, weight }, params }])
  return true
}
