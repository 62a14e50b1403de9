// A GGUF's key/values: which family the file is of, checked access to the keys of its architecture, and the
// config.json that the family makes of them (model_type, hidden_size …).

import { EngineError } from '../errors.ts'
import { plainly } from '../shown.ts'
import { checkConfig } from './config.ts'
import { expertsError } from './experts.ts'
import type { FileFamily, GgufKeys, GgufLayout } from './family.ts'
import type { GgufTensor } from './gguf.ts'
import { ropeKeys, ropeWords, type RopeFactors } from './gguf-rope.ts'

export interface GgufHead {
  file: string
  metadata: ReadonlyMap<string, unknown>
  tensors: readonly GgufTensor[]
  ropeFactors: RopeFactors
}

/** What was made of a file's keys. */
export interface GgufConfig {
  layout: GgufLayout
  config: Record<string, unknown>
  keys: GgufKeys
  /** keys behind "<architecture>." that were asked for: they are computed with */
  read: ReadonlySet<string>
}

/** Of pooling_type: a score of a pair, by a head (cls.*) that no family's file is known to hold. */
const RANK = 4

/** @throws FAMILY_UNSUPPORTED when no family knows the file, CONFIG_INVALID for a key that cannot be used */
export function ggufConfig(head: GgufHead, families: readonly FileFamily[]): GgufConfig {
  const { file, metadata } = head
  const known = [...new Set(families.flatMap(({ gguf }) => gguf?.arch ?? []))]
  const arch = metadata.get('general.architecture')
  const experts = metadata.get(`${typeof arch === 'string' ? arch : ''}.expert_count`)
  const hasExperts = typeof experts === 'number' && experts > 0
  if (typeof arch !== 'string' || !known.includes(arch)) {
    const found = typeof arch === 'string' ? arch.slice(0, 40) : 'none'
    if (hasExperts) throw expertsError(file, found, experts)
    throw new EngineError(
      'FAMILY_UNSUPPORTED',
      `Cannot load "${file}": its architecture is "${found}"; of GGUF files this version knows ${known.join(', ')}.`,
      { file, type: found, known: known.join(', ') },
    )
  }
  const read = new Set<string>()
  const keys = ggufKeys(head, arch, read)
  const sharing = families.filter(({ gguf }) => gguf?.arch === arch)
  const { types, gguf: layout } =
    sharing.find(({ gguf }) => gguf!.is?.(keys)) ?? sharing.find(({ gguf }) => !gguf!.is) ?? sharing[0]!
  const own = layout!.config(keys)
  if (layout!.rows && own.partial_rotary_factor !== undefined && own.partial_rotary_factor !== 1) {
    // rows are put back for heads that turn whole, and llama.cpp opens no others
    const { headDim } = keys.sizes()
    throw keys.invalid('rope.dimension_count', `the key length, ${headDim}`, keys.raw('rope.dimension_count'))
  }
  if (hasExperts && !read.has('expert_count')) throw expertsError(file, arch, experts)
  const pooling = keys.number('pooling_type')
  if (pooling === RANK) {
    const key = `${arch}.pooling_type`
    throw new EngineError(
      'FAMILY_UNSUPPORTED',
      `Cannot load "${file}": it asks for "${key}" = ${RANK}, and for the architecture "${arch}" this version does not compute with that. Nothing was loaded; choose another model.`,
      { file, key, found: String(RANK), family: arch },
    )
  }
  const config = {
    model_type: types[0]!,
    ...(pooling !== undefined && { pooling_type: pooling }),
    ...own,
    ...tokenIds(file, metadata),
  }
  checkConfig(file, config)
  return { layout: layout!, config, keys, read }
}

/** @param read gets every key that is asked for */
function ggufKeys({ file, metadata, tensors, ropeFactors }: GgufHead, arch: string, read: Set<string>): GgufKeys {
  const whole = (key: string): string => (tensors.some(({ name }) => name === key) ? key : `${arch}.${key}`)
  const complain: GgufKeys['invalid'] = (key, must, found) => invalid(file, whole(key), must, found)
  const raw = (key: string): unknown => {
    read.add(key)
    return metadata.get(`${arch}.${key}`)
  }
  const number = (key: string): number | undefined => {
    const value = uniform(file, `${arch}.${key}`, raw(key))
    if (value !== undefined && !(typeof value === 'number' && Number.isFinite(value))) {
      throw complain(key, 'a number', value)
    }
    return value
  }
  const required = (key: string): number => {
    const value = number(key)
    if (value === undefined) throw complain(key, 'a number', undefined)
    return value
  }
  const count = (key: string): number | undefined => {
    const value = number(key)
    if (value !== undefined && !(Number.isInteger(value) && value >= 1 && value <= 2 ** 20)) {
      throw complain(key, 'a whole number from 1 to 2^20', value)
    }
    return value
  }
  const requiredCount = (key: string): number => count(key) ?? required(key)
  const keys = {
    raw,
    number,
    required,
    count,
    requiredCount,
    invalid: complain,
    shape: (tensor: string) => tensors.find(({ name }) => name === tensor)?.shape,
    sizes: () => {
      const hidden = requiredCount('embedding_length')
      const heads = requiredCount('attention.head_count')
      const keyLength = count('attention.key_length')
      if (keyLength === undefined && hidden % heads !== 0) {
        throw complain('attention.head_count', `a divisor of ${arch}.embedding_length, ${hidden}`, heads)
      }
      const headDim = keyLength ?? hidden / heads
      const valueLength = number('attention.value_length') ?? headDim
      if (valueLength !== headDim) {
        throw complain('attention.value_length', `equal to the key length, ${headDim}`, valueLength)
      }
      return { hidden, heads, headDim }
    },
  }
  return {
    ...keys,
    rope: () => {
      for (const key of ropeKeys) read.add(key)
      return ropeWords(file, keys, ropeFactors)
    },
  }
}

function tokenIds(file: string, metadata: ReadonlyMap<string, unknown>): Record<string, unknown> {
  const id = (name: string): unknown => {
    const key = `tokenizer.ggml.${name}_token_id`,
      value = metadata.get(key)
    if (value !== undefined && !(Number.isInteger(value) && (value as number) >= -1 && (value as number) <= 2 ** 31)) {
      throw invalid(file, key, 'a token id', value)
    }
    return value
  }
  const ends = [...new Set(['eos', 'eot', 'eom'].map(id).filter((value) => value !== undefined))]
  return {
    ...(id('bos') !== undefined && { bos_token_id: id('bos') }),
    ...(ends.length > 0 && { eos_token_id: ends.length === 1 ? ends[0] : ends }),
    ...(id('padding') !== undefined && { pad_token_id: id('padding') }),
  }
}

/** A per-layer list becomes one number when all layers agree. */
function uniform(file: string, key: string, value: unknown): unknown {
  if (!ArrayBuffer.isView(value)) return value
  const [first, ...rest] = value as Uint32Array
  if (first === undefined || rest.some((x) => x !== first)) {
    throw invalid(
      file,
      key,
      'the same for every layer',
      rest.find((x) => x !== first),
    )
  }
  return first
}

function invalid(file: string, key: string, must: string, value: unknown): EngineError {
  const found = plainly(value)
  return new EngineError(
    'CONFIG_INVALID',
    `Cannot use "${file}": "${key}" must be ${must}, the file has ${found}. The file is damaged or of a kind this version does not know.`,
    { file, key, need: must, found },
  )
}
