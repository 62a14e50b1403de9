// A model's files as one list of named tensors with the names of its family, plus its config.
// Opening reads headers and small JSON files only; the tensors' bytes are read by weights.ts.

import { EngineError, checkAborted } from '../errors.ts'
import { groupBnb } from './bnb.ts'
import type { ModelFiles } from './bytes.ts'
import { adapterByTensors } from './adapters.ts'
import { checkConfig, checkGenerationConfig, parseJsonObject } from './config.ts'
import { detectFormat, type Detected } from './detect.ts'
import { checkExperts } from './experts.ts'
import { familyOf, textConfig, type FileFamily } from './family.ts'
import { notWeights, sniffFile } from './kinds.ts'
import { roundedActivations } from './packings/activations.ts'
import { groupInt8 } from './packings/int8.ts'
import { groupPacked, packingOf, settingsFiles, type Packed } from './packings/index.ts'
import { checkQuantization, packedByTensors } from './quantized.ts'
import { plainNames } from './prefix.ts'
import { readSafetensors } from './safetensors.ts'
import { shown } from '../shown.ts'
import { chooseShards } from './shards.ts'
import { readText } from './text.ts'
import type { Checkpoint, CheckpointTensor } from './types.ts'

const maxJsonBytes = 2 ** 20

/**
 * Finds the format, reads and checks all headers. Throws before anything large is read.
 * @param families what is known of the names in the files of each
 */
export async function openCheckpoint(
  files: ModelFiles,
  families: readonly FileFamily[],
  signal?: AbortSignal,
): Promise<Checkpoint> {
  checkAborted(signal)
  const detected = await detectFormat(files, signal)
  return detected.format === 'gguf'
    ? await (await import('./gguf-checkpoint.ts')).openGguf(detected.files, detected.weights, families, signal)
    : await openSafetensors(detected, families, signal)
}

async function openSafetensors(
  { files, weights }: Detected,
  families: readonly FileFamily[],
  signal?: AbortSignal,
): Promise<Checkpoint> {
  const given = await readJson(files, 'config.json', signal)
  if (!given) {
    throw new EngineError('FILE_MISSING', 'Cannot open the model: "config.json" is missing. Add it.', {
      file: 'config.json',
    })
  }
  const config = textConfig(families, given)
  checkConfig('config.json', config)
  checkQuantization('config.json', config)
  const family = familyOf(families, config)
  checkExperts('config.json', config, family?.keys ?? [])
  const generationConfig = await readJson(files, 'generation_config.json', signal)
  if (generationConfig) checkGenerationConfig('generation_config.json', generationConfig)

  const { shards, mapped } = await chooseShards(files, weights, signal)
  const tensors = new Map<string, CheckpointTensor>()
  for (const shard of shards) {
    const source = files.get(shard)!
    const kind = await sniffFile(source, signal)
    if (kind !== 'safetensors') throw kind === 'gguf' ? notWeights(shard, 'unknown') : notWeights(shard, kind)
    for (const { name, dtype, shape, begin, end } of (await readSafetensors(source, signal)).entries.values()) {
      if (mapped && mapped.get(name) !== shard) continue
      const duplicate = tensors.get(name)
      if (duplicate) {
        throw new EngineError(
          'FILE_FORMAT',
          `Cannot open the model: both "${duplicate.data.source.name}" and "${shard}" hold the tensor "${name}". Keep the files of one model only.`,
          { tensor: name, first: duplicate.data.source.name, second: shard },
        )
      }
      tensors.set(name, { name, dtype, shape, byteLength: end - begin, data: { source, begin, end } })
    }
  }
  for (const [name, shard] of mapped ?? []) {
    if (!tensors.has(name)) {
      throw new EngineError(
        'TENSOR_MISSING',
        `Cannot open the model: its index says that "${shard}" holds the tensor "${name}", but it does not. The files are of different versions; fetch them again.`,
        { tensor: name, file: shard },
      )
    }
  }
  const adapter = adapterByTensors(shards[0]!, [...tensors.keys()])
  if (adapter) throw adapter
  const file = shards.length === 1 ? shards[0]! : 'model.safetensors'
  const packed = packingOf(config) ?? (await olderSettings(files, tensors.keys(), signal))
  const unknown = packed ? await groupPacked(file, tensors, packed, signal) : []
  const foreign = packedByTensors(shards[0]!, tensors.keys())
  if (foreign) throw foreign
  await groupBnb(file, tensors, signal)
  await groupInt8(file, tensors, signal)
  const { tensors: plain, renamed } = family ? plainNames(tensors, family.modules) : { tensors, renamed: null }
  const named = new Map([...plain].map(([name, tensor]) => [name, tensor.name === name ? tensor : { ...tensor, name }]))
  return {
    format: 'safetensors',
    config,
    generationConfig,
    tensors: named,
    metadata: null,
    files,
    renamed,
    nameInFile: (name) => name,
    ignored: [
      ...unknown.map((key) => ({ key: `quantization_config.${key}`, value: shown(packed!.settings[key], 80) })),
      ...roundedActivations(config).map((key) => ({ ...key, why: 'activations' as const })),
    ],
  }
}

/** The settings of packed weights where config.json has none: programs used to write a file of their own. */
async function olderSettings(files: ModelFiles, names: Iterable<string>, signal?: AbortSignal): Promise<Packed | null> {
  if (!packedByTensors('', names)) return null
  for (const { file, packing } of settingsFiles) {
    const settings = await readJson(files, file, signal)
    if (settings) return { packing, settings }
  }
  return null
}

async function readJson(
  files: ModelFiles,
  name: string,
  signal?: AbortSignal,
): Promise<Record<string, unknown> | null> {
  const text = await readText(files, name, maxJsonBytes, signal)
  return text === null ? null : parseJsonObject(name, text)
}
