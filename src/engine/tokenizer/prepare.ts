// Checks an untrusted tokenizer.json and returns what the tokenizer is built from.
//
// Limits: 10^6 tokens and merges, 10^4 added tokens, 1 kB per token. A merge must
// name tokens that exist, as the Rust library demands: otherwise text would be
// dropped without a word.

import { addedVocabulary, type AddedToken, type AddedVocabulary } from './added.ts'
import { asArray, asId, asObject, asString, clip, invalid, limits, unsupported, type Json } from './check.ts'
import { readDecoder, type DecodeSteps } from './decoder.ts'
import type { Meter } from './meter.ts'
import { openModel, type Model, type Words } from './models/model.ts'
import { readNormalizer } from './normalize.ts'
import { readPostProcessor, type Around } from './postprocess.ts'
import { readPreTokenizer } from './pretokenize.ts'
import { idsOfMerges, isCharacter, joined } from './spm-merges.ts'
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
  sections(text: string, meter: Meter, plain?: boolean, mark?: string): WordSection[]
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
  const { model, words } = checkModel(asObject(file.model, 'model'))
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
  const open = openModel(model, words)
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
    sections: (text, meter, plain, mark) =>
      added
        .sections(text, meter, plain, mark)
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

function checkModel(model: Json): { model: Prepared['model']; words: Words } {
  // files of the first years have no type
  const type = model.type ?? (Array.isArray(model.vocab) ? 'Unigram' : model.merges ? 'BPE' : 'WordPiece')
  switch (type) {
    case 'BPE':
      return { words: checkBpe(model), model: { ...model, type: 'BPE' } }
    case 'Unigram':
      return { words: checkUnigram(model), model: { ...model, type: 'Unigram' } }
    case 'WordPiece': {
      const words = checkVocab(model)
      if (!words.ids.has(asString(model.unk_token, 'unk_token'))) {
        throw invalid('the unknown token is not in the vocabulary')
      }
      const prefix = asString(model.continuing_subword_prefix ?? '##', 'continuing_subword_prefix')
      return { words, model: { ...model, type: 'WordPiece', continuing_subword_prefix: prefix } }
    }
    default:
      throw unsupported(`the tokenizer model "${clip(plainly(type))}"`)
  }
}

function checkVocab(model: Json): Words {
  const vocab = asObject(model.vocab, 'model.vocab')
  const ids = new Map<string, number>()
  const tokens: (string | undefined)[] = []
  for (const token of Object.keys(vocab)) {
    if (ids.size >= limits.vocab) throw invalid(`the vocabulary may hold ${limits.vocab} tokens`)
    const id = asId(vocab[token], token)
    if (tokens[id] !== undefined) throw invalid(`two tokens have the id ${id}, one is "${clip(token)}"`)
    tokens[id] = token
    ids.set(token, id)
    if (token.length > limits.tokenLength) {
      throw invalid(`the token ${id} is longer than ${limits.tokenLength} characters`)
    }
  }
  if (ids.size === 0) throw invalid('the vocabulary is empty')
  return { ids, tokens, size: ids.size }
}

function checkBpe(model: Json): Words {
  const words = checkVocab(model)
  if (model.continuing_subword_prefix != null) {
    asString(model.continuing_subword_prefix, 'continuing_subword_prefix', 16)
  }
  const prefix = (model.continuing_subword_prefix as string | null | undefined) ?? ''
  if (model.unk_token != null) asString(model.unk_token, 'unk_token')
  if (model.end_of_word_suffix != null) asString(model.end_of_word_suffix, 'end_of_word_suffix', 16)
  const merges = asArray(model.merges, 'model.merges', limits.merges)
  const known = idsOfMerges(merges) // made of this vocabulary
  return { ...words, merges: known ?? findMerges(merges, words.ids, prefix) }
}

/** Words.merges. @throws TOKENIZER_INVALID for what is no merge of two tokens into one */
function findMerges(merges: readonly unknown[], ids: ReadonlyMap<string, number>, prefix: string): Int32Array {
  const found = new Int32Array(3 * merges.length)
  const pairs = Array.isArray(merges[0])
  let i = 0
  const idOf = (token: string): number => {
    const id = ids.get(token)
    // single characters are there before any merge
    if (id === undefined && !isCharacter(token)) {
      throw invalid(`merge ${i} needs the token "${clip(token)}", which is not in the vocabulary`)
    }
    return id ?? -1
  }
  for (; i < merges.length; i++) {
    const merge = merges[i]
    let left: unknown, right: unknown
    if (pairs && Array.isArray(merge) && merge.length === 2) [left, right] = merge as unknown[]
    else if (!pairs && typeof merge === 'string') {
      const space = merge.indexOf(' ')
      if (space >= 0 && !merge.includes(' ', space + 1)) [left, right] = [merge.slice(0, space), merge.slice(space + 1)]
    }
    if (typeof left !== 'string' || typeof right !== 'string') throw invalid(`merge ${i} must be a pair of tokens`)
    found[3 * i] = idOf(left)
    found[3 * i + 1] = idOf(right)
    found[3 * i + 2] = idOf(joined(left, right, prefix))
  }
  return found
}

function checkUnigram(model: Json): Words {
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
  const tokens = (vocab as [string, number][]).map(([piece]) => piece)
  return { ids: new Map(tokens.map((piece, id) => [piece, id])), tokens, size: tokens.length }
}
