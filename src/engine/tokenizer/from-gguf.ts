// GGUF metadata (`tokenizer.ggml.*`) → the objects that loadTokenizer() reads.
//
// "gpt2" is byte-level BPE with a named pre-tokenizer (patterns.ts); "llama" is
// SentencePiece BPE, whose scores become merges (spm-merges.ts); "bert" is WordPiece and "t5"
// Unigram (gguf-encoders.ts). Rules and defaults are llama.cpp's; Qwen2 also gets the NFC of
// its original tokenizer.json. A file that carries the original (`tokenizer.huggingface.json`)
// is taken at its word.

import { asArray, asString, clip, invalid, limits, unsupported, type Json } from './check.ts'
import type { Assumed } from './files/words.ts'
import { readScores, unigramParts, wordPieceParts } from './gguf-encoders.ts'
import { ggufPre, patterns } from './patterns.ts'
import { choosePre } from './pre.ts'
import { endTexts } from './special.ts'
import { mergesFromScores } from './spm-merges.ts'
import { plainly } from '../shown.ts'

/** Ids that llama.cpp takes where a file names none. */
const usualIds: Record<'gpt2' | 'llama' | 'bert' | 't5', Partial<Record<string, number>>> = {
  gpt2: {},
  llama: { bos: 1, eos: 2, unk: 0 },
  bert: { bos: 101, sep: 102, unk: 100, pad: 0, mask: 103 },
  t5: { eos: 1, unk: 2, pad: 0 },
}
const NORMAL = 1,
  UNKNOWN = 2,
  CONTROL = 3,
  USER_DEFINED = 4,
  UNUSED = 5,
  BYTE = 6
type Metadata = ReadonlyMap<string, unknown>

/** `templateTokens` are a chat template's variables as llama.cpp gives them: two, and "" where the file has none. */
export function tokenizerFromGguf(metadata: Metadata): {
  tokenizerJson: object
  tokenizerConfig: object
  templateTokens: Record<string, string>
  /** what the file does not say, and was taken from its vocabulary */
  assumed?: Assumed
} {
  const kind = metadata.get('tokenizer.ggml.model')
  if (kind !== 'gpt2' && kind !== 'llama' && kind !== 'bert' && kind !== 't5') {
    throw unsupported(`the GGUF tokenizer model "${clip(plainly(kind ?? 'none'))}"`)
  }
  const written = asArray(metadata.get('tokenizer.ggml.tokens'), 'tokenizer.ggml.tokens', limits.vocab).map(
    (token, id) => asString(token, `token ${id}`),
  )
  const tokens = written.map((token, id) => token || `[EMPTY_${id}]`)
  const id = (name: string, otherwise: number | null = null): number | null => {
    const value = Number(metadata.get(`tokenizer.ggml.${name}_token_id`) ?? NaN)
    const found = Number.isInteger(value) && value >= 0 && value < tokens.length ? value : otherwise
    return found !== null && found < tokens.length ? found : null
  }
  const flag = (name: string, otherwise: boolean): boolean => {
    const value = metadata.get(`tokenizer.ggml.${name}`)
    return typeof value === 'boolean' ? value : typeof value === 'number' ? value !== 0 : otherwise
  }
  const spm = kind === 'llama'
  const usual = usualIds[kind]
  const ids = {
    bos: id('bos', usual.bos ?? null),
    eos: id('eos', usual.eos ?? null),
    unk: id('unknown', usual.unk ?? null),
    pad: id('padding', usual.pad ?? null),
    eot: id('eot'),
    eom: id('eom'),
    cls: id('cls'),
    // the key is written so
    sep: id('seperator', usual.sep ?? null),
    mask: id('mask', usual.mask ?? null),
  }
  const types = readTypes(
    metadata.get('tokenizer.ggml.token_type'),
    tokens,
    [ids.bos, ids.eos, ids.pad, ids.eot, ids.eom, ids.cls, ids.sep, ids.mask],
    ids.unk,
  )
  const encoder =
    kind === 'bert'
      ? wordPieceParts(written, types, ids, metadata)
      : kind === 't5'
        ? unigramParts(tokens, types, ids, metadata)
        : null
  if (encoder) encoder.tokens.forEach((token, i) => (tokens[i] = token))
  const preName = choosePre(metadata)?.name
  const pre = preName === undefined ? undefined : ggufPre.get(preName)
  if (pre?.addEos) {
    ids.bos ??= ids.cls
    ids.eos ??= ids.sep
  }

  const added = tokens.flatMap((content, i) =>
    types[i] === CONTROL || types[i] === USER_DEFINED || types[i] === UNKNOWN
      ? [
          {
            id: i,
            content,
            special: types[i] !== USER_DEFINED,
            normalized: false,
            single_word: false,
            // the blank of RoBERTa's and of ModernBERT's tokenizers takes the space before it
            lstrip: content === '<mask>' || (content === '[MASK]' && preName === 'modern-bert'),
            rstrip: false,
          },
        ]
      : [],
  )
  const vocab = Object.create(null) as Record<string, number>
  tokens.forEach((token, i) => {
    if (vocab[token] !== undefined) {
      throw invalid(`the token "${clip(token)}" is there twice, as ${vocab[token]} and ${i}`)
    }
    vocab[token] = i
  })

  const addBos = ids.bos !== null && flag('add_bos_token', spm || pre?.addBos === true || encoder?.addBos === true)
  const addEos = ids.eos !== null && flag('add_eos_token', pre?.addEos === true || encoder?.addEos === true)
  const around = (on: boolean, at: number | null): Json[] =>
    on && at !== null ? [{ SpecialToken: { id: tokens[at]!, type_id: 0 } }] : []
  const name = (at: number | null): string | null => (at === null ? null : tokens[at]!)
  const tokenizerConfig = {
    bos_token: name(ids.bos),
    eos_token: name(ids.eos),
    unk_token: name(ids.unk),
    pad_token: name(ids.pad),
    ...(ids.mask !== null && { mask_token: name(ids.mask) }),
    ...(ids.sep !== null && { sep_token: name(ids.sep) }),
    ...((ids.cls ?? encoder?.cls ?? null) !== null && { cls_token: name(ids.cls ?? encoder!.cls!) }),
    add_bos_token: addBos,
    add_eos_token: addEos,
    // the list of types says which tokens are added
    added_tokens_complete: true,
    // an encoder ends no answer
    eog_token_ids: kind === 'bert' ? [] : [ids.eos, ids.eot, ids.eom].filter((i) => i !== null),
    chat_template:
      typeof metadata.get('tokenizer.chat_template') === 'string' ? metadata.get('tokenizer.chat_template') : null,
  }
  const templateTokens = { bos_token: name(ids.bos) ?? '', eos_token: name(ids.eos) ?? '' }
  const original = metadata.get('tokenizer.huggingface.json')
  if (typeof original === 'string') return { tokenizerJson: parseOriginal(original), tokenizerConfig, templateTokens }

  const body = encoder
    ? encoder.body
    : spm
      ? spmParts(tokens, types, vocab, metadata.get('tokenizer.ggml.scores'), ids.unk, flag('add_space_prefix', true))
      : bpeParts(
          vocab,
          asArray(metadata.get('tokenizer.ggml.merges'), 'tokenizer.ggml.merges', limits.merges),
          preName!,
        )
  const tokenizerJson = {
    version: '1.0',
    added_tokens: added,
    ...body,
    post_processor: encoder?.around?.(addBos, addEos) ?? {
      type: 'TemplateProcessing',
      single: [...around(addBos, ids.bos), { Sequence: { id: 'A', type_id: 0 } }, ...around(addEos, ids.eos)],
      pair: [
        ...around(addBos, ids.bos),
        { Sequence: { id: 'A', type_id: 0 } },
        ...around(addEos, ids.eos),
        // as RoBERTa has it
        ...around(addBos && addEos && preName !== 'modern-bert', ids.eos),
        { Sequence: { id: 'B', type_id: addBos && addEos ? 0 : 1 } },
        ...around(addEos, ids.eos),
      ],
      special_tokens: {},
    },
  }
  return { tokenizerJson, tokenizerConfig, templateTokens, ...(encoder?.assumed && { assumed: encoder.assumed }) }
}

