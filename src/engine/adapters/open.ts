// The files of an adapter: adapter_config.json and adapter_model.safetensors, in a folder of any depth. Reads headers
// only. Knows no kind of adapter: kinds.ts has them.

import { EngineError } from '../errors.ts'
import { adapterConfigName } from '../formats/adapters.ts'
import { parseJsonObject } from '../formats/config.ts'
import type { ModelFiles } from '../formats/bytes.ts'
import { notWeights, sniffFile } from '../formats/kinds.ts'
import { readSafetensors } from '../formats/safetensors.ts'
import { readText } from '../formats/text.ts'
import type { CheckpointTensor } from '../formats/types.ts'
import type { PrefixEncoder } from '../model/describe.ts'
import type { Adapter, AdapterFile } from './adapter.ts'
import { AdapterConfig } from './config.ts'
import { unsupported } from './errors.ts'
import { kinds } from './kinds.ts'
import { PREFIX_ENCODER } from './prefix-encoder.ts'

const weightsName = 'adapter_model.safetensors'
const modelConfigName = 'config.json'

export interface OpenedAdapter extends Adapter {
  name: string
  /** at the start; 0 is off */
  scale: number
  /** numbers in its tensors */
  parameters: number
  /** keys of its config that nobody knows */
  ignored: readonly string[]
}

/** @throws FILE_MISSING, FILE_FORMAT, FILE_HEADER, CONFIG_INVALID, ADAPTER_UNSUPPORTED, ADAPTER_MISFIT */
export async function openAdapter(
  { name, files, scale = 1 }: { name: string; files: ModelFiles; scale?: number },
  signal?: AbortSignal,
): Promise<OpenedAdapter> {
  const paths = [...files.keys()].sort((a, b) => a.split('/').length - b.split('/').length)
  const called = (file: string): string | undefined => paths.find((path) => path.split('/').at(-1) === file)
  const configPath = called(adapterConfigName) ?? called(modelConfigName)
  const text = configPath === undefined ? null : await readText(files, configPath, 2 ** 20, signal)
  if (configPath === undefined || text === null) throw missing(name, adapterConfigName)
  const folder = configPath.slice(0, configPath.lastIndexOf('/') + 1)
  const isOwn = configPath.endsWith(adapterConfigName)
  const config = isOwn ? new AdapterConfig(name, text) : prefixConfig(name, parseJsonObject(modelConfigName, text))
  // adapter-hub's folders: bottleneck adapters, and its own way of keeping the others
  if (isOwn && config.raw('peft_type') === undefined && config.has('config')) {
    throw unsupported(name, 'config', config.raw('config'))
  }
  const tensors = await tensorsOf(name, folder, files, signal)
  const type = isOwn ? config.text('peft_type').toUpperCase() : PREFIX_ENCODER
  return { ...openKind({ name, config, tensors }, type), scale }
}

/** @param type of the list of kinds */
export function openKind({ name, config, tensors }: AdapterFile, type: string): Omit<OpenedAdapter, 'scale'> {
  const kind = kinds.find((one) => one.type === type)
  if (!kind) throw unsupported(name, 'peft_type', type.slice(0, 60))
  const adapter = kind.open({ name, config, tensors })
  const parameters = [...tensors.values()].reduce((sum, { shape }) => sum + shape.reduce((n, axis) => n * axis, 1), 0)
  return { ...adapter, name, parameters, ignored: config.ignored }
}

/** A prefix that lies among the model's own tensors: it is on, and can be switched off. @throws ADAPTER_MISFIT */
export function ownPrefix(
  { at, count, projected }: PrefixEncoder,
  tensors: ReadonlyMap<string, CheckpointTensor>,
): OpenedAdapter {
  const name = at.split('.').at(-1)!
  const config = new AdapterConfig(name, prefixText(count, projected), modelConfigName)
  const own = new Map([...tensors].filter(([tensor]) => tensor.startsWith(`${at}.`)))
  return { ...openKind({ name, config, tensors: own }, PREFIX_ENCODER), scale: 1 }
}

const prefixText = (count: unknown, projected: unknown): string =>
  JSON.stringify({ pre_seq_len: count, prefix_projection: projected })

/**
 * P-tuning v2 has no config of its own: a config.json of the whole model says how long the prefix is.
 * @throws FILE_MISSING where it does not
 */
function prefixConfig(name: string, model: Record<string, unknown>): AdapterConfig {
  const { pre_seq_len, prefix_projection = false } = model
  if (pre_seq_len === undefined || pre_seq_len === null) throw missing(name, adapterConfigName)
  return new AdapterConfig(name, prefixText(pre_seq_len, prefix_projection), modelConfigName)
}

async function tensorsOf(
  name: string,
  folder: string,
  files: ModelFiles,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, CheckpointTensor>> {
  const here = [...files.keys()].filter((path) => path.startsWith(folder) && path.endsWith('.safetensors'))
  const source = files.get(folder + weightsName) ?? (here.length === 1 ? files.get(here[0]!) : undefined)
  if (!source) {
    const pickle = [...files.keys()].find(
      (path) => path.startsWith(folder) && /(adapter|pytorch)_model\.(bin|pt|pth)$/.test(path),
    )
    if (pickle === undefined) throw missing(name, weightsName)
    const kind = await sniffFile(files.get(pickle)!, signal)
    throw notWeights(pickle, kind === 'safetensors' || kind === 'gguf' ? 'pickle' : kind)
  }
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
    `Cannot use the adapter "${adapter}": its "${file}" is missing. Give adapter_config.json and adapter_model.safetensors together.`,
    { file },
  )
