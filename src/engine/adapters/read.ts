// The files of an adapter, in a folder of any depth: adapter_config.json with adapter_model.safetensors (PEFT) or with
// adapter.safetensors (adapter-hub), a GGUF, or the config.json of a whole model that has a prefix (P-tuning v2). Reads
// headers only, and says of which kind they are; kinds.ts has the kinds.

import { EngineError } from '../errors.ts'
import { adapterConfigName } from '../formats/adapters.ts'
import type { ByteSource, ModelFiles } from '../formats/bytes.ts'
import { parseJsonObject } from '../formats/config.ts'
import { isCompanionName } from '../formats/detect.ts'
import { readGguf } from '../formats/gguf.ts'
import { notWeights, sniffFile } from '../formats/kinds.ts'
import { readSafetensors } from '../formats/safetensors.ts'
import { readText } from '../formats/text.ts'
import type { CheckpointTensor } from '../formats/types.ts'
import type { AdapterFile } from './adapter.ts'
import { AdapterConfig } from './config.ts'
import { unreadTensors } from './errors.ts'
import { ggufType } from './gguf.ts'
import { headFiles } from './hub-head.ts'
import { hubType, hubWeights } from './hub.ts'
import { PREFIX_ENCODER, prefixConfig } from './prefix-encoder.ts'

const peftWeights = 'adapter_model.safetensors'
const modelConfigName = 'config.json'
const maxConfigBytes = 2 ** 20

export interface ReadAdapter {
  /** of the list of kinds */
  type: string
  /** what its files call the model that it was made for */
  base: string | null
  file: AdapterFile
}

/** @throws FILE_MISSING, FILE_FORMAT, FILE_HEADER, CONFIG_INVALID, ADAPTER_UNSUPPORTED */
export async function readAdapter(name: string, files: ModelFiles, signal?: AbortSignal): Promise<ReadAdapter> {
  const paths = [...files.keys()].sort((a, b) => a.split('/').length - b.split('/').length)
  const called = (file: string): string | undefined => paths.find((path) => path.split('/').at(-1) === file)
  const configPath = called(adapterConfigName) ?? called(modelConfigName)
  const text = configPath === undefined ? null : await readText(files, configPath, maxConfigBytes, signal)
  if (configPath === undefined || text === null) {
    const gguf = await ggufOf(files, signal)
    if (gguf) return ggufType(name, gguf.source.name, gguf.metadata, gguf.tensors)
    throw missing(name, adapterConfigName)
  }
  const folder = configPath.slice(0, configPath.lastIndexOf('/') + 1)
  const within = new Map([...files].filter(([path]) => path.startsWith(folder)))
  if (!configPath.endsWith(adapterConfigName)) {
    const model = parseJsonObject(modelConfigName, text)
    const config = prefixConfig(name, model)
    if (config === null) throw missing(name, adapterConfigName)
    const tensors = await tensorsOf(name, folder, within, peftWeights, signal)
    return { type: PREFIX_ENCODER, base: baseOf(model['_name_or_path']), file: { name, config, tensors } }
  }
  const config = new AdapterConfig(name, text)
  if (config.raw('peft_type') === undefined && config.has('config')) {
    const { type, config: own } = hubType(name, config)
    const tensors = await tensorsOf(name, folder, within, hubWeights, signal)
    const head = await headOf(within, folder, signal)
    const file = { name, config: own, around: config, tensors, ...(head && { head }) }
    return { type, base: baseOf(config.raw('model_name')), file }
  }
  const type = config.text('peft_type').toUpperCase()
  const tensors = await tensorsOf(name, folder, within, peftWeights, signal)
  return { type, base: baseOf(config.raw('base_model_name_or_path')), file: { name, config, tensors } }
}

const baseOf = (value: unknown): string | null =>
  typeof value === 'string' && value.trim() !== '' ? value.slice(0, 200) : null

