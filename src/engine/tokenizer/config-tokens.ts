// Added tokens that stand beside tokenizer.json, as transformers (5.24) adds them:
//
//   1. `added_tokens_decoder` of tokenizer_config.json, in the order of its ids, each that
//      tokenizer.json does not have with the same flags; without it the older files
//      special_tokens_map.json and added_tokens.json take its place
//   2. the named special tokens (bos_token … mask_token, and any other `*_token`)
//   3. the lists `extra_special_tokens` and, as it was called before, `additional_special_tokens`
//
// New ones get the next free ids, as in the Rust library's add_tokens(). The named ones, and no
// others, are variables of the chat template.

import { asArray, asObject, asString, clip, invalid, limits, type Json } from './check.ts'
import { plainly } from '../shown.ts'

const named = ['bos_token', 'eos_token', 'unk_token', 'sep_token', 'pad_token', 'cls_token', 'mask_token']
const flags = ['single_word', 'lstrip', 'rstrip', 'normalized', 'special'] as const
type Token = { content: string } & Record<(typeof flags)[number], boolean>

/**
 * tokenizer.json with what tokenizer_config.json adds at the end of its `added_tokens`, and `encode_special_tokens`
 * where it has special tokens read as plain text.
 */
export function withConfigTokens(tokenizerJson: unknown, tokenizerConfig: unknown): unknown {
  if (tokenizerConfig === null || tokenizerConfig === undefined) return tokenizerJson
  const config = asObject(tokenizerConfig, 'tokenizer_config.json'),
    file = asObject(tokenizerJson, 'tokenizer.json')
  if (config.added_tokens_complete === true) return tokenizerJson
  const own = asArray(file.added_tokens ?? [], 'added_tokens', limits.added)
  // later flags of the same text win, as in the library
  const known = new Map<string, Token>()
  for (const entry of own) {
    const token = readToken(entry, 'added_tokens')
    known.set(token.content, token)
  }
  const decoder = readDecoder(config.added_tokens_decoder)
  const listed = new Map(decoder.map((token) => [token.content, token]))
  const adding = decoder.filter((token) => {
    const there = known.get(token.content)
    return !there || flags.some((flag) => there[flag] !== token[flag])
  })
  const taken = new Set([...known.keys(), ...adding.map((token) => token.content)])
  const names = new Set<string>()
  const special = (value: unknown, name: string): void => {
    const token =
      typeof value === 'string'
        ? (listed.get(value) ?? readToken({ content: value, special: true, normalized: false }, name))
        : readToken(value, name)
    if (token.content === '' || taken.has(token.content)) return
    taken.add(token.content)
    adding.push({ ...token, special: token.special || names.has(token.content) })
  }
  const { byName, list } = specialTokens(config, file)
  for (const value of byName.values()) names.add(contentOf(value))
  for (const token of adding) if (names.has(token.content)) token.special = true
  for (const [name, value] of byName) special(value, name)
  for (const value of asArray(list, 'extra_special_tokens', limits.added)) special(value, 'extra_special_tokens')
  const split = config.split_special_tokens === true
  if (adding.length === 0 && !split) return tokenizerJson
  return {
    ...file,
    added_tokens: [...own, ...adding.map((token) => ({ ...token, id: 0 }))],
    ...(split && { encode_special_tokens: true }),
  }
}

/**
 * Name → text of the special tokens that a chat template sees as variables: those that the files name, and no others
 * (transformers' special_tokens_map).
 */
export function templateTokens(tokenizerConfig: unknown, tokenizerJson: unknown): Record<string, string> {
  const config =
    tokenizerConfig === null || tokenizerConfig === undefined ? {} : asObject(tokenizerConfig, 'tokenizer_config.json')
  return Object.fromEntries(
    [...specialTokens(config, asObject(tokenizerJson, 'tokenizer.json')).byName].map(([name, value]) => [
      name,
      contentOf(value),
    ]),
  )
}

/**
 * The special tokens by name, in the order they are added, and those without one. A name in `extra_special_tokens`
 * counts before the same name elsewhere.
 */
function specialTokens(config: Json, file: Json): { byName: Map<string, unknown>; list: unknown[] } {
  const {
    extra_special_tokens: extra,
    additional_special_tokens: additional,
    model_specific_special_tokens: specific,
  } = config
  const chosen = isFilled(extra) ? extra : additional
  // the padding of tokenizer.json names a token where the configuration leaves it open
  const byName = new Map<string, unknown>(
    named.map((name) => [
      name,
      name === 'pad_token' && !Object.hasOwn(config, name) && isDict(file.padding)
        ? file.padding.pad_token
        : config[name],
    ]),
  )
  const others = Object.entries(config).filter(([name]) => name.endsWith('_token') && !named.includes(name))
  const written = others.filter(([, value]) => isToken(value) && value.__type === 'AddedToken'),
    plain = others.filter(([, value]) => typeof value === 'string')
  for (const [name, value] of [...written, ...plain]) byName.set(name, value)
  if (isDict(specific)) {
    for (const [name, value] of Object.entries(specific)) if (!byName.has(name)) byName.set(name, value)
  }
  if (isDict(chosen)) for (const [name, value] of Object.entries(chosen)) byName.set(name, value)
  for (const [name, value] of byName) if (typeof value !== 'string' && !isToken(value)) byName.delete(name)
  if (byName.size > limits.added) {
    throw invalid(`its configuration may name ${limits.added} tokens, the file has ${byName.size}`)
  }
  // a dict has names only: the older list stands beside it
  return { byName, list: [chosen, additional].find((value) => Array.isArray(value)) ?? [] }
}

