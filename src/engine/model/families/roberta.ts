// RoBERTa and XLM-RoBERTa: BERT with one kind of segment, whose first position is row pad + 1 of the table, the rows of
// padding not counted, and heads of their own. Liu et al. 2019, Conneau et al. 2020; names as in transformers' RobertaModel. A GGUF of one is a BERT's:
// the converter cuts the rows before the first position off.

import type { Activation } from '../../ops/activations.ts'
import type { Config, Family, Head, ShapeOf } from '../describe.ts'
import { bertKeys, bertLike } from './bert.ts'
import { biased, layerNorm } from './encoders.ts'
import { holdsLayer, eachToken, eitherBias, labelsOf, maskedHead, rowsOf, taskOf, textLabels } from './tasks.ts'

function robertaHead(config: Config, shapeOf: ShapeOf): (act: Activation, eps: number, D: number) => Head {
  const pooler = 'roberta.pooler.dense'
  const pooled = holdsLayer(shapeOf, `${pooler}.weight`)
  const tied = config.flag('tie_word_embeddings', true)
  const task = taskOf(config, shapeOf, {
    MaskedLM: 'lm_head.dense.weight',
    QuestionAnswering: 'qa_outputs.weight',
    SequenceClassification: 'classifier.out_proj.weight',
    ...(pooled && { MultipleChoice: 'classifier.weight' }),
    TokenClassification: 'classifier.weight',
  })
  return (_, eps, D) => {
    const each = eachToken(task, config, shapeOf)
    if (each) return { labels: [each] }
    switch (task) {
      case 'MaskedLM':
        // the function is gelu, whatever hidden_act says
        return maskedHead('lm_head.dense', 'gelu', layerNorm('lm_head.layer_norm', eps), D, {
          at: 'lm_head.decoder',
          biasAt: eitherBias(shapeOf, 'lm_head.bias', 'lm_head.decoder.bias'),
          tied,
        })
      case 'SequenceClassification': {
        const last = 'classifier.out_proj'
        return { labels: [textLabels('classifier.dense', D, last, labelsOf(config, rowsOf(shapeOf, last)))] }
      }
      case 'MultipleChoice':
        return { labels: [textLabels(pooler, D, 'classifier', ['choice'])] }
      default:
        return pooled ? { pooled: { ...biased(pooler), act: 'tanh', width: D } } : {}
    }
  }
}

/** It is the row that the table of positions keeps for it, too. */
function padOf(config: Config): number {
  const pad = config.number('pad_token_id', 1)
  if (!Number.isSafeInteger(pad) || pad < 0) throw config.invalid('pad_token_id', 'a token id', pad)
  return pad
}

const robertaLike = (name: string, types: string[], V: number): Family => ({
  name,
  types,
  keys: [...bertKeys, 'pad_token_id'],
  modules: {
    root: 'roberta.',
    embed: 'embeddings.word_embeddings',
    blocks: 'encoder.layer',
    others: ['embeddings', 'pooler'],
    heads: [
      ...['lm_head.dense', 'lm_head.layer_norm', 'lm_head.decoder', 'lm_head'],
      ...['classifier.dense', 'classifier.out_proj', 'classifier', 'qa_outputs'],
    ],
  },
  buffers: /(^|\.)position_ids$|^lm_head\.(decoder\.)?bias$/,
  describe: (config, shapeOf) =>
    bertLike(name, config, shapeOf, { root: 'roberta.', V, pad: padOf(config), head: robertaHead(config, shapeOf) }),
})

export const roberta = robertaLike('roberta', ['roberta'], 50265)
export const xlmRoberta = robertaLike('xlm-roberta', ['xlm-roberta'], 30522)
