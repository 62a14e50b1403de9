// The regular expressions that tokenizers split text with: a closed table.
//
// tokenizer.json brings its own regex, and a file may bring one that never ends
// (ReDoS). So a regex is only ever compiled when it stands in this table, letter
// by letter as published; anything else is refused by name. Sources: the
// tokenizer.json files of the families named below and llama.cpp's list of GGUF
// pre-tokenizer types. Knows nothing of vocabularies.

import { asObject, asString, clip, unsupported } from './check.ts'
import { asKnown } from './unicode.ts'

/** A splitting step: every match of `regex` becomes a piece of its own, and so does the text between matches. */
export type PatternName = keyof typeof patterns

export const patterns = {
  gpt2: String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`,
  gpt2Short: String.raw`'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`,
  gpt2Ggml: String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)`,
  // cl100k: Llama-3, GLM-4, OLMo-2, Phi-4: numbers in groups of up to three digits
  llama3: String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
  llama3Ggml: String.raw`(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
  // Qwen2, Qwen2.5, Qwen3, StableLM-2: one digit at a time
  qwen2: String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
  qwen2Ggml: String.raw`(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
  // Qwen3.5: marks count as letters
  qwen35: String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
  // Mistral-Nemo and later
  tekken: String.raw`[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
  // o200k: gpt-oss, Phi-4-mini, Llama-4
  gpt4o: String.raw`[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
  // DeepSeek-V3 and R1, three splits one after the other
  digits3: String.raw`\p{N}{1,3}`,
  deepseek3Cjk: '[一-龥぀-ゟ゠-ヿ]+',
  deepseek3:
    '[!"#$%&\'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\r\n]*|\\s*[\r\n]+|\\s+(?!\\S)|\\s+',
  // DeepSeek-Coder
  newline: '[\r\n]',
  letters: String.raw`\s?\p{L}+`,
  marks: String.raw`\s?\p{P}+`,
  deepseekCjk: '[一-龥ࠀ-一가-퟿]+',
  // BLOOM as published, and as GGUF tools write it
  bloom: String.raw` ?[^(\s|[.,!?…。，、।۔،])]+`,
  bloomGgml: String.raw` ?[^(\s|.,!?…。，、।۔،)]+`,
  // Falcon and llama.cpp's "default"
  symbols: String.raw`[\p{P}\$\+<=>\^~\|]+`,
  symbolsFalcon: '[\\p{P}\\$\\+<=>\\^~\\|`]+',
  threeDigits: '[0-9][0-9][0-9]',
  // what the named pre-tokenizers of tokenizer.json split by (pretokenize.ts)
  digit: String.raw`\p{N}`,
  digits: String.raw`\p{N}+`,
  punctuationOne: String.raw`[\p{P}\u0021-\u002F\u003A-\u0040\u005B-\u0060\u007B-\u007E]`,
  punctuation: String.raw`[\p{P}\u0021-\u002F\u003A-\u0040\u005B-\u0060\u007B-\u007E]+`,
  words: String.raw`\w+|[^\w\s]+`,
  space: String.raw`\s+`,
  spaceOne: String.raw`\s`,
  // normalizers of T5, ALBERT and XLNet
  spaces: ' {2,}',
} as const

const known = new Map<string, PatternName>(
  Object.entries(patterns).map(([name, source]) => [source, name as PatternName]),
)

/** The table's name for a regex, or undefined when it may not be compiled. */
function patternName(source: string): PatternName | undefined {
  return known.get(source)
}

/** What splits or is replaced: a regex of the table (or one of our own, which knows every character), or a plain text. */
export type Matcher = { regex: RegExp; ours?: true } | { literal: string }

const compiled = new Map<string, RegExp>()
const wordClass = String.raw`\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\u200C\u200D`

/**
 * A pattern of the table as JavaScript reads it: \s and \w are Unicode's there, (?i: folds ſ with s, and BLOOM nests a
 * class.
 */
export function tableRegex(source: string): RegExp {
  let regex = compiled.get(source)
  if (!regex) {
    const text = (source === patterns.bloom ? patterns.bloomGgml : source)
      .replaceAll("(?i:'s|'t|'re|'ve|'m|'ll|'d)", "(?:'[sSſ]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])")
      .replaceAll(String.raw`[^\w\s]`, String.raw`[^${wordClass}\s]`)
      .replaceAll(String.raw`\w`, `[${wordClass}]`)
      .replaceAll(String.raw`\s`, String.raw`\p{White_Space}`)
      .replaceAll(String.raw`\S`, String.raw`\P{White_Space}`)
    compiled.set(source, (regex = new RegExp(text, 'gu')))
  }
  return regex
}

