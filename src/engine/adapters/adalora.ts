// AdaLoRA (Zhang et al. 2023): W x + s alpha / (r + 1e-5) B (E * A x), r as it was at first: what was pruned away since is
// not in the tensors.

import type { AdapterKind } from './adapter.ts'
import { missingTensor, noModule, notTarget, unsupported } from './errors.ts'
import { addLowRank } from './low-rank.ts'
import { absent, checkShape, tensorsOf } from './members.ts'
import { findModule, modulesOf } from './modules.ts'
import { membersOf } from './names.ts'
import { Rewrite } from './rewrite.ts'
import { savedOf } from './saved.ts'
import { targetsOf } from './targets.ts'

const words = ['lora_A', 'lora_B', 'lora_E'] as const

export const adalora: AdapterKind = {
  type: 'ADALORA',
  open(file) {
    const { name, config } = file
    const isTarget = targetsOf(name, config)
    const rank = config.number('init_r', 1)
    const by = config.number('lora_alpha') / (rank + 1e-5)
    // `r` is not read by what computes; which rows were pruned is seen at the tensors
    for (const key of ['r', 'rank_pattern', 'fan_in_fan_out', 'init_lora_weights']) config.raw(key)
    for (const key of ['use_dora', 'use_rslora', 'lora_bias', 'alpha_pattern']) {
      if (config.has(key)) throw unsupported(name, key, config.raw(key))
    }
    const { members, saved } = membersOf(file, words, savedOf(file))
    return {
      kind: 'AdaLoRA',
      rank,
      tensors: tensorsOf(file),
      adapt(plan, model) {
        const modules = modulesOf(plan, model)
        const rewrite = new Rewrite(plan, name)
        const changed = new Set(saved.apply(rewrite, modules, model))
        for (const [path, own] of members) {
          const found = findModule(modules, path, model.root)
          if (found === null) throw noModule(name, path)
          if (!isTarget(path)) throw notTarget(name, path)
          if (modules.get(found)!.fixed) throw unsupported(name, 'module', path)
          const { rows, cols, uses } = modules.get(found)!
          const [a, b, e] = words.map((word) => own.get(word) ?? absent(name, own, word))
          const r = a!.tensor.shape[0] ?? 0
          checkShape(name, a!, [r, cols])
          checkShape(name, b!, [rows, r])
          checkShape(name, e!, [r, 1])
          for (const use of uses) {
            if (use.step.op !== 'matmul') throw unsupported(name, 'module', path)
            if (r > 0) addLowRank(rewrite, use, { a: a!.name, b: b!.name, each: e!.name, r, rows, cols, by })
          }
          changed.add(found)
        }
        for (const path of modules.keys()) {
          if (!changed.has(path) && isTarget(path)) throw missingTensor(name, `${path}.lora_A`)
        }
        return { plan: rewrite.finish(), modules: [...changed] }
      },
    }
  },
}
