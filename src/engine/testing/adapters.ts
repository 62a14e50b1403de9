// Adapters made in a test: a config and tensors of small numbers under the names that PEFT gives them.

import { filesOf, writeSafetensors } from '../formats/testing.ts'
import type { AdapterSource } from '../types.ts'

/** Numbers between -1 and 1 from a seed. */
export function noise(count: number, seed = 1): Float32Array {
  let state = seed >>> 0
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 31 - 1
  })
}

export const loraConfig = { peft_type: 'LORA', r: 2, lora_alpha: 4, target_modules: ['q_proj'] }

/**
 * @param shapes by the tensor's name behind "base_model.model."
 * @param options.last in place of the last number
 */
export function adapterOf(
  config: object,
  shapes: Readonly<Record<string, readonly number[]>>,
  {
    name = 'mine',
    scale = 1,
    prefix = 'base_model.model.',
    last,
  }: { name?: string; scale?: number; prefix?: string; last?: number } = {},
): AdapterSource {
  const tensors = Object.entries(shapes).map(([tensor, shape], i) => ({
    name: prefix + tensor,
    dtype: 'F32',
    shape: [...shape],
    bytes: new Uint8Array(
      noise(
        shape.reduce((n, axis) => n * axis, 1),
        i + 7,
      ).buffer,
    ),
  }))
  const end = tensors.at(-1)?.bytes
  if (end && last !== undefined) end.set(new Uint8Array(Float32Array.of(last).buffer), end.length - 4)
  const files = filesOf({
    'adapter_config.json': JSON.stringify(config),
    'adapter_model.safetensors': writeSafetensors(tensors),
  })
  return { name, files, scale }
}

/** A and B of rank 2 for the same projection of so many blocks. */
export const loraShapes = (layers: number, at: string, out: number, into: number): Record<string, number[]> =>
  Object.fromEntries(
    Array.from({ length: layers }, (_, i) => [
      [`model.layers.${i}.${at}.lora_A.weight`, [2, into]],
      [`model.layers.${i}.${at}.lora_B.weight`, [out, 2]],
    ]).flat() as [string, number[]][],
  )
