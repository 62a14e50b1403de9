// The packings that are read. Adding one: its file beside this one, and a line here.

import { EngineError } from '../../errors.ts'
import type { FileKind } from '../../quants/quant.ts'
import { readable } from '../../quants/weight.ts'
import type { CheckpointTensor } from '../types.ts'
import { awq } from './awq.ts'
import { chatglm } from './chatglm.ts'
import { compressedTensors } from './compressed.ts'
import { fp8 } from './fp8.ts'
import { gptq } from './gptq.ts'
import { mlx } from './mlx.ts'
import { Members, type Packing } from './packing.ts'

const packings: readonly Packing[] = [gptq, awq, compressedTensors, mlx, fp8, chatglm]

/** A packing with the settings that a model has for it. */
export interface Packed {
  packing: Packing
  settings: Record<string, unknown>
}

const names = (kind: FileKind, floats: boolean): string[] =>
  readable(kind).flatMap(({ coding, called, dtype }) => ((coding === 'float') === floats ? [called ?? dtype!] : []))
const known = `${[...packings.map(({ name }) => name), ...names('safetensors', false), ...names('safetensors', true)].join(', ')}; GGUF ${names('gguf', false).join(', ')}`

/** The refusal for weights that were packed by another program. @param dtype as people call it, e.g. "GPTQ 4-bit" */
export function packedError(file: string, dtype: string): EngineError {
  return new EngineError(
    'DTYPE_UNSUPPORTED',
    `Cannot use this model: "${file}" says that its weights are packed as ${dtype}. Glassbox reads ${known}: choose the unquantized repository of the same model, or a GGUF of it with one of these types.`,
    { file, dtype, known, packed: true },
  )
}

/** The packing that config.json speaks of, or null. */
export function packingOf(config: Record<string, unknown>): Packed | null {
  for (const packing of packings) {
    const settings = packing.settings(config)
    if (settings) return { packing, settings }
  }
  return null
}

/** Files beside the weights that hold settings where config.json has none, and which packing they are of. */
export const settingsFiles: readonly { file: string; packing: Packing }[] = packings.flatMap((packing) =>
  packing.file ? [{ file: packing.file, packing }] : [],
)

/**
 * Puts one tensor in the place of each packed weight's several.
 * @returns keys of the settings that nothing is known of
 */
export async function groupPacked(
  file: string,
  tensors: Map<string, CheckpointTensor>,
  { packing, settings }: Packed,
  signal?: AbortSignal,
): Promise<string[]> {
  await packing.group(
    new Members(file, tensors, packing.name, (dtype) => packedError('config.json', dtype)),
    settings,
    signal,
  )
  return Object.keys(settings).filter((key) => !packing.keys.includes(key) && !packing.module?.(key, settings[key]))
}
