// GGUF metadata (`tokenizer.ggml.*`) → the objects that loadTokenizer() reads.
//
// "gpt2" is byte-level BPE with a named pre-tokenizer (patterns.ts); "llama" is
// SentencePiece BPE, whose scores become merges (spm-merges.ts). Rules and defaults
// are llama.cpp's; Qwen2 also gets the NFC of its original tokenizer.json. A file
// that carries the original (`tokenizer.huggingface.json`) is taken at its word.

import { asArray, asString, clip, invalid, limits, unsupported, type Json } from './check.ts'
import { ggufPre, patterns } from './patterns.ts'
import { choosePre } from './pre.ts'
import { endTexts } from './special.ts'
import { mergesFromScores } from './spm-merges.ts'
import { plainly } from '../shown.ts'

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
} {
  const kind = metadata.get('tokenizer.ggml.model')
  if (kind !== 'gpt2' && kind !== 'llama') {
    throw unsupported(`the GGUF tokenizer model "${clip(plainly(kind ?? 'none'))}"`)
  }
  const tokens = asArray(metadata.get('tokenizer.ggml.tokens'), 'tokenizer.ggml.tokens', limits.vocab).map(
    (token, id) => asString(token, `token ${id}`) || `[EMPTY_${id}]`,
  )
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
  const ids = {
    bos: id('bos', spm ? 1 : null),
    eos: id('eos', spm ? 2 : null),
    unk: id('unknown', spm ? 0 : null),
    pad: id('padding'),
    eot: id('eot'),
    eom: id('eom'),
  }
  const types = readTypes(
    metadata.get('tokenizer.ggml.token_type'),
    tokens,
    [ids.bos, ids.eos, ids.pad, ids.eot, ids.eom],
    ids.unk,
  )
  const preName = choosePre(metadata)?.name
  const pre = preName === undefined ? undefined : ggufPre.get(preName)

  const added = tokens.flatMap((content, i) =>
    types[i] === CONTROL || types[i] === USER_DEFINED || types[i] === UNKNOWN
      ? [
          {
            id: i,
            content,
            special: types[i] !== USER_DEFINED,
            normalized: false,
            single_word: false,
            lstrip: false,
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

  const addBos = ids.bos !== null && flag('add_bos_token', spm || pre?.addBos === true)
  const addEos = ids.eos !== null && flag('add_eos_token', false)
  const around = (on: boolean, at: number | null): Json[] =>
    on && at !== null ? [{ SpecialToken: { id: tokens[at]!, type_id: 0 } }] : []
  const name = (at: number | null): string | null => (at === null ? null : tokens[at]!)
  const tokenizerConfig = {
    bos_token: name(ids.bos),
    eos_token: name(ids.eos),
    unk_token: name(ids.unk),
    pad_token: name(ids.pad),
    add_bos_token: addBos,
    add_eos_token: addEos,
    // the list of types says which tokens are added
    added_tokens_complete: true,
    eog_token_ids: [ids.eos, ids.eot, ids.eom].filter((i) => i !== null),
    chat_template:
      typeof metadata.get('tokenizer.chat_template') === 'string' ? metadata.get('tokenizer.chat_template') : null,
  }
  const templateTokens = { bos_token: name(ids.bos) ?? '', eos_token: name(ids.eos) ?? '' }
  const original = metadata.get('tokenizer.huggingface.json')
  if (typeof original === 'string') return { tokenizerJson: parseOriginal(original), tokenizerConfig, templateTokens }

  const body = spm
    ? spmParts(tokens, types, vocab, metadata.get('tokenizer.ggml.scores'), ids.unk, flag('add_space_prefix', true))
    : bpeParts(vocab, asArray(metadata.get('tokenizer.ggml.merges'), 'tokenizer.ggml.merges', limits.merges), preName!)
  const tokenizerJson = {
    version: '1.0',
    added_tokens: added,
    ...body,
    post_processor: {
      type: 'TemplateProcessing',
      single: [...around(addBos, ids.bos), { Sequence: { id: 'A', type_id: 0 } }, ...around(addEos, ids.eos)],
      pair: [],
      special_tokens: {},
    },
  }
  return { tokenizerJson, tokenizerConfig, templateTokens }
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
  vocab: Json,
  scores: unknown,
  unk: number | null,
  spacePrefix: boolean,
): Json {
  if (!(scores instanceof Float32Array || Array.isArray(scores)) || scores.length !== tokens.length) {
    throw invalid(`"tokenizer.ggml.scores" must have ${tokens.length} entries`)
  }
  const { merges, ranks } = mergesFromScores(
    tokens,
    scores as ArrayLike<number>,
    (id) => types[id] === NORMAL || types[id] === UNUSED,
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
