// The two refusals of an adapter: it asks for something that is not computed, or it does not belong to this model.

import { EngineError } from '../errors.ts'
import { shown } from '../shown.ts'

/** A setting that changes what the adapter computes, and that nothing here computes. */
export const unsupported = (adapter: string, key: string, value: unknown): EngineError =>
  new EngineError(
    'ADAPTER_UNSUPPORTED',
    `Cannot use the adapter "${adapter}": its ${key} is ${shown(value, 80)}, which is not computed. The model is as it was; merge the adapter into its model with the program that made it, and load the result.`,
    { adapter, key, found: shown(value, 80) },
  )

/** It would load and answer, and the answers would be wrong. */
const misfit = (adapter: string, problem: string, why: string, facts: Record<string, string | number>): EngineError =>
  new EngineError(
    'ADAPTER_MISFIT',
    `Cannot use the adapter "${adapter}": ${why} The model is as it was; take the adapter that was made for this model, with all its files.`,
    { adapter, problem, ...facts },
  )

/** @param found,need model_types or architectures */
export const otherModel = (adapter: string, found: string, need: string): EngineError =>
  misfit(adapter, 'model', `it was made for a model of the kind "${found}", and this one is of the kind "${need}".`, {
    found,
    need,
  })

export const noModule = (adapter: string, module: string): EngineError =>
  misfit(adapter, 'module', `it changes the module "${module}", and this model has none of that name.`, { module })

export const wrongShape = (
  adapter: string,
  tensor: string,
  need: readonly (number | string)[],
  found: readonly number[],
): EngineError =>
  misfit(
    adapter,
    'shape',
    `its tensor "${tensor}" would have to be (${need.join(', ')}) here, and it is (${found.join(', ')}).`,
    { tensor, need: need.join(', '), found: found.join(', ') },
  )

/** A size of the model that its config says, and the model has otherwise. */
export const wrongSize = (adapter: string, key: string, need: number, value: unknown): EngineError => {
  const found = shown(value, 80)
  const why = `it was made for a model whose "${key}" is ${found}, and here that is ${need}.`
  return misfit(adapter, 'size', why, { key, need, found })
}

export const missingTensor = (adapter: string, tensor: string): EngineError =>
  misfit(adapter, 'missing', `its file does not hold the tensor "${tensor}".`, { tensor })

/** Tensors that nothing would read. */
export const unreadTensors = (adapter: string, names: readonly string[]): EngineError =>
  misfit(
    adapter,
    'unread',
    `nothing reads its tensor "${names[0]!}"${names.length > 1 ? ` and ${names.length - 1} more` : ''}: the names are not those of an adapter of its kind.`,
    { tensor: names[0]!, count: names.length },
  )

export const noTargets = (adapter: string): EngineError =>
  misfit(
    adapter,
    'targets',
    'its adapter_config.json does not say which modules it changes. Write their names there as they were in training, as a list under "target_modules", and add it again.',
    {},
  )

export const notTarget = (adapter: string, module: string): EngineError =>
  misfit(
    adapter,
    'not-target',
    `it holds tensors for the module "${module}", which its adapter_config.json does not list.`,
    { module },
  )

/** What it puts before a text has no place in this kind of model. */
export const notBefore = (adapter: string): EngineError =>
  misfit(
    adapter,
    'lead',
    'it puts virtual tokens before every text, and nothing computes them for a model of this kind.',
    {},
  )

export const noRoom = (adapter: string, count: number, context: number): EngineError =>
  misfit(
    adapter,
    'room',
    `it puts ${count} virtual tokens before every text, and the context holds ${context}, so that no text would fit behind them.`,
    { count, context },
  )

/** A number of its own that is none. */
export const notFinite = (adapter: string, tensor: string): EngineError =>
  new EngineError(
    'NUMERIC',
    `Cannot use the adapter "${adapter}": its tensor "${tensor}" holds a value that is infinite or not a number. The model is as it was; the training diverged or the file is damaged: fetch the adapter again, or take another one.`,
    { adapter, tensor },
  )
