// File names from foreign listings, URLs and disks: which are allowed, and which files a model needs. Pure.

import { EngineError } from '../engine/errors.ts'
import type { ModelOrigin } from './types.ts'

const allowed = /^[A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+)*$/

/** A relative name that cannot leave its folder: plain characters, no "." or ".." segments. */
export const safeName = (name: string): boolean =>
  name.length <= 255 && allowed.test(name) && !name.split('/').some((part) => /^\.+$/.test(part))

export function checkName(name: string): string {
  if (safeName(name)) return name
  throw new EngineError(
    'FILE_FORMAT',
    `Cannot take a file named "${name.slice(0, 80)}": only letters, digits, ".", "_", "-" and "/" are allowed in names of model files.`,
    { file: name.slice(0, 80), reason: 'name' },
  )
}

/** Any text as a name: what is not allowed becomes "_". */
export function cleanName(name: string): string {
  const parts = name
    .normalize('NFKC')
    .split(/[\\/]+/)
    .map((part) => part.replace(/[^A-Za-z0-9._-]+/g, '_').replace(/^\.+/, ''))
    .filter(Boolean)
  return parts.join('/').slice(-200).replace(/^\/+/, '') || 'file'
}

const companions = [
  'config.json',
  'generation_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'added_tokens.json',
  'chat_template.jinja',
  'modules.json',
  'sentence_bert_config.json',
  '1_Pooling/config.json',
]
/** What makes a vector of a sentence stands in modules.json, each module after the network in a folder "1_Pooling". */
export const isModuleFolder = (name: string): boolean => /^\d{1,2}_[A-Za-z]+$/.test(name)
const isModule = (name: string): boolean => name.endsWith('/config.json') && isModuleFolder(name.slice(0, -12))
/** What a checkpoint without tokenizer.json may have in its place; each row is one tokenizer. */
export const olderTokenizers: readonly (readonly string[])[] = [
  ['vocab.json', 'merges.txt'],
  ['vocab.txt'],
  ['tokenizer.model'],
  ['spiece.model'],
  ['sentencepiece.bpe.model'],
  ['ice_text.model'],
]
const isOlderTokenizer = (name: string): boolean => olderTokenizers.some((files) => files.includes(name))
export const isCompanion = (name: string): boolean =>
  companions.includes(name) || isOlderTokenizer(name) || isModule(name)
export const optionalCompanions = companions.filter((name) => name !== 'config.json' && name !== 'tokenizer.json')
/** Which file must be added to these before a model can be opened. */
export const missingCompanion = (names: readonly string[]): string | undefined =>
  !names.includes('config.json')
    ? 'config.json'
    : names.includes('tokenizer.json') || olderTokenizers.some((files) => files.every((name) => names.includes(name)))
      ? undefined
      : 'tokenizer.json'
export const isGguf = (name: string): boolean => /\.gguf$/i.test(name)
export const isSplitGguf = (name: string): boolean => /-\d{5}-of-\d{5}\.gguf$/i.test(name)
export const indexName = 'model.safetensors.index.json'

/** Of a folder's files, those that make one model: companions and one set of safetensors. */
export function pickFiles(names: readonly string[]): string[] {
  const root = names.filter((name) => !name.includes('/') && safeName(name))
  const single = root.filter((name) => name === 'model.safetensors')
  const shards = root.filter((name) => /^model-\d{5}-of-\d{5}\.safetensors$/.test(name))
  const weights =
    single.length > 0
      ? single
      : shards.length > 0
        ? [...root.filter((name) => name === indexName), ...shards]
        : root.filter((name) => /\.safetensors$/i.test(name))
  // the older files say the same as tokenizer.json, and are not read beside it
  const older = (name: string): boolean => isOlderTokenizer(name) && names.includes('tokenizer.json')
  const beside = names.filter((name) => isCompanion(name) && safeName(name) && !older(name))
  return weights.length === 0 ? [] : [...beside, ...weights]
}

export const isWeights = (name: string): boolean => /\.(gguf|safetensors)$/i.test(name)
/** One of a model's other files. */
export const isModelFile = (name: string): boolean => isCompanion(name) || name === indexName
/** What is wanted beside these, so that they are one model and nothing else; null: nothing. */
export function missingOf(names: readonly string[]): string | null {
  const gguf = names.find(isGguf)
  if (gguf !== undefined) {
    const set = partsOf(gguf)
    return (
      set.find((name) => !names.includes(name)) ?? names.find((name) => !set.includes(name) && isWeights(name)) ?? null
    )
  }
  const picked = pickFiles(names)
  if (picked.length === 0) return 'model.safetensors'
  return missingCompanion(names) ?? names.find((name) => isWeights(name) && !picked.includes(name)) ?? null
}

