// ChatGLM2-6B and ChatGLM3-6B, and GLM-4-9B of the same code: RMS pre-norm, a few shared key heads, RoPE in neighbouring
// pairs on the first half of each head, SwiGLU with gate and up in one tensor. THUDM's modeling_chatglm.py.

import type { Family, Linear, Norm } from '../describe.ts'
import { any, only } from '../keys.ts'
import { prefixEncoderOf } from './prefix-encoder.ts'

export const chatglm2: Family = {
  name: 'chatglm2',
  types: ['chatglm'],
  is: (config) => !('inner_hidden_size' in config || 'position_encoding_2d' in config),
  modules: {
    root: 'transformer.',
    embed: 'embedding.word_embeddings',
    blocks: 'encoder.layers',
    others: ['encoder.final_layernorm', 'output_layer'],
    heads: [],
  },
  buffers: /rotary_pos_emb\.inv_freq$/,
  keys: [
    'model_type',
    ...['num_layers', 'padded_vocab_size', 'vocab_size', 'hidden_size', 'ffn_hidden_size', 'kv_channels'],
    ...['num_attention_heads', 'seq_length', 'layernorm_epsilon', 'rmsnorm', 'post_layer_norm', 'add_bias_linear'],
    ...['apply_residual_connection_post_layernorm', 'add_qkv_bias', 'multi_query_attention', 'multi_query_group_num'],
    ...['tie_word_embeddings', 'rope_ratio', 'quantization_bit', 'pre_seq_len', 'prefix_projection'],
  ],
  off: {
    quantization_bit: only(0, 4, 8),
    // these cancel out, or say how the reference computes, not what
    apply_query_key_layer_scaling: any,
    attention_softmax_in_fp32: any,
    fp32_residual_connection: any,
    original_rope: any,
    bias_dropout_fusion: any,
  },
  gguf: {
    arch: 'chatglm',
    names: {
      'transformer.embedding.word_embeddings': 'token_embd',
      'transformer.encoder.final_layernorm': 'output_norm',
      'transformer.output_layer': 'output',
      'transformer.encoder.layers.{i}.input_layernorm': 'blk.{i}.attn_norm',
      'transformer.encoder.layers.{i}.self_attention.query_key_value': 'blk.{i}.attn_qkv',
      'transformer.encoder.layers.{i}.self_attention.dense': 'blk.{i}.attn_output',
      'transformer.encoder.layers.{i}.post_attention_layernorm': 'blk.{i}.ffn_norm',
      'transformer.encoder.layers.{i}.mlp.dense_h_to_4h': 'blk.{i}.ffn_up',
      'transformer.encoder.layers.{i}.mlp.dense_4h_to_h': 'blk.{i}.ffn_down',
    },
    config: (keys) => {
      const { hidden, heads, headDim } = keys.sizes()
      const rows = keys.shape('token_embd.weight')?.[0]
      return {
        num_layers: keys.required('block_count'),
        padded_vocab_size: rows ?? keys.number('vocab_size'),
        hidden_size: hidden,
        ffn_hidden_size: keys.required('feed_forward_length'),
        kv_channels: headDim,
        num_attention_heads: heads,
        seq_length: keys.required('context_length'),
        layernorm_epsilon: keys.required('attention.layer_norm_rms_epsilon'),
        multi_query_attention: true,
        multi_query_group_num: keys.number('attention.head_count_kv') ?? heads,
        // no key tells of it: it is read where the file holds it
        add_qkv_bias: true,
        tie_word_embeddings: !keys.shape('output.weight'),
        rope_ratio: (keys.number('rope.freq_base') ?? 10000) / 10000,
      }
    },
  },
  describe(config) {
    const D = config.count('hidden_size', 4096),
      H = config.count('num_attention_heads', 32),
      d = config.count('kv_channels', 128),
      shared = config.flag('multi_query_attention', false),
      K = shared ? config.count('multi_query_group_num', 1) : H,
      F = config.count('ffn_hidden_size', 13696),
      maxContext = config.count('seq_length', 2048),
      eps = config.number('layernorm_epsilon', 1e-5),
      bias = config.flag('add_bias_linear', false),
      qkvBias = bias || config.flag('add_qkv_bias', false)
    const fromNorm = config.flag('apply_residual_connection_post_layernorm', false)
    const norm = (at: string): Norm =>
      config.flag('rmsnorm', true) ? { kind: 'rms', at, eps } : { kind: 'layer', at, eps, bias: true }
    const rows = (from: number, count: number): Linear => ({
      at: 'self_attention.query_key_value',
      bias: qkvBias,
      // shared: all queries, then keys, then values; else the three of each head together
      slice: shared ? { every: (H + 2 * K) * d, from, count } : { every: 3 * d, from: (from / (H * d)) * d, count: d },
    })
    const half = (from: number): Linear => ({ at: 'mlp.dense_h_to_4h', bias, slice: { every: 2 * F, from, count: F } })
    const rotary = Math.floor(d / 2)
    if (rotary % 2) throw config.invalid('kv_channels', 'four times a whole number', d)
    return {
      family: 'chatglm2',
      dims: {
        layers: config.count('num_layers', 28),
        D,
        H,
        K,
        d,
        F,
        V: config.count('padded_vocab_size|vocab_size', 65024),
        maxContext,
      },
      ...prefixEncoderOf(config),
      embed: { at: 'transformer.embedding.word_embeddings' },
      block: () => ({
        at: 'transformer.encoder.layers.{i}',
        branches: [
          {
            norm: norm('input_layernorm'),
            fromNorm,
            body: {
              kind: 'attention',
              q: rows(0, H * d),
              k: rows(H * d, K * d),
              v: rows((H + K) * d, K * d),
              out: { at: 'self_attention.dense', bias },
              scale: d ** -0.5,
              rope: {
                kind: 'rope',
                layout: 'interleaved',
                rotary,
                theta: 10000 * config.number('rope_ratio', 1),
                maxPositions: maxContext,
                scaling: { type: 'default' },
              },
              sees: 'causal',
              window: 0,
            },
          },
          {
            norm: norm('post_attention_layernorm'),
            fromNorm,
            body: {
              kind: 'gated-mlp',
              act: 'silu',
              gate: half(0),
              up: half(F),
              down: { at: 'mlp.dense_4h_to_h', bias },
            },
          },
        ],
      }),
      head: {
        ...(config.flag('post_layer_norm', true) && { norm: norm('transformer.encoder.final_layernorm') }),
        tokens: { at: 'transformer.output_layer', tied: config.flag('tie_word_embeddings', false) },
      },
    }
  },
}
