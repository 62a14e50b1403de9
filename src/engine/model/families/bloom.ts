// BLOOM and BLOOMZ (Le Scao et al. 2022): ALiBi instead of positions, a LayerNorm behind the embedding, and a residual
// that may come from the norm instead of before it.

import type { Config, Family } from '../describe.ts'
import { notComputed, only } from '../keys.ts'
import { ggufWords, grouped, headWidth, layerNorm } from './words.ts'

/** @param sorted whether the file keeps all queries, all keys, all values, instead of head by head */
function describe(config: Config, sorted: boolean): ReturnType<Family['describe']> {
  const D = config.count('hidden_size|n_embed', 64),
    H = config.count('n_head|num_attention_heads', 8),
    d = headWidth(config, D, H, 'hidden_size')
  const eps = config.number('layer_norm_epsilon', 1e-5)
  // sums in slices, which leave out two biases
  const slices = config.flag('slow_but_exact', false) ? config.count('pretraining_tp', 1) : 1
  if (slices > 1) throw notComputed('bloom', 'slow_but_exact', true)
  const fromNorm = config.flag('apply_residual_connection_post_layernorm', false)
  return {
    family: 'bloom',
    dims: {
      layers: config.count('n_layer|num_hidden_layers', 2),
      D,
      H,
      K: H,
      d,
      F: 4 * D,
      V: config.count('vocab_size', 250880),
      // ALiBi goes on beyond any length; this is what the models were trained on
      maxContext: config.count('seq_length', 2048),
    },
    embed: { at: 'transformer.word_embeddings', norm: layerNorm('transformer.word_embeddings_layernorm', eps) },
    block: () => ({
      at: 'transformer.h.{i}',
      branches: [
        {
          norm: layerNorm('input_layernorm', eps),
          fromNorm,
          body: {
            kind: 'attention',
            scale: d ** -0.5,
            rope: null,
            sees: 'causal',
            window: 0,
            bias: { kind: 'slopes' },
            ...grouped('self_attention.query_key_value', { H, K: H, d }, true, sorted),
            out: { at: 'self_attention.dense', bias: true },
          },
        },
        {
          norm: layerNorm('post_attention_layernorm', eps),
          fromNorm,
          body: {
            kind: 'mlp',
            act: 'gelu_tanh',
            up: { at: 'mlp.dense_h_to_4h', bias: true },
            down: { at: 'mlp.dense_4h_to_h', bias: true },
          },
        },
      ],
    }),
    head: {
      norm: layerNorm('transformer.ln_f', eps),
      tokens: { at: 'lm_head', tied: config.flag('tie_word_embeddings', true) },
    },
  }
}

export const bloom: Family = {
  name: 'bloom',
  types: ['bloom'],
  keys: [
    ...['model_type', 'vocab_size', 'hidden_size', 'n_embed', 'n_layer', 'num_hidden_layers', 'n_head'],
    ...['num_attention_heads', 'layer_norm_epsilon', 'apply_residual_connection_post_layernorm', 'seq_length'],
    ...['tie_word_embeddings', 'quantization_config', 'slow_but_exact'],
  ],
  off: { slow_but_exact: only(false) },
  modules: {
    root: 'transformer.',
    embed: 'word_embeddings',
    blocks: 'h',
    others: ['word_embeddings_layernorm', 'ln_f'],
    heads: ['lm_head'],
  },
  gguf: {
    arch: 'bloom',
    names: {
      'transformer.word_embeddings': 'token_embd',
      'transformer.word_embeddings_layernorm': 'token_embd_norm',
      'transformer.ln_f': 'output_norm',
      lm_head: 'output',
      'transformer.h.{i}.input_layernorm': 'blk.{i}.attn_norm',
      'transformer.h.{i}.self_attention.query_key_value': 'blk.{i}.attn_qkv',
      'transformer.h.{i}.self_attention.dense': 'blk.{i}.attn_output',
      'transformer.h.{i}.post_attention_layernorm': 'blk.{i}.ffn_norm',
      'transformer.h.{i}.mlp.dense_h_to_4h': 'blk.{i}.ffn_up',
      'transformer.h.{i}.mlp.dense_4h_to_h': 'blk.{i}.ffn_down',
    },
    config: (keys) => ({ ...ggufWords(keys), seq_length: keys.required('context_length') }),
    describe: (config) => describe(config, true),
  },
  describe: (config) => describe(config, false),
}
