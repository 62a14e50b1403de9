// XLNet (Yang et al. 2019): relative positions and segments in the scores, a norm over each sum, every token sees all; a
// second stream predicts. Names as in transformers' XLNetModel. Its projections are (D, H, d), all but the last kept
// transposed. Memory of texts before (mem_len) is a matter of how it is run: here it has none.

import type { Config, Description, Family, Head, Labels, Linear, ShapeOf } from '../describe.ts'
import { notComputed } from '../keys.ts'
import { actOf, biased, headWidth, layerNorm } from './encoders.ts'
import { eachToken, labelsOf, rowsOf, taskOf } from './tasks.ts'

const family = 'xlnet'

/** No key says it: the longest text of the pretraining. Distances go on behind it. */
const TRAINED = 512

/** Does it go on with a text? Its class says so, or without one that head is the only one. */
function writes(config: Config, shapeOf: ShapeOf): boolean {
  const given = config.raw('architectures'),
    named: unknown = Array.isArray(given) ? given[0] : undefined
  const holds = shapeOf('lm_loss.bias') !== undefined
  return typeof named === 'string' ? named.endsWith('LMHeadModel') : holds
}

/** Labels of the whole text: of its last token, which stands for it. */
function summary(config: Config, D: number, labels: readonly string[]): Labels {
  const type = config.text('summary_type', 'last')
  if (!['last', 'first', 'cls_index'].includes(type)) throw notComputed(family, 'summary_type', type)
  const none = config.rawOrNull('summary_activation') === null || config.raw('summary_activation') === ''
  const act = none ? null : actOf(family, config, 'summary_activation', 'tanh')
  const dense = config.flag('summary_use_proj', true)
  if (!dense && act) throw notComputed(family, 'summary_use_proj', false)
  return {
    name: 'labels',
    // without a place of its own, cls_index is the last
    rows: type === 'first' ? 'first' : 'last',
    before: dense ? [{ ...biased('sequence_summary.summary'), ...(act && { act }), width: D }] : [],
    last: biased('logits_proj'),
    labels,
  }
}

function head(config: Config, shapeOf: ShapeOf, D: number): Head {
  if (writes(config, shapeOf)) {
    return { tokens: { at: 'lm_loss', bias: true, tied: config.flag('tie_word_embeddings', true) } }
  }
  const task = taskOf(config, shapeOf, {
    SequenceClassification: 'logits_proj.weight',
    MultipleChoice: 'logits_proj.weight',
    TokenClassification: 'classifier.weight',
    QuestionAnswering: 'qa_outputs.weight',
  })
  const each = eachToken(task, config, shapeOf)
  if (each) return { labels: [each] }
  if (task === null) return {}
  const labels = task === 'MultipleChoice' ? ['choice'] : labelsOf(config, rowsOf(shapeOf, 'logits_proj'))
  return { labels: [summary(config, D, labels)] }
}

function describe(config: Config, shapeOf: ShapeOf): Omit<Description, 'ignored' | 'biases'> {
  const D = config.count('d_model|hidden_size', 1024),
    H = config.count('n_head|num_attention_heads', 16)
  if (D % 2) throw config.invalid('d_model', 'an even number', D)
  const d = config.raw('d_head') === undefined ? headWidth(config, D, H) : config.count('d_head')
  const eps = config.number('layer_norm_eps', 1e-12)
  const act = actOf(family, config, 'ff_activation', 'gelu')
  const type = config.text('attn_type', 'bi')
  if (type !== 'bi' && type !== 'uni') throw notComputed(family, 'attn_type', type)
  // it changes the mask of one direction alone
  if (type === 'uni' && config.flag('same_length', false)) throw notComputed(family, 'same_length', true)
  if (config.flag('bi_data', false)) throw notComputed(family, 'bi_data', true)
  if (!config.flag('untie_r', true)) throw notComputed(family, 'untie_r', false)
  const reach = config.number('clamp_len', -1)
  if (!Number.isInteger(reach)) throw config.invalid('clamp_len', 'a whole number', reach)
  const turned = (name: string): Linear => {
    const at = `rel_attn.${name}`
    return { at, weightAt: at, transpose: true }
  }
  const made = head(config, shapeOf, D)
  return {
    family,
    dims: {
      layers: config.count('n_layer|num_hidden_layers', 24),
      D,
      H,
      K: H,
      d,
      F: config.count('d_inner', 4096),
      V: config.count('vocab_size|n_token', 32000),
      maxContext: TRAINED,
    },
    embed: { at: 'transformer.word_embedding' },
    block: () => ({
      at: 'transformer.layer.{i}',
      branches: [
        {
          body: {
            kind: 'relative-attention',
            q: turned('q'),
            k: turned('k'),
            v: turned('v'),
            r: turned('r'),
            out: { at: 'rel_attn.o', weightAt: 'rel_attn.o' },
            biases: {
              content: 'rel_attn.r_w_bias',
              position: 'rel_attn.r_r_bias',
              segment: 'rel_attn.r_s_bias',
              segments: 'rel_attn.seg_embed',
            },
            scale: d ** -0.5,
            sees: type === 'uni' ? 'causal' : 'both',
            reach: Math.max(0, reach),
          },
          closing: layerNorm('rel_attn.layer_norm', eps),
        },
        {
          body: { kind: 'mlp', act, up: biased('ff.layer_1'), down: biased('ff.layer_2') },
          closing: layerNorm('ff.layer_norm', eps),
        },
      ],
    }),
    head: made,
    whole: true,
    ...(made.tokens && { ahead: 'transformer.mask_emb' }),
  }
}

export const xlnet: Family = {
  name: family,
  types: ['xlnet'],
  keys: [
    ...['model_type', 'vocab_size', 'n_token', 'd_model', 'hidden_size', 'n_layer', 'num_hidden_layers', 'n_head'],
    ...['num_attention_heads', 'd_head', 'd_inner', 'ff_activation', 'attn_type', 'layer_norm_eps', 'clamp_len'],
    ...['same_length', 'bi_data', 'untie_r', 'tie_word_embeddings'],
    ...['summary_type', 'summary_use_proj', 'summary_activation'],
  ],
  modules: {
    root: 'transformer.',
    embed: 'word_embedding',
    blocks: 'layer',
    others: ['mask_emb'],
    heads: [
      ...['lm_loss', 'sequence_summary', 'logits_proj', 'classifier', 'qa_outputs'],
      ...['start_logits', 'end_logits', 'answer_class'],
    ],
  },
  // what the stream that predicts begins with: part of no sum where there is none
  buffers: /(^|\.)mask_emb$/,
  describe,
}
