// BERT, SpanBERT and their relatives: rows of tokens, positions and segments are summed and normed; every token sees
// all; a norm over each sum (post-norm). Devlin et al. 2018; names as in transformers' BertModel, and so are the values
// of keys that a config leaves out. Below: the same in a GGUF, which drops the heads.

import type { Activation } from '../../ops/activations.ts'
import type { GgufLayout } from '../../formats/family.ts'
import type { Config, Description, Family, Head, Labels, ShapeOf } from '../describe.ts'
import { only } from '../keys.ts'
import {
  actOf,
  biased,
  checkEncoder,
  encoderGgufConfig,
  headWidth,
  layerNorm,
  postNorm,
  type PostNormNames,
} from './encoders.ts'
import { holdsLayer, eachToken, eitherBias, labelsOf, maskedHead, rowsOf, taskOf, textLabels } from './tasks.ts'

type Described = Omit<Description, 'ignored' | 'biases'>

/** What every relative reads. */
export const bertKeys: readonly string[] = [
  'model_type',
  'architectures',
  'vocab_size',
  'hidden_size',
  'num_hidden_layers',
  'num_attention_heads',
  'intermediate_size',
  'hidden_act',
  'max_position_embeddings',
  'type_vocab_size',
  'layer_norm_eps',
  'tie_word_embeddings',
  'position_embedding_type',
  'pooling_type',
]

const bertNames: PostNormNames = {
  q: 'attention.self.query',
  k: 'attention.self.key',
  v: 'attention.self.value',
  out: 'attention.output.dense',
  attentionNorm: 'attention.output.LayerNorm',
  up: 'intermediate.dense',
  down: 'output.dense',
  mlpNorm: 'output.LayerNorm',
}

/**
 * A text through post-norm blocks of BERT's names.
 * @param root of the model within the checkpoint, with its point
 * @param pad the token whose row of the table of positions stands before that of the first token
 */
export function bertLike(
  family: string,
  config: Config,
  shapeOf: ShapeOf,
  {
    root,
    V = 30522,
    pad,
    head,
  }: { root: string; V?: number; pad?: number; head: (act: Activation, eps: number, D: number) => Head },
): Described {
  checkEncoder(family, config)
  const D = config.count('hidden_size', 768),
    H = config.count('num_attention_heads', 12)
  const d = headWidth(config, D, H)
  const rows = config.count('max_position_embeddings', 512),
    skip = pad === undefined ? 0 : pad + 1
  const eps = config.number('layer_norm_eps', 1e-12)
  const act = actOf(family, config, 'hidden_act', 'gelu')
  const types = `${root}embeddings.token_type_embeddings`
  // DistilBERT has none; its GGUF says it is a bert
  const hasTypes = config.wording.biases === 'declared' || shapeOf(`${types}.weight`) !== undefined
  return {
    family,
    dims: {
      layers: config.count('num_hidden_layers', 12),
      D,
      H,
      K: H,
      d,
      F: config.count('intermediate_size', 3072),
      V: config.count('vocab_size', V),
      maxContext: rows - skip,
    },
    embed: {
      at: `${root}embeddings.word_embeddings`,
      positions: { at: `${root}embeddings.position_embeddings`, rows, offset: skip, ...(pad !== undefined && { pad }) },
      ...(hasTypes && { types: { at: types, rows: config.count('type_vocab_size', 2) } }),
      norm: layerNorm(`${root}embeddings.LayerNorm`, eps),
    },
    block: () => postNorm(`${root}encoder.layer.{i}`, { d, eps, act }, bertNames),
    head: head(act, eps, D),
    whole: true,
  }
}

const predictions = 'cls.predictions'

/**
 * MT-DNN (Liu et al. 2019): a head for each task it was trained on, numbered; which task is which no file says, so their
 * labels have no names but where there is one task only.
 */
function taskHeads(config: Config, shapeOf: ShapeOf, D: number): Labels[] {
  const heads = Array.from({ length: 64 }, (_, task) => `scoring_list.${task}`).filter((at) =>
    shapeOf(`${at}.1.weight`),
  )
  return heads.map((at, task) => {
    const last = `${at}.1`,
      count = rowsOf(shapeOf, last)!
    const labels = heads.length === 1 ? labelsOf(config, count) : Array.from({ length: count }, (_, i) => `LABEL_${i}`)
    return { ...textLabels(`${at}.0.dense`, D, last, labels), task }
  })
}

