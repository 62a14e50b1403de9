// Checks an untrusted tokenizer.json and returns what the tokenizer is built from.
//
// Limits: 10^6 tokens and merges, 10^4 added tokens, 1 kB per token. A merge must
// name tokens that exist, as the Rust library demands: otherwise text would be
// dropped without a word.

import { addedVocabulary, type AddedToken, type AddedVocabulary } from './added.ts'
import { asArray, asId, asObject, asString, clip, invalid, limits, unsupported, type Json } from './check.ts'
import { readDecoder, type DecodeSteps } from './decoder.ts'
import type { Meter } from './meter.ts'
import { openModel, type Model } from './models/model.ts'
import { readNormalizer } from './normalize.ts'
import { readPostProcessor, type Around } from './postprocess.ts'
import { readPreTokenizer } from './pretokenize.ts'
import { idsOfMerges, isCharacter } from './spm-merges.ts'
import { plainly } from '../shown.ts'

export interface Prepared {
  /** the model's part of the file, checked */
  model: Json & { type: 'BPE' | 'WordPiece' | 'Unigram' }
  open: Model
  added: AddedVocabulary
  /**
   * the words of a text: what one call of the model gets, or an added token; `normalized` is the section a word is cut
   * from
   */
  sections(text: string, meter: Meter, plain?: boolean): WordSection[]
  around: Around
  decoder: DecodeSteps
  byteLevel: boolean
}

/** `words` is null for an added token. */
export interface WordSection {
  normalized: string
  token: AddedToken | null
  words: string[] | null
}

export function prepareTokenizer(tokenizerJson: unknown): Prepared {
  const file = asObject(tokenizerJson, 'tokenizer.json')
  const model = checkModel(asObject(file.model, 'model'))
  const given = asArray(file.added_tokens ?? [], 'added_tokens', limits.added).map(readAdded)
  const normalizer = readNormalizer(file.normalizer),
    preTokenizer = readPreTokenizer(file.pre_tokenizer)
  const decoder = readDecoder(file.decoder)
  const before = steps(file.pre_tokenizer)
  // a put-in beginning makes the library's own offsets wrong for the pieces after it
  if (
    before.findIndex((step) => step.type === 'Metaspace' && step.prepend_scheme === 'first') > 0 &&
    steps(file.normalizer).some((step) => step.type === 'Prepend')
  ) {
    throw unsupported('Metaspace "first" behind another pre-tokenizer and the normalizer Prepend')
  }
  const ranks = model.merge_ranks
  if (ranks !== undefined && !(Array.isArray(ranks) && ranks.length === (model.merges as unknown[]).length)) {
    throw invalid('"merge_ranks" must be as long as "merges"')
  }
  const types = model.piece_types
  if (types !== undefined && !(Array.isArray(types) && types.every((type) => type >= 1 && type <= 6))) {
    throw invalid('"piece_types" must be numbers from 1 to 6')
  }
  const open = openModel(model)
  const added = addedVocabulary(
    given,
    (token) => open.ids.get(token),
    open.size,
    normalizer,
    file.encode_special_tokens === true,
  )
  return {
    model,
    open,
    added,
    decoder,
    around: readPostProcessor(file.post_processor, (token) => added.idOf(token) ?? open.ids.get(token)),
    byteLevel: before.some((step) => step.type === 'ByteLevel'),
    sections: (text, meter, plain) =>
      added
        .sections(text, meter, plain)
        .map(({ text: normalized, first, token }) => ({
          normalized,
          token,
          words: token
            ? null
            : preTokenizer
              ? preTokenizer({ text: normalized, first }, meter).map((word) => word.text)
              : [normalized],
        })),
  }
}

/** A checked step and the steps inside it, in order. */
function steps(node: unknown): Json[] {
  if (node === null || typeof node !== 'object') return []
  const { pretokenizers, normalizers } = node as Json
  const inner = pretokenizers ?? normalizers
  return Array.isArray(inner) ? inner.flatMap(steps) : [node as Json]
}

