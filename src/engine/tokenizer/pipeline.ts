// tokenizer.json → the subset that the package computes exactly as the Rust library.
//
// Every normalizer, pre-tokenizer and post-processor is either passed on, or
// rewritten into a Split with a known pattern where the package's own code uses
// JavaScript's idea of digits, spaces and punctuation, or refused by name.
// Knows no vocabulary; never compiles a regex of the file.

import { asArray, asObject, asString, clip, invalid, limits, unsupported, type Json } from './check.ts'
import { patternName, patterns } from './patterns.ts'

const escapeLiteral = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
const split = (regex: string, behavior = 'Isolated', invert = false): Json => ({ type: 'Split', pattern: { Regex: regex }, behavior, invert })
const sequence = (key: string, parts: Json[]): Json | null =>
  parts.length === 0 ? null : parts.length === 1 ? parts[0]! : { type: 'Sequence', [key]: parts }

function each(node: unknown, key: string, accept: (node: Json, type: string) => Json[], depth = 0): Json[] {
  if (node === null || node === undefined) return []
  if (depth > limits.depth) throw invalid('its steps are nested too deeply')
  const step = asObject(node, key)
  const type = asString(step.type, `${key}.type`)
  if (type !== 'Sequence') return accept(step, type)
  return asArray(step[key], key, 100).flatMap(child => each(child, key, accept, depth + 1))
}

/** A file's pattern as a regex source that is safe to compile. */
function readPattern(value: unknown): { regex: string; literal: string | null } {
  const pattern = asObject(value, 'pattern')
  if (typeof pattern.String === 'string') {
    const literal = asString(pattern.String, 'pattern', 100)
    if (literal === '') throw unsupported('an empty split pattern')
    return { regex: escapeLiteral(literal), literal }
  }
  const regex = asString(pattern.Regex, 'pattern.Regex', 4096)
  if (!patternName(regex)) throw unsupported(`the split pattern "${clip(regex, 200)}"`)
  return { regex, literal: null }
}

// ---- normalizer -------------------------------------------------------------------

// Han characters outside the basic plane, which the package's BertNormalizer does not see
const astralHan = '[\\x{20000}-\\x{2A6DF}\\x{2A700}-\\x{2B73F}\\x{2B740}-\\x{2B81F}\\x{2B920}-\\x{2CEAF}\\x{2F800}-\\x{2FA1F}]'
const replace = (regex: string, content: string): Json => ({ type: 'Replace', pattern: { Regex: regex }, content })
// JavaScript lower-cases a final Σ to ς; Rust goes letter by letter
const plainSigma = replace('Σ', 'σ')

export function acceptNormalizer(node: unknown): Json | null {
  return sequence('normalizers', each(node, 'normalizers', (step, type) => {
    switch (type) {
      case 'NFC': case 'NFD': case 'NFKC': case 'NFKD': case 'StripAccents': return [{ type }]
      case 'Lowercase': return [plainSigma, { type }]
      case 'Strip': return [{ type, strip_left: step.strip_left === true, strip_right: step.strip_right === true }]
      case 'Prepend': return [{ type, prepend: asString(step.prepend, 'prepend') }]
      case 'Replace': return [replace(readPattern(step.pattern).regex, asString(step.content ?? '', 'content').replaceAll('$', '$$$$'))]
      // the charsmap itself is not read: the package applies NFKC and its usual exceptions
      case 'Precompiled': return [{ type }]
      case 'BertNormalizer': {
        const { clean_text, handle_chinese_chars, strip_accents, lowercase } = step
        return [...(handle_chinese_chars ? [replace(astralHan, ' $& ')] : []), ...(lowercase ? [plainSigma] : []),
          { type, clean_text: !!clean_text, handle_chinese_chars: !!handle_chinese_chars, strip_accents: strip_accents ?? null, lowercase: !!lowercase }]
      }
      default: throw unsupported(`the normalizer "${clip(type)}"`)
    }
  }))
}

// ---- pre-tokenizer ----------------------------------------------------------------

