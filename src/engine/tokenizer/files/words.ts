// vocab.txt, and vocab.json with merges.txt: the vocabularies of the first years.
//
// What a text goes through before and after stands in code of each class, not in these files;
// here it is written as a tokenizer.json would say it (transformers' converters).

import { asObject, asString, clip, invalid, limits, unsupported, type Json } from '../check.ts'
import { patterns } from '../patterns.ts'
import { addedToken, templateOf } from '../sentencepiece/json.ts'
import { contentOf } from '../config-tokens.ts'
import type { FilesKind } from './classes.ts'

export interface Built {
  tokenizerJson: Json
  /** the configuration with what its class takes for granted */
  tokenizerConfig: Json
  /** what nothing said, and was taken from how the files look */
  assumed?: Assumed
}
export type Assumed = 'class' | 'cased' | 'uncased'

/** Lines as Python reads them. */
const linesOf = (text: string): string[] => {
  const lines = text.split(/\r\n|[\n\r]/)
  if (lines.at(-1) === '') lines.pop()
  return lines
}

/** The tokens a class names where its configuration does not; those that the vocabulary lacks are none. */
export function withNames(config: Json, names: Record<string, string>, has: (token: string) => boolean): Json {
  const found = Object.entries(names).filter(([name, token]) => config[name] === undefined && has(token))
  return { ...config, ...Object.fromEntries(found) }
}

const bertNames = {
  ...{ unk_token: '[UNK]', sep_token: '[SEP]', pad_token: '[PAD]', cls_token: '[CLS]', mask_token: '[MASK]' },
}

/** A flag of a configuration. @throws TOKENIZER_INVALID when it is no flag */
export function flagOf(config: Json, name: string, otherwise: boolean): boolean {
  const value = config[name]
  if (value === undefined || value === null) return otherwise
  if (typeof value !== 'boolean') throw invalid(`"${name}" must be true or false`)
  return value
}

/** BERT's vocab.txt: a token a line. */
export function fromVocabText(text: string, given: Json): Built {
  const vocab = Object.create(null) as Record<string, number>
  const lines = linesOf(text)
  if (lines.length > limits.vocab) throw invalid(`the vocabulary may hold ${limits.vocab} tokens`)
  // of equal lines the last counts
  lines.forEach((token, id) => (vocab[token] = id))
  if (!flagOf(given, 'do_basic_tokenize', true)) throw unsupported('"do_basic_tokenize": false')
  if (Array.isArray(given.never_split) && given.never_split.length > 0) throw unsupported('"never_split"')
  const config = withNames(given, bertNames, (token) => token in vocab)
  const name = (key: keyof typeof bertNames): string => contentOf(config[key]) || bertNames[key]
  const said = config.do_lower_case ?? null
  const cased = said === null && isCased(lines)
  const lowercase = flagOf(config, 'do_lower_case', !cased)
  const accents = config.strip_accents ?? null
  if (accents !== null && typeof accents !== 'boolean') throw invalid('"strip_accents" must be true, false or null')
  return {
    tokenizerConfig: config,
    ...(cased && { assumed: 'cased' }),
    tokenizerJson: {
      ...bertSteps({
        lowercase,
        strip_accents: accents,
        handle_chinese_chars: flagOf(config, 'tokenize_chinese_chars', true),
      }),
      model: { type: 'WordPiece', unk_token: name('unk_token'), continuing_subword_prefix: '##', vocab },
      post_processor: bertTemplate(name('cls_token'), name('sep_token')),
      decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    },
  }
}

/** Does a vocabulary have words with capitals? Then no text may be lowercased before. */
export const isCased = (tokens: readonly string[]): boolean =>
  tokens.some((token) => /[A-Z]/.test(token) && !/^[[<].*[\]>]$/.test(token))

export const bertSteps = (flags: {
  lowercase: boolean
  strip_accents: boolean | null
  handle_chinese_chars: boolean
}): Json => ({
  normalizer: { type: 'BertNormalizer', clean_text: true, ...flags },
  pre_tokenizer: { type: 'BertPreTokenizer' },
})

export const bertTemplate = (cls: string, sep: string): Json =>
  templateOf(
    [
      [cls, 0],
      ['A', 0],
      [sep, 0],
    ],
    [
      [cls, 0],
      ['A', 0],
      [sep, 0],
      ['B', 1],
      [sep, 1],
    ],
  )

