// The files of an adapter: adapter_config.json and adapter_model.safetensors, in a folder of any depth. Reads headers
// only. Knows no kind of adapter: kinds.ts has them.

import { EngineError } from '../errors.ts'
import { adapterConfigName } from '../formats/adapters.ts'
import type { ModelFiles } from '../formats/bytes.ts'
import { notWeights, sniffFile } from '../formats/kinds.ts'
import { readSafetensors } from '../formats/safetensors.ts'
import { readText } from '../formats/text.ts'
import type { CheckpointTensor } from '../formats/types.ts'
import type { Adapter } from './adapter.ts'
import { AdapterConfig } from './config.ts'
import { unsupported } from './errors.ts'
import { kinds } from './kinds.ts'

const weightsName = 'adapter_model.safetensors'

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
  const configPath = paths.find((path) => path.split('/').at(-1) === adapterConfigName)
  const text = configPath === undefined ? null : await readText(files, configPath, 2 ** 20, signal)
  if (configPath === undefined || text === null) throw missing(name, adapterConfigName)
  const folder = configPath.slice(0, configPath.length - adapterConfigName.length)
  const config = new AdapterConfig(name, text)
  const tensors = await tensorsOf(name, folder, files, signal)
  const type = config.text('peft_type').toUpperCase()
  const kind = kinds.find((one) => one.type === type)
  if (!kind) throw unsupported(name, 'peft_type', type.slice(0, 60))
  const adapter = kind.open({ name, config, tensors })
  const parameters = [...tensors.values()].reduce((sum, { shape }) => sum + shape.reduce((n, axis) => n * axis, 1), 0)
  return { ...adapter, name, scale, parameters, ignored: config.ignored }
}

async function tensorsOf(
  name: string,
  folder: string,
  files: ModelFiles,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, CheckpointTensor>> {
  const source = files.get(folder + weightsName)
  if (!source) {
    const pickle = [...files.keys()].find(
      (path) => path.startsWith(folder) && /adapter_model\.(bin|pt|pth)$/.test(path),
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
