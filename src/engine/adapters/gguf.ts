// A GGUF that holds an adapter, as llama.cpp's convert_lora_to_gguf.py writes it: general.type = "adapter", its kind in
// adapter.type, and keys adapter.<kind>.*.

import { EngineError } from '../errors.ts'
import type { CheckpointTensor } from '../formats/types.ts'
import type { AdapterFile } from './adapter.ts'
import { AdapterConfig } from './config.ts'

/** What the types of its kinds begin with. */
export const GGUF = 'gguf '

/** @throws FILE_FORMAT where the file holds a model */
export function ggufType(
  name: string,
  file: string,
  metadata: ReadonlyMap<string, unknown>,
  tensors: readonly CheckpointTensor[],
): { type: string; base: string | null; file: AdapterFile } {
  if (!isGgufAdapter(metadata)) {
    throw new EngineError('FILE_FORMAT', `Cannot use "${file}" as an adapter: it holds a model. Load it as one.`, {
      file,
      found: 'model',
    })
  }
  // the keys that every file has say what it is called and who made it
  const keys = [...metadata].filter(([key]) => !/^general\.(?!architecture$)|^GGUF\./.test(key))
  const config = new AdapterConfig(name, JSON.stringify(Object.fromEntries(keys), plain), file)
  const base = ['general.base_model.0.name', 'general.base_model.0.repo_url'].map((key) => metadata.get(key))
  return {
    type: `${GGUF}${config.text('adapter.type')}`,
    base: base.find((one): one is string => typeof one === 'string' && one.trim() !== '')?.slice(0, 200) ?? null,
    file: { name, config, tensors: new Map(tensors.map((tensor) => [tensor.name, tensor])) },
  }
}

export const isGgufAdapter = (metadata: ReadonlyMap<string, unknown>): boolean =>
  metadata.get('general.type') === 'adapter' || typeof metadata.get('adapter.type') === 'string'

const plain = (_key: string, value: unknown): unknown =>
  ArrayBuffer.isView(value)
    ? Array.from(value as unknown as ArrayLike<unknown>)
    : typeof value === 'bigint'
      ? String(value)
      : value
