// GGUF files that hold something else than a language model: adapters, projectors of pictures,
// importance matrices, vocabularies alone. Named before anything is asked of them.

import { EngineError } from '../errors.ts'
import { adapterError } from './adapters.ts'
import type { FileFamily } from './family.ts'
import type { Gguf } from './gguf.ts'

const refuse = (file: string, found: string, what: string): EngineError =>
  new EngineError('FILE_FORMAT', `Cannot load "${file}": it is ${what}.`, { file, found })

/** Throws when the file is no whole language model. */
export function refuseForeign(file: string, { metadata, tensors }: Gguf, families: readonly FileFamily[]): void {
  const text = (key: string): string | null => {
    const value = metadata.get(key)
    return typeof value === 'string' && value !== '' ? value.slice(0, 200) : null
  }
  const type = text('general.type'),
    arch = text('general.architecture')
  const named = (pattern: RegExp): boolean => tensors.some(({ name }) => pattern.test(name))
  const first = tensors[0]?.name ?? ''
  const known = new Set(families.flatMap(({ gguf }) => Object.values(gguf?.names ?? {}).map((n) => n.split('.')[0]!)))
  if (type === 'adapter' || text('adapter.type') !== null || /\.lora_[ab]$/.test(first)) {
    throw adapterError(
      file,
      (text('adapter.type') ?? 'lora') === 'lora' ? 'LoRA' : text('adapter.type')!.slice(0, 40),
      text('general.base_model.0.name') ?? text('general.base_model.0.repo_url'),
    )
  }
  if (
    type === 'mmproj' ||
    type === 'clip-vision' ||
    arch === 'clip' ||
    arch === 'mmproj' ||
    (!tensors.some(({ name }) => known.has(name.split('.')[0]!)) && named(/^(v\.|a\.|mm\.)/))
  ) {
    throw refuse(
      file,
      'mmproj',
      'the part of a model that turns pictures or sound into tokens (mmproj), not the language model. Choose the other .gguf file of that model',
    )
  }
  if (type === 'imatrix' || arch === 'imatrix' || named(/\.in_sum2$/)) {
    throw refuse(
      file,
      'imatrix',
      'an importance matrix, which helps to quantize a model and is none. Choose the .gguf file of the model',
    )
  }
  if (arch === 'controlvector' || named(/^direction\.\d+$/)) {
    throw refuse(
      file,
      'control-vector',
      'a control vector, a direction to steer a model with, and not a model. Choose the .gguf file of the model',
    )
  }
  const split = metadata.get('split.count') ?? 1
  if (tensors.length === 0 && split === 1 && metadata.has('tokenizer.ggml.tokens')) {
    throw refuse(file, 'vocab', 'a vocabulary without a model. Choose the .gguf file that holds the weights')
  }
}
