// LoRA (Hu et al. 2021): W x + s (alpha / r) B A x; rsLoRA (Kalajdzievski 2023) with alpha / sqrt r; on embeddings
// E[id] + s (alpha / r) B A[:, id]; DoRA (Liu et al. 2024) in dora.ts. Names and rules are PEFT's.

import { byPattern, targetsOf } from './targets.ts'
import { tensorName, type Adapter, type AdapterFile, type AdapterKind } from './adapter.ts'
import { missingTensor, noModule, notTarget, unsupported, wrongShape } from './errors.ts'
import { addLowRank, canChange, type LowRank } from './low-rank.ts'
import { findModule, modulesOf, type ModelModule } from './modules.ts'
import { membersOf, type Member } from './names.ts'
import { Rewrite } from './rewrite.ts'

const words = ['lora_A.weight', 'lora_B.weight', 'lora_B.bias', 'lora_embedding_A', 'lora_embedding_B'] as const

/** Ways of beginning that change the model's own weights, so that what was trained does not fit them as they are. */
const plainBeginnings = new Set<unknown>([true, false, null, undefined, 'gaussian', 'orthogonal', 'eva'])

export const lora: AdapterKind = {
  type: 'LORA',
  open(file) {
    const { name, config } = file
    const members = membersOf(file, words)
    const isTarget = targetsOf(name, config)
    const alpha = config.number('lora_alpha')
    const rank = config.number('r', 1)
    const ranks = config.numbers('rank_pattern'),
      alphas = config.numbers('alpha_pattern')
    const rooted = config.flag('use_rslora')
    for (const key of ['use_dora', 'modules_to_save']) {
      if (config.has(key)) throw unsupported(name, key, config.raw(key))
    }
    if ((config.raw('bias') ?? 'none') !== 'none') throw unsupported(name, 'bias', config.raw('bias'))
    config.flag('fan_in_fan_out') // says how the model's file lies, which the Plan knows
    config.flag('lora_bias')
    const begun = config.raw('init_lora_weights')
    if (!plainBeginnings.has(begun)) throw unsupported(name, 'init_lora_weights', begun)

    const lowOf = (path: string, own: Map<string, Member>, module: ModelModule): LowRank => {
      const onTable = own.has('lora_embedding_A') || own.has('lora_embedding_B')
      const [a, b] = (onTable ? ['lora_embedding_A', 'lora_embedding_B'] : ['lora_A.weight', 'lora_B.weight']).map(
        (word) => own.get(word) ?? absent(name, own, word),
      ) as [Member, Member]
      const r = byPattern(name, 'rank_pattern', ranks, path) ?? rank
      const { rows, cols } = module
      const [out, width] = onTable ? [cols, rows] : [rows, cols]
      checkShape(name, a, [r, width])
      checkShape(name, b, [out, r])
      const bias = own.get('lora_B.bias')
      if (bias) checkShape(name, bias, [out])
      const strong = byPattern(name, 'alpha_pattern', alphas, path) ?? alpha
      return {
        a: a.name,
        b: b.name,
        r,
        rows,
        cols,
        by: strong / (rooted ? Math.sqrt(r) : r),
        ...(bias && { bias: bias.name }),
      }
    }
    return {
      kind: rooted ? 'rsLoRA' : 'LoRA',
      rank,
      tensors: tensorsOf(file),
      adapt(plan, model) {
        const modules = modulesOf(plan, model)
        const rewrite = new Rewrite(plan, name)
        const changed = new Set<string>()
        for (const [path, own] of members) {
          const found = findModule(modules, path, model.root)
          if (found === null) throw noModule(name, path)
          if (!isTarget(path)) throw notTarget(name, path)
          const module = modules.get(found)!
          const low = lowOf(path, own, module)
          for (const use of module.uses) {
            const isTable = use.step.op === 'gather'
            if (!canChange(use) || isTable !== own.has('lora_embedding_A')) throw unsupported(name, 'module', path)
            addLowRank(rewrite, use, low)
          }
          changed.add(found)
        }
        for (const path of modules.keys()) {
          if (!changed.has(path) && isTarget(path) && config.raw('target_modules') !== 'all-linear') {
            throw missingTensor(name, `${path}.lora_A.weight`)
          }
        }
        return { plan: rewrite.finish(), modules: [...changed] }
      },
    }
  },
}

export const tensorsOf = ({ name, tensors }: AdapterFile): Adapter['tensors'] =>
  new Map([...tensors].map(([own, tensor]) => [tensorName(name, own), { ...tensor, name: tensorName(name, own) }]))

export function checkShape(adapter: string, { name, tensor }: Member, need: readonly number[]): void {
  const { shape } = tensor
  if (shape.length !== need.length || shape.some((n, i) => n !== need[i])) {
    throw wrongShape(adapter, name, need, shape)
  }
}

export function absent(adapter: string, own: ReadonlyMap<string, Member>, word: string): never {
  const [one] = own.values()
  const begin = one!.name.replace(/\.(lora|ia3)_.*$/, '')
  throw missingTensor(adapter, `${begin}.${word}`)
}