function readAdded(value: unknown): AddedToken {
  const token = asObject(value, 'added_tokens')
  const content = asString(token.content, 'added_tokens.content')
  if (content === '') throw invalid('an added token is empty')
  const special = token.special === true
  return {
    id: asId(token.id, content),
    content,
    special,
    single_word: token.single_word === true,
    lstrip: token.lstrip === true,
    rstrip: token.rstrip === true,
    normalized: typeof token.normalized === 'boolean' ? token.normalized : !special,
    in_text: token.in_text !== false,
  }
}

function checkModel(model: Json): Prepared['model'] {
  // files of the first years have no type
  const type = model.type ?? (Array.isArray(model.vocab) ? 'Unigram' : model.merges ? 'BPE' : 'WordPiece')
  switch (type) {
    case 'BPE':
      checkBpe(model)
      return { ...model, type: 'BPE' }
    case 'Unigram':
      checkUnigram(model)
      return { ...model, type: 'Unigram' }
    case 'WordPiece':
      checkVocab(model)
      if (!Object.hasOwn(model.vocab as Json, asString(model.unk_token, 'unk_token'))) {
        throw invalid('the unknown token is not in the vocabulary')
      }
      return {
        ...model,
        type: 'WordPiece',
        continuing_subword_prefix: asString(model.continuing_subword_prefix ?? '##', 'continuing_subword_prefix'),
      }
    default:
      throw unsupported(`the tokenizer model "${clip(plainly(type))}"`)
  }
}

function checkVocab(model: Json): Json {
  const vocab = asObject(model.vocab, 'model.vocab')
  const seen = new Uint8Array(limits.vocab)
  let count = 0
  for (const token in vocab) {
    if (!Object.hasOwn(vocab, token)) continue
    if (++count > limits.vocab) throw invalid(`the vocabulary may hold ${limits.vocab} tokens`)
    const id = asId(vocab[token], token)
    if (seen[id]) throw invalid(`two tokens have the id ${id}, one is "${clip(token)}"`)
    seen[id] = 1
    if (token.length > limits.tokenLength) {
      throw invalid(`the token ${id} is longer than ${limits.tokenLength} characters`)
    }
  }
  if (count === 0) throw invalid('the vocabulary is empty')
  return vocab
}

function checkBpe(model: Json): void {
  const vocab = checkVocab(model)
  if (model.continuing_subword_prefix != null) {
    asString(model.continuing_subword_prefix, 'continuing_subword_prefix', 16)
  }
  const prefix = (model.continuing_subword_prefix as string | null | undefined) ?? ''
  if (model.unk_token != null) asString(model.unk_token, 'unk_token')
  if (model.end_of_word_suffix != null) asString(model.end_of_word_suffix, 'end_of_word_suffix', 16)
  const merges = asArray(model.merges, 'model.merges', limits.merges)
  if (idsOfMerges(merges)) return // made of this vocabulary
  const pairs = Array.isArray(merges[0])
  for (let i = 0; i < merges.length; i++) {
    const merge = merges[i]
    const parts = pairs ? merge : typeof merge === 'string' ? merge.split(' ') : null
    if (!Array.isArray(parts) || parts.length !== 2 || typeof parts[0] !== 'string' || typeof parts[1] !== 'string') {
      throw invalid(`merge ${i} must be a pair of tokens`)
    }
    // single characters are there before any merge
    const missing = [
      parts[0],
      parts[1],
      parts[0] + (prefix !== '' && parts[1].startsWith(prefix) ? parts[1].slice(prefix.length) : parts[1]),
    ].find((token) => !Object.hasOwn(vocab, token as string) && !isCharacter(token as string))
    if (missing !== undefined) {
      throw invalid(`merge ${i} needs the token "${clip(missing as string)}", which is not in the vocabulary`)
    }
  }
}

function checkUnigram(model: Json): void {
  const vocab = asArray(model.vocab, 'model.vocab', limits.vocab)
  if (vocab.length === 0) throw invalid('the vocabulary is empty')
  for (let i = 0; i < vocab.length; i++) {
    const entry = vocab[i]
    if (!Array.isArray(entry) || entry.length !== 2 || typeof entry[1] !== 'number' || !Number.isFinite(entry[1])) {
      throw invalid(`piece ${i} must be a text and a score`)
    }
    asString(entry[0], `piece ${i}`)
  }
  if (asId(model.unk_id ?? -1, '<unk>') >= vocab.length) throw invalid('the unknown token is not in the vocabulary')
}
