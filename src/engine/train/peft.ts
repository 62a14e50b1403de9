// What has learnt as files: an adapter as a PEFT folder (names of PEFT 0.21), or a model's own weights. Its loader takes an adapter whose names begin otherwise, or
// that names no modules, for one that does nothing, without a word: so both are always written.

import type { Plan } from '../model/plan.ts'

export interface PeftConfig {
  /** what the model is called */
  base: string
  rank: number
  alpha: number
  modules: readonly string[]
}
type Tensors = ReadonlyMap<string, { shape: readonly number[]; values: Float32Array }>

/** adapter_config.json and adapter_model.safetensors (f32). */
export function writeFolder({ base, rank, alpha, modules }: PeftConfig, tensors: Tensors): Record<string, Uint8Array> {
  const config = {
    peft_type: 'LORA',
    task_type: 'CAUSAL_LM',
    base_model_name_or_path: base,
    r: rank,
    lora_alpha: alpha,
    lora_dropout: 0,
    target_modules: modules,
    bias: 'none',
    fan_in_fan_out: false,
    inference_mode: true,
    init_lora_weights: true,
    use_rslora: false,
    use_dora: false,
    modules_to_save: null,
  }
  return {
    'adapter_config.json': new TextEncoder().encode(`${JSON.stringify(config, null, 1)}\n`),
    'adapter_model.safetensors': writeSafetensors(tensors),
  }
}

/** A safetensors file of f32 tensors, names ascending. */
export function writeSafetensors(tensors: Tensors): Uint8Array {
  const names = [...tensors.keys()].sort()
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } }
  let end = 0
  for (const name of names) {
    const { shape, values } = tensors.get(name)!
    header[name] = { dtype: 'F32', shape, data_offsets: [end, end + values.byteLength] }
    end += values.byteLength
  }
  const text = JSON.stringify(header)
  const words = new TextEncoder().encode(text.padEnd(Math.ceil(text.length / 8) * 8))
  const file = new Uint8Array(8 + words.length + end)
  new DataView(file.buffer).setBigUint64(0, BigInt(words.length), true)
  file.set(words, 8)
  let at = 8 + words.length
  for (const name of names) {
    const { values } = tensors.get(name)!
    file.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at)
    at += values.byteLength
  }
  return file
}

/**
 * The tensors of a file from the Plan's weights and vectors, which may be rows of them, or turned.
 * @param prefix of the tensors that are wanted; left out of their names
 * @param read the numbers of a weight, or a vector, as they are now
 */
export async function fileTensors(
  { weights, vectors }: Pick<Plan, 'weights' | 'vectors'>,
  prefix: string,
  read: (name: string) => Promise<Float32Array>,
): Promise<Tensors> {
  const tensors = new Map<string, { shape: readonly number[]; values: Float32Array }>()
  const all = [
    ...Object.entries(weights).map(([name, { parts, cols }]) => ({ name, parts, cols, axes: 2 })),
    ...Object.entries(vectors).map(([name, { parts }]) => ({
      name,
      parts: parts.map((part) => ({ ...part, rows: part.length, transpose: false })),
      cols: 1,
      axes: 1,
    })),
  ]
  for (const { name, parts, cols, axes } of all) {
    if (!parts[0]?.tensor.startsWith(prefix)) continue
    const numbers = await read(name)
    let from = 0
    for (const { tensor, rows, slice, transpose } of parts) {
      const whole = slice ? (rows / slice.count) * slice.every : rows
      const key = tensor.slice(prefix.length)
      const shape = (transpose ? [cols, whole] : [whole, cols]).slice(0, axes)
      const one = tensors.get(key) ?? { shape, values: new Float32Array(whole * cols) }
      for (let row = 0; row < rows; row++) {
        const to = slice ? Math.floor(row / slice.count) * slice.every + slice.from + (row % slice.count) : row
        for (let k = 0; k < cols; k++) {
          one.values[transpose ? k * whole + to : to * cols + k] = numbers[(from + row) * cols + k]!
        }
      }
      tensors.set(key, one)
      from += rows
    }
  }
  return tensors
}
