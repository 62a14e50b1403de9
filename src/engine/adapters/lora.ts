// LoRA (Hu et al. 2021): W x + s (alpha / r) B A x; rsLoRA (Kalajdzievski 2023) with alpha / sqrt r; on embeddings
// E[id] + s (alpha / r) B A[:, id]; DoRA (Liu et al. 2024) in dora.ts. Names and rules are PEFT's.

import { changeTargets } from './targeted.ts'
import { byPattern, targetsOf } from './targets.ts'
import type { AdapterKind } from './adapter.ts'
import { addDora } from './dora.ts'
import { notTarget, unsupported } from './errors.ts'
import { addLowRank, canChange, type LowRank } from './low-rank.ts'
import { absent, checkShape, tensorsOf } from './members.ts'
import type { ModelModule } from './modules.ts'
import { membersOf, type Member } from './names.ts'
import { savedOf } from './saved.ts'

const words = [
  'lora_A.weight',
  'lora_B.weight',
  'lora_B.bias',
  'lora_embedding_A',
  'lora_embedding_B',
  'lora_magnitude_vector',
] as const

/** Ways of beginning that change the model's own weights, so that what was trained does not fit them as they are. */
const plainBeginnings = new Set<unknown>([true, false, null, undefined, 'gaussian', 'orthogonal', 'eva'])

export const lora: AdapterKind = {
  type: 'LORA',
  open(file) {
    const { name, config } = file
    const isTarget = targetsOf(name, config)
    const alpha = config.number('lora_alpha')
    const rank = config.number('r', 1)
    const [rankOf, alphaOf] = ['rank_pattern', 'alpha_pattern'].map((key) =>
      byPattern(name, key, config.numbers(key)),
    ) as [(path: string) => number | undefined, (path: string) => number | undefined]
    const rooted = config.flag('use_rslora')
    const dora = config.flag('use_dora')
    config.flag('fan_in_fan_out') // says how the model's file lies, which the Plan knows
    config.flag('lora_bias')
    const { members, saved } = membersOf(file, words, savedOf(file))
    const begun = config.raw('init_lora_weights')
    if (!plainBeginnings.has(begun)) throw unsupported(name, 'init_lora_weights', begun)

    const lowOf = (path: string, own: Map<string, Member>, module: ModelModule): LowRank => {
      const onTable = own.has('lora_embedding_A') || own.has('lora_embedding_B')
      const [a, b] = (onTable ? ['lora_embedding_A', 'lora_embedding_B'] : ['lora_A.weight', 'lora_B.weight']).map(
        (word) => own.get(word) ?? absent(name, own, word),
      ) as [Member, Member]
      const r = rankOf(path) ?? rank
      const { rows, cols } = module
      const [out, width] = onTable ? [cols, rows] : [rows, cols]
      checkShape(name, a, [r, width])
      checkShape(name, b, [out, r])
      const bias = own.get('lora_B.bias')
      if (bias) checkShape(name, bias, [out])
      const strong = alphaOf(path) ?? alpha
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
      kind: dora ? 'DoRA' : rooted ? 'rsLoRA' : 'LoRA',
      rank,
      tensors: tensorsOf(file),
      adapt: (plan, model) =>
        changeTargets(file, plan, model, {
          isTarget,
          members,
          saved,
          first: 'lora_A.weight',
          change(rewrite, path, own, module) {
            const low = lowOf(path, own, module)
            for (const use of module.uses) {
              const isTable = use.step.op === 'gather'
              const length = own.get('lora_magnitude_vector')
              if (!canChange(use) || isTable !== own.has('lora_embedding_A') || (length && low.bias)) {
                throw unsupported(name, 'module', path)
              }
              if (dora && !length) absent(name, own, 'lora_magnitude_vector')
              if (!length) addLowRank(rewrite, use, low)
              else {
                if (!dora) throw notTarget(name, path)
                checkShape(name, length, [isTable ? module.cols : module.rows])
                if (!addDora(rewrite, use, low, length.name)) throw unsupported(name, 'module', path)
              }
            }
          },
        }),
    }
  },
}
