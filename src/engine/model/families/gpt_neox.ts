// GPT-NeoX and Pythia (Black et al. 2022): both branches read the block's input through norms of their own, part of each
// head is turned, and one tensor holds q, k and v head by head.

import type { Config, Family } from '../describe.ts'
import { readRope } from '../rope.ts'
import { shown } from '../../shown.ts'
import { activationOf, ggufWords, grouped, headWidth, layerNorm } from './words.ts'

/**
 * What others call rope_theta and partial_rotary_factor has names of its own here; beside rope_parameters, theirs say
 * nothing to transformers.
 */
function ownWords(config: Config): Config {
  const own = { rope_theta: 'rotary_emb_base', partial_rotary_factor: 'rotary_pct' }
  return config.but(
    Object.fromEntries(
      Object.entries(own).map(([usual, key]) => {
        const value = config.raw(usual)
        if (value !== undefined && value !== config.raw(key)) {
          config.ignored.push({ key: usual, value: shown(value), why: 'family' })
        }
        return [usual, config.raw(key) ?? null]
      }),
    ),
  )
}

/** @param sorted whether the file keeps all queries, all keys, all values, instead of head by head */
function describe(config: Config, sorted: boolean): ReturnType<Family['describe']> {
  const D = config.count('hidden_size', 6144),
    H = config.count('num_attention_heads', 64),
    d = headWidth(config, D, H, 'hidden_size')
  const maxContext = config.count('max_position_embeddings', 2048)
  const eps = config.number('layer_norm_eps', 1e-5)
  const act = activationOf('gpt_neox', config, 'hidden_act', 'gelu')
  const bias = config.flag('attention_bias', true)
  const parallel = config.flag('use_parallel_residual', true)
  const named = sorted ? config : ownWords(config)
  const rope = readRope(named, d, maxContext, { partial: 0.25 })
  return {
    family: 'gpt_neox',
    dims: {
      layers: config.count('num_hidden_layers', 44),
      D,
      H,
      K: H,
      d,
      F: config.count('intermediate_size', 24576),
      V: config.count('vocab_size', 50432),
      maxContext,
    },
    embed: { at: 'gpt_neox.embed_in' },
    block: () => ({
      at: 'gpt_neox.layers.{i}',
      parallel,
      branches: [
        {
          norm: layerNorm('input_layernorm', eps),
          body: {
            kind: 'attention',
            scale: d ** -0.5,
            rope,
            sees: 'causal',
            window: 0,
            ...grouped('attention.query_key_value', { H, K: H, d }, bias, sorted),
            out: { at: 'attention.dense', bias },
          },
        },
        {
          norm: layerNorm('post_attention_layernorm', eps),
          body: {
            kind: 'mlp',
            act,
            up: { at: 'mlp.dense_h_to_4h', bias: true },
            down: { at: 'mlp.dense_4h_to_h', bias: true },
          },
        },
      ],
    }),
    head: {
      norm: layerNorm('gpt_neox.final_layer_norm', eps),
      tokens: { at: 'embed_out', tied: config.flag('tie_word_embeddings', false) },
    },
  }
}

export const gptNeox: Family = {
  name: 'gpt_neox',
  types: ['gpt_neox'],
  keys: [
    ...['model_type', 'vocab_size', 'hidden_size', 'intermediate_size', 'num_hidden_layers', 'num_attention_heads'],
    ...['max_position_embeddings', 'hidden_act', 'layer_norm_eps', 'rope_theta', 'rope_scaling'],
    ...['rope_parameters', 'partial_rotary_factor', 'original_max_position_embeddings', 'rotary_pct'],
    ...['rotary_emb_base', 'use_parallel_residual', 'attention_bias', 'tie_word_embeddings', 'quantization_config'],
  ],
  modules: {
    root: 'gpt_neox.',
    embed: 'embed_in',
    blocks: 'layers',
    others: ['final_layer_norm'],
    heads: ['embed_out'],
    called: [[/^lm_head$/, 'embed_out']],
  },
  buffers: /\.attention\.(bias|masked_bias)$|(^|\.)rotary_emb\.inv_freq$/,
  gguf: {
    arch: 'gptneox',
    names: {
      'gpt_neox.embed_in': 'token_embd',
      'gpt_neox.final_layer_norm': 'output_norm',
      embed_out: 'output',
      'gpt_neox.layers.{i}.input_layernorm': 'blk.{i}.attn_norm',
      'gpt_neox.layers.{i}.attention.query_key_value': 'blk.{i}.attn_qkv',
      'gpt_neox.layers.{i}.attention.dense': 'blk.{i}.attn_output',
      'gpt_neox.layers.{i}.post_attention_layernorm': 'blk.{i}.ffn_norm',
      'gpt_neox.layers.{i}.mlp.dense_h_to_4h': 'blk.{i}.ffn_up',
      'gpt_neox.layers.{i}.mlp.dense_4h_to_h': 'blk.{i}.ffn_down',
    },
    config: (keys) => {
      const { layer_norm_epsilon: eps, ...rest } = ggufWords(keys)
      return {
        ...rest,
        ...keys.rope(),
        layer_norm_eps: eps,
        intermediate_size: keys.required('feed_forward_length'),
        max_position_embeddings: keys.required('context_length'),
        use_parallel_residual: keys.raw('use_parallel_residual') ?? true,
      }
    },
    describe: (config) => describe(config, true),
  },
  describe: (config) => describe(config, false),
}
