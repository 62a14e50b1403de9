// Pieces and their normalizer → the object that loadTokenizer() reads, with what a
// tokenizer.json has no words for: `piece_types`, `merge_ranks`, the normalizer "SentencePiece".
//
// What stands around a text, and pieces that a family adds, are the caller's.

import { unsupported, type Json } from '../check.ts'
import { mergesFromScores } from '../spm-merges.ts'
import type { SentencePieceStep } from './normalize.ts'
import { pieceType, type Pieces, type SentencePieceModel } from './proto.ts'

export interface SentencePieceParts extends Pieces {
  kind: SentencePieceModel['kind']
  byteFallback: boolean
  normalizer: Omit<SentencePieceStep, 'type' | 'user_defined'>
  /** steps of a normalizer that come before */
  before?: Json[]
}

/** Slots of a post-processor's template: "A", "B", or a token, with its segment. */
export type Template = [name: string, segment: number][]

export const templateOf = (single: Template, pair: Template): Json => {
  const written = (template: Template): Json[] =>
    template.map(([id, type_id]) => ({ [id === 'A' || id === 'B' ? 'Sequence' : 'SpecialToken']: { id, type_id } }))
  return { type: 'TemplateProcessing', single: written(single), pair: written(pair), special_tokens: {} }
}

/** An added token of a tokenizer.json. */
export const addedToken = (id: number, content: string, flags: Json = {}): Json => ({
  ...{ id, content, special: true, normalized: false, single_word: false, lstrip: false, rstrip: false },
  ...flags,
})

/** normalizer, model and decoder. @throws TOKENIZER_INVALID, TOKENIZER_UNSUPPORTED */
export function sentencePieceJson(parts: SentencePieceParts): Json {
  const { tokens, scores, types, kind, byteFallback, normalizer, before = [] } = parts
  const unk = types.indexOf(pieceType.unknown)
  const user_defined = tokens.filter((_, i) => types[i] === pieceType.userDefined)
  const step: SentencePieceStep = { type: 'SentencePiece', ...normalizer, user_defined }
  // spaces that are taken together never stand at the beginning, the marked one does once
  const strips = normalizer.remove_extra_whitespaces ? 16 : normalizer.prefix === 'never' ? 0 : 1
  return {
    version: '1.0',
    normalizer: { type: 'Sequence', normalizers: [...before, step] },
    pre_tokenizer: null,
    model: { ...modelOf(), unk_id: unk, byte_fallback: byteFallback, piece_types: types },
    decoder: {
      type: 'Sequence',
      decoders: [
        ...(normalizer.blanks ? [{ type: 'Blanks' }] : []),
        ...(normalizer.escape_whitespaces ? [{ type: 'Replace', pattern: { String: '▁' }, content: ' ' }] : []),
        ...(byteFallback ? [{ type: 'ByteFallback' }] : []),
        { type: 'Fuse' },
        ...(strips > 0 ? [{ type: 'Strip', content: ' ', start: strips, stop: 0 }] : []),
      ],
    },
  }

  function modelOf(): Json {
    if (kind === 'unigram') return { type: 'Unigram', vocab: tokens.map((token, i) => [token, scores[i]]) }
    if (kind !== 'bpe') throw unsupported(`a SentencePiece model of the kind "${kind}"`)
    if (types.includes(pieceType.unused)) throw unsupported('a SentencePiece BPE with unused pieces')
    const vocab = Object.create(null) as Record<string, number>
    tokens.forEach((token, id) => (vocab[token] = id))
    const { merges, ranks } = mergesFromScores(
      tokens,
      scores,
      (id) => types[id] === pieceType.normal || types[id] === pieceType.userDefined,
      vocab,
    )
    return {
      ...{ type: 'BPE', vocab, merges, merge_ranks: ranks },
      ...{ unk_token: tokens[unk], fuse_unk: true, ignore_merges: false },
    }
  }
}

/** The parts of a model file as they are. */
export function partsOf(model: SentencePieceModel, prefix: SentencePieceStep['prefix']): SentencePieceParts {
  if (model.denormalizes) throw unsupported('a SentencePiece model that changes the text it decodes')
  const { charsmap, addDummyPrefix, removeExtraWhitespaces, escapeWhitespaces } = model.normalizer
  return {
    ...model,
    normalizer: {
      precompiled_charsmap: base64(charsmap),
      prefix: addDummyPrefix ? prefix : 'never',
      remove_extra_whitespaces: removeExtraWhitespaces,
      escape_whitespaces: escapeWhitespaces,
      space_as_suffix: model.spaceAsSuffix,
    },
  }
}

export function base64(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192))
  return btoa(text)
}
