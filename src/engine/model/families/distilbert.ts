// DistilBERT: BERT with half the layers, no kinds of segments, no pooler, and names of its own. Sanh et al. 2019; names
// as in transformers' DistilBertModel. A GGUF of one is a BERT's, without the rows of segments.

import type { Config, Family, Head, ShapeOf } from '../describe.ts'
import { bert } from './bert.ts'
import { actOf, headWidth, layerNorm, postNorm, type PostNormNames } from './encoders.ts'
import { holdsLayer, eachToken, labelsOf, maskedHead, rowsOf, taskOf, textLabels } from './tasks.ts'

/** fixed: no key of the config says it */
const eps = 1e-12

const names: PostNormNames = {
  q: 'attention.q_lin',
  k: 'attention.k_lin',
  v: 'attention.v_lin',
  out: 'attention.out_lin',
  attentionNorm: 'sa_layer_norm',
  up: 'ffn.lin1',
  down: 'ffn.lin2',
  mlpNorm: 'output_layer_norm',
}

function head(config: Config, shapeOf: ShapeOf, D: number): Head {
  const act = actOf('distilbert', config, 'activation', 'gelu')
  const tied = config.flag('tie_word_embeddings', true)
  const before = 'pre_classifier'
  const hasBefore = holdsLayer(shapeOf, `${before}.weight`)
  const task = taskOf(config, shapeOf, {
    MaskedLM: 'vocab_transform.weight',
    QuestionAnswering: 'qa_outputs.weight',
    ...(hasBefore && { SequenceClassification: 'classifier.weight', MultipleChoice: 'classifier.weight' }),
    TokenClassification: 'classifier.weight',
  })
  const each = eachToken(task, config, shapeOf)
  if (each) return { labels: [each] }
  if (task === 'MaskedLM') {
    return maskedHead('vocab_transform', act, layerNorm('vocab_layer_norm', eps), D, {
      at: 'vocab_projector',
      biasAt: 'vocab_projector.bias',
      tied,
    })
  }
  if (task === null) return {}
  const labels = task === 'MultipleChoice' ? ['choice'] : labelsOf(config, rowsOf(shapeOf, 'classifier'))
  return { labels: [textLabels(before, D, 'classifier', labels, 'relu')] }
}

export const distilbert: Family = {
  name: 'distilbert',
  types: ['distilbert'],
  keys: [
    ...['model_type', 'architectures', 'vocab_size', 'dim', 'n_layers', 'n_heads', 'hidden_dim', 'activation'],
    ...['max_position_embeddings', 'tie_word_embeddings', 'sinusoidal_pos_embds'],
  ],
  modules: {
    root: 'distilbert.',
    embed: 'embeddings.word_embeddings',
    blocks: 'transformer.layer',
    others: ['embeddings'],
    heads: ['vocab_transform', 'vocab_layer_norm', 'vocab_projector', 'pre_classifier', 'classifier', 'qa_outputs'],
  },
  buffers: bert.buffers!,
  describe(config, shapeOf) {
    const D = config.count('dim', 768),
      H = config.count('n_heads', 12),
      d = headWidth(config, D, H)
    const rows = config.count('max_position_embeddings', 512)
    const act = actOf('distilbert', config, 'activation', 'gelu')
    // sines are in the file like learned rows
    config.flag('sinusoidal_pos_embds', false)
    return {
      family: 'distilbert',
      dims: {
        layers: config.count('n_layers', 6),
        D,
        H,
        K: H,
        d,
        F: config.count('hidden_dim', 3072),
        V: config.count('vocab_size', 30522),
        maxContext: rows,
      },
      embed: {
        at: 'distilbert.embeddings.word_embeddings',
        positions: { at: 'distilbert.embeddings.position_embeddings', rows, offset: 0 },
        norm: layerNorm('distilbert.embeddings.LayerNorm', eps),
      },
      block: () => postNorm('distilbert.transformer.layer.{i}', { d, eps, act }, names),
      head: head(config, shapeOf, D),
      whole: true,
    }
  },
}
