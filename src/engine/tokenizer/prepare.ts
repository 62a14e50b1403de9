// Checks an untrusted tokenizer.json and returns what the tokenizer is built from.
//
// Limits: 10^6 tokens and merges, 10^4 added tokens, 1 kB per token. A merge must
// name tokens that exist, as the Rust library demands: otherwise text would be
// dropped without a word.

import { asArray, asId, asObject, asString, clip, invalid, limits, unsupported, type Json } from './check.ts'
import { acceptNormalizer, acceptPostProcessor, acceptPreTokenizer } from './pipeline.ts'
import { readDecoder, type DecodeSteps } from './decoder.ts'
import { isCharacter } from './spm-merges.ts'

export interface AddedToken {
  id: number; content: string; special: boolean
  single_word: boolean; lstrip: boolean; rstrip: boolean; normalized: boolean
}

export interface Prepared {
  /** what the package's constructor gets */
  json: Json
  model: Json & { type: 'BPE' | 'WordPiece' | 'Unigram' }
  added: AddedToken[]
  decoder: DecodeSteps
  /** same order as the merges; merges of equal rank are done leftmost first (SentencePiece scores) */
  mergeRanks: number[] | null
}

export function prepareTokenizer(tokenizerJson: unknown): Prepared {
  const file = asObject(tokenizerJson, 'tokenizer.json')
  const model = checkModel(asObject(file.model, 'model'))
  const added = asArray(file.added_tokens ?? [], 'added_tokens', limits.added).map(readAdded)
  const json = {
    added_tokens: added, model, decoder: null,
    normalizer: acceptNormalizer(file.normalizer),
    pre_tokenizer: acceptPreTokenizer(file.pre_tokenizer),
    post_processor: acceptPostProcessor(file.post_processor),
  }
  const ranks = model.merge_ranks
  if (ranks !== undefined && !(Array.isArray(ranks) && ranks.length === (model.merges as unknown[]).length)) throw invalid('"merge_ranks" must be as long as "merges"')
  return { json, model, added, decoder: readDecoder(file.decoder), mergeRanks: (ranks as number[] | undefined) ?? null }
}

function readAdded(value: unknown): AddedToken {
  const token = asObject(value, 'added_tokens')
  const content = asString(token.content, 'added_tokens.content')
  if (content === '') throw invalid('an added token is empty')
  if (token.single_word === true) throw unsupported(`the added token "${clip(content)}" with single_word`)
  const special = token.special === true
  return {
    id: asId(token.id, content), content, special, single_word: false, lstrip: token.lstrip === true, rstrip: token.rstrip === true,
    normalized: typeof token.normalized === 'boolean' ? token.normalized : !special,
  }
}

function checkModel(model: Json): Prepared['model'] {
  // files of the first years have no type
  const type = model.type ?? (Array.isArray(model.vocab) ? 'Unigram' : model.merges ? 'BPE' : 'WordPiece')
  switch (type) {
    case 'BPE': checkBpe(model); return { ...model, type: 'BPE' }
    case 'Unigram': checkUnigram(model); return { ...model, type: 'Unigram' }
    case 'WordPiece':
      checkVocab(model)
      asString(model.unk_token, 'unk_token')
      return { ...model, type: 'WordPiece', continuing_subword_prefix: asString(model.continuing_subword_prefix ?? '##', 'continuing_subword_prefix') }
    default: throw unsupported(`the tokenizer model "${clip(String(type))}"`)
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
    if (token.length > limits.tokenLength) throw invalid(`the token ${id} is longer than ${limits.tokenLength} characters`)
  }
  if (count === 0) throw invalid('the vocabulary is empty')
  return vocab
}

function checkBpe(model: Json): void {
  const vocab = checkVocab(model)
  if (model.continuing_subword_prefix) throw unsupported('BPE with continuing_subword_prefix')
  if (model.unk_token != null) asString(model.unk_token, 'unk_token')
  if (model.end_of_word_suffix != null) asString(model.end_of_word_suffix, 'end_of_word_suffix', 16)
  const merges = asArray(model.merges, 'model.merges', limits.merges)
  const pairs = Array.isArray(merges[0])
  for (let i = 0; i < merges.length; i++) {
    const merge = merges[i]
    const parts = pairs ? merge : typeof merge === 'string' ? merge.split(' ') : null
    if (!Array.isArray(parts) || parts.length !== 2 || typeof parts[0] !== 'string' || typeof parts[1] !== 'string') {
      throw invalid(`merge ${i} must be a pair of tokens`)
    }
    // single characters are there before any merge
    const missing = [parts[0], parts[1], parts[0] + parts[1]].find(token => !Object.hasOwn(vocab, token as string) && !isCharacter(token as string))
    if (missing !== undefined) throw invalid(`merge ${i} needs the token "${clip(missing as string)}", which is not in the vocabulary`)
  }
}

function checkUnigram(model: Json): void {
  if (model.byte_fallback === true) throw unsupported('a Unigram model with byte fallback')
  const vocab = asArray(model.vocab, 'model.vocab', limits.vocab)
  if (vocab.length === 0) throw invalid('the vocabulary is empty')
  for (let i = 0; i < vocab.length; i++) {
    const entry = vocab[i]
    if (!Array.isArray(entry) || entry.length !== 2 || typeof entry[1] !== 'number' || !Number.isFinite(entry[1])) throw invalid(`piece ${i} must be a text and a score`)
    asString(entry[0], `piece ${i}`)
  }
  if (asId(model.unk_id ?? -1, '<unk>') >= vocab.length) throw invalid('the unknown token is not in the vocabulary')
}
