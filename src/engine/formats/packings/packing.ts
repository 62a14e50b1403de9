// Ways in which programs lay quantized weights out in safetensors (GPTQ, AWQ, MLX …): what each must say, and the tools that
// they share. One file per packing, one line in index.ts. A packing finds the several tensors of each weight and puts one
// in their place, of the weight's own name and shape, that knows how to read its planes (rows.ts).
//
// A weight's real layout is told by the shapes of its tensors; the settings only choose where the shapes leave it open,
// and are refused where the two differ.

import { EngineError } from '../../errors.ts'
import { shown } from '../../shown.ts'
import type { CheckpointTensor, PackedTensor, TensorData } from '../types.ts'

export interface Packing {
  /** as people know it */
  name: string
  /** Is it told by the model's config? The settings it stands under, or null. */
  settings(config: Record<string, unknown>): Record<string, unknown> | null
  /** keys of the settings that are computed with, checked against the tensors, or say nothing about the values */
  keys: readonly string[]
  /** Is it a key of the settings that stands for a module? */
  module?(key: string, value: unknown): boolean
  /** files beside the weights that older programs wrote the same settings into */
  file?: string
  /**
   * Replaces the tensors of each packed weight.
   * @throws FILE_HEADER for tensors that do not belong together, DTYPE_UNSUPPORTED for a variety that is not read
   */
  group(members: Members, settings: Record<string, unknown>, signal?: AbortSignal): void | Promise<void>
}

export const isRecord = (v: unknown): v is Record<string, unknown> =>
  typeof v === 'object' && v !== null && !Array.isArray(v)

/** May it stand for a number of columns under one scale? -1 and null: all of a row. */
export const isGroupSize = (v: unknown): boolean =>
  v == null || v === -1 || (Number.isSafeInteger(v) && (v as number) > 0)

/** config.quantization_config where it names one of these methods. */
export function byMethod(config: Record<string, unknown>, methods: readonly string[]): Record<string, unknown> | null {
  const own = config.quantization_config ?? config.compression_config
  return isRecord(own) && typeof own.quant_method === 'string' && methods.includes(own.quant_method.toLowerCase())
    ? own
    : null
}

/** The tensors of a checkpoint while a packing looks for what belongs together. */
export class Members {
  constructor(
    private readonly file: string,
    private readonly tensors: Map<string, CheckpointTensor>,
    /** as people know it */
    readonly packing: string,
    private readonly refusal: (dtype: string) => EngineError,
  ) {}

  /** What stands before the suffix in the names that end with it. */
  stems(suffix: string): string[] {
    return [...this.tensors.keys()].filter((name) => name.endsWith(suffix)).map((name) => name.slice(0, -suffix.length))
  }

  find(name: string): CheckpointTensor | null {
    return this.tensors.get(name) ?? null
  }

  /** The member of a weight, of one of these dtypes and of one of these shapes. */
  need(weight: string, name: string, dtypes: readonly string[], ...shapes: readonly number[][]): CheckpointTensor {
    const tensor = this.tensors.get(name) ?? this.fail(weight, `lacks its part "${name}"`)
    const fits = shapes.some(
      (shape) => shape.length === tensor.shape.length && shape.every((n, i) => n === tensor.shape[i]),
    )
    if (!dtypes.includes(tensor.dtype) || (shapes.length > 0 && !fits)) {
      const must = shapes.map((shape) => `(${shape.join(', ')})`).join(' or ')
      this.fail(
        weight,
        `needs "${name}" to be ${must ? `${must} ` : ''}${dtypes.join(' or ')}, the file has (${tensor.shape.join(', ')}) ${tensor.dtype}`,
      )
    }
    return tensor
  }

  /** A matrix of two axes above 0. */
  matrix(weight: string, name: string, dtypes: readonly string[]): CheckpointTensor & { shape: [number, number] } {
    const tensor = this.need(weight, name, dtypes)
    if (tensor.shape.length !== 2 || tensor.shape.some((n) => n === 0)) {
      this.fail(weight, `needs "${name}" to be a matrix, the file has (${tensor.shape.join(', ')})`)
    }
    return tensor as CheckpointTensor & { shape: [number, number] }
  }

  /**
   * Puts the weight in the place of its members.
   * @param dtype of quants/
   * @param bits of a code in the file
   */
  put(
    weight: string,
    shape: number[],
    { dtype, bits }: { dtype: string; bits: number },
    packed: PackedTensor,
    members: readonly CheckpointTensor[],
  ): void {
    const data: TensorData = { ...members[0]!.data, packed }
    const byteLength = members.reduce((sum, member) => sum + member.byteLength, 0)
    for (const { name } of members) this.tensors.delete(name)
    if (this.tensors.has(weight)) this.fail(weight, 'is in the file twice: packed, and as it is')
    const called = `${this.packing} ${bits}-bit`
    this.tensors.set(weight, { name: weight, shape, dtype, called, byteLength, data })
  }

  /** Takes away what says nothing about the weights (scales of activations). */
  drop(name: string): void {
    this.tensors.delete(name)
  }

  fail(weight: string, problem: string): never {
    throw new EngineError(
      'FILE_HEADER',
      `Cannot read "${this.file}": the ${this.packing} tensor "${weight}" ${problem}. The file is damaged, or config.json is another model's; fetch both again.`,
      { file: this.file, tensor: weight, problem },
    )
  }

  /** @param what as people call it, e.g. "GPTQ (Marlin)" */
  refuse(what: string): never {
    throw this.refusal(what)
  }

  /** Refuses settings by which their program changes what is computed beside the weights. */
  refuseSet(settings: Record<string, unknown>, ...keys: string[]): void {
    const isSet = (value: unknown): boolean => (isRecord(value) ? Object.keys(value).length > 0 : Boolean(value))
    const key = keys.find((key) => isSet(settings[key]))
    if (key !== undefined) this.refuse(`${this.packing} with "${key}" ${shown(settings[key], 40)}`)
  }

  /** How many columns are under one scale, where the settings say so. */
  groupSize(settings: Record<string, unknown>, key = 'group_size'): unknown {
    const value = settings[key]
    if (!isGroupSize(value)) this.refuse(`${this.packing} with "${key}" ${shown(value, 40)}`)
    return value
  }

  /** The value of a setting, which must be among these. */
  oneOf<T>(settings: Record<string, unknown>, key: string, allowed: readonly T[], absent: T): T {
    const value = settings[key] ?? absent
    if (!allowed.includes(value as T)) this.refuse(`${this.packing} with "${key}" ${shown(value, 40)}`)
    return value as T
  }
}
