// GPT-2 (Radford et al. 2019), and GPT-3's plain blocks: learned positions, LayerNorm before each branch, gelu. Its
// matrices are Conv1D: the file keeps them as [in, out].

import type { Config, Family, Linear } from '../describe.ts'
import { only } from '../keys.ts'
import { activationOf, ggufWords, headWidth, layerNorm, third } from './words.ts'

/** @param transpose whether the files keep Conv1D's order */
function describe(config: Config, transpose: boolean): ReturnType<Family['describe']> {
  const D = config.count('n_embd|hidden_size', 768),
    H = config.count('n_head|num_attention_heads', 12),
    d = headWidth(config, D, H, 'n_embd')
  const rows = config.count('n_positions|n_ctx|max_position_embeddings', 1024)
  const eps = config.number('layer_norm_epsilon', 1e-5)
  const act = activationOf('gpt2', config, 'activation_function', 'gelu_new')
  const scale = config.flag('scale_attn_weights', true) ? d ** -0.5 : 1
  const byLayer = config.flag('scale_attn_by_inverse_layer_idx', false)
  const conv = (at: string): Linear => ({ at, bias: true, transpose })
  const part = (n: number): Linear => third('attn.c_attn', n, D, true, transpose)
  return {
    family: 'gpt2',
    dims: {
      layers: config.count('n_layer|num_hidden_layers', 12),
      D,
      H,
      K: H,
      d,
      F: config.count('n_inner|intermediate_size', 4 * D),
      V: config.count('vocab_size', 50257),
      maxContext: rows,
    },
    embed: { at: 'transformer.wte', positions: { at: 'transformer.wpe', rows, offset: 0 } },
    block: (layer) => ({
      at: 'transformer.h.{i}',
      branches: [
        {
          norm: layerNorm('ln_1', eps),
          body: {
            kind: 'attention',
            scale: byLayer ? scale / (layer + 1) : scale,
            rope: null,
            sees: 'causal',
            window: 0,
            q: part(0),
            k: part(1),
            v: part(2),
            out: conv('attn.c_proj'),
          },
        },
        { norm: layerNorm('ln_2', eps), body: { kind: 'mlp', act, up: conv('mlp.c_fc'), down: conv('mlp.c_proj') } },
      ],
    }),
    head: {
      norm: layerNorm('transformer.ln_f', eps),
      tokens: { at: 'lm_head', tied: config.flag('tie_word_embeddings', true) },
    },
  }
}

export const gpt2: Family = {
  name: 'gpt2',
  types: ['gpt2'],
  keys: [
    ...['model_type', 'vocab_size', 'n_positions', 'n_ctx', 'n_embd', 'n_layer', 'n_head', 'n_inner'],
    ...['hidden_size', 'num_hidden_layers', 'num_attention_heads', 'intermediate_size', 'max_position_embeddings'],
    ...['activation_function', 'layer_norm_epsilon', 'scale_attn_weights', 'scale_attn_by_inverse_layer_idx'],
    ...['tie_word_embeddings', 'quantization_config'],
  ],
  off: { scale_attn_weights: only(true), scale_attn_by_inverse_layer_idx: only(false) },
  modules: { root: 'transformer.', embed: 'wte', blocks: 'h', others: ['wpe', 'ln_f'], heads: ['lm_head'] },
  buffers: /\.attn\.(bias|masked_bias)$/,
  gguf: {
    arch: 'gpt2',
    names: {
      'transformer.wte': 'token_embd',
      'transformer.wpe': 'position_embd',
      'transformer.ln_f': 'output_norm',
      lm_head: 'output',
      'transformer.h.{i}.ln_1': 'blk.{i}.attn_norm',
      'transformer.h.{i}.attn.c_attn': 'blk.{i}.attn_qkv',
      'transformer.h.{i}.attn.c_proj': 'blk.{i}.attn_output',
      'transformer.h.{i}.ln_2': 'blk.{i}.ffn_norm',
      'transformer.h.{i}.mlp.c_fc': 'blk.{i}.ffn_up',
      'transformer.h.{i}.mlp.c_proj': 'blk.{i}.ffn_down',
    },
    config: (keys) => ({
      ...ggufWords(keys),
      max_position_embeddings: keys.shape('position_embd.weight')?.[0] ?? keys.required('context_length'),
      intermediate_size: keys.required('feed_forward_length'),
    }),
    describe: (config) => describe(config, false),
  },
  describe: (config) => describe(config, true),
}
