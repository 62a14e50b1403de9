// What a pile of files is, where it is an adapter: asked before a model is there to put it on. Headers, and whether all
// numbers of an adapter are some: one with a NaN should not lie in the store until a model is loaded with it.

import { EngineError } from '../errors.ts'
import { adapterConfigName, isAdapterWeights } from '../formats/adapters.ts'
import type { ModelFiles } from '../formats/bytes.ts'
import { isCompanionName } from '../formats/detect.ts'
import { readGguf } from '../formats/gguf.ts'
import { checkTensor } from '../formats/finite.ts'
import { sniffFile } from '../formats/kinds.ts'
import { readText } from '../formats/text.ts'
import type { CheckpointTensor } from '../formats/types.ts'
import { notFinite } from './errors.ts'
import { isGgufAdapter } from './gguf.ts'
import { openKind } from './open.ts'
import { readAdapter, tensorsIn } from './read.ts'

export interface AdapterSummary {
  /** what people call it: LoRA, DoRA … */
  kind: string
  /** what its files call the model that it was made for: a name, an address, a path */
  base: string | null
  rank: number | null
  /** numbers in its tensors */
  parameters: number
  /** entries that it puts before every text */
  before: number | null
}

/**
 * @param files of one folder, the adapter's at any depth
 * @returns null where they are no adapter's; the error that says why it cannot be used, where one is
 * @throws ABORTED, and what reading the files throws
 */
export async function adapterSummary(
  files: ModelFiles,
  signal?: AbortSignal,
): Promise<AdapterSummary | EngineError | null> {
  if (!(await isAdapter(files, signal))) return null
  try {
    const { file, type, base } = await readAdapter(nameOf(files), files, signal)
    const { kind, rank, parameters, lead } = openKind(file, type)
    for (const tensor of file.tensors.values()) await checkNumbers(file.name, tensor, signal)
    return { kind, base, rank, parameters, before: lead?.count ?? null }
  } catch (error) {
    if (error instanceof EngineError && error.code !== 'ABORTED') return error
    throw error
  }
}

async function checkNumbers(adapter: string, tensor: CheckpointTensor, signal?: AbortSignal): Promise<void> {
  try {
    await checkTensor(tensor, signal)
  } catch (error) {
    throw error instanceof EngineError && error.code === 'NUMERIC' ? notFinite(adapter, tensor.name) : error
  }
}

/** The folder that an adapter lies in, else its first file: for messages. */
function nameOf(files: ModelFiles): string {
  const [first = ''] = files.keys()
  return first.split('/').at(-2) ?? first
}

/** An adapter's description or GGUF, and no model beside it. */
async function isAdapter(files: ModelFiles, signal?: AbortSignal): Promise<boolean> {
  const names = [...files.keys()]
  const others: string[] = []
  let own = names.some((name) => name.split('/').at(-1) === adapterConfigName)
  for (const name of names) {
    if (isCompanionName(name) || isAdapterWeights(name)) continue
    const source = files.get(name)!
    const kind = await sniffFile(source, signal)
    if (kind === 'gguf') {
      if (await isAdapterGguf(source, signal)) own = true
      else others.push(name)
    } else if (kind === 'safetensors') others.push(name)
  }
  return own ? others.length === 0 : others.length > 0 && (await isPrefix(files, others, signal))
}

async function isAdapterGguf(source: Parameters<typeof readGguf>[0], signal?: AbortSignal): Promise<boolean> {
  try {
    return isGgufAdapter((await readGguf(source, signal)).metadata)
  } catch (error) {
    if (error instanceof EngineError && error.code !== 'ABORTED') return false // whoever loads it says what is wrong
    throw error
  }
}

/** P-tuning v2: a whole model's config.json, and tensors of its prefix alone. */
async function isPrefix(files: ModelFiles, weights: readonly string[], signal?: AbortSignal): Promise<boolean> {
  const config = [...files.keys()].find((name) => name.split('/').at(-1) === 'config.json')
  const text = config === undefined ? null : await readText(files, config, 2 ** 20, signal)
  if (text === null || !text.includes('"pre_seq_len"') || weights.length !== 1) return false
  const names = [...(await tensorsIn(files.get(weights[0]!)!, signal)).keys()]
  return names.length > 0 && names.every((name) => /(^|\.)prefix_encoder\./.test(name))
}
