// Phi-1, 1.5 and 2 (Gunasekar et al. 2023): one norm for both branches, part of each head turned, biases everywhere.

import type { Family, Linear } from '../describe.ts'
import { readRope } from '../rope.ts'
import { commonGgufConfig, commonKeys, llamaFiles } from './llama.ts'
import { activationOf, layerNorm } from './words.ts'

export const phi: Family = {
  name: 'phi',
  types: ['phi'],
  keys: [...commonKeys, 'layer_norm_eps', 'qk_layernorm'],
  ...llamaFiles,
  modules: { ...llamaFiles.modules, others: ['final_layernorm'] },
  gguf: {
    arch: 'phi2',
    names: {
      'model.embed_tokens': 'token_embd',
      'model.final_layernorm': 'output_norm',
      lm_head: 'output',
      'model.layers.{i}.input_layernorm': 'blk.{i}.attn_norm',
      'model.layers.{i}.self_attn.q_proj': 'blk.{i}.attn_q',
      'model.layers.{i}.self_attn.k_proj': 'blk.{i}.attn_k',
      'model.layers.{i}.self_attn.v_proj': 'blk.{i}.attn_v',
      'model.layers.{i}.self_attn.dense': 'blk.{i}.attn_output',
      'model.layers.{i}.mlp.fc1': 'blk.{i}.ffn_up',
      'model.layers.{i}.mlp.fc2': 'blk.{i}.ffn_down',
    },
    config: (keys) => ({
      ...commonGgufConfig(keys),
      layer_norm_eps: keys.required('attention.layer_norm_epsilon'),
      // keys say as many as query heads, and four times the width, whatever there is
      num_key_value_heads: (keys.shape('blk.0.attn_k.weight')?.[0] ?? 0) / keys.sizes().headDim || undefined,
      intermediate_size: keys.shape('blk.0.ffn_up.weight')?.[0] ?? keys.required('feed_forward_length'),
    }),
  },
  describe(config) {
    const D = config.count('hidden_size', 2048),
      H = config.count('num_attention_heads', 32),
      d = config.count('head_dim', Math.floor(D / H))
    const maxContext = config.count('max_position_embeddings', 2048)
    const eps = config.number('layer_norm_eps', 1e-5)
    const act = activationOf('phi', config, 'hidden_act', 'gelu_new')
    const rope = readRope(config, d, maxContext, { partial: 0.5 })
    const norm = layerNorm('input_layernorm', eps)
    const headNorms = config.flag('qk_layernorm', false)
    const biased = (at: string): Linear => ({ at, bias: true })
    return {
      family: 'phi',
      dims: {
        layers: config.count('num_hidden_layers', 24),
        D,
        H,
        K: config.count('num_key_value_heads', H),
        d,
        F: config.count('intermediate_size', 8192),
        V: config.count('vocab_size', 51200),
        maxContext,
      },
      embed: { at: 'model.embed_tokens' },
      block: () => ({
        at: 'model.layers.{i}',
        parallel: true,
        branches: [
          {
            norm,
            body: {
              kind: 'attention',
              scale: d ** -0.5,
              rope,
              sees: 'causal',
              window: 0,
              q: biased('self_attn.q_proj'),
              k: biased('self_attn.k_proj'),
              v: biased('self_attn.v_proj'),
              out: biased('self_attn.dense'),
              ...(headNorms && {
                qNorm: layerNorm('self_attn.q_layernorm', eps),
                kNorm: layerNorm('self_attn.k_layernorm', eps),
              }),
            },
          },
          { norm, body: { kind: 'mlp', act, up: biased('mlp.fc1'), down: biased('mlp.fc2') } },
        ],
      }),
      head: {
        norm: layerNorm('model.final_layernorm', eps),
        tokens: { ...biased('lm_head'), tied: config.flag('tie_word_embeddings', false) },
      },
    }
  },
}
