// A SentencePiece model file (tokenizer.model, spiece.model …): a protocol buffer, ModelProto
// of sentencepiece_model.proto.
//
//   message = (key, value)*, key = field << 3 | wire type, as varints; wire type 0 varint,
//   1 eight bytes, 2 length and bytes, 5 four bytes
//
// Every length is checked against the message around it. Fields that only matter for training
// are skipped. Knows nothing of what a family makes of the pieces.

import { clip, invalid, limits } from '../check.ts'

/** sentencepiece_model.proto, SentencePiece.Type; GGUF counts the same way */
export const pieceType = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const

export interface Pieces {
  tokens: string[]
  /** log-probabilities (Unigram), or what BPE joins by: the highest first */
  scores: number[]
  /** one of pieceType each */
  types: number[]
}

export interface SentencePieceModel extends Pieces {
  kind: 'unigram' | 'bpe' | 'word' | 'char'
  byteFallback: boolean
  /** the marked space stands behind a word, not before it */
  spaceAsSuffix: boolean
  normalizer: {
    charsmap: Uint8Array
    addDummyPrefix: boolean
    removeExtraWhitespaces: boolean
    escapeWhitespaces: boolean
  }
  /** a character map for decoded text */
  denormalizes: boolean
}

interface Field {
  number: number
  /** varints; lengths for bytes */
  value: number
  bytes: Uint8Array
}

const none = new Uint8Array()
const broken = (what: string): Error => invalid(`the SentencePiece model ${what}`)

/** The fields of a message, in order. */
function* fields(message: Uint8Array): Generator<Field> {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength)
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let shift = 0; shift < 70; shift += 7) {
      if (at >= message.length) throw broken('ends inside a number')
      const byte = message[at++]!
      // what is beyond 2^53 is a negative number, and only training has those
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return value
    }
    throw broken('holds a number of more than ten bytes')
  }
  const take = (length: number): Uint8Array => {
    if (length > message.length - at) {
      throw broken(`is cut short: a field announces ${length} bytes, ${message.length - at} are left`)
    }
    at += length
    return message.subarray(at - length, at)
  }
  while (at < message.length) {
    const key = varint(),
      number = Math.floor(key / 8)
    if (number < 1 || number > 2 ** 29) throw broken(`has a field of the number ${number}`)
    switch (key % 8) {
      case 0:
        yield { number, value: varint(), bytes: none }
        break
      case 1:
        yield { number, value: 0, bytes: take(8) }
        break
      case 2:
        yield { number, value: 0, bytes: take(varint()) }
        break
      case 5: {
        const bytes = take(4)
        yield { number, value: view.getFloat32(at - 4, true), bytes }
        break
      }
      default:
        throw broken(`has a field of the wire type ${key % 8}`)
    }
  }
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
function text(bytes: Uint8Array, what: string): string {
  if (bytes.length > 4 * limits.tokenLength) throw broken(`has a ${what} of ${bytes.length} bytes`)
  let read: string
  try {
    read = strict.decode(bytes)
  } catch {
    throw broken(`has a ${what} that is not UTF-8`)
  }
  if (read.length > limits.tokenLength) throw broken(`has a ${what} of ${read.length} characters`)
  return read
}

const kinds = [undefined, 'unigram', 'bpe', 'word', 'char'] as const

/** @throws TOKENIZER_INVALID for anything that is no such file */
export function readSentencePiece(file: Uint8Array): SentencePieceModel {
  const model: SentencePieceModel = {
    ...{ tokens: [], scores: [], types: [] },
    kind: 'unigram',
    byteFallback: false,
    spaceAsSuffix: false,
    normalizer: { charsmap: none, addDummyPrefix: true, removeExtraWhitespaces: true, escapeWhitespaces: true },
    denormalizes: false,
  }
  for (const { number, bytes } of fields(file)) {
    if (number === 1) readPiece(bytes, model)
    else if (number === 2) readTrainer(bytes, model)
    else if (number === 3) {
      const { normalizer } = model
      for (const field of fields(bytes)) {
        if (field.number === 2) normalizer.charsmap = field.bytes
        else if (field.number === 3) normalizer.addDummyPrefix = field.value !== 0
        else if (field.number === 4) normalizer.removeExtraWhitespaces = field.value !== 0
        else if (field.number === 5) normalizer.escapeWhitespaces = field.value !== 0
      }
    } else if (number === 5) {
      for (const field of fields(bytes)) if (field.number === 2) model.denormalizes = field.bytes.length > 0
    }
  }
  check(model)
  return model
}

function readPiece(bytes: Uint8Array, { tokens, scores, types }: Pieces): void {
  if (tokens.length >= limits.vocab) throw invalid(`the vocabulary may hold ${limits.vocab} tokens`)
  let token = '',
    score = 0,
    type: number = pieceType.normal
  for (const { number, value, bytes: written } of fields(bytes)) {
    if (number === 1) token = text(written, `piece (${tokens.length})`)
    else if (number === 2) score = value
    else if (number === 3) type = value
  }
  if (token === '') throw broken(`has an empty piece (${tokens.length})`)
  if (!Number.isFinite(score)) throw broken(`has no number as the score of piece ${tokens.length}`)
  if (!(type >= 1 && type <= 6)) throw broken(`has a piece of the type ${type}`)
  tokens.push(token)
  scores.push(score)
  types.push(type)
}

function readTrainer(bytes: Uint8Array, model: SentencePieceModel): void {
  for (const { number, value } of fields(bytes)) {
    if (number === 3) {
      const kind = kinds[value]
      if (!kind) throw broken(`is of the type ${value}`)
      model.kind = kind
    } else if (number === 24) model.spaceAsSuffix = value !== 0
    else if (number === 35) model.byteFallback = value !== 0
  }
}

/** What the library demands of the pieces (model_interface.cc). */
function check({ tokens, types, byteFallback }: SentencePieceModel): void {
  if (tokens.length === 0) throw broken('has no pieces')
  const free = new Set<string>(),
    reserved = new Set<string>()
  let unknown = 0,
    bytes = 0
  tokens.forEach((token, i) => {
    const type = types[i]!
    const seen =
      type === pieceType.normal || type === pieceType.userDefined || type === pieceType.unused ? free : reserved
    if (seen.has(token)) throw broken(`has the piece "${clip(token)}" twice`)
    seen.add(token)
    if (type === pieceType.unknown) unknown++
    if (type === pieceType.byte) {
      if (!/^<0x[0-9A-F]{2}>$/.test(token)) throw broken(`has "${clip(token)}" as the piece of a byte`)
      bytes++
    }
  })
  if (unknown !== 1) throw broken(`must have one unknown piece, and has ${unknown}`)
  if (byteFallback && bytes !== 256) throw broken(`must have a piece for each of 256 bytes, and has ${bytes}`)
  if (!byteFallback && bytes > 0) throw broken('has pieces for bytes and does not use them')
}
