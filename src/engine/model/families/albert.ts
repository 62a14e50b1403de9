// ALBERT: BERT whose layers share weights in groups, and whose embedding is narrower than the rest. Lan et al. 2020;
// names as in transformers' AlbertModel. A layer of the config runs all inner layers of its group: each of them is a
// block here, and blocks that share weights name the same tensors.

import type { Config, Family, Head, ShapeOf } from '../describe.ts'
import { bertKeys } from './bert.ts'
import { actOf, biased, checkEncoder, headWidth, layerNorm, postNorm, type PostNormNames } from './encoders.ts'
import { holdsLayer, eachToken, eitherBias, labelsOf, maskedHead, rowsOf, taskOf, textLabels } from './tasks.ts'

const names: PostNormNames = {
  q: 'attention.query',
  k: 'attention.key',
  v: 'attention.value',
  out: 'attention.dense',
  attentionNorm: 'attention.LayerNorm',
  up: 'ffn',
  down: 'ffn_output',
  mlpNorm: 'full_layer_layer_norm',
}
const pooler = 'albert.pooler'

function head(config: Config, shapeOf: ShapeOf, { D, E, eps }: { D: number; E: number; eps: number }): Head {
  const act = actOf('albert', config, 'hidden_act', 'gelu_new')
  const tied = config.flag('tie_word_embeddings', true)
  const pooled = holdsLayer(shapeOf, `${pooler}.weight`)
  const task = taskOf(config, shapeOf, {
    PreTraining: 'predictions.dense.weight',
    MaskedLM: 'predictions.dense.weight',
    QuestionAnswering: 'qa_outputs.weight',
    ...(pooled && { SequenceClassification: 'classifier.weight', MultipleChoice: 'classifier.weight' }),
    TokenClassification: 'classifier.weight',
  })
  const each = eachToken(task, config, shapeOf)
  if (each) return { labels: [each] }
  const order = 'sop_classifier.classifier'
  switch (task) {
    case 'MaskedLM':
    case 'PreTraining':
      return {
        ...maskedHead('predictions.dense', act, layerNorm('predictions.LayerNorm', eps), E, {
          at: 'predictions.decoder',
          biasAt: eitherBias(shapeOf, 'predictions.bias', 'predictions.decoder.bias'),
          tied,
        }),
        ...(task === 'PreTraining' &&
          pooled &&
          shapeOf(`${order}.weight`) && { labels: [textLabels(pooler, D, order, ['in order', 'swapped'])] }),
      }
    case 'SequenceClassification':
      return { labels: [textLabels(pooler, D, 'classifier', labelsOf(config, rowsOf(shapeOf, 'classifier')))] }
    case 'MultipleChoice':
      return { labels: [textLabels(pooler, D, 'classifier', ['choice'])] }
    default:
      return pooled ? { pooled: { ...biased(pooler), act: 'tanh', width: D } } : {}
  }
}

export const albert: Family = {
  name: 'albert',
  types: ['albert'],
  keys: [
    ...bertKeys.filter((key) => key !== 'pooling_type'),
    'embedding_size',
    'num_hidden_groups',
    'inner_group_num',
    'pooling_type',
  ],
  modules: {
    root: 'albert.',
    embed: 'embeddings.word_embeddings',
    blocks: 'encoder.albert_layer_groups',
    others: ['embeddings', 'encoder', 'pooler'],
    heads: [
      ...['predictions.dense', 'predictions.LayerNorm', 'predictions.decoder', 'predictions'],
      ...['sop_classifier.classifier', 'classifier', 'qa_outputs'],
    ],
  },
  buffers: /(^|\.)position_ids$|^predictions\.(decoder\.)?bias$/,
  describe(config, shapeOf) {
    checkEncoder('albert', config)
    const D = config.count('hidden_size', 4096),
      E = config.count('embedding_size', 128),
      H = config.count('num_attention_heads', 64),
      d = headWidth(config, D, H)
    const rows = config.count('max_position_embeddings', 512),
      eps = config.number('layer_norm_eps', 1e-12),
      act = actOf('albert', config, 'hidden_act', 'gelu_new')
    const layers = config.count('num_hidden_layers', 12),
      groups = config.count('num_hidden_groups', 1),
      inner = config.count('inner_group_num', 1)
    // as transformers: layer i is of group floor(i / (layers / groups))
    const groupOf = (layer: number): number => Math.floor(layer / (layers / groups))
    if (groups > layers) throw config.invalid('num_hidden_groups', `at most num_hidden_layers, ${layers}`, groups)
    return {
      family: 'albert',
      dims: {
        layers: layers * inner,
        D,
        H,
        K: H,
        d,
        F: config.count('intermediate_size', 16384),
        V: config.count('vocab_size', 30000),
        maxContext: rows,
      },
      embed: {
        at: 'albert.embeddings.word_embeddings',
        width: E,
        positions: { at: 'albert.embeddings.position_embeddings', rows, offset: 0 },
        types: { at: 'albert.embeddings.token_type_embeddings', rows: config.count('type_vocab_size', 2) },
        norm: layerNorm('albert.embeddings.LayerNorm', eps),
        project: { ...biased('albert.encoder.embedding_hidden_mapping_in'), when: 'last' },
      },
      block: (number) =>
        postNorm(
          `albert.encoder.albert_layer_groups.${groupOf(Math.floor(number / inner))}.albert_layers.${number % inner}`,
          { d, eps, act },
          names,
        ),
      head: head(config, shapeOf, { D, E, eps }),
      whole: true,
    }
  },
}