function parseOriginal(text: string): object {
  try {
    return JSON.parse(text) as object
  } catch (error) {
    throw invalid(`"tokenizer.huggingface.json" is not JSON (${(error as Error).message})`)
  }
}

/**
 * Token types; what llama.cpp knows to be special by id or by text counts as control even when the file says "normal".
 */
function readTypes(
  value: unknown,
  tokens: readonly string[],
  special: (number | null)[],
  unk: number | null,
): Int32Array {
  const types = new Int32Array(tokens.length).fill(NORMAL)
  const given = value instanceof Int32Array || value instanceof Uint32Array || Array.isArray(value)
  if (given) {
    if (value.length !== tokens.length) {
      throw invalid(`"tokenizer.ggml.token_type" must have ${tokens.length} entries, the file has ${value.length}`)
    }
    for (let i = 0; i < types.length; i++) types[i] = Number(value[i])
  } else {
    for (const id of special) if (id !== null) types[id] = CONTROL
    if (unk !== null) types[unk] = UNKNOWN
  }
  const ends = new Set(endTexts)
  tokens.forEach((token, i) => {
    if (ends.has(token)) types[i] = CONTROL
  })
  return types
}

function bpeParts(vocab: Json, merges: unknown[], preName: string): Json {
  const pre = ggufPre.get(preName)!
  const nfc = preName === 'qwen2' || preName === 'qwen35' || preName === 'deepseek-r1-qwen'
  return {
    normalizer: nfc ? { type: 'NFC' } : null,
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        ...pre.splits.map((split) => ({
          type: 'Split',
          pattern: { Regex: patterns[split] },
          behavior: 'Isolated',
          invert: false,
        })),
        { type: 'ByteLevel', add_prefix_space: false, use_regex: false },
      ],
    },
    model: {
      type: 'BPE',
      unk_token: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: pre.ignoreMerges === true,
      vocab,
      merges,
    },
    decoder: { type: 'ByteLevel' },
  }
}

function spmParts(
  tokens: string[],
  types: Int32Array,
  vocab: Record<string, number>,
  scores: unknown,
  unk: number | null,
  spacePrefix: boolean,
): Json {
  const { merges, ranks } = mergesFromScores(
    tokens,
    readScores(scores, tokens.length),
    (id) => types[id] === NORMAL || types[id] === UNUSED,
    vocab,
  )
  const toMark = { type: 'Replace', pattern: { String: ' ' }, content: '▁' }
  return {
    // the space goes in front of the text and after every special token, even if there is one already
    normalizer: spacePrefix ? { type: 'Sequence', normalizers: [{ type: 'Prepend', prepend: '▁' }, toMark] } : toMark,
    pre_tokenizer: null,
    model: {
      type: 'BPE',
      unk_token: unk === null ? null : tokens[unk],
      fuse_unk: true,
      byte_fallback: types.includes(BYTE),
      ignore_merges: false,
      vocab,
      merges,
      merge_ranks: ranks,
    },
    decoder: {
      type: 'Sequence',
      decoders: [
        { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
        { type: 'ByteFallback' },
        { type: 'Fuse' },
        ...(spacePrefix ? [{ type: 'Strip', content: ' ', start: 1, stop: 0 }] : []),
      ],
    },
  }
}
