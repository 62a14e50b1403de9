// ModernBERT: pre-norm, RoPE, a gated MLP, no biases; of a few layers one sees all, the others only what is near on
// both sides. Warner et al. 2024 (arXiv 2412.13663); names as in transformers' ModernBertModel. The first block has no
// norm before its attention: the embedding was normed.

import type { GgufKeys } from '../../formats/family.ts'
import type { Config, Family, Head, LayerNorm, Linear, ShapeOf } from '../describe.ts'
import { notComputed } from '../keys.ts'
import type { RopeSpec } from '../rope-table.ts'
import { actOf, bothWays, encoderGgufConfig, headWidth } from './encoders.ts'
import { layerKinds, ropeOfKind, type LayerKind } from './kinds.ts'
import { holdsLayer, labelsOf, rowsOf, taskOf } from './tasks.ts'

/** Which layers see all: layer_types; else each `global_attn_every_n_layers`, the first of them too. */
function kindsOf(config: Config, layers: number): LayerKind[] {
  const every = config.count('global_attn_every_n_layers', 3)
  const given = config.raw('layer_types')
  if (given === undefined) return Array.from({ length: layers }, (_, i) => layerKinds[Number(i % every > 0)]!)
  if (
    !Array.isArray(given) ||
    given.length !== layers ||
    !given.every((kind) => layerKinds.includes(kind as LayerKind))
  ) {
    throw config.invalid('layer_types', `a list of ${layers} times ${layerKinds.join(' or ')}`, given)
  }
  return given as LayerKind[]
}

/** Older configs have a frequency for each kind, and one scaling of both. */
function ropeOf(config: Config, kind: LayerKind, d: number, maxContext: number): RopeSpec {
  const full = config.number('global_rope_theta', 160000)
  const near = config.rawOrNull('local_rope_theta') === null ? full : config.number('local_rope_theta', 10000)
  return ropeOfKind(config, kind, { d, maxContext, theta: kind === 'full_attention' ? full : near, scaled: true })
}

function headOf(config: Config, shapeOf: ShapeOf, D: number, norm: (at: string) => LayerNorm): Head {
  const act = actOf('modernbert', config, 'classifier_activation', 'gelu')
  const dense: Linear = { at: 'head.dense', bias: config.flag('classifier_bias', false) }
  const pooling = config.text('classifier_pooling', 'cls')
  const tied = config.flag('tie_word_embeddings', true),
    decoderBias = config.flag('decoder_bias', true)
  const known = holdsLayer(shapeOf, 'classifier.weight') ? 'classifier.weight' : 'head.dense.weight'
  const task = taskOf(config, shapeOf, {
    ...(known === 'head.dense.weight' && { MaskedLM: known }),
    ...(known === 'classifier.weight' && {
      SequenceClassification: known,
      TokenClassification: known,
      QuestionAnswering: known,
      MultipleChoice: known,
    }),
  })
  const layer = { ...dense, act, width: D, norm: norm('head.norm') }
  const labels = (name: 'labels' | 'token-labels' | 'span', names: string[]): Head => ({
    norm: norm('model.final_norm'),
    labels: [
      {
        name,
        rows: name === 'labels' ? (pooling === 'mean' ? 'mean' : 'first') : 'each',
        before: [layer],
        last: { at: 'classifier', bias: true },
        labels: names,
      },
    ],
  })
  const names = (): string[] => labelsOf(config, rowsOf(shapeOf, 'classifier'))
  switch (task) {
    case 'MaskedLM':
      return {
        norm: norm('model.final_norm'),
        transform: { dense, act, norm: norm('head.norm'), width: D },
        tokens: { at: 'decoder', bias: decoderBias, tied },
      }
    case 'SequenceClassification':
    case 'MultipleChoice':
      if (pooling !== 'cls' && pooling !== 'mean') throw notComputed('modernbert', 'classifier_pooling', pooling)
      return labels('labels', task === 'MultipleChoice' ? ['choice'] : names())
    case 'TokenClassification':
      return labels('token-labels', names())
    case 'QuestionAnswering':
      return labels('span', ['start', 'end'])
    default:
      return { norm: norm('model.final_norm') }
  }
}

function ggufConfig(keys: GgufKeys): Record<string, unknown> {
  const { type_vocab_size: _, pooling_type: pooling, ...sizes } = encoderGgufConfig(keys)
  const rope = keys.rope()
  if (rope['rope_scaling'] != null) {
    throw keys.invalid('rope.scaling.type', '"none"', rope['rope_scaling'])
  }
  const pattern = keys.raw('attention.sliding_window_pattern')
  return {
    ...sizes,
    architectures: ['ModernBertModel'],
    pooling_type: keys.number('classifier.pooling_type') ?? pooling,
    // the converter writes the epsilon of a LayerNorm under this name
    norm_eps: keys.number('attention.layer_norm_epsilon') ?? keys.required('attention.layer_norm_rms_epsilon'),
    hidden_activation: keys.raw('hidden_activation') ?? 'gelu',
    local_attention: keys.requiredCount('attention.sliding_window'),
    global_rope_theta: rope['rope_theta'],
    local_rope_theta: keys.number('rope.freq_base_swa') ?? 10000,
    ...(typeof pattern === 'object'
      ? { layer_types: Array.from(pattern as ArrayLike<unknown>, (slides) => layerKinds[Number(Boolean(slides))]) }
      : { global_attn_every_n_layers: keys.count('attention.sliding_window_pattern') ?? 3 }),
  }
}

