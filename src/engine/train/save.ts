// An adapter as it is now, as the folder that it came in with other numbers in it.

import { tensorName } from '../adapters/adapter.ts'
import { EngineError } from '../errors.ts'
import type { ModelFiles } from '../formats/bytes.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { adapterTensors, writeSafetensors } from './peft.ts'

const configName = 'adapter_config.json'

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
  const inside = runtime.inspection()
  const tensors = await adapterTensors(plan, name, async (weight) => {
    const { rows, cols } = plan.weights[weight]!
    const [numbers] = await inside.readMany([{ tensor: inside.floatsOf(weight), offset: 0, count: rows * cols }])
    return numbers!
  })
  return {
    [configName]: (await config.read(0, config.size)).slice(),
    'adapter_model.safetensors': writeSafetensors(tensors),
  }
}
