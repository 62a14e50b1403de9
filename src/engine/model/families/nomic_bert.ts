// Nomic BERT: BERT with RoPE in place of rows of positions, a gated MLP, and hardly any biases. Nussbaum et al. 2024
// (arXiv 2402.01613); names as in transformers' NomicBertModel. Its first checkpoints have the keys of GPT-2.

import type { Config, Family, Linear } from '../describe.ts'
import { notComputed } from '../keys.ts'
import { readRope } from '../rope.ts'
import { bertHead } from './bert.ts'
import { actOf, bothWays, checkEncoder, encoderGgufConfig, headWidth, layerNorm } from './encoders.ts'

/** Keys of the older configs, with the one value that is computed with. */
const flags: Readonly<Record<string, unknown>> = {
  qkv_proj_bias: false,
  mlp_fc1_bias: false,
  mlp_fc2_bias: false,
  prenorm: false,
  parallel_block: false,
  use_rms_norm: false,
  causal: false,
  rotary_emb_interleaved: false,
  rotary_emb_fraction: 1,
  rotary_scaling_factor: 1,
  scale_attn_weights: true,
  scale_attn_by_inverse_layer_idx: false,
}

/** Both wordings. An older "swiglu" is a gate with silu. */
function actOfEither(config: Config): ReturnType<typeof actOf> {
  const older = config.text('activation_function', 'swiglu')
  if (older !== 'swiglu') throw notComputed('nomic_bert', 'activation_function', older)
  return actOf('nomic_bert', config, 'hidden_act', 'silu')
}