export const modernbert: Family = {
  name: 'modernbert',
  types: ['modernbert'],
  keys: [
    ...[
      'model_type',
      'architectures',
      'vocab_size',
      'hidden_size',
      'num_hidden_layers',
      'num_attention_heads',
      'intermediate_size',
    ],
    ...['hidden_activation', 'max_position_embeddings', 'norm_eps', 'norm_bias', 'attention_bias', 'mlp_bias'],
    ...['layer_types', 'global_attn_every_n_layers', 'local_attention', 'rope_parameters', 'rope_scaling'],
    ...[
      'global_rope_theta',
      'local_rope_theta',
      'classifier_activation',
      'classifier_bias',
      'classifier_pooling',
      'decoder_bias',
    ],
    ...['partial_rotary_factor', 'original_max_position_embeddings', 'tie_word_embeddings', 'pooling_type'],
  ],
  modules: {
    root: 'model.',
    embed: 'embeddings.tok_embeddings',
    blocks: 'layers',
    others: ['embeddings', 'final_norm'],
    heads: ['head.dense', 'head.norm', 'decoder', 'classifier'],
  },
  gguf: {
    arch: 'modern-bert',
    names: {
      'model.embeddings.tok_embeddings': 'token_embd',
      'model.embeddings.norm': 'token_embd_norm',
      'model.layers.{i}.attn_norm': 'blk.{i}.attn_norm',
      'model.layers.{i}.attn.Wqkv': 'blk.{i}.attn_qkv',
      'model.layers.{i}.attn.Wo': 'blk.{i}.attn_output',
      'model.layers.{i}.mlp_norm': 'blk.{i}.ffn_norm',
      'model.layers.{i}.mlp.Wi': 'blk.{i}.ffn_up',
      'model.layers.{i}.mlp.Wo': 'blk.{i}.ffn_down',
      'model.final_norm': 'output_norm',
    },
    config: ggufConfig,
  },
  describe(config, shapeOf) {
    const D = config.count('hidden_size', 768),
      H = config.count('num_attention_heads', 12),
      F = config.count('intermediate_size', 1152),
      layers = config.count('num_hidden_layers', 22),
      maxContext = config.count('max_position_embeddings', 8192)
    const d = headWidth(config, D, H)
    const eps = config.number('norm_eps', 1e-5),
      normBias = config.flag('norm_bias', false),
      norm = (at: string): LayerNorm => ({ kind: 'layer', at, eps, bias: normBias })
    const bias = config.flag('attention_bias', false),
      mlpBias = config.flag('mlp_bias', false)
    const third = (n: number): Linear => ({ at: 'attn.Wqkv', bias, slice: { every: 3 * D, from: n * D, count: D } })
    const half = (n: number): Linear => ({
      at: 'mlp.Wi',
      bias: mlpBias,
      slice: { every: 2 * F, from: n * F, count: F },
    })
    const of = kindsOf(config, layers)
    const ropes = Object.fromEntries(layerKinds.map((kind) => [kind, ropeOf(config, kind, d, maxContext)]))
    // what is half as far away as this is seen, on either side
    const near = Math.floor(config.count('local_attention', 128) / 2) + 1
    const act = actOf('modernbert', config, 'hidden_activation', 'gelu')
    config.number('pooling_type', 0)
    return {
      family: 'modernbert',
      dims: { layers, D, H, K: H, d, F, V: config.count('vocab_size', 50368), maxContext },
      embed: { at: 'model.embeddings.tok_embeddings', norm: norm('model.embeddings.norm') },
      block: (layer) => ({
        at: 'model.layers.{i}',
        branches: [
          {
            ...(layer > 0 && { norm: norm('attn_norm') }),
            body: {
              ...bothWays(d),
              q: third(0),
              k: third(1),
              v: third(2),
              out: { at: 'attn.Wo', bias },
              rope: ropes[of[layer]!]!,
              window: of[layer] === 'full_attention' ? 0 : near,
            },
          },
          {
            norm: norm('mlp_norm'),
            body: { kind: 'gated-mlp', act, gate: half(0), up: half(1), down: { at: 'mlp.Wo', bias: mlpBias } },
          },
        ],
      }),
      head: headOf(config, shapeOf, D, norm),
      whole: true,
    }
  },
}
