// Qwen 1.5 and 2 with experts: Qwen 2's block, many small experts, and one more that every token goes to as far as it
// opens its gate. Layers without experts have a plain MLP.

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
import { slidingLayers, windowKeys, windowOff } from './window.ts'

export const qwen2Moe: Family = {
  name: 'qwen2_moe',
  types: ['qwen2_moe'],
  keys: [
    ...llamaKeys,
    ...windowKeys,
    ...sparseKeys,
    'qkv_bias',
    'num_experts',
    'num_experts_per_tok',
    'moe_intermediate_size',
    'shared_expert_intermediate_size',
    'norm_topk_prob',
  ],
  off: windowOff,
  ...llamaFiles,
  gguf: {
    arch: 'qwen2moe',
    names: {
      ...llamaGguf.names,
      ...expertNames,
      'model.layers.{i}.mlp.shared_expert_gate': 'blk.{i}.ffn_gate_inp_shexp',
      'model.layers.{i}.mlp.shared_expert.gate_proj': 'blk.{i}.ffn_gate_shexp',
      'model.layers.{i}.mlp.shared_expert.up_proj': 'blk.{i}.ffn_up_shexp',
      'model.layers.{i}.mlp.shared_expert.down_proj': 'blk.{i}.ffn_down_shexp',
    },
    config: (keys) => ({
      ...expertGgufConfig(keys, false),
      moe_intermediate_size: expertWidth(keys),
      shared_expert_intermediate_size:
        keys.count('expert_shared_feed_forward_length') ??
        keys.shape('blk.0.ffn_gate_shexp.weight')?.[0] ??
        keys.requiredCount('expert_shared_feed_forward_length'),
    }),
  },
  describe(config) {
    const made = llamaLike('qwen2_moe', config, {
      layers: 24,
      D: 2048,
      H: 16,
      kvHeads: 16,
      F: 5632,
      V: 151936,
      maxContext: 32768,
      qkvBias: config.flag('qkv_bias', true),
      // every second layer below, where nothing says which
      window: slidingLayers('qwen2_moe', config, (layer, end) => layer % 2 === 0 && layer < end),
    })
    const counts = expertCounts(config, 'num_experts', [60, 4])
    const F = config.count('moe_intermediate_size', 1408)
    const renorm = config.flag('norm_topk_prob', false)
    const sharedF = config.count('shared_expert_intermediate_size', 5632)
    return withExperts(
      made,
      ({ act }) => ({
        kind: 'experts',
        act,
        ...counts,
        renorm,
        F,
        files: expertFiles('mlp', ['gate_proj', 'up_proj', 'down_proj'], F),
        shared: {
          kind: 'gated-mlp',
          act,
          F: sharedF,
          gate: { at: 'mlp.shared_expert.gate_proj' },
          up: { at: 'mlp.shared_expert.up_proj' },
          down: { at: 'mlp.shared_expert.down_proj' },
          opens: { at: 'mlp.shared_expert_gate' },
        },
      }),
      sparseLayers('qwen2_moe', config),
    )
  },
}
