// Qwen 3: RMS norm on every query and key head before RoPE; head width is its own number, not D/H.

import type { Family } from '../describe.ts'
import { slidingLayers, windowKeys, windowOff } from './window.ts'
import { llamaFiles, llamaGguf, llamaKeys, llamaLike } from './llama.ts'

export const qwen3: Family = {
  name: 'qwen3',
  types: ['qwen3'],
  keys: [...llamaKeys, ...windowKeys, 'attention_bias'],
  off: windowOff,
  ...llamaFiles,
  gguf: {
    arch: 'qwen3',
    names: {
      ...llamaGguf.names,
      'model.layers.{i}.self_attn.q_norm': 'blk.{i}.attn_q_norm',
      'model.layers.{i}.self_attn.k_norm': 'blk.{i}.attn_k_norm',
    },
    config: (keys) => ({ ...llamaGguf.config(keys), attention_bias: true }),
  },
  describe(config) {
    const bias = config.flag('attention_bias', false)
    return llamaLike('qwen3', config, {
      headDim: 128,
      kvHeads: 32,
      F: 22016,
      V: 151936,
      qkvBias: bias,
      outBias: bias,
      qkNorm: true,
      maxContext: 32768,
      window: slidingLayers('qwen3', config),
    })
  },
}
