// Qwen 3 with experts: Qwen 3's block, eight of many small experts for each token. A window, where one is used, is every
// layer's.

import type { Family } from '../describe.ts'
import {
  expertCounts,
  expertFiles,
  expertGgufConfig,
  expertNames,
  expertWidth,
  sparseKeys,
  sparseLayers,
  withExperts,
} from './experts.ts'
import { llamaFiles, llamaGguf, llamaKeys, llamaLike } from './llama.ts'

export const qwen3Moe: Family = {
  name: 'qwen3_moe',
  types: ['qwen3_moe'],
  keys: [
    ...llamaKeys,
    ...sparseKeys,
    'attention_bias',
    'use_sliding_window',
    'sliding_window',
    'num_experts',
    'num_local_experts',
    'num_experts_per_tok',
    'moe_intermediate_size',
    'norm_topk_prob',
  ],
  ...llamaFiles,
  gguf: {
    arch: 'qwen3moe',
    names: {
      ...llamaGguf.names,
      ...expertNames,
      'model.layers.{i}.self_attn.q_norm': 'blk.{i}.attn_q_norm',
      'model.layers.{i}.self_attn.k_norm': 'blk.{i}.attn_k_norm',
    },
    config: (keys) => ({
      ...expertGgufConfig(keys, true),
      attention_bias: true,
      moe_intermediate_size: expertWidth(keys),
    }),
  },
  describe(config) {
    const bias = config.flag('attention_bias', false)
    const slides = config.flag('use_sliding_window', false) && config.rawOrNull('sliding_window') !== null
    const window = slides ? config.count('sliding_window', 4096) : 0
    const made = llamaLike('qwen3_moe', config, {
      layers: 24,
      D: 2048,
      kvHeads: 4,
      F: 6144,
      V: 151936,
      maxContext: 32768,
      qkvBias: bias,
      outBias: bias,
      qkNorm: true,
      window: () => window,
    })
    const counts = expertCounts(config, 'num_experts|num_local_experts', [128, 8])
    const F = config.count('moe_intermediate_size', 768)
    const renorm = config.flag('norm_topk_prob', false)
    return withExperts(
      made,
      ({ act }) => ({
        kind: 'experts',
        act,
        ...counts,
        renorm,
        F,
        files: expertFiles('mlp', ['gate_proj', 'up_proj', 'down_proj'], F),
      }),
      sparseLayers('qwen3_moe', config),
    )
  },
}
