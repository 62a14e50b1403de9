// For tests: files of one packed weight, with the config.json that tells how it is packed.

import { bytesSource } from '../bytes.ts'
import { readSafetensors } from '../safetensors.ts'
import type { TensorToWrite } from '../testing.ts'

export type Json = Record<string, unknown>
export interface Packed {
  tensors: Map<string, TensorToWrite>
  /** of config.json */
  config: Json
  settings: Json
}

const settingsOf: Record<string, (bits: number, size: number | null, more: Json) => Json> = {
  gptq: (bits, group_size, { desc = false, v2 }) => ({
    ...{ quant_method: 'gptq', bits, group_size, desc_act: desc, checkpoint_format: v2 ? 'gptq_v2' : 'gptq' },
  }),
  awq: (bits, group_size) => ({ quant_method: 'awq', bits, group_size, zero_point: true, version: 'gemm' }),
  ct: (num_bits, group_size, { sym }) => ({
    quant_method: 'compressed-tensors',
    format: 'pack-quantized',
    config_groups: { group_0: { weights: { num_bits, group_size, type: 'int', strategy: 'group', symmetric: sym } } },
  }),
  mlx: (bits, group_size) => ({ bits, group_size }),
  fp8: (_, __, { block }) => ({ quant_method: 'fp8', ...(block ? { weight_block_size: block } : {}) }),
}

/** A file of fixtures/quant-layouts or of fixtures/quant, without the values it should have; settings where it names a layout. */
export async function packedFile(bytes: Uint8Array): Promise<Packed> {
  const { entries, metadata } = await readSafetensors(bytesSource('m', bytes))
  const tensors = [...entries.values()]
    .filter(({ name }) => name !== 'expected')
    .map(({ name, dtype, shape, begin, end }) => ({
      name,
      dtype,
      shape,
      bytes: Uint8Array.from(bytes.subarray(begin, end)),
    }))
  const layout = metadata.get('layout')
  const { kind, bits, group_size: size, ...more } = JSON.parse(layout ?? '{}') as Json & { kind?: string }
  const settings = kind === undefined ? {} : settingsOf[kind]!(bits as number, size as number | null, more)
  const under = kind === 'mlx' ? 'quantization' : 'quantization_config'
  const config = { model_type: 'llama', ...(kind !== undefined && { [under]: settings }) }
  return { tensors: new Map(tensors.map((tensor) => [tensor.name, tensor])), config, settings }
}
