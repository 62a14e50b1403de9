// What has learnt as it is now, as the folder that it came in with other numbers in it: an adapter, or the model itself.

import { tensorName } from '../adapters/adapter.ts'
import { EngineError } from '../errors.ts'
import type { ModelFiles } from '../formats/bytes.ts'
import type { Checkpoint } from '../formats/types.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { fileTensors, writeSafetensors } from './peft.ts'

const configName = 'adapter_config.json'
const weightFiles = /\.(safetensors|safetensors\.index\.json|bin|pth?|gguf)$/i

/** A weight's, or a vector's, numbers as they are now. */
function reader(runtime: Runtime): (name: string) => Promise<Float32Array> {
  const inside = runtime.inspection()
  const { weights, vectors } = runtime.plan
  return async (name) => {
    const weight = weights[name]
    const tensor = weight ? inside.floatsOf(name) : name
    const count = weight ? weight.rows * weight.cols : vectors[name]!.length
    const [numbers] = await inside.readMany([{ tensor, offset: 0, count }])
    return numbers!
  }
}

/** @param files those that the adapter was loaded from */
export async function saveAdapter(
  runtime: Runtime,
  name: string,
  files: ModelFiles,
): Promise<Record<string, Uint8Array>> {
  const config = [...files].find(([path]) => path.split('/').at(-1) === configName)?.[1]
  const prefix = tensorName(name, '')
  const { plan } = runtime
  const isOther = Object.values(plan.vectors).some(({ parts }) => parts.some(({ tensor }) => tensor.startsWith(prefix)))
  if (!config || isOther) {
    const need = 'a LoRA in a folder as PEFT writes it, of two matrices per module'
    throw new EngineError('PARAM_INVALID', `Cannot save the adapter "${name}": it must be ${need}.`, {
      param: 'adapter',
      need,
      found: name,
    })
  }
  const tensors = await fileTensors({ weights: plan.weights, vectors: {} }, prefix, reader(runtime))
  return {
    [configName]: (await config.read(0, config.size)).slice(),
    'adapter_model.safetensors': writeSafetensors(tensors),
  }
}

/** The model itself: its config and its tokenizer's files as they were, its weights as they are, in 32-bit floats. */
export async function saveModel(
  runtime: Runtime,
  { files, format }: Checkpoint,
  adapters: number,
): Promise<Record<string, Uint8Array>> {
  const { plan } = runtime
  const made = Object.keys(plan.vectors).find(
    (name) => plan.vectors[name]!.make && plan.vectors[name]!.parts.length > 0,
  )
  const found = format !== 'safetensors' ? format : adapters > 0 ? 'one with adapters' : made
  if (found !== undefined) {
    const need = 'of safetensors with 32-bit floats, as train() can teach it, without adapters'
    throw new EngineError('PARAM_INVALID', `Cannot save the model: it must be ${need}; it is ${found}.`, {
      param: 'model',
      need,
      found,
    })
  }
  const tensors = await fileTensors(plan, '', reader(runtime))
  const others = [...files].filter(([name]) => !weightFiles.test(name))
  return {
    ...Object.fromEntries(
      await Promise.all(others.map(async ([name, file]) => [name, (await file.read(0, file.size)).slice()] as const)),
    ),
    'model.safetensors': writeSafetensors(tensors),
  }
}