/** A file's pattern; a regex only when the table has it. */
export function readPattern(value: unknown): Matcher {
  const pattern = asObject(value, 'pattern')
  if (typeof pattern.String === 'string') {
    const literal = asString(pattern.String, 'pattern', 100)
    if (literal === '') throw unsupported('an empty pattern')
    return { literal }
  }
  const regex = asString(pattern.Regex, 'pattern.Regex', 4096)
  if (!patternName(regex)) throw unsupported(`the split pattern "${clip(regex, 200)}"`)
  return { regex: tableRegex(regex) }
}

/** Where the pattern stands, from left to right, as [start, end). */
export function findMatches(text: string, pattern: Matcher): [number, number][] {
  const found: [number, number][] = []
  if ('literal' in pattern) {
    for (
      let at = text.indexOf(pattern.literal);
      at >= 0;
      at = text.indexOf(pattern.literal, at + pattern.literal.length)
    ) {
      found.push([at, at + pattern.literal.length])
    }
    return found
  }
  for (const match of (pattern.ours ? text : asKnown(text)).matchAll(pattern.regex)) {
    if (match[0] !== '') found.push([match.index, match.index + match[0].length])
  }
  return found
}

/** GGUF `tokenizer.ggml.pre` → splits in order, and what else the name implies (llama.cpp's table). */
export interface GgufPre {
  splits: PatternName[]
  ignoreMerges?: boolean
  addBos?: boolean
  addEos?: boolean
}

const gpt2: GgufPre = { splits: ['gpt2'] }
const llama3: GgufPre = { splits: ['llama3'], ignoreMerges: true, addBos: true }
const qwen2: GgufPre = { splits: ['qwen2'] }
const digitsThenGpt2: GgufPre = { splits: ['digit', 'gpt2'] }
const bloom: GgufPre = { splits: ['bloomGgml'] }

export const ggufPre: ReadonlyMap<string, GgufPre> = new Map<string, GgufPre>([
  ...[
    'gpt-2',
    'phi-2',
    'jina-es',
    'jina-de',
    'gigachat',
    'jina-v2-es',
    'jina-v2-de',
    'mpt',
    'olmo',
    'jais',
    'a.x-4.0',
    'mellum',
    'exaone4',
    'trillion',
    'granite-docling',
  ].map((name): [string, GgufPre] => [name, gpt2]),
  // encoders stand between a first and a last token
  ...['jina-v1-en', 'jina-v2-code', 'roberta-bpe', 'modern-bert'].map((name): [string, GgufPre] => [
    name,
    { ...gpt2, addBos: true, addEos: true },
  ]),
  ...['llama3', 'llama-v3', 'llama-bpe', 'falcon3', 'falcon-h1', 'pixtral', 'midm-2.0', 'lfm2', 'jina-v5-nano'].map(
    (name): [string, GgufPre] => [name, llama3],
  ),
  ...['glm4', 'glm5'].map((name): [string, GgufPre] => [name, { splits: ['llama3'], ignoreMerges: true }]),
  ...['dbrx', 'smaug-bpe', 'chatglm-bpe'].map((name): [string, GgufPre] => [name, { splits: ['llama3'] }]),
  ...['qwen2', 'deepseek-r1-qwen', 'stablelm2', 'megrez', 'kormo', 'f2llmv2', 'hunyuan', 'solar-open', 'grok-2'].map(
    (name): [string, GgufPre] => [name, qwen2],
  ),
  ...['smollm', 'starcoder', 'refact', 'command-r', 'codeshell', 'exaone', 'minerva-7b', 'mellum2'].map(
    (name): [string, GgufPre] => [name, digitsThenGpt2],
  ),
  ...['bloom', 'poro-chat', 'gpt3-finnish'].map((name): [string, GgufPre] => [name, bloom]),
  ['qwen35', { splits: ['qwen35'] }],
  ['viking', { splits: ['bloomGgml', 'digit'] }],
  ['tekken', { splits: ['tekken'], ignoreMerges: true, addBos: true }],
  ...['gpt-4o', 'llama4', 'kanana2', 'talkie', 'minimax-m2'].map((name): [string, GgufPre] => [
    name,
    { splits: ['gpt4o'] },
  ]),
  ...['deepseek-v3', 'hunyuan-dense', 'joyai-llm', 'hy_v4'].map((name): [string, GgufPre] => [
    name,
    { splits: ['digits3', 'deepseek3Cjk', 'deepseek3'] },
  ]),
  ['deepseek-coder', { splits: ['newline', 'letters', 'marks', 'deepseekCjk', 'digit'] }],
  ['falcon', { splits: ['symbolsFalcon', 'gpt2', 'threeDigits'] }],
  ['default', { splits: ['symbols', 'gpt2', 'digits', 'threeDigits'] }],
])
