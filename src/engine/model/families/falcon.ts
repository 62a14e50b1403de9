// Falcon (Almazrouei et al. 2023): 7B with one norm, one key head and both branches side by side; 40B with groups of
// heads and a norm for each branch; RW one branch after the other, with ALiBi. One tensor holds q, k and v by groups.

import type { Branch, Config, Family, Linear } from '../describe.ts'
import { notComputed, only } from '../keys.ts'
import { readRope } from '../rope.ts'
import { activationOf, checkRowLayout, ggufWords, grouped, headWidth, layerNorm } from './words.ts'

/** @param sorted whether the file keeps all queries, all keys, all values, instead of group by group */
function describe(config: Config, sorted: boolean): ReturnType<Family['describe']> {
  const D = config.count('hidden_size', 4544),
    H = config.count('num_attention_heads|n_head', 71),
    d = headWidth(config, D, H, 'hidden_size')
  const newer = config.flag('new_decoder_architecture', false)
  const K = newer ? config.count('num_kv_heads|n_head_kv', H) : config.flag('multi_query', true) ? 1 : H
  const maxContext = config.count('max_position_embeddings', 2048)
  const eps = config.number('layer_norm_epsilon', 1e-5)
  const act = activationOf('falcon', config, 'activation', 'gelu')
  const bias = config.flag('bias', false)
  const alibi = config.flag('alibi', false)
  const linear = (at: string): Linear => ({ at, bias })
  const parallel = config.flag('parallel_attn', true)
  // no program has a norm for it
  if (newer && !parallel) throw notComputed('falcon', 'parallel_attn', false)
  const both = newer && config.number('num_ln_in_parallel_attn', 2) === 2
  const [first, second] = both
    ? ['ln_attn', sorted ? 'input_layernorm' : 'ln_mlp']
    : ['input_layernorm', parallel ? 'input_layernorm' : 'post_attention_layernorm']
  const rope = alibi ? null : readRope(config, d, maxContext)
  const branches: Branch[] = [
    {
      norm: layerNorm(first!, eps),
      body: {
        kind: 'attention',
        scale: d ** -0.5,
        rope,
        sees: 'causal',
        window: 0,
        // the slopes are added before scores are scaled, and computed in bf16 whatever the weights are
        ...(alibi && { bias: { kind: 'slopes' as const, by: d ** -0.5, rounded: true as const } }),
        ...grouped('self_attention.query_key_value', { H, K, d }, bias, sorted),
        out: linear('self_attention.dense'),
      },
    },
    {
      norm: layerNorm(second!, eps),
      body: { kind: 'mlp', act, up: linear('mlp.dense_h_to_4h'), down: linear('mlp.dense_4h_to_h') },
    },
  ]
  return {
    family: 'falcon',
    dims: {
      layers: config.count('num_hidden_layers|n_layer', 32),
      D,
      H,
      K,
      d,
      F: config.count('ffn_hidden_size', 4 * D),
      V: config.count('vocab_size', 65024),
      maxContext,
    },
    embed: { at: 'transformer.word_embeddings' },
    block: () => ({ at: 'transformer.h.{i}', parallel, branches }),
    head: {
      norm: layerNorm('transformer.ln_f', eps),
      tokens: { at: 'lm_head', tied: config.flag('tie_word_embeddings', true) },
    },
  }
}

export const falcon: Family = {
  name: 'falcon',
  types: ['falcon'],
  keys: [
    ...['model_type', 'vocab_size', 'hidden_size', 'num_hidden_layers', 'n_layer', 'num_attention_heads', 'n_head'],
    ...['num_kv_heads', 'n_head_kv', 'ffn_hidden_size', 'activation', 'layer_norm_epsilon', 'multi_query'],
    ...['parallel_attn', 'new_decoder_architecture', 'num_ln_in_parallel_attn', 'alibi', 'bias'],
    ...['max_position_embeddings', 'rope_theta', 'rope_scaling', 'rope_parameters', 'partial_rotary_factor'],
    ...['original_max_position_embeddings', 'tie_word_embeddings', 'quantization_config'],
  ],
  off: { bias: only(false), new_decoder_architecture: only(false), multi_query: only(false) },
  modules: { root: 'transformer.', embed: 'word_embeddings', blocks: 'h', others: ['ln_f'], heads: ['lm_head'] },
  buffers: /(^|\.)(inv_freq|rotary_emb\.[a-z_]*)$/,
  gguf: {
    arch: 'falcon',
    names: {
      'transformer.word_embeddings': 'token_embd',
      'transformer.ln_f': 'output_norm',
      lm_head: 'output',
      'transformer.h.{i}.input_layernorm': 'blk.{i}.attn_norm',
      'transformer.h.{i}.ln_attn': 'blk.{i}.attn_norm_2',
      'transformer.h.{i}.self_attention.query_key_value': 'blk.{i}.attn_qkv',
      'transformer.h.{i}.self_attention.dense': 'blk.{i}.attn_output',
      'transformer.h.{i}.mlp.dense_h_to_4h': 'blk.{i}.ffn_up',
      'transformer.h.{i}.mlp.dense_4h_to_h': 'blk.{i}.ffn_down',
    },
    config: (keys) => {
      checkRowLayout(keys, 'jploski')
      return {
        ...ggufWords(keys),
        ...keys.rope(),
        num_kv_heads: keys.required('attention.head_count_kv'),
        // groups of heads; the file has a second norm where each branch has its own
        new_decoder_architecture: true,
        num_ln_in_parallel_attn: keys.shape('blk.0.attn_norm_2.weight') ? 2 : 1,
        ffn_hidden_size: keys.shape('blk.0.ffn_up.weight')?.[0] ?? keys.required('feed_forward_length'),
        max_position_embeddings: keys.required('context_length'),
        bias: true,
      }
    },
    describe: (config) => describe(config, true),
  },
  describe: (config) => describe(config, false),
}