const part = /^(.*)-(\d{5})-of-(\d{5})\.gguf$/i

/**
 * The .gguf models among these names: a file each, or all parts of a split one in their order. Sets with missing parts
 * are left out.
 */
export function ggufSets(names: readonly string[]): string[][] {
  const good = names.filter((name) => isGguf(name) && safeName(name))
  const firsts = good.filter((name) => Number(part.exec(name)?.[2] ?? 0) === 1)
  const split = firsts.map((name) => partsOf(name)).filter((parts) => parts.every((each) => good.includes(each)))
  return [...good.filter((name) => !isSplitGguf(name)).map((name) => [name]), ...split].sort((a, b) =>
    a[0]! < b[0]! ? -1 : 1,
  )
}

/** All parts of a split .gguf, by the name of any; [name] when it is none. */
export function partsOf(name: string): string[] {
  const [, stem, , count] = part.exec(name) ?? []
  if (stem === undefined || Number(count) > 1000) return [name]
  return Array.from({ length: Number(count) }, (_, i) => `${stem}-${String(i + 1).padStart(5, '0')}-of-${count}.gguf`)
}

/** A projector of pictures lies beside many models (mmproj-…gguf): it is no model. */
export const isProjector = (name: string): boolean => /(^|[/_-])mmproj[^/]*\.gguf$/i.test(name)

/** The id a model of this origin has in the store: the same origin always gets the same id. */
export function idOf(origin: ModelOrigin, name = ''): string {
  switch (origin.kind) {
    case 'hub':
      return `hf:${origin.repo}${origin.file ? `/${origin.file}` : ''}`
    case 'url':
      return `url:${origin.url}`
    case 'served':
      return origin.id ?? titleOf(origin)
    case 'import':
      return `file:${name}`
    case 'place':
      return `place:${name}`
  }
}

/** The last part of an origin, for people. */
export function titleOf(origin: ModelOrigin): string {
  const stem = (text: string) =>
    text
      .replace(/[?#].*$/, '')
      .replace(/\/+$/, '')
      .split('/')
      .at(-1)!
      .replace(/(-\d{5}-of-\d{5})?\.(gguf|safetensors)$/i, '')
  switch (origin.kind) {
    case 'hub':
      return stem(origin.file ?? origin.repo)
    case 'url':
      return stem(origin.url)
    case 'served':
      return stem(origin.base)
    case 'import':
    case 'place':
      return 'import'
  }
}

/** Adapters lie beside the models, in the same rows; this mark keeps one from being taken for the other. */
const adapterMark = 'adapter:'
/** What is cut off or cannot be seen in a name; letters of every script, spaces and marks stay. */
const unseen = /[\p{Cc}\p{Cs}]+/gu
/** Any text as the name of an adapter: what people see, and what its id, links and answers know it by. */
export const adapterTitle = (text: string): string =>
  text
    .normalize('NFC')
    .replace(/\\+/g, '/')
    .trim()
    .replace(unseen, '_')
    .slice(0, 150)
    .replace(/[\uD800-\uDBFF]$/, '')
    .trim() || 'adapter'
/** An id is the mark and the name itself: whoever knows one of them knows the other, without asking the disk. */
export const adapterId = (title: string): string => `${adapterMark}${title}`

/** Names that say nothing of which adapter it is: those that trainers give to every run's files and folders. */
const generic =
  /^\.*$|^((peft|ggml|best|final|last|saved|trained|my|the|new)[-_ ]?)*(adapters?|lora|qlora|model|checkpoints?|ckpt|outputs?|results?|runs?|weights|files|step|epoch|default|final|best|last|latest|pytorch|downloads?)([-_ ](adapters?|lora|models?|weights|checkpoint|output|best|final|last|latest|f16|f32|bf16|q8_0|q4_0))*([-_ ]?\d+)?$/i
export const isGeneric = (name: string): boolean => generic.test(name)
/** The last part of a path, with as many of the folders above it as it takes to say which one it is. */
export function tellingName(path: string): string {
  const parts = path.split('/').filter(Boolean)
  let from = parts.length - 1
  while (from > 0 && isGeneric(parts[from]!)) from--
  return parts.slice(Math.max(0, from)).join('/')
}
export const isAdapter = (id: string): boolean => id.startsWith(adapterMark)

/** Where a newer build of a stored model waits until it is whole (replace.ts); not a model that people see. */
export const sideOf = (id: string): string => `next:${id}`
export const isSide = (id: string): boolean => id.startsWith('next:')
