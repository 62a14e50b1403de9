// The vocabularies that encoders have in a GGUF: "bert", WordPiece, and "t5", Unigram.
//
// The converter writes WordPiece pieces as SentencePiece would: ##x as x, x as ▁x; control tokens
// stay. That is undone here, and the text goes BERT's own way, not llama.cpp's, which lowercases
// cased models, too. Unigram is SentencePiece's own (sentencepiece/json.ts).

import { invalid, type Json } from './check.ts'
import { bertSteps, bertTemplate, isCased, type Assumed } from './files/words.ts'
import { base64, sentencePieceJson, templateOf } from './sentencepiece/json.ts'
import { pieceType } from './sentencepiece/proto.ts'
import { plainly } from '../shown.ts'

type Metadata = ReadonlyMap<string, unknown>
type Ids = Record<'bos' | 'eos' | 'unk' | 'sep' | 'mask' | 'cls' | 'pad', number | null>

export interface EncoderParts {
  /** as the original has them */
  tokens: string[]
  /** normalizer, pre-tokenizer, model, decoder */
  body: Json
  addBos: boolean
  addEos: boolean
  cls?: number | null
  around?: (addBos: boolean, addEos: boolean) => Json
  assumed?: Assumed
}

const mark = '▁'
const flag = (metadata: Metadata, name: string): boolean | null => {
  const value = metadata.get(`tokenizer.ggml.${name}`)
  return typeof value === 'boolean' ? value : null
}

/** `tokenizer.ggml.scores`: a number for each token. */
export function readScores(value: unknown, count: number): ArrayLike<number> {
  const list = value instanceof Float32Array || Array.isArray(value) ? value : []
  if (list.length !== count) throw invalid(`"tokenizer.ggml.scores" must have ${count} entries`)
  if (Array.isArray(list) && !list.every((score) => typeof score === 'number')) {
    throw invalid('"tokenizer.ggml.scores" must be numbers')
  }
  return list as ArrayLike<number>
}

/** @param written the file's tokens. @param types changed where a token has no text of its own */
export function wordPieceParts(
  written: readonly string[],
  types: Int32Array,
  ids: Ids,
  metadata: Metadata,
): EncoderParts {
  const tokens = written.map((token, id) =>
    types[id] === pieceType.control || types[id] === pieceType.unknown
      ? undo(token)
      : token.startsWith(mark)
        ? token.slice(1)
        : `##${token}`,
  )
  const { unk } = ids,
    cls = ids.cls ?? ids.bos,
    sep = ids.sep ?? ids.eos
  if (unk === null || cls === null || sep === null) {
    throw invalid('its WordPiece vocabulary names no unknown, first or separating token')
  }
  const vocab = Object.create(null) as Record<string, number>
  tokens.forEach((token, id) => (vocab[token] ??= id))
  const said = flag(metadata, 'normalizer.lowercase'),
    cased = isCased(tokens.filter((_, id) => types[id] === pieceType.normal))
  const lowercase = said ?? !cased
  return {
    tokens,
    cls,
    addBos: true,
    addEos: false,
    around: () => bertTemplate(tokens[cls]!, tokens[sep]!),
    ...(said === null && { assumed: cased ? 'cased' : 'uncased' }),
    body: {
      ...bertSteps({
        lowercase,
        strip_accents: flag(metadata, 'normalizer.strip_accents'),
        handle_chinese_chars: true,
      }),
      model: { type: 'WordPiece', unk_token: tokens[unk], continuing_subword_prefix: '##', vocab },
      decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    },
  }

  /** The unknown token is written as a word where the file does not call it control. */
  function undo(token: string): string {
    return /^▁\[.*\]$/u.test(token) ? token.slice(1) : token
  }
}

/** @param types changed where a token gets another: user-defined pieces are added tokens here */
export function unigramParts(given: readonly string[], types: Int32Array, ids: Ids, metadata: Metadata): EncoderParts {
  const scores = readScores(metadata.get('tokenizer.ggml.scores'), given.length)
  const tokens = [...given]
  const isT5 = plainly(metadata.get('general.architecture') ?? 't5').startsWith('t5')
  if (isT5) nameSentinels(tokens, types)
  // the converter of XLM-R leaves its blank without a name
  if (ids.mask !== null && types[ids.mask] === pieceType.unused && !tokens.includes('<mask>')) {
    tokens[ids.mask] = '<mask>'
    types[ids.mask] = pieceType.control
  }
  if (ids.unk !== null && !types.includes(pieceType.unknown)) types[ids.unk] = pieceType.unknown
  if (!types.includes(pieceType.unknown)) throw invalid('its vocabulary names no unknown token')
  const unknown = types.indexOf(pieceType.unknown)
  const pieceTypes = Array.from(types, (type, id) =>
    type === pieceType.userDefined || (type === pieceType.unknown && id !== unknown) ? pieceType.control : type,
  )
  return {
    tokens,
    addBos: !isT5,
    addEos: true,
    ...(isT5 && {
      around: (addBos: boolean, addEos: boolean): Json => {
        const end = (on: boolean, id: number | null): [string, number][] =>
          on && id !== null ? [[tokens[id]!, 0]] : []
        const single: [string, number][] = [...end(addBos, ids.bos), ['A', 0], ...end(addEos, ids.eos)]
        return templateOf(single, [...single, ['B', 0], ...end(addEos, ids.eos)])
      },
    }),
    body: sentencePieceJson({
      tokens,
      scores: Array.from(scores),
      types: pieceTypes,
      kind: 'unigram',
      byteFallback: pieceTypes.includes(pieceType.byte),
      normalizer: {
        precompiled_charsmap: base64(bytesOf(metadata.get('tokenizer.ggml.precompiled_charsmap'))),
        prefix: (flag(metadata, 'add_space_prefix') ?? true) ? 'always' : 'never',
        // of XLM-R the file says what its decoder does, not this: words are split at white space there
        remove_extra_whitespaces: !isT5 || (flag(metadata, 'remove_extra_whitespaces') ?? false),
        escape_whitespaces: true,
        space_as_suffix: false,
      },
    }),
  }
}

/**
 * T5's sentinels stand behind the pieces, the last first. A converter that had no list of them pads the vocabulary there.
 */
function nameSentinels(tokens: string[], types: Int32Array): void {
  if (tokens.includes('<extra_id_0>')) return
  let first = tokens.length
  while (first > 0 && types[first - 1] === pieceType.unused && /^\[PAD\d+\]$/.test(tokens[first - 1]!)) first--
  if (tokens.length - first < 100) return
  for (let k = 0; k < 100; k++) {
    tokens[first + k] = `<extra_id_${99 - k}>`
    types[first + k] = pieceType.control
  }
}

function bytesOf(value: unknown): Uint8Array {
  if (value === undefined) return new Uint8Array()
  if (value instanceof Uint8Array) return value
  if (value instanceof Int8Array) return new Uint8Array(value.buffer, value.byteOffset, value.length)
  if (Array.isArray(value) && value.every((byte) => Number.isInteger(byte) && byte >= -128 && byte < 256)) {
    return Uint8Array.from(value as number[], (byte) => byte & 255)
  }
  throw invalid('"tokenizer.ggml.precompiled_charsmap" must be bytes')
}