/**
 * tokenizer_config.json with the two older files in it; transformers reads them only where it has no
 * `added_tokens_decoder`.
 */
export function withLegacyFiles(
  tokenizerConfig: unknown,
  tokenizerJson: unknown,
  specialTokensMap: unknown,
  addedTokens: unknown,
): unknown {
  const config =
    tokenizerConfig === null || tokenizerConfig === undefined ? {} : asObject(tokenizerConfig, 'tokenizer_config.json')
  if (config.added_tokens_decoder !== undefined || (specialTokensMap === null && addedTokens === null)) {
    return tokenizerConfig
  }
  const merged: Json = { ...config }
  // the configuration's older list has the newer name by now: the map's cannot take its place
  if (isFilled(config.additional_special_tokens) && !isFilled(config.extra_special_tokens)) {
    merged.extra_special_tokens = config.additional_special_tokens
    delete merged.additional_special_tokens
  }
  const specific: Json = isDict(config.model_specific_special_tokens) ? { ...config.model_specific_special_tokens } : {}
  for (const [name, value] of Object.entries(config)) {
    if (name.endsWith('_token') && !named.includes(name) && typeof value === 'string') {
      specific[name] = value
      delete merged[name]
    }
  }
  const takeNames = (): void => {
    if (isDict(merged.extra_special_tokens)) {
      Object.assign(specific, merged.extra_special_tokens)
      delete merged.extra_special_tokens
    }
  }
  takeNames()
  for (const [key, value] of Object.entries(
    specialTokensMap === null ? {} : asObject(specialTokensMap, 'special_tokens_map.json'),
  )) {
    if (key === '__proto__' || Object.hasOwn(specific, key)) continue
    if (key === 'extra_special_tokens' && Array.isArray(value) && Array.isArray(merged[key])) {
      merged[key] = [...merged[key], ...(value as unknown[])]
    } else merged[key] = isToken(value) ? { ...value, special: true, __type: 'AddedToken' } : value
  }
  takeNames()
  if (Object.hasOwn(merged, 'extra_special_tokens')) delete merged.additional_special_tokens
  merged.model_specific_special_tokens = specific
  const special = new Set(
    named
      .map((name) => merged[name])
      .filter((value) => value !== undefined)
      .map(contentOf),
  )
  if (Array.isArray(merged.extra_special_tokens)) {
    merged.extra_special_tokens.forEach((token) => special.add(contentOf(token)))
  }
  const decoder: Json = {}
  for (const [content, id] of Object.entries(addedTokens === null ? {} : asObject(addedTokens, 'added_tokens.json'))) {
    decoder[idKey(id)] = { content, special: special.has(content), normalized: !special.has(content) }
  }
  // the tokens of tokenizer.json take their ids back
  const own =
    tokenizerJson !== null && typeof tokenizerJson === 'object' ? (tokenizerJson as Json).added_tokens : undefined
  if (Array.isArray(own)) for (const token of own) if (isToken(token)) decoder[idKey((token as Json).id)] = token
  merged.added_tokens_decoder = decoder
  return merged
}

/** What stands there as a key; readDecoder() refuses what is no id. */
const idKey = (id: unknown): string => plainly(id)

function readDecoder(value: unknown): Token[] {
  if (value === undefined || value === null) return []
  const entries = Object.entries(asObject(value, 'added_tokens_decoder'))
  if (entries.length > limits.added) {
    throw invalid(`"added_tokens_decoder" may hold ${limits.added} entries, the file has ${entries.length}`)
  }
  return entries
    .map(([id, token]): [number, Token] => {
      if (!/^\d{1,9}$/.test(id)) {
        throw invalid(`"added_tokens_decoder" must have ids as its keys, the file has "${clip(id)}"`)
      }
      return [Number(id), readToken(token, 'added_tokens_decoder')]
    })
    .sort(([a], [b]) => a - b)
    .map(([, token]) => token)
    .filter((token) => token.content !== '')
}

const isDict = (value: unknown): value is Json => value !== null && typeof value === 'object' && !Array.isArray(value)
const isFilled = (value: unknown): boolean =>
  value !== null && typeof value === 'object' && Object.keys(value).length > 0
const isToken = (value: unknown): value is Json =>
  value !== null && typeof value === 'object' && typeof (value as Json).content === 'string'
/** The text of a token, written as a text or as an object. */
export const contentOf = (value: unknown): string =>
  typeof value === 'string' ? value : isToken(value) ? (value.content as string) : ''

function readToken(value: unknown, name: string): Token {
  const token = asObject(value, name),
    special = token.special === true
  return {
    content: asString(token.content, `${name}.content`),
    special,
    single_word: token.single_word === true,
    lstrip: token.lstrip === true,
    rstrip: token.rstrip === true,
    normalized: typeof token.normalized === 'boolean' ? token.normalized : !special,
  }
}
