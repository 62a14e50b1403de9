// BERT, SpanBERT and their relatives: rows of tokens, positions and segments are summed and normed; every token sees
// all; a norm over each sum (post-norm). Devlin et al. 2018; names as in transformers' BertModel, and so are the values
// of keys that a config leaves out. Below: the same in a GGUF, which drops the heads.

import { findActivation, activationNames, type Activation } from '../../ops/activations.ts'
import type { GgufKeys, GgufLayout } from '../../formats/family.ts'
import type { Block, Config, Description, Family, Head, Labels, Linear, ShapeOf } from '../describe.ts'
import { notComputed, only } from '../keys.ts'
import { labelsOf, layerNorm, rowsOf, taskOf, type Task } from './tasks.ts'

type Described = Omit<Description, 'ignored' | 'biases'>

/** What every relative reads. */
export const bertKeys: readonly string[] = [
  'model_type',
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

export function actOf(family: string, config: Config, key: string, fallback: string): Activation {
  const name = config.text(key, fallback),
    act = findActivation(name)
  if (!act) throw notComputed(family, key, `${name} (known: ${activationNames().join(', ')})`)
  return act
}

/** What is computed here: positions of their own rows, and a text that is read both ways. */
export function checkEncoder(family: string, config: Config): void {
  const positions = config.text('position_embedding_type', 'absolute')
  if (positions !== 'absolute') throw notComputed(family, 'position_embedding_type', positions)
  if (config.flag('is_decoder', false)) throw notComputed(family, 'is_decoder', true)
  const pooling = config.number('pooling_type', 0)
  if (![0, 1, 2, 3, 4].includes(pooling)) throw config.invalid('pooling_type', 'a whole number from 0 to 4', pooling)
}

export const biased = (at: string): Linear => ({ at, bias: true })

export interface EncoderNames {
  /** of the model within the checkpoint, with its point: "bert." */
  root: string
}

/**
 * A text through post-norm blocks of BERT's names.
 * @param skip the position of the first token, in rows of the table
 */
export function bertLike(
  family: string,
  config: Config,
  shapeOf: ShapeOf,
  { root, skip = 0, head }: EncoderNames & { skip?: number; head: (act: Activation, eps: number, D: number) => Head },
): Described {
  checkEncoder(family, config)
  const D = config.count('hidden_size', 768),
    H = config.count('num_attention_heads', 12)
  if (D % H) throw config.invalid('hidden_size', `a multiple of num_attention_heads, ${H}`, D)
  const rows = config.count('max_position_embeddings', 512)
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
      d: D / H,
      F: config.count('intermediate_size', 3072),
      V: config.count('vocab_size', 30522),
      maxContext: rows - skip,
    },
    embed: {
      at: `${root}embeddings.word_embeddings`,
      positions: { at: `${root}embeddings.position_embeddings`, rows, offset: skip },
      ...(hasTypes && { types: { at: types, rows: config.count('type_vocab_size', 2) } }),
      norm: layerNorm(`${root}embeddings.LayerNorm`, eps),
    },
    block: (): Block => ({
      at: `${root}encoder.layer.{i}`,
      branches: [
        {
          body: {
            kind: 'attention',
            q: biased('attention.self.query'),
            k: biased('attention.self.key'),
            v: biased('attention.self.value'),
            out: biased('attention.output.dense'),
            scale: (D / H) ** -0.5,
            rope: null,
            sees: 'both',
            window: 0,
          },
          closing: layerNorm('attention.output.LayerNorm', eps),
        },
        {
          body: { kind: 'mlp', act, up: biased('intermediate.dense'), down: biased('output.dense') },
          closing: layerNorm('output.LayerNorm', eps),
        },
      ],
    }),
    head: head(act, eps, D),
    whole: true,
  }
}

/** A head's own bias has one of two names; where the file holds both, they are one (transformers ties them). */
export const eitherBias = (shapeOf: ShapeOf, first: string, second: string): string =>
  shapeOf(first) === undefined && shapeOf(second) !== undefined ? second : first

/** Labels of the whole text, from its first token. @param pooler the layer before them, with tanh */
export const textLabels = (
  pooler: string,
  D: number,
  last: string,
  labels: readonly string[],
  act: Activation = 'tanh',
): Labels => ({
  name: 'labels',
  rows: 'first',
  before: [{ ...biased(pooler), act, width: D }],
  last: biased(last),
  labels,
})

/** Heads on each token, which the relatives have in common. */
export const eachToken = (task: Task | null, config: Config, shapeOf: ShapeOf): Labels | null =>
  task === 'TokenClassification'
    ? {
        name: 'token-labels',
        rows: 'each',
        before: [],
        last: biased('classifier'),
        labels: labelsOf(config, rowsOf(shapeOf, 'classifier')),
      }
    : task === 'QuestionAnswering'
      ? { name: 'span', rows: 'each', before: [], last: biased('qa_outputs'), labels: ['start', 'end'] }
      : null

const predictions = 'cls.predictions'

function bertHead(config: Config, shapeOf: ShapeOf): (act: Activation, eps: number, D: number) => Head {
  const pooler = 'bert.pooler.dense'
  const pooled = shapeOf(`${pooler}.weight`) !== undefined
  const tied = config.flag('tie_word_embeddings', true)
  const task = taskOf(config, shapeOf, {
    PreTraining: `${predictions}.transform.dense.weight`,
    MaskedLM: `${predictions}.transform.dense.weight`,
    NextSentencePrediction: 'cls.seq_relationship.weight',
    QuestionAnswering: 'qa_outputs.weight',
    ...(pooled && { SequenceClassification: 'classifier.weight', MultipleChoice: 'classifier.weight' }),
    TokenClassification: 'classifier.weight',
  })
  const next = shapeOf('cls.seq_relationship.weight') !== undefined
  return (act, eps, D) => {
    const each = eachToken(task, config, shapeOf)
    if (each) return { labels: [each] }
    const nextSentence = textLabels(pooler, D, 'cls.seq_relationship', ['is next', 'is not next'])
    switch (task) {
      case 'MaskedLM':
      case 'PreTraining':
        return {
          transform: {
            dense: biased(`${predictions}.transform.dense`),
            act,
            norm: layerNorm(`${predictions}.transform.LayerNorm`, eps),
            width: D,
          },
          tokens: {
            at: `${predictions}.decoder`,
            bias: true,
            biasAt: eitherBias(shapeOf, `${predictions}.bias`, `${predictions}.decoder.bias`),
            tied,
          },
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
        return pooled ? { pooled: { ...biased(pooler), act: 'tanh', width: D } } : {}
    }
  }
}

// ---- the same in a GGUF ----------------------------------------------------

/** What a file of any encoder says of its sizes. */
export function encoderGgufConfig(keys: GgufKeys): Record<string, unknown> {
  const { hidden, heads } = keys.sizes()
  if (keys.raw('attention.causal') === true) throw keys.invalid('attention.causal', 'false', true)
  return {
    hidden_size: hidden,
    num_hidden_layers: keys.required('block_count'),
    num_attention_heads: heads,
    intermediate_size: keys.required('feed_forward_length'),
    vocab_size: keys.shape('token_embd.weight')?.[0],
    max_position_embeddings: keys.shape('position_embd.weight')?.[0] ?? keys.required('context_length'),
    type_vocab_size: keys.shape('token_types.weight')?.[0],
    pooling_type: keys.number('pooling_type') ?? 0,
  }
}

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
  off: { position_embedding_type: only('absolute') },
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
  describe: (config, shapeOf) => bertLike('bert', config, shapeOf, { root: 'bert.', head: bertHead(config, shapeOf) }),
}
