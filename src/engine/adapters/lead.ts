// Adapters that put something before every text (runtime/lead.ts), and change no step: their values as a Lead, and what of
// a model they do not fit. One of them can be on at a time: there is one place before a text.

import { EngineError } from '../errors.ts'
import type { Plan } from '../model/plan.ts'
import { leadProblem, type Lead } from '../runtime/lead.ts'
import type { WeightProvider } from '../runtime/runtime.ts'
import { tensorName, type Adapter, type AdapterFile } from './adapter.ts'
import { missingTensor, noRoom, notBefore, unreadTensors, unsupported, wrongShape } from './errors.ts'

const TENSOR = 'prompt_embeddings'

/**
 * An adapter whose only tensor is PEFT's prompt_embeddings (n, width).
 * @param inert keys of the kind that say nothing of the numbers
 * @param widthOf its width for a model, after checks of the kind's own
 */
export function beforeText(
  file: AdapterFile,
  kind: string,
  inert: readonly string[],
  widthOf: (plan: Plan) => number,
  make: (values: Float32Array, count: number, plan: Plan) => Lead,
): Adapter {
  const { name, config, tensors } = file
  const count = config.number('num_virtual_tokens', 1)
  // they say how the values were trained, and what they were made by: the file holds what came of it
  for (const key of inert) config.raw(key)
  const modules = config.raw('num_transformer_submodules') ?? 1
  if (modules !== 1) throw unsupported(name, 'num_transformer_submodules', modules)
  if (config.has('modules_to_save')) throw unsupported(name, 'modules_to_save', config.raw('modules_to_save'))
  const tensor = tensors.get(TENSOR)
  if (!tensor) throw missingTensor(name, TENSOR)
  const others = [...tensors.keys()].filter((one) => one !== TENSOR)
  if (others.length > 0) throw unreadTensors(name, others)
  const own = tensorName(name, TENSOR)
  const shapeFor = (plan: Plan): number[] => [count, widthOf(plan)]
  return {
    kind,
    rank: null,
    tensors: new Map([[own, { ...tensor, name: own }]]),
    adapt(plan) {
      const { encode, decode } = plan.programs
      if (encode || decode.whole) throw notBefore(name)
      const shape = shapeFor(plan)
      if (tensor.shape.length !== 2 || tensor.shape.some((n, i) => n !== shape[i])) {
        throw wrongShape(name, TENSOR, shape, tensor.shape)
      }
      return { plan, modules: [] }
    },
    lead: {
      count,
      async read(plan, weights, signal) {
        const shape = shapeFor(plan),
          length = shape[0]! * shape[1]!
        return make(await weights.vector({ parts: [{ tensor: own, length, shape }], length }, signal), count, plan)
      },
    },
  }
}

/**
 * What the adapters put before texts, by their names.
 * @param context C @throws ADAPTER_MISFIT
 */
export async function readLeads(
  adapters: readonly (Adapter & { name: string })[],
  plan: Plan,
  weights: Pick<WeightProvider, 'vector'>,
  context: number,
  signal?: AbortSignal,
): Promise<Map<string, Lead>> {
  const leads = new Map<string, Lead>()
  for (const { name, lead } of adapters) {
    if (!lead) continue
    if (lead.count >= context) throw noRoom(name, lead.count, context)
    const read = await lead.read(plan, weights, signal)
    if (leadProblem(plan, context, read)) throw notBefore(name)
    leads.set(name, read)
  }
  return leads
}

/**
 * The strength that an adapter before the text may have: there is nothing between on and off, and room for one alone.
 * @param on names of the others that are on
 * @param edited is the model changed by edits, which find their places by entry of the cache? @throws PARAM_INVALID
 */
export function checkLeadScale(adapter: string, scale: number, on: readonly string[], edited: boolean): void {
  const refuse = (need: string, other?: string): never => {
    const facts = { param: 'scale', need, found: String(scale), ...(other !== undefined && { adapter, other }) }
    throw new EngineError(
      'PARAM_INVALID',
      `Cannot set the strength of "${adapter}" to ${scale}: it must be ${need}.`,
      facts,
    )
  }
  if (scale !== 0 && scale !== 1) refuse('0 or 1: what stands before a text is there or it is not')
  const [other] = on
  if (scale === 1 && other !== undefined) {
    refuse(`0 while "${other}" is on: one adapter alone can stand before a text`, other)
  }
  if (scale === 1 && edited) refuse('0 while edits change the model: take them back first')
}
