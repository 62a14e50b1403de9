// The tokenizer: text ↔ token ids, from tokenizer.json and tokenizer_config.json.
//
// Encoding is @huggingface/tokenizers, fed with a checked and rewritten file
// (prepare.ts); decoding is ours (detokenize.ts), because it has to be exact while
// tokens arrive. `clean_up_tokenization_spaces` is ignored on purpose: it damages
// code, and a cleaned answer no longer encodes to the ids in the KV cache.

import { BPE, Tokenizer as HfTokenizer } from '@huggingface/tokenizers'
import { invalid } from './check.ts'
import { decodeAll } from './detokenize.ts'
import type { DecodeSteps, Piece } from './decoder.ts'
import { prepareTokenizer, type Prepared } from './prepare.ts'
import { findSpecialIds, type SpecialIds } from './special.ts'

export interface Tokenizer {
  /** ids are 0 … vocabSize - 1; a model may have more rows than that */
  vocabSize: number
  /** special tokens in the text are recognized; addSpecial (default true) puts bos/eos around as the file says */
  encode(text: string, options?: { addSpecial?: boolean }): number[]
  decode(ids: number[], options?: { skipSpecial?: boolean }): string
  /** the exact bytes a token stands for in the middle of a text; of a special token its name; none for an unused id */
  tokenBytes(id: number): Uint8Array
  /** display text of one token: bytes that are no whole character show as \xE4 */
  tokenText(id: number): string
  isSpecial(id: number): boolean
  specialIds: SpecialIds
  idOf(token: string): number | undefined
  /** does encode() put bos in front */
  addsBos: boolean
  /** what StreamDecoder needs; a tokenizer without it is decoded from its tokenBytes */
  decoding?: Decoding
}

export interface Decoding {
  steps: DecodeSteps
  /** the token as the vocabulary writes it */
  token(id: number): string | undefined
  isAdded(id: number): boolean
  /** an added token's own text: it is never byte-decoded */
  added(token: string, index: number): Piece
}

export function loadTokenizer(tokenizerJson: unknown, tokenizerConfig: unknown, extra: { eosIds?: number[] } = {}): Tokenizer {
  const prepared = prepareTokenizer(tokenizerJson)
  const hf = build(prepared)
  const vocab = hf.model!.vocab as (string | undefined)[]
  const added = new Map(prepared.added.map(token => [token.id, token]))
  const special = new Set(prepared.added.filter(token => token.special).map(token => token.id))
  const idOf = (token: string): number | undefined => hf.token_to_id(token)
  const specialIds = findSpecialIds(tokenizerConfig, hf.model!.unk_token, prepared.added, idOf, extra.eosIds ?? [], vocab.length)
  const steps = prepared.decoder
  const decoding: Decoding = {
    steps, token: id => vocab[id], isAdded: id => added.has(id),
    // Metaspace, WordPiece and "no decoder" put the space in front of added tokens too; byte decoding must not touch them
    added: (token, index) => steps.token.reduce<Piece>((piece, step) => { const next = step(piece, index); return typeof next === 'string' ? next : piece }, token),
  }
  const encode: Tokenizer['encode'] = (text, options) => hf.encode(text, { add_special_tokens: options?.addSpecial ?? true }).ids
  // what the post-processor puts in front, if anything
  const front = encode('')[0]
  const addsBos = front !== undefined && encode('a')[0] === front
  if (addsBos) specialIds.bos ??= front

  const tokenizer: Tokenizer = {
    vocabSize: vocab.length, encode, idOf, specialIds, decoding,
    decode: (ids, options) => decodeAll(tokenizer, ids, options),
    tokenBytes(id) {
      const token = vocab[id]
      if (token === undefined) return new Uint8Array()
      if (added.has(id)) return utf8.encode(token)
      let piece: Piece = token
      for (const step of steps.token) piece = step(piece, 1)
      if (typeof piece !== 'string') return piece
      return utf8.encode(steps.suffix ? piece.replaceAll(steps.suffix, ' ') : piece)
    },
    tokenText: id => vocab[id] === undefined ? `[${id}]` : showBytes(tokenizer.tokenBytes(id)),
    isSpecial: id => special.has(id),
    addsBos: addsBos && front === specialIds.bos,
  }
  return tokenizer
}

const utf8 = new TextEncoder()

function build({ json, mergeRanks }: Prepared): HfTokenizer {
  let hf: HfTokenizer
  try {
    hf = new HfTokenizer(json, { clean_up_tokenization_spaces: false })
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : String(error))
  }
  if (mergeRanks && hf.model instanceof BPE) {
    const { merges, bpe_ranks } = hf.model
    merges.forEach((merge, i) => { bpe_ranks.set(JSON.stringify(merge), mergeRanks[i]!) })
  }
  return hf
}

/** UTF-8 bytes as text; bytes that belong to no whole character as \xE4. */
export function showBytes(bytes: Uint8Array): string {
  let text = ''
  for (let i = 0; i < bytes.length;) {
    const length = characterLength(bytes, i)
    if (length > 0) text += plain.decode(bytes.subarray(i, i + length))
    else text += `\\x${bytes[i]!.toString(16).toUpperCase().padStart(2, '0')}`
    i += Math.max(length, 1)
  }
  return text
}

const plain = new TextDecoder('utf-8', { ignoreBOM: true })
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Bytes of the whole character at `at`, or 0. */
function characterLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at]!
  const length = lead < 0x80 ? 1 : lead >= 0xc2 && lead < 0xe0 ? 2 : lead >= 0xe0 && lead < 0xf0 ? 3 : lead >= 0xf0 && lead < 0xf5 ? 4 : 0
  if (length < 2) return length
  if (at + length > bytes.length) return 0
  try { strict.decode(bytes.subarray(at, at + length)); return length } catch { return 0 }
}