export const nomicBert: Family = {
  name: 'nomic_bert',
  types: ['nomic_bert'],
  keys: [
    ...[
      'model_type',
      'architectures',
      'vocab_size',
      'hidden_size',
      'n_embd',
      'num_hidden_layers',
      'n_layer',
      'num_attention_heads',
    ],
    ...['n_head', 'head_dim', 'intermediate_size', 'n_inner', 'hidden_act', 'activation_function', 'type_vocab_size'],
    ...['max_position_embeddings', 'n_positions', 'layer_norm_eps', 'layer_norm_epsilon', 'rope_parameters'],
    ...['rope_scaling', 'rope_theta', 'rotary_emb_base', 'tie_word_embeddings', 'position_embedding_type'],
    ...['partial_rotary_factor', 'original_max_position_embeddings', 'pooling_type'],
    ...Object.keys(flags),
  ],
  modules: {
    root: 'nomic_bert.',
    embed: 'embeddings.word_embeddings',
    blocks: 'encoder.layers',
    others: ['embeddings', 'emb_ln', 'pooler'],
    heads: [
      ...['cls.predictions.transform.dense', 'cls.predictions.transform.layer_norm', 'cls.predictions.decoder'],
      ...['cls.predictions', 'classifier', 'qa_outputs'],
    ],
    called: [
      [/^nomic_bert\.embeddings\.LayerNorm$/, 'nomic_bert.emb_ln'],
      [/^nomic_bert\.layers\.(\d+)\.self_attn\.q_proj$/, 'nomic_bert.encoder.layers.$1.attn.Wqkv', [0, 3]],
      [/^nomic_bert\.layers\.(\d+)\.self_attn\.k_proj$/, 'nomic_bert.encoder.layers.$1.attn.Wqkv', [1, 3]],
      [/^nomic_bert\.layers\.(\d+)\.self_attn\.v_proj$/, 'nomic_bert.encoder.layers.$1.attn.Wqkv', [2, 3]],
      [/^nomic_bert\.layers\.(\d+)\.self_attn\.o_proj$/, 'nomic_bert.encoder.layers.$1.attn.out_proj'],
      [/^nomic_bert\.layers\.(\d+)\.mlp\.up_proj$/, 'nomic_bert.encoder.layers.$1.mlp.fc11'],
      [/^nomic_bert\.layers\.(\d+)\.mlp\.gate_proj$/, 'nomic_bert.encoder.layers.$1.mlp.fc12'],
      [/^nomic_bert\.layers\.(\d+)\.mlp\.down_proj$/, 'nomic_bert.encoder.layers.$1.mlp.fc2'],
      [/^nomic_bert\.layers\.(\d+)\.post_attention_layernorm$/, 'nomic_bert.encoder.layers.$1.norm1'],
      [/^nomic_bert\.layers\.(\d+)\.post_mlp_layernorm$/, 'nomic_bert.encoder.layers.$1.norm2'],
    ],
  },
  buffers: /(^|\.)(position_ids|rotary_emb\.inv_freq)$/,
  gguf: {
    arch: 'nomic-bert',
    names: {
      'nomic_bert.embeddings.word_embeddings': 'token_embd',
      'nomic_bert.embeddings.token_type_embeddings': 'token_types',
      'nomic_bert.emb_ln': 'token_embd_norm',
      'nomic_bert.encoder.layers.{i}.attn.Wqkv': 'blk.{i}.attn_qkv',
      'nomic_bert.encoder.layers.{i}.attn.out_proj': 'blk.{i}.attn_output',
      'nomic_bert.encoder.layers.{i}.norm1': 'blk.{i}.attn_output_norm',
      'nomic_bert.encoder.layers.{i}.mlp.fc11': 'blk.{i}.ffn_up',
      'nomic_bert.encoder.layers.{i}.mlp.fc12': 'blk.{i}.ffn_gate',
      'nomic_bert.encoder.layers.{i}.mlp.fc2': 'blk.{i}.ffn_down',
      'nomic_bert.encoder.layers.{i}.norm2': 'blk.{i}.layer_output_norm',
    },
    config: (keys) => ({
      ...encoderGgufConfig(keys),
      ...keys.rope(),
      architectures: ['NomicBertModel'],
      layer_norm_eps: keys.required('attention.layer_norm_epsilon'),
    }),
  },
  describe(config, shapeOf) {
    checkEncoder('nomic_bert', config)
    for (const [key, value] of Object.entries(flags)) {
      const found = config.raw(key)
      if (found !== undefined && found !== value) throw notComputed('nomic_bert', key, found)
    }
    const D = config.count('hidden_size', config.count('n_embd', 768)),
      H = config.count('num_attention_heads', config.count('n_head', 12)),
      F = config.count('intermediate_size', config.count('n_inner', 3072)),
      maxContext = config.count('max_position_embeddings', config.count('n_positions', 2048))
    const d = config.count('head_dim', headWidth(config, D, H))
    const eps = config.number('layer_norm_eps', config.number('layer_norm_epsilon', 1e-12)),
      act = actOfEither(config)
    const third = (n: number): Linear => ({
      at: 'attn.Wqkv',
      slice: { every: 3 * H * d, from: n * H * d, count: H * d },
    })
    const rope = readRope(config.but({ rope_theta: config.number('rope_theta|rotary_emb_base', 1000) }), d, maxContext)
    const head = bertHead(config, shapeOf, { root: 'nomic_bert.', norm: 'layer_norm' })
    return {
      family: 'nomic_bert',
      dims: {
        layers: config.count('num_hidden_layers', config.count('n_layer', 12)),
        D,
        H,
        K: H,
        d,
        F,
        V: config.count('vocab_size', 30528),
        maxContext,
      },
      embed: {
        at: 'nomic_bert.embeddings.word_embeddings',
        types: { at: 'nomic_bert.embeddings.token_type_embeddings', rows: config.count('type_vocab_size', 2) },
        norm: layerNorm('nomic_bert.emb_ln', eps),
      },
      block: () => ({
        at: 'nomic_bert.encoder.layers.{i}',
        branches: [
          {
            body: { ...bothWays(d), q: third(0), k: third(1), v: third(2), out: { at: 'attn.out_proj' }, rope },
            closing: layerNorm('norm1', eps),
          },
          {
            body: { kind: 'gated-mlp', act, gate: { at: 'mlp.fc12' }, up: { at: 'mlp.fc11' }, down: { at: 'mlp.fc2' } },
            closing: layerNorm('norm2', eps),
          },
        ],
      }),
      head: head(act, eps, D),
      whole: true,
    }
  },
}
