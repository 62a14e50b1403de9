// OLMoE (Muennighoff et al. 2024): LLaMA's block with experts; queries and keys are normed over their whole width before
// they fall into heads, and q, k and v may be cut behind that.

import type { Family } from '../describe.ts'
import { expertCounts, expertFiles, expertGgufConfig, expertNames, withExperts } from './experts.ts'
import { llamaFiles, llamaGguf, llamaKeys, llamaLike } from './llama.ts'

export const olmoe: Family = {
  name: 'olmoe',
  types: ['olmoe'],
  keys: [...llamaKeys, 'attention_bias', 'clip_qkv', 'num_experts', 'num_experts_per_tok', 'norm_topk_prob'],
  ...llamaFiles,
  gguf: {
    arch: 'olmoe',
    names: {
      ...llamaGguf.names,
      ...expertNames,
      'model.layers.{i}.self_attn.q_norm': 'blk.{i}.attn_q_norm',
      'model.layers.{i}.self_attn.k_norm': 'blk.{i}.attn_k_norm',
    },
    config: (keys) => ({ ...expertGgufConfig(keys, false), attention_bias: true }),
  },
  describe(config) {
    const bias = config.flag('attention_bias', false)
    const made = llamaLike('olmoe', config, {
      layers: 16,
      D: 2048,
      H: 16,
      F: 2048,
      V: 50304,
      maxContext: 4096,
      eps: 1e-5,
      qkvBias: bias,
      outBias: bias,
      qkNorm: 'all',
      ...(config.rawOrNull('clip_qkv') != null && { clip: config.number('clip_qkv') }),
    })
    const counts = expertCounts(config, 'num_experts', [64, 8])
    const renorm = config.flag('norm_topk_prob', false)
    const { F } = made.dims
    return withExperts(made, ({ act }) => ({
      kind: 'experts',
      act,
      ...counts,
      renorm,
      F,
      files: expertFiles('mlp', ['gate_proj', 'up_proj', 'down_proj'], F),
    }))
  },
}