/** merges.txt: a line a merge, below a line that names the version. */
export function readMerges(text: string): [string, string][] {
  const lines = linesOf(text)
  if (lines[0]?.startsWith('#version')) lines.shift()
  if (lines.length > limits.merges) {
    throw invalid(`"merges.txt" may hold ${limits.merges} merges, the file has ${lines.length}`)
  }
  return lines
    .filter((line) => line !== '')
    .map((line) => {
      const parts = line.split(' ')
      if (parts.length !== 2) throw invalid(`the merge "${clip(line)}" must be a pair of tokens`)
      return parts as [string, string]
    })
}

const gpt2End = '<|endoftext|>'
/** What each class names, if its vocabulary has it. */
const names: Partial<Record<FilesKind, Record<string, string>>> = {
  gpt2: { bos_token: gpt2End, eos_token: gpt2End, unk_token: gpt2End },
  qwen2: { eos_token: gpt2End, pad_token: gpt2End },
  opt: { bos_token: '</s>', eos_token: '</s>', pad_token: '<pad>', unk_token: '</s>' },
  gpt1: { unk_token: '<unk>' },
  roberta: {
    ...{ bos_token: '<s>', eos_token: '</s>', unk_token: '<unk>' },
    ...{ cls_token: '<s>', sep_token: '</s>', pad_token: '<pad>', mask_token: '<mask>' },
  },
}

/** vocab.json and merges.txt. */
export function fromVocabJson(kind: FilesKind, json: unknown, mergesText: string, given: Json): Built {
  const vocab = asObject(json, 'vocab.json'),
    merges = readMerges(mergesText)
  const has = (token: string): boolean => Object.hasOwn(vocab, token)
  const config = withNames(given, names[kind] ?? {}, has)
  const model = { type: 'BPE', vocab, merges, unk_token: null, fuse_unk: false, byte_fallback: false }
  if (kind === 'gpt1') {
    return {
      tokenizerConfig: config,
      tokenizerJson: {
        ...bertSteps({ lowercase: true, strip_accents: null, handle_chinese_chars: true }),
        model: { ...model, unk_token: contentOf(config.unk_token) || '<unk>', end_of_word_suffix: '</w>' },
        decoder: { type: 'BPEDecoder', suffix: '</w>' },
      },
    }
  }
  const add_prefix_space = flagOf(config, 'add_prefix_space', false)
  const bytes = { type: 'ByteLevel', add_prefix_space, trim_offsets: true }
  const pre_tokenizer =
    kind === 'qwen2'
      ? {
          type: 'Sequence',
          pretokenizers: [
            { type: 'Split', pattern: { Regex: patterns.qwen2 }, behavior: 'Isolated', invert: false },
            { ...bytes, use_regex: false },
          ],
        }
      : { ...bytes, use_regex: true }
  return {
    tokenizerConfig: config,
    tokenizerJson: {
      normalizer: kind === 'qwen2' ? { type: 'NFC' } : null,
      pre_tokenizer,
      model,
      post_processor: around(),
      decoder: { type: 'ByteLevel' },
      ...mask(),
    },
  }

  function around(): Json | null {
    if (kind === 'roberta') {
      const end = (key: string): [string, number] => {
        const token = asString(contentOf(config[key]), key)
        if (!has(token)) throw invalid(`it needs the ${key} "${clip(token)}", which is not in the vocabulary`)
        return [token, vocab[token] as number]
      }
      return {
        type: 'RobertaProcessing',
        cls: end('cls_token'),
        sep: end('sep_token'),
        trim_offsets: true,
        add_prefix_space,
      }
    }
    return bosAndEos(config, flagOf(config, 'add_bos_token', kind === 'opt'), flagOf(config, 'add_eos_token', false))
  }
  /** RoBERTa's blank takes the space before it; a plain name does not say that. */
  function mask(): Json {
    const token = contentOf(config.mask_token)
    if (kind !== 'roberta' || typeof config.mask_token !== 'string' || !has(token)) return {}
    return { added_tokens: [addedToken(vocab[token] as number, token, { lstrip: true })] }
  }
}

/** The tokens at the ends of a text that has them. */
export function bosAndEos(config: Json, addBos: boolean, addEos: boolean): Json | null {
  const bos = contentOf(config.bos_token),
    eos = contentOf(config.eos_token)
  const before = (segment: number): [string, number][] => (addBos && bos !== '' ? [[bos, segment]] : [])
  const after = (segment: number): [string, number][] => (addEos && eos !== '' ? [[eos, segment]] : [])
  if (before(0).length + after(0).length === 0) return null
  const single: [string, number][] = [...before(0), ['A', 0], ...after(0)]
  return templateOf(single, [...single, ...before(1), ['B', 1], ...after(1)])
}
