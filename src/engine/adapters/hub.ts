// adapter-hub's adapter_config.json (library `adapters`, before it adapter-transformers): {"config": {…} or the name of a
// preset, "hidden_size", "model_name", "model_type", "name", "version"}. Beside it lies adapter.safetensors. Which kind it is
// stands under "architecture"; the bottleneck adapters, who were there first, have none.

import type { Plan } from '../model/plan.ts'
import type { AdaptedModel, Adapter, AdapterFile } from './adapter.ts'
import { AdapterConfig } from './config.ts'
import { otherModel, unsupported, wrongSize } from './errors.ts'
import { addHead, headTensors } from './hub-head.ts'
import { Rewrite } from './rewrite.ts'

export const hubWeights = 'adapter.safetensors'
/** What the types of its kinds begin with, so that no peft_type is one of them. */
export const HUB = 'hub '
export const BOTTLENECK = `${HUB}bottleneck`

const sequential = {
  original_ln_before: true,
  mh_adapter: false,
  output_adapter: true,
  non_linearity: 'relu',
  reduction_factor: 16,
}
const double = {
  original_ln_before: false,
  mh_adapter: true,
  output_adapter: true,
  non_linearity: 'swish',
  reduction_factor: 16,
}
const parallel = { ...sequential, original_ln_before: false, reduction_factor: 2, is_parallel: true, scaling: 4 }
const learned = { ...parallel, scaling: 'learned' }
const compact = { phm_layer: true, reduction_factor: 32, non_linearity: 'gelu' }
const prefix = { architecture: 'prefix_tuning' }

/** ADAPTER_CONFIG_MAP, as far as its configs differ from what a missing key means. */
const presets: Readonly<Record<string, object>> = {
  pfeiffer: sequential,
  seq_bn: sequential,
  houlsby: double,
  double_seq_bn: double,
  parallel,
  par_bn: parallel,
  scaled_parallel: learned,
  scaled_par_bn: learned,
  'pfeiffer+inv': { ...sequential, inv_adapter: 'nice' },
  seq_bn_inv: { ...sequential, inv_adapter: 'nice' },
  'houlsby+inv': { ...double, inv_adapter: 'nice' },
  double_seq_bn_inv: { ...double, inv_adapter: 'nice' },
  compacter: { ...double, ...compact },
  'compacter++': { ...sequential, ...compact },
  lora: { architecture: 'lora' },
  prefix_tuning: prefix,
  prefix_tuning_flat: { ...prefix, flat: true },
}

/** Files from before the library wrote its version mean other functions by these words. */
const renamed: Readonly<Record<string, string>> = { gelu: 'gelu_new', gelu_orig: 'gelu' }

/**
 * The kind of an adapter of the hub, and its own settings.
 * @param around the whole file @throws ADAPTER_UNSUPPORTED for a preset that is not known here, CONFIG_INVALID
 */
export function hubType(name: string, around: AdapterConfig): { type: string; config: AdapterConfig } {
  const given = around.raw('config')
  const preset = typeof given === 'string' ? (Object.hasOwn(presets, given) ? presets[given] : undefined) : null
  if (preset === undefined) throw unsupported(name, 'config', given)
  const values = { ...((preset ?? given) as Record<string, unknown>) }
  if (typeof values !== 'object' || Array.isArray(given)) around.refuse('config', 'an object, or the name of one')
  const act = values['non_linearity']
  if (around.raw('version') === undefined && typeof act === 'string' && Object.hasOwn(renamed, act)) {
    values['non_linearity'] = renamed[act]
  }
  const config = new AdapterConfig(name, JSON.stringify(values))
  const architecture = config.raw('architecture') ?? null
  if (architecture !== null && typeof architecture !== 'string') config.refuse('architecture', 'a word, or null')
  return { type: architecture === null ? BOTTLENECK : `${HUB}${architecture as string}`, config }
}

/** What the adapter is called among the tensors of its file: as its config says, else as the first of them does. */
export function nameIn({ name, around, tensors }: AdapterFile, pattern: RegExp): string {
  if (around?.raw('name') !== undefined && around.raw('name') !== null) return around.text('name')
  for (const tensor of tensors.keys()) {
    const found = pattern.exec(tensor)?.[1]
    if (found !== undefined) return found
  }
  return name
}

/** How the library wrote it, and what it was trained with. */
const inertAround = 'model_class version config_id config type'.split(' ')

/** Is it for such a model, by what its whole file says? @throws ADAPTER_MISFIT, CONFIG_INVALID */
export function modelCheck({ name, around }: AdapterFile): (plan: Plan, model: AdaptedModel) => void {
  for (const key of inertAround) around?.raw(key)
  const madeFor = around?.raw('model_type'),
    width = around?.raw('hidden_size')
  return ({ dims: { D } }, { types }) => {
    if (typeof madeFor === 'string' && !types.includes(madeFor)) throw otherModel(name, madeFor, types[0]!)
    if (width !== undefined && width !== null && width !== D) throw wrongSize(name, 'hidden_size', D, width)
  }
}

/** An adapter of another kind that came in adapter-hub's files: checked against them, with the head beside it. */
export function hubAdapter(file: AdapterFile, adapter: Adapter): Adapter {
  const check = modelCheck(file)
  return {
    ...adapter,
    tensors: new Map([...adapter.tensors, ...headTensors(file)]),
    adapt(plan, model) {
      check(plan, model)
      const rewrite = new Rewrite(plan, file.name)
      const head = addHead(file, rewrite, plan, model)
      const adapted = adapter.adapt(rewrite.finish().plan, model)
      return { ...adapted, modules: [...adapted.modules, ...head.modules], ignored: head.ignored }
    },
  }
}