export function acceptPreTokenizer(node: unknown): Json | null {
  return sequence('pretokenizers', each(node, 'pretokenizers', (step, type) => {
    switch (type) {
      case 'ByteLevel': {
        const prefix = step.add_prefix_space === true
        // with a prefix the package has to split itself: the space comes first
        if (step.use_regex !== false && prefix) return [{ type, add_prefix_space: true, use_regex: true }]
        const bytes = { type, add_prefix_space: prefix, use_regex: false }
        return step.use_regex === false ? [bytes] : [split(patterns.gpt2), bytes]
      }
      case 'Split': return [acceptSplit(step)]
      case 'Digits': return [split(step.individual_digits === true ? patterns.digit : patterns.digits)]
      case 'Punctuation': return [acceptPunctuation(String(step.behavior ?? 'Isolated'))]
      case 'Whitespace': return [split(patterns.words, 'Removed', true)]
      case 'WhitespaceSplit': return [split(patterns.notSpace, 'Removed', true)]
      case 'CharDelimiterSplit': return [split(escapeLiteral(asString(step.delimiter, 'delimiter', 2)), 'Removed')]
      case 'BertPreTokenizer': return [{ type }]
      case 'Metaspace': {
        if ((step.replacement ?? '▁') !== '▁') throw unsupported(`Metaspace with "${clip(String(step.replacement))}"`)
        const scheme = step.prepend_scheme ?? (step.add_prefix_space === false ? 'never' : 'always')
        const space: Json = { type, replacement: '▁', prepend_scheme: scheme }
        return step.split === false ? [space] : [space, split(patterns.metaspaceWord)]
      }
      default: throw unsupported(`the pre-tokenizer "${clip(type)}"`)
    }
  }))
}

function acceptSplit(step: Json): Json {
  const { regex, literal } = readPattern(step.pattern)
  const behavior = String(step.behavior ?? 'Isolated').toLowerCase()
  const invert = step.invert === true
  if (behavior === 'removed') return split(regex, 'Removed', invert)
  if (!invert && behavior === 'isolated') return split(regex)
  const one = literal !== null && [...literal].length === 1
  if (!invert && one && behavior === 'mergedwithprevious') return split(`[^${regex}]+${regex}?|${regex}`)
  if (!invert && one && behavior === 'mergedwithnext') return split(`${regex}[^${regex}]*|[^${regex}]+`)
  if (!invert && behavior === 'contiguous') {
    if (one) return split(`${regex}+`)
    if (regex.endsWith(']+') && regex.indexOf(']') === regex.length - 2) return split(regex)
  }
  throw unsupported(`a Split with behavior "${clip(behavior)}"${invert ? ', inverted,' : ''} on "${clip(literal ?? regex)}"`)
}

function acceptPunctuation(behavior: string): Json {
  switch (behavior.toLowerCase()) {
    case 'isolated': return split(patterns.punctuationOne)
    case 'contiguous': return split(patterns.punctuation)
    case 'removed': return split(patterns.punctuationOne, 'Removed')
    default: throw unsupported(`Punctuation with behavior "${clip(behavior)}"`)
  }
}

// ---- post-processor ---------------------------------------------------------------

export function acceptPostProcessor(node: unknown): Json | null {
  return sequence('processors', each(node, 'processors', (step, type) => {
    switch (type) {
      case 'ByteLevel': return [{ type }]
      case 'BertProcessing': case 'RobertaProcessing': {
        const end = (name: string): unknown[] => [asString(asArray(step[name], name, 2)[0], name)]
        return [{ type, sep: end('sep'), cls: end('cls') }]
      }
      case 'TemplateProcessing': {
        const tokens = step.special_tokens === undefined ? {} : asObject(step.special_tokens, 'special_tokens')
        return [{ type, pair: [], single: asArray(step.single, 'single', 100).flatMap(item => templateItem(asObject(item, 'single'), tokens)) }]
      }
      default: throw unsupported(`the post-processor "${clip(type)}"`)
    }
  }))
}

/** A template names special tokens by a key that may stand for several tokens. */
function templateItem(item: Json, tokens: Json): Json[] {
  if ('Sequence' in item) return [{ Sequence: { id: 'A', type_id: 0 } }]
  const id = asString(asObject(item.SpecialToken, 'SpecialToken').id, 'SpecialToken.id')
  const entry = Object.hasOwn(tokens, id) ? asObject(tokens[id], id) : {}
  const names = Array.isArray(entry.tokens) ? asArray(entry.tokens, id, 100) : [id]
  return names.map(name => ({ SpecialToken: { id: asString(name, id), type_id: 0 } }))
}
