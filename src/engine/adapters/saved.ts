// Parameters of the model that were trained as they are and stand whole in an adapter's file: modules_to_save (a head, a
// norm, an embedding), biases, and an embedding that lies there as a copy. They take the place of the model's own while
// the adapter is on: a vector is written anew, a matrix is multiplied once more over the result.

import type { CheckpointTensor } from '../formats/types.ts'
import type { AdaptedModel, AdapterFile } from './adapter.ts'
import { noModule, unreadTensors, unsupported, wrongShape } from './errors.ts'
import { isWhole, namesOf, type ModelModule, type ModuleUse } from './modules.ts'
import type { Rewrite } from './rewrite.ts'

interface Parameter {
  /** in the file */
  name: string
  path: string
  leaf: 'weight' | 'bias'
  tensor: CheckpointTensor
  /** a copy of what the model has, seen by whoever shares it: PEFT keeps one of an embedding that is changed, and its head's */
  copy: boolean
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
    const isSaved = this.modules.some((module) => at.endsWith(module) || inModule(at, module)),
      isBias = leaf === 'bias' && this.biases
    const copy = inside === '.base_layer' || !(isSaved || isBias)
    // beside a changed head PEFT keeps all of the head, its bias too
    if (copy && leaf === 'bias' && !isBias && inside !== '.base_layer') return false
    this.list.push({ name, path: at, leaf, tensor, copy })
    return true
  }

  /** @returns the modules it changes, as the model calls them */
  apply(rewrite: Rewrite, modules: ReadonlyMap<string, ModelModule>, model: AdaptedModel): string[] {
    const head = model.description.head.tokens
    return this.list.map((one) => {
      const paths = namesOf(one.path, model)
      const tensors = paths.map((path) => `${path}.${one.leaf}`)
      // a head's bias has a name of its own in some files, in others that of the module
      const isHead = paths.some((path) => path === head?.at || `${path}.decoder` === head?.at)
      if (one.leaf === 'bias' && isHead && head?.biasAt) tensors.push(head.biasAt)
      if (one.copy && one.leaf === 'bias' && !this.biases && !isHead) throw unreadTensors(rewrite.adapter, [one.name])
      const vector = tensors.find((tensor) => rewrite.hasVector(tensor))
      const { shape } = one.tensor
      if (vector !== undefined && !(one.copy && one.leaf === 'weight')) {
        const need = rewrite.replaceVector(vector, one.name, shape, model.trained)
        if (need !== null) throw wrongShape(rewrite.adapter, one.name, need, shape)
        return vector.slice(0, -one.leaf.length - 1)
      }
      const path = one.leaf === 'weight' ? paths.find((own) => modules.has(own)) : undefined
      if (path === undefined) throw noModule(rewrite.adapter, one.path)
      const { rows, cols, uses, fixed } = modules.get(path)!
      if (one.copy && !isEnd(path, modules.get(path)!, model)) throw unreadTensors(rewrite.adapter, [one.name])
      if (fixed) throw unsupported(rewrite.adapter, 'module', one.path)
      const turned = uses[0]?.part.transpose
      const need = turned ? [cols, rows] : [rows, cols]
      if (shape.join() !== need.join()) throw wrongShape(rewrite.adapter, one.name, need, shape)
      const tensor = uses[0]?.part.tensor ?? `${path}.weight`
      const others = one.copy ? [...modules.values()].filter((module) => module.path !== path) : []
      const all = [...uses, ...others.flatMap((module) => module.uses.filter(({ part }) => part.tensor === tensor))]
      for (const use of all) {
        if (!replaceUse(rewrite, use, one, cols)) throw unsupported(rewrite.adapter, 'module', one.path)
      }
      return path
    })
  }
}

/** A saved module may hold others: all that lies within it is saved. */
const inModule = (path: string, module: string): boolean => `.${path}.`.includes(`.${module}.`)

export const savedOf = (file: AdapterFile): Saved => new Saved(file)

/** Is it a table of tokens, or the head that may share it? */
const isEnd = (path: string, { uses }: ModelModule, { description: { head } }: AdaptedModel): boolean =>
  path === head.tokens?.at || uses.length === 0 || uses.some(({ step }) => step.op === 'gather')

function replaceUse(rewrite: Rewrite, use: ModuleUse, { name, copy }: Parameter, cols: number): boolean {
  const { step, part, from } = use
  const { slice, transpose } = part
  const { accumulate, hasBias, N } = step.params
  // a copy takes the place of the model's own before anybody changes its result
  if (accumulate || (!copy && rewrite.isChanged(step))) return false
  const weight = rewrite.matrix(name, part.rows, cols, { ...(slice && { slice }), ...(transpose && { transpose }) })
  if (step.op === 'gather') {
    rewrite.instead(use, { op: 'gather', args: { ...step.args, weight }, params: step.params }, copy)
    rewrite.changes(use, { how: 'instead', weight })
    return true
  }
  const whole = part.rows === N
  if (step.op !== 'matmul' || !isWhole(use, rewrite.width(step.args['y']!)) || (hasBias && !whole)) return false
  const params = { ...step.params, N: part.rows, yOffset: from }
  rewrite.instead(use, { op: 'matmul', args: { ...step.args, weight }, params }, copy)
  rewrite.changes(use, { how: 'instead', weight })
  return true
}
