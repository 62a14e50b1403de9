// Classifiers made of decoders (LlamaForSequenceClassification, GPT2ForTokenClassification, Qwen2ForQuestionAnswering …):
// the network as it is, with labels in place of the vocabulary. A text's labels are those of its last token, which alone
// has seen all of it. Which head, the class in `architectures` says; as in transformers. Knows no family.

import type { Config, Description, Labels, Linear, ShapeOf } from '../describe.ts'
import { labelsOf, rowsOf } from './tasks.ts'

type Described = Omit<Description, 'ignored' | 'biases'>

function headOf(task: string | undefined, config: Config, shapeOf: ShapeOf): Omit<Labels, 'before'> | null {
  const last = (at: string): Linear => ({ at, bias: shapeOf(`${at}.bias`) !== undefined })
  switch (task) {
    case 'SequenceClassification':
      return { name: 'labels', rows: 'last', last: last('score'), labels: labelsOf(config, rowsOf(shapeOf, 'score')) }
    case 'TokenClassification': {
      const at = rowsOf(shapeOf, 'classifier') === undefined ? 'score' : 'classifier'
      return { name: 'token-labels', rows: 'each', last: last(at), labels: labelsOf(config, rowsOf(shapeOf, at)) }
    }
    case 'QuestionAnswering':
      return { name: 'span', rows: 'each', last: last('qa_outputs'), labels: ['start', 'end'] }
    default:
      return null
  }
}

/** The description with the head that its config's class names; as it is where that is one for the vocabulary. */
export function withTask<T extends Described>(made: T, config: Config, shapeOf: ShapeOf): T {
  if (made.whole || made.encoder || !made.head.tokens || config.wording.biases !== 'declared') return made
  const named = config.raw('architectures'),
    first: unknown = Array.isArray(named) ? named[0] : undefined
  const task = typeof first === 'string' ? /For([A-Za-z]+)$/.exec(first)?.[1] : undefined
  const labels = headOf(task, config, shapeOf)
  if (!labels) return made
  const { norm, project } = made.head
  return {
    ...made,
    whole: true,
    head: { ...(norm && { norm }), labels: [{ ...labels, before: project ? [project] : [] }] },
  }
}
