// From an adapter's files to its kind, opened: what they hold is read.ts's, what it means its kind's.

import type { EngineError } from '../errors.ts'
import type { ModelFiles } from '../formats/bytes.ts'
import type { CheckpointTensor } from '../formats/types.ts'
import type { PrefixEncoder } from '../model/describe.ts'
import type { Adapter, AdapterFile } from './adapter.ts'
import { unsupported } from './errors.ts'
import { GGUF } from './gguf.ts'
import { HUB } from './hub.ts'
import { kinds } from './kinds.ts'
import { checkMadeFor } from './made-for.ts'
import { PREFIX_ENCODER, prefixConfig } from './prefix-encoder.ts'
import { readAdapter } from './read.ts'

export interface OpenedAdapter extends Adapter {
  name: string
  /** at the start; 0 is off */
  scale: number
  /** its file has the names and rows of a GGUF */
  isGguf: boolean
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
  const { file, type } = await readAdapter(name, files, signal)
  return { ...openKind(file, type), scale }
}

/** @param type of the list of kinds */
export function openKind(file: AdapterFile, type: string): Omit<OpenedAdapter, 'scale'> {
  const { name, config, tensors } = file
  const kind = kinds.find((one) => one.type === type)
  if (!kind) throw unknownKind(name, type)
  const adapter = kind.open(file)
  const parameters = [...tensors.values()].reduce((sum, { shape }) => sum + shape.reduce((n, axis) => n * axis, 1), 0)
  return {
    ...adapter,
    adapt(plan, model) {
      checkMadeFor(file, model)
      return adapter.adapt(plan, model)
    },
    name,
    isGguf: type.startsWith(GGUF),
    parameters,
    ignored: [...config.ignored, ...(file.around?.ignored ?? [])],
  }
}

function unknownKind(name: string, type: string): EngineError {
  const [begin, key] = [
    [HUB, 'architecture'],
    [GGUF, 'adapter.type'],
    ['', 'peft_type'],
  ].find(([begin]) => type.startsWith(begin!)) as [string, string]
  return unsupported(name, key, type.slice(begin.length).slice(0, 60))
}

/** A prefix that lies among the model's own tensors: it is on, and can be switched off. @throws ADAPTER_MISFIT */
export function ownPrefix(
  { at, count, projected }: PrefixEncoder,
  tensors: ReadonlyMap<string, CheckpointTensor>,
): OpenedAdapter {
  const name = at.split('.').at(-1)!
  const config = prefixConfig(name, { pre_seq_len: count, prefix_projection: projected })!
  const own = new Map([...tensors].filter(([tensor]) => tensor.startsWith(`${at}.`)))
  return { ...openKind({ name, config, tensors: own }, PREFIX_ENCODER), scale: 1 }
}
