// Which safetensors files make up the model: model.safetensors alone, the files that
// model.safetensors.index.json names, or a complete set model-0000k-of-0000n.safetensors.

import { EngineError } from '../errors.ts'
import type { ModelFiles } from './bytes.ts'
import { JsonScanner } from './json.ts'
import { maxNameLength, maxTensors } from './safetensors.ts'
import { readText } from './text.ts'

const single = 'model.safetensors'
const indexName = 'model.safetensors.index.json'
const maxIndexBytes = 32 * 2 ** 20
const maxShards = 1000
const numbered = /^(.*)-(\d{5})-of-(\d{5})\.safetensors$/
const safePath = /^(?!.*(?:^|\/)\.{1,2}(?:\/|$))[A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+)*$/

interface Shards {
  shards: string[]
  /** tensor -> file, when an index says so; other tensors in the files are ignored, as Hugging Face does */
  mapped: Map<string, string> | null
}

/** Tensor -> file name, from the text of an index. */
export function parseIndex(text: string): Map<string, string> {
  const mapped = new Map<string, string>()
  const scan = new JsonScanner(text, indexName, 'shard index')
  let found = false
  scan.object((key) => {
    if (key !== 'weight_map') {
      scan.skip()
      return
    }
    found = true
    scan.object((tensor) => {
      if (tensor.length > maxNameLength || mapped.size === maxTensors) {
        scan.fail('it names too many tensors, or a name is too long')
      }
      const file = scan.string()
      if (file.length > maxNameLength || !safePath.test(file)) {
        scan.fail(`"${file.slice(0, 100)}" is not a plain file name`)
      }
      mapped.set(tensor, file)
    })
  })
  if (scan.peek() !== '') scan.fail('text follows the closing }')
  if (!found || mapped.size === 0) scan.fail('"weight_map" is missing or empty')
  return mapped
}

/** @param weights names of the safetensors files that were given */
export async function chooseShards(files: ModelFiles, weights: string[], signal?: AbortSignal): Promise<Shards> {
  if (files.has(single)) return { shards: [single], mapped: null }
  const text = await readText(files, indexName, maxIndexBytes, signal)
  if (text !== null) {
    const mapped = parseIndex(text)
    const shards = [...new Set(mapped.values())].sort()
    if (shards.length > maxShards) {
      throw new EngineError(
        'FILE_HEADER',
        `Cannot open the model: "${indexName}" names ${shards.length} files, at most ${maxShards} are allowed.`,
        { file: indexName, shards: shards.length },
      )
    }
    requireAll(files, shards)
    return { shards, mapped }
  }
  if (weights.length === 1 && !numbered.test(weights[0]!)) return { shards: weights, mapped: null }
  const parts = weights.map((name) => numbered.exec(name))
  const first = parts[0]
  const total = Number(first?.[3])
  if (!first || total > maxShards || parts.some((part) => part?.[1] !== first[1] || part?.[3] !== first[3])) {
    throw new EngineError(
      'FILE_FORMAT',
      `Cannot tell which of the ${weights.length} safetensors files are the model ("${weights[0]!}", "${weights[1] ?? ''}"…): "${single}" or "${indexName}" must be among them. Add it, or remove the others.`,
      { files: weights.length, first: weights[0]! },
    )
  }
  const shards = Array.from(
    { length: total },
    (_, i) => `${first[1]!}-${String(i + 1).padStart(5, '0')}-of-${first[3]!}.safetensors`,
  )
  requireAll(files, shards)
  return { shards, mapped: null }
}

function requireAll(files: ModelFiles, shards: string[]): void {
  const missing = shards.filter((name) => !files.has(name))
  if (missing.length > 0) {
    throw new EngineError(
      'FILE_MISSING',
      `Cannot open the model: ${missing.length} of its ${shards.length} weight files are missing, first "${missing[0]!}". Add them.`,
      { file: missing[0]!, missing: missing.length, shards: shards.length },
    )
  }
}
