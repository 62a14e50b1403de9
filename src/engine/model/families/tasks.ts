// Which head an encoder has: what `architectures` of its config names, where the files hold it; without a name, what the
// files hold. A class is named <Family>For<Task>, as in transformers; the labels are the config's id2label.

import type { Activation } from '../../ops/activations.ts'
import type { Config, Head, Labels, LayerNorm, ShapeOf } from '../describe.ts'
import { biased } from './encoders.ts'

/** Heads that a family's files may hold. A family names the tensor by which each is known. */
export type Task =
  | 'MaskedLM'
  | 'PreTraining'
  | 'NextSentencePrediction'
  | 'SequenceClassification'
  | 'MultipleChoice'
  | 'TokenClassification'
  | 'QuestionAnswering'

/**
 * @param known by which tensor each task of the family is told; in this order where no class is named
 * @returns null where there is no head: the model gives its last residual
 */
export function taskOf(config: Config, shapeOf: ShapeOf, known: Partial<Record<Task, string>>): Task | null {
  const holds = (task: Task): boolean => known[task] !== undefined && holdsLayer(shapeOf, known[task])
  const named = classOf(config)
  if (named !== null && /(Model|Encoder)$/.test(named)) return null
  const task = /For([A-Za-z]+)$/.exec(named ?? '')?.[1] as Task | undefined
  if (task && known[task] !== undefined) return holds(task) ? task : null
  return (Object.keys(known) as Task[]).find(holds) ?? null
}

/** A layer of which the files hold the bias alone is no other head: what it lacks is missed by name. */
export const holdsLayer = (shapeOf: ShapeOf, weight: string): boolean =>
  shapeOf(weight) !== undefined || shapeOf(weight.replace(/weight$/, 'bias')) !== undefined

/** The class that wrote the files, as `architectures` names it. */
export function classOf(config: Config): string | null {
  const given = config.raw('architectures')
  const first: unknown = Array.isArray(given) ? given[0] : null
  return typeof first === 'string' ? first : null
}

/** Names of `count` labels: id2label by its numbers; LABEL_0 … where the config names none, as transformers does. */
export function labelsOf(config: Config, count?: number): string[] {
  const given = config.raw('id2label')
  if (given === undefined) {
    return Array.from({ length: count ?? config.count('num_labels|_num_labels', 2) }, (_, i) => `LABEL_${i}`)
  }
  const names = typeof given === 'object' && !Array.isArray(given) ? (given as Record<string, unknown>) : {}
  const labels = Array.from({ length: Object.keys(names).length }, (_, i) => names[String(i)])
  if (labels.length === 0 || !labels.every(isName)) {
    throw config.invalid('id2label', 'an object with a name for each number from "0" on', given)
  }
  return labels.map(String)
}

/** Some configs count their labels in place of naming them. */
const isName = (name: unknown): name is string | number => typeof name === 'string' || typeof name === 'number'

/** The rows of a weight, where the files hold it: how many labels a head without names has. */
export const rowsOf = (shapeOf: ShapeOf, module: string): number | undefined => shapeOf(`${module}.weight`)?.[0]

/**
 * A head's own bias has one of two names. Where the file holds both, the `second`, of the layer itself, is what it adds:
 * transformers ties them only where they are equal.
 */
export const eitherBias = (shapeOf: ShapeOf, first: string, second: string): string =>
  shapeOf(second) === undefined ? first : second

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

/** A masked language model's: dense, function, norm, then the embedding's rows with a bias of their own. */
export const maskedHead = (
  dense: string,
  act: Activation,
  norm: LayerNorm,
  width: number,
  tokens: { at: string; biasAt: string; tied: boolean },
): Head => ({ transform: { dense: biased(dense), act, norm, width }, tokens: { ...tokens, bias: true } })