/** The GGUF among the files, told by its first bytes; null where there is none, or more than one. */
async function ggufOf(
  files: ModelFiles,
  signal?: AbortSignal,
): Promise<{ source: ByteSource; metadata: ReadonlyMap<string, unknown>; tensors: CheckpointTensor[] } | null> {
  const found: ByteSource[] = []
  for (const [path, source] of files) {
    if (!isCompanionName(path) && (await sniffFile(source, signal)) === 'gguf') found.push(source)
  }
  const [source] = found
  if (!source || found.length > 1) return null
  const { metadata, tensors } = await readGguf(source, signal)
  return {
    source,
    metadata,
    tensors: tensors.map(({ name, shape, dtype, begin, end }) => ({
      name,
      shape,
      dtype,
      byteLength: end - begin,
      data: { source, begin, end },
    })),
  }
}

async function tensorsOf(
  name: string,
  folder: string,
  files: ModelFiles,
  wanted: string,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, CheckpointTensor>> {
  const heads = folder + headFiles.weights
  // what lies in a folder below is another checkpoint's
  const here = [...files.keys()].filter(
    (path) => path.endsWith('.safetensors') && path !== heads && !path.slice(folder.length).includes('/'),
  )
  const whole = files.get(folder + wanted)
  const shards = whole ? [] : shardsOf(here)
  const absent = shards.find((path) => !files.has(path))
  if (absent !== undefined) throw missing(name, absent.slice(folder.length))
  const sources = (whole ? [] : shards.length > 0 ? shards : here.slice(0, here.length === 1 ? 1 : 0)).map((path) =>
    files.get(path)!,
  )
  if (whole) sources.push(whole)
  if (sources.length === 0) {
    const pickle = [...files.keys()].find((path) => /(adapter|model|adapter_model)\.(bin|pt|pth)$/.test(path))
    if (pickle === undefined) throw missing(name, wanted)
    const kind = await sniffFile(files.get(pickle)!, signal)
    throw notWeights(pickle, kind === 'safetensors' || kind === 'gguf' ? 'pickle' : kind)
  }
  const tensors = new Map<string, CheckpointTensor>()
  for (const source of sources) {
    for (const [own, tensor] of await tensorsIn(source, signal)) {
      if (tensors.has(own)) throw unreadTensors(name, [own])
      tensors.set(own, tensor)
    }
  }
  return tensors
}

/** All files of the set that one of these is of, adapter_model-00001-of-00002.safetensors, be they there or not. */
function shardsOf(paths: readonly string[]): string[] {
  const [, stem, count] = paths.map((path) => /^(.*)-\d{5}-of-(\d{5})\.safetensors$/.exec(path)).find(Boolean) ?? []
  if (stem === undefined) return []
  const five = (n: number): string => String(n).padStart(5, '0')
  return Array.from({ length: Number(count) }, (_, i) => `${stem}-${five(i + 1)}-of-${count!}.safetensors`)
}

/** adapter-hub's head beside the adapter, where there is one. */
async function headOf(files: ModelFiles, folder: string, signal?: AbortSignal): Promise<AdapterFile['head']> {
  const source = files.get(folder + headFiles.weights)
  if (!source) return undefined
  const text = await readText(files, folder + headFiles.config, maxConfigBytes, signal)
  return {
    config: text === null ? {} : parseJsonObject(headFiles.config, text),
    tensors: await tensorsIn(source, signal),
  }
}

/** Every tensor of a safetensors file. */
export async function tensorsIn(source: ByteSource, signal?: AbortSignal): Promise<Map<string, CheckpointTensor>> {
  const kind = await sniffFile(source, signal)
  if (kind !== 'safetensors') throw notWeights(source.name, kind === 'gguf' ? 'unknown' : kind)
  const { entries } = await readSafetensors(source, signal)
  return new Map(
    [...entries.values()].map(({ name: own, dtype, shape, begin, end }) => [
      own,
      { name: own, dtype, shape, byteLength: end - begin, data: { source, begin, end } },
    ]),
  )
}

const missing = (adapter: string, file: string): EngineError =>
  new EngineError(
    'FILE_MISSING',
    `Cannot use the adapter "${adapter}": its "${file}" is missing. Give adapter_config.json and ${file === adapterConfigName ? peftWeights : file} together.`,
    { file, adapter },
  )
