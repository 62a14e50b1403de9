// A model's files as one list of named tensors with the names of its family, plus its config.
// Opening reads headers and small JSON files only; the tensors' bytes are read by weights.ts.

import { EngineError, checkAborted } from '../errors.ts'
import type { Planes, Workspace } from '../quants/quant.ts'
import { groupBnb } from './bnb.ts'
import type { ByteSource, ModelFiles } from './bytes.ts'
import { adapterByTensors } from './adapters.ts'
import { checkConfig, checkGenerationConfig, parseJsonObject } from './config.ts'
import { detectFormat, type Detected } from './detect.ts'
import type { FileFamily, RowOrder } from './family.ts'
import { openGguf } from './gguf-checkpoint.ts'
import { notWeights, sniffFile } from './kinds.ts'
import { checkExperts, checkQuantization, packedByTensors } from './quantized.ts'
import { plainNames, type Renaming } from './prefix.ts'
import { readSafetensors } from './safetensors.ts'
import { chooseShards } from './shards.ts'
import { readText } from './text.ts'

/** Bytes [begin, end) of a file; already checked to lie inside it. */
export interface ByteRange {
  source: ByteSource
  begin: number
  end: number
}

export interface StreamOptions {
  signal?: AbortSignal
  chunkBytes: number
}

/** One scale that was itself quantized, step by step: scale = fround(fround(map * absmax) + offset). */
export interface ScaleSteps {
  block: number
  code: number
  map: number
  absmax: number
  offset: number
  scale: number
}

/** A tensor that a file stores as several: how its planes are read. */
export interface PackedTensor {
  /** elements per scale */
  block: number
  /** both planes in order; what is yielded is valid until the next. @param name the tensor's, for errors */
  planes(name: string, workspace: Workspace, options: StreamOptions): AsyncGenerator<Planes>
  /** how the scales of some blocks came about; null when the file holds them as they are */
  scaleSteps(blocks: readonly number[]): Promise<ScaleSteps[] | null>
}

/** Where a tensor's values lie; read by formats/ only. */
export interface TensorData extends ByteRange {
  /** of a tensor that the file stores as several (bnb.ts); the range itself holds the codes */
  packed?: PackedTensor
  /** rows that a converter reordered; undone while reading */
  rowOrder?: RowOrder
}

export interface CheckpointTensor {
  /** as the family names it, e.g. model.layers.0.self_attn.q_proj.weight */
  name: string
  /** HF order [out, in] / [n] */
  shape: number[]
  /** quants/ says which can be computed with; others are listed, and refused by name when used */
  dtype: string
  /** on disk, scales included */
  byteLength: number
  data: TensorData
}

export interface Checkpoint {
  format: 'safetensors' | 'gguf'
  /** config.json; a GGUF's keys in the words of its family's config.json */
  config: Record<string, unknown>
  generationConfig: Record<string, unknown> | null
  tensors: ReadonlyMap<string, CheckpointTensor>
  /** GGUF key/values: numeric arrays are typed arrays, string arrays plain ones */
  metadata: ReadonlyMap<string, unknown> | null
  /** names relative to the model's folder */
  files: ModelFiles
  /** what was taken away from before the tensors' names, or added (prefix.ts), or null */
  renamed: Renaming | null
  /** how the files themselves call a tensor, be it there or missing: a GGUF has names of its own */
  nameInFile: (name: string) => string
  /** keys of a GGUF that the config leaves aside; of a config.json they are judged by model/keys.ts */
  ignored: readonly { key: string; value: string }[]
}

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
    ? await openGguf(detected.files, detected.weights, families, signal)
    : await openSafetensors(detected, families, signal)
}

async function openSafetensors(
  { files, weights }: Detected,
  families: readonly FileFamily[],
  signal?: AbortSignal,
): Promise<Checkpoint> {
  const config = await readJson(files, 'config.json', signal)
  if (!config) {
    throw new EngineError('FILE_MISSING', 'Cannot open the model: "config.json" is missing. Add it.', {
      file: 'config.json',
    })
  }
  checkConfig('config.json', config)
  checkQuantization('config.json', config)
  checkExperts('config.json', config)
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
  const foreign = adapterByTensors(shards[0]!, [...tensors.keys()]) ?? packedByTensors(shards[0]!, tensors.keys())
  if (foreign) throw foreign
  await groupBnb(shards.length === 1 ? shards[0]! : 'model.safetensors', tensors, signal)
  const family = families.find(({ types }) => types.includes(config.model_type as string))
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
    ignored: [],
  }
}

async function readJson(
  files: ModelFiles,
  name: string,
  signal?: AbortSignal,
): Promise<Record<string, unknown> | null> {
  const text = await readText(files, name, maxJsonBytes, signal)
  return text === null ? null : parseJsonObject(name, text)
}
