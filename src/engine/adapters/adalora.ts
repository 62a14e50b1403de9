// AdaLoRA (Zhang et al. 2023): W x + s alpha / (r + 1e-5) B (E * A x), r as it was at first: what was pruned away since is
// not in the tensors.

import type { AdapterKind } from './adapter.ts'
import { unsupported } from './errors.ts'
import { addLowRank } from './low-rank.ts'
import { absent, checkShape, tensorsOf } from './members.ts'
import { membersOf } from './names.ts'
import { savedOf } from './saved.ts'
import { changeTargets } from './targeted.ts'
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
      adapt: (plan, model) =>
        changeTargets(file, plan, model, {
          isTarget,
          members,
          saved,
          first: 'lora_A',
          change(rewrite, path, own, { rows, cols, uses }) {
            const [a, b, e] = words.map((word) => own.get(word) ?? absent(name, own, word))
            const r = a!.tensor.shape[0] ?? 0
            checkShape(name, a!, [r, cols])
            checkShape(name, b!, [rows, r])
            checkShape(name, e!, [r, 1])
            for (const use of uses) {
              if (use.step.op !== 'matmul') throw unsupported(name, 'module', path)
              if (r > 0) addLowRank(rewrite, use, { a: a!.name, b: b!.name, each: e!.name, r, rows, cols, by })
            }
          },
        }),
    }
  },
}
