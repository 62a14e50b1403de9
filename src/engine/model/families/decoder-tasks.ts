// Classifiers made of decoders (LlamaForSequenceClassification, GPT2ForTokenClassification, Qwen2ForQuestionAnswering …):
// the network as it is, with labels in place of the vocabulary. A text's labels are those of its last token, which alone
// has seen all of it. Which head, the class in `architectures` says; as in transformers. And networks without their head
// (LlamaModel, GPT2Model …), which give vectors: what stands behind the last norm. Knows no family.

import type { Config, Description, Labels, Linear, ShapeOf } from '../describe.ts'
import { classOf, labelsOf, rowsOf } from './tasks.ts'

type Described = Omit<Description, 'ignored' | 'biases'>

/** What a class of transformers takes for padding where its config says nothing; the others know none. */
const pads: Readonly<Record<string, number>> = {
  ...{ gemma: 0, gemma2: 0, gemma3_text: 0, cohere: 0, cohere2: 0 },
  ...{ phi3: 32000, smollm3: 128004, opt: 1, olmo2: 1, olmo3: 1, olmoe: 1 },
}

/** The token that no text ends with: transformers looks for the last one that is another. */
function padOf(config: Config): { pad?: number } {
  const given = config.rawOrNull('pad_token_id')
  const pad = given === undefined ? pads[config.text('model_type')] : given
  return Number.isSafeInteger(pad) ? { pad: pad as number } : {}
}

function headOf(task: string | undefined, config: Config, shapeOf: ShapeOf): Omit<Labels, 'before'> | null {
  const last = (at: string): Linear => ({ at, bias: shapeOf(`${at}.bias`) !== undefined })
  switch (task) {
    case 'SequenceClassification':
      return {
        name: 'labels',
        rows: 'last',
        ...padOf(config),
        last: last('score'),
        labels: labelsOf(config, rowsOf(shapeOf, 'score')),
      }
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

/** A class of transformers whose files hold no head: GPT2Model, not GPT2LMHeadModel. */
const isBare = (named: string): boolean => named.endsWith('Model') && !/(LMHead|DoubleHeads)Model$/.test(named)

/**
 * The description with the head that its config's class names, or without one; as it is where the class has one for the
 * vocabulary.
 * @param forVectors whether files beside the weights say how a text's vector is made (sentence-embedding models)
 */
export function withTask<T extends Described>(made: T, config: Config, shapeOf: ShapeOf, forVectors = false): T {
  const { tokens } = made.head
  const named = classOf(config) ?? ''
  // ChatGLM's files name a bare class and hold the head: the files count
  const bare = isBare(named) && tokens && shapeOf(tokens.weightAt ?? `${tokens.at}.weight`) === undefined
  // what its decoder makes of a text is of no use without words
  if (made.encoder && bare) return { ...made, assumedHead: named }
  // a prefix is marked by tokens of a chat: such a network reads no plain text
  if (!tokens || made.encoder || made.ahead !== undefined || made.prefix) return made
  const { norm, project } = made.head
  if (forVectors || bare) {
    const head = { ...(norm && { norm }), ...(project && { project }) }
    return { ...made, whole: true, head, headless: { named: forVectors ? null : named } }
  }
  if (made.whole || config.wording.biases !== 'declared') return made
  const labels = headOf(/For([A-Za-z]+)$/.exec(named)?.[1], config, shapeOf)
  if (!labels) return made
  return {
    ...made,
    whole: true,
    head: { ...(norm && { norm }), labels: [{ ...labels, before: project ? [project] : [] }] },
  }
}
