// Added tokens that stand beside tokenizer.json, as transformers (5.24) adds them:
//
//   1. `added_tokens_decoder` of tokenizer_config.json, in the order of its ids, each that
//      tokenizer.json does not have with the same flags; without it the older files
//      special_tokens_map.json and added_tokens.json take its place
//   2. the named special tokens (bos_token … mask_token, and any other `*_token`)
//   3. `extra_special_tokens`, which was `additional_special_tokens`
//
// New ones get the next free ids, as in the Rust library's add_tokens().

import { asArray, asObject, asString, clip, invalid, limits, type Json } from './check.ts'

const named = ['bos_token', 'eos_token', 'unk_token', 'sep_token', 'pad_token', 'cls_token', 'mask_token']
const flags = ['single_word', 'lstrip', 'rstrip', 'normalized', 'special'] as const
type Token = { content: string } & Record<(typeof flags)[number], boolean>

/** tokenizer.json with what tokenizer_config.json adds at the end of its `added_tokens`. */
export function withConfigTokens(tokenizerJson: unknown, tokenizerConfig: unknown): unknown {
  if (tokenizerConfig === null || tokenizerConfig === undefined) return tokenizerJson
  const config = asObject(tokenizerConfig, 'tokenizer_config.json'), file = asObject(tokenizerJson, 'tokenizer.json')
  if (config.added_tokens_complete === true) return tokenizerJson
  const own = asArray(file.added_tokens ?? [], 'added_tokens', limits.added)
  // later flags of the same text win, as in the library
  const known = new Map<string, Token>()
  for (const entry of own) { const token = readToken(entry, 'added_tokens'); known.set(token.content, token) }
  const decoder = readDecoder(config.added_tokens_decoder)
  const listed = new Map(decoder.map((token) => [token.content, token]))
  const adding = decoder.filter((token) => { const there = known.get(token.content); return !there || flags.some((flag) => there[flag] !== token[flag]) })
  const taken = new Set([...known.keys(), ...adding.map((token) => token.content)])
  const names = new Set<string>()
  const special = (value: unknown, name: string): void => {
    const token = typeof value === 'string' ? listed.get(value) ?? readToken({ content: value, special: true, normalized: false }, name) : readToken(value, name)
    if (token.content === '' || taken.has(token.content)) return
    taken.add(token.content)
    adding.push({ ...token, special: token.special || names.has(token.content) })
  }
  const extra = config.extra_special_tokens ?? config.additional_special_tokens ?? []
  const more = extra !== null && typeof extra === 'object' && !Array.isArray(extra) ? extra as Json : {}
  const pairs: [string, unknown][] = [...named.map((name): [string, unknown] => [name, config[name]]),
    ...Object.entries(config).filter(([name, value]) => name.endsWith('_token') && !named.includes(name) && (typeof value === 'string' || isToken(value))), ...Object.entries(more)]
  const present = pairs.filter(([, value]) => typeof value === 'string' || isToken(value))
  for (const [, value] of present) names.add(contentOf(value))
  for (const token of adding) if (names.has(token.content)) token.special = true
  for (const [name, value] of present) special(value, name)
  if (Array.isArray(extra)) for (const value of asArray(extra, 'extra_special_tokens', limits.added)) special(value, 'extra_special_tokens')
  if (adding.length === 0) return tokenizerJson
  return { ...file, added_tokens: [...own, ...adding.map((token) => ({ ...token, id: 0 }))] }
}

/** tokenizer_config.json with the two older files in it; transformers reads them only where it has no `added_tokens_decoder`. */
export function withLegacyFiles(tokenizerConfig: unknown, tokenizerJson: unknown, specialTokensMap: unknown, addedTokens: unknown): unknown {
  const config = tokenizerConfig === null || tokenizerConfig === undefined ? {} : asObject(tokenizerConfig, 'tokenizer_config.json')
  if (config.added_tokens_decoder !== undefined || (specialTokensMap === null && addedTokens === null)) return tokenizerConfig
  const merged: Json = { ...config }
  for (const [key, value] of Object.entries(specialTokensMap === null ? {} : asObject(specialTokensMap, 'special_tokens_map.json'))) {
    if (key === '__proto__') continue
    if (key === 'extra_special_tokens' && Array.isArray(value) && Array.isArray(merged[key])) merged[key] = [...merged[key], ...value as unknown[]]
    else merged[key] = isToken(value) ? { ...value, special: true } : value
  }
  const special = new Set(named.map((name) => merged[name]).filter((value) => value !== undefined).map(contentOf))
  for (const value of [merged.extra_special_tokens, merged.additional_special_tokens]) if (Array.isArray(value)) value.forEach((token) => special.add(contentOf(token)))
  const decoder: Json = {}
  for (const [content, id] of Object.entries(addedTokens === null ? {} : asObject(addedTokens, 'added_tokens.json'))) {
    decoder[String(id)] = { content, special: special.has(content), normalized: !special.has(content) }
  }
  // the tokens of tokenizer.json take their ids back
  const own = tokenizerJson !== null && typeof tokenizerJson === 'object' ? (tokenizerJson as Json).added_tokens : undefined
  if (Array.isArray(own)) for (const token of own) if (isToken(token)) decoder[String((token as Json).id)] = token
  merged.added_tokens_decoder = decoder
  return merged
}

function readDecoder(value: unknown): Token[] {
  if (value === undefined || value === null) return []
  const entries = Object.entries(asObject(value, 'added_tokens_decoder'))
  if (entries.length > limits.added) throw invalid(`"added_tokens_decoder" may hold ${limits.added} entries, the file has ${entries.length}`)
  return entries.map(([id, token]): [number, Token] => {
    if (!/^\d{1,9}$/.test(id)) throw invalid(`"added_tokens_decoder" must have ids as its keys, the file has "${clip(id)}"`)
    return [Number(id), readToken(token, 'added_tokens_decoder')]
  }).sort(([a], [b]) => a - b).map(([, token]) => token).filter((token) => token.content !== '')
}

const isToken = (value: unknown): value is Json => value !== null && typeof value === 'object' && typeof (value as Json).content === 'string'
const contentOf = (value: unknown): string => typeof value === 'string' ? value : isToken(value) ? value.content as string : ''

function readToken(value: unknown, name: string): Token {
  const token = asObject(value, name), special = token.special === true
  return {
    content: asString(token.content, `${name}.content`), special, single_word: token.single_word === true, lstrip: token.lstrip === true, rstrip: token.rstrip === true,
    normalized: typeof token.normalized === 'boolean' ? token.normalized : !special,
  }
}