/** @param norm how the norm of the head for masked tokens is called */
export function bertHead(
  config: Config,
  shapeOf: ShapeOf,
  { root, norm }: { root: string; norm: string },
): (act: Activation, eps: number, D: number) => Head {
  const pooler = `${root}pooler.dense`
  const pooled = holdsLayer(shapeOf, `${pooler}.weight`)
  const tied = config.flag('tie_word_embeddings', true)
  const task = taskOf(config, shapeOf, {
    PreTraining: `${predictions}.transform.dense.weight`,
    MaskedLM: `${predictions}.transform.dense.weight`,
    NextSentencePrediction: 'cls.seq_relationship.weight',
    QuestionAnswering: 'qa_outputs.weight',
    ...(pooled && { SequenceClassification: 'classifier.weight', MultipleChoice: 'classifier.weight' }),
    TokenClassification: 'classifier.weight',
  })
  const hasTasks = taskHeads(config, shapeOf, 1).length > 0
  const next = shapeOf('cls.seq_relationship.weight') !== undefined
  return (act, eps, D) => {
    const each = eachToken(task, config, shapeOf)
    if (each) return { labels: [each] }
    const nextSentence = textLabels(pooler, D, 'cls.seq_relationship', ['is next', 'is not next'])
    switch (task) {
      case 'MaskedLM':
      case 'PreTraining':
        return {
          ...maskedHead(`${predictions}.transform.dense`, act, layerNorm(`${predictions}.transform.${norm}`, eps), D, {
            at: `${predictions}.decoder`,
            biasAt: eitherBias(shapeOf, `${predictions}.bias`, `${predictions}.decoder.bias`),
            tied,
          }),
          ...(task === 'PreTraining' && next && pooled && { labels: [nextSentence] }),
        }
      case 'NextSentencePrediction':
        return { labels: [nextSentence] }
      case 'SequenceClassification':
      case 'MultipleChoice':
        return {
          labels: [
            textLabels(
              pooler,
              D,
              'classifier',
              task === 'MultipleChoice' ? ['choice'] : labelsOf(config, rowsOf(shapeOf, 'classifier')),
            ),
          ],
        }
      default:
        if (hasTasks) return { labels: taskHeads(config, shapeOf, D) }
        return pooled ? { pooled: { ...biased(pooler), act: 'tanh', width: D } } : {}
    }
  }
}

// ---- the same in a GGUF ----------------------------------------------------

/** RoBERTa, XLM-R and DistilBERT too: the converter cuts their first rows of positions off, and drops all heads. */
const bertGguf: GgufLayout = {
  arch: 'bert',
  names: {
    'bert.embeddings.word_embeddings': 'token_embd',
    'bert.embeddings.position_embeddings': 'position_embd',
    'bert.embeddings.token_type_embeddings': 'token_types',
    'bert.embeddings.LayerNorm': 'token_embd_norm',
    'bert.encoder.layer.{i}.attention.self.query': 'blk.{i}.attn_q',
    'bert.encoder.layer.{i}.attention.self.key': 'blk.{i}.attn_k',
    'bert.encoder.layer.{i}.attention.self.value': 'blk.{i}.attn_v',
    'bert.encoder.layer.{i}.attention.output.dense': 'blk.{i}.attn_output',
    'bert.encoder.layer.{i}.attention.output.LayerNorm': 'blk.{i}.attn_output_norm',
    'bert.encoder.layer.{i}.intermediate.dense': 'blk.{i}.ffn_up',
    'bert.encoder.layer.{i}.output.dense': 'blk.{i}.ffn_down',
    'bert.encoder.layer.{i}.output.LayerNorm': 'blk.{i}.layer_output_norm',
  },
  config: (keys) => ({
    ...encoderGgufConfig(keys),
    architectures: ['BertModel'],
    layer_norm_eps: keys.required('attention.layer_norm_epsilon'),
  }),
}

export const bert: Family = {
  name: 'bert',
  types: ['bert'],
  keys: bertKeys,
  // a decoder's file of vectors says it, too: embedding.ts reads it
  off: { position_embedding_type: only('absolute'), pooling_type: only(0, 1, 2, 3) },
  modules: {
    root: 'bert.',
    embed: 'embeddings.word_embeddings',
    blocks: 'encoder.layer',
    others: ['embeddings', 'pooler'],
    heads: [
      ...[
        `${predictions}.transform.dense`,
        `${predictions}.transform.LayerNorm`,
        `${predictions}.decoder`,
        predictions,
      ],
      ...['cls.seq_relationship', 'classifier', 'qa_outputs'],
    ],
  },
  buffers: /(^|\.)position_ids$/,
  gguf: bertGguf,
  describe: (config, shapeOf) =>
    bertLike('bert', config, shapeOf, {
      root: 'bert.',
      head: bertHead(config, shapeOf, { root: 'bert.', norm: 'LayerNorm' }),
    }),
}
