// The tokenizer: text ↔ token ids, from tokenizer.json and tokenizer_config.json.
//
// The steps of the file are ours (normalize, pretokenize, models, postprocess), in the
// order and manner of the Rust library; decoding is exact while tokens arrive
// (detokenize.ts). `clean_up_tokenization_spaces` is ignored on purpose: it damages
// code, and a cleaned answer no longer encodes to the ids in the KV cache.

import { withConfigTokens } from './config-tokens.ts'
import { decodeAll, type Decodable, type Decoding } from './detokenize.ts'
import { runTokenSteps } from './decoder.ts'
import { mapBytes } from './byte-map.ts'
import { hider } from './hide.ts'
import { Meter } from './meter.ts'
import { prepareTokenizer } from './prepare.ts'
import { EngineError } from '../errors.ts'
import { pieceType } from './sentencepiece/proto.ts'
import { showBytes } from './show-bytes.ts'
import { findSpecialIds, type SpecialIds } from './special.ts'

/** Two texts as one: segments as the tokenizer gives them, and where the second lies, which RoBERTa's segments do not tell. */
export interface EncodedPair {
  ids: number[]
  segments: number[]
  /** ids [from, to) of the second text, where there is one */
  second?: readonly [from: number, to: number]
  /** tokens left out */
  cut?: number
}

export interface EncodeOptions {
  addSpecial?: boolean
  special?: boolean
  mark?: string | undefined
}

export interface Tokenizer extends Decodable {
  /** ids are 0 … vocabSize - 1; a model may have more rows than that */
  vocabSize: number
  /**
   * special tokens in the text are recognized, unless `special` is false; addSpecial (default true) puts bos/eos around
   * as the file says; `mark` is what hide() put in
   */
  encode(text: string, options?: EncodeOptions): number[]
  /**
   * The text with the mark wherever it spells a token with a meaning (that `counts`; default: any): encode() then reads it
   * as text. `special`: a token that has no text in an answer
   */
  hide(text: string, mark: string, counts?: (spelled: string, special: boolean) => boolean): string
  /**
   * Two texts as the file's post-processor puts them together, or one (b null), with its tokens around; `segments` has
   * the segment (type id) of every id: [CLS] A [SEP] B [SEP] → 0 0 0 1 1. With more than `most` ids the texts are
   * shortened at their ends, the longer one first, as the library's longest_first does; `cut` says by how many.
   */
  encodePair(a: string, b: string | null, most?: number): EncodedPair
  decode(ids: number[], options?: { skipSpecial?: boolean }): string
  /** display text of one token: bytes that are no whole character show as \xE4 */
  tokenText(id: number): string
  specialIds: SpecialIds
  idOf(token: string): number | undefined
  /** does encode() put bos in front */
  addsBos: boolean
}

/**
 * @throws TOKENIZER_INVALID, TOKENIZER_UNSUPPORTED; encode() also throws PARAM_INVALID for a text that holds half a
 * character
 */
export function loadTokenizer(
  tokenizerJson: unknown,
  tokenizerConfig: unknown,
  extra: { eosIds?: number[] } = {},
): Tokenizer {
  const {
    model,
    open,
    added,
    around,
    decoder: steps,
    sections,
  } = prepareTokenizer(withConfigTokens(tokenizerJson, tokenizerConfig))
  const vocab = [...open.tokens]
  for (const token of added.tokens) vocab[token.id] = token.content
  const idOf = (token: string): number | undefined => added.idOf(token) ?? open.ids.get(token)
  const unkToken =
    model.type === 'Unigram' ? open.tokens[model.unk_id as number] : (model.unk_token as string | null | undefined)
  const specialIds = findSpecialIds(
    tokenizerConfig,
    unkToken ?? undefined,
    added.tokens,
    idOf,
    extra.eosIds ?? [],
    vocab.length,
  )
  const token = (id: number): string | undefined => added.decoded(id) ?? vocab[id]
  const decoding: Decoding = { steps, token, skips: (id) => added.isSpecialText(token(id) ?? '') }
  const plain = (text: string, special = true, mark?: string): number[] => {
    const ids: number[] = [],
      meter = new Meter(text.length)
    const parts = mark === undefined || !text.includes(mark) ? (word: string) => [word] : cutAt(inWords(mark))
    for (const section of sections(text, meter, special ? undefined : true, mark)) {
      if (section.token) ids.push(section.token.id)
      else for (const word of section.words!.flatMap(parts)) for (const id of open.encode(word, meter)) ids.push(id)
    }
    return ids
  }
  /** The mark as words have it: a byte-level tokenizer writes its bytes. */
  const inWords = (mark: string): string => {
    const words = sections(mark, new Meter(mark.length), true).flatMap((section) => section.words ?? [])
    const bytes = mapBytes(utf8.encode(mark))
    return words.some((word) => word.includes(bytes)) ? bytes : mark
  }
  const encode: Tokenizer['encode'] = (text, options) => {
    checkText(text)
    return options?.addSpecial === false
      ? plain(text, options.special, options.mark)
      : around.single.flatMap((slot) => ('id' in slot ? [slot.id] : plain(text, options?.special, options?.mark)))
  }
  const types = model.piece_types as ArrayLike<number> | undefined
  let hide: Tokenizer['hide'] | null = null
  const controls = new Set([...Object.values(specialIds).flat()].map((id) => (id === null ? undefined : vocab[id])))
  const isControl = (text: string): boolean => controls.has(text)
  const encodePair: Tokenizer['encodePair'] = (a, b, most = Infinity) => {
    checkText(a)
    if (b !== null) checkText(b)
    const slots = b === null ? around.single : around.pair()
    const added = slots.filter((slot) => 'id' in slot).length
    const texts = { A: plain(a), B: b === null ? [] : plain(b) }
    const [forA, forB] = shares(texts.A.length, texts.B.length, Math.max(0, most - added))
    const cut = texts.A.length - forA + texts.B.length - forB
    const kept = { A: texts.A.slice(0, forA), B: texts.B.slice(0, forB) }
    const pieces = slots.map((slot) => ({ ids: 'id' in slot ? [slot.id] : kept[slot.text], segment: slot.segment }))
    const place = slots.findIndex((slot) => 'text' in slot && slot.text === 'B')
    const from = pieces.slice(0, place).reduce((n, piece) => n + piece.ids.length, 0)
    return {
      ids: pieces.flatMap((piece) => piece.ids),
      segments: pieces.flatMap((piece) => piece.ids.map(() => piece.segment)),
      ...(b !== null && { second: [from, from + forB] as const }),
      ...(cut > 0 && { cut }),
    }
  }
  // what the post-processor puts in front, if anything
  const [first] = around.single
  const front = first && 'id' in first ? first.id : undefined
  if (front !== undefined) specialIds.bos ??= front

  const tokenizer: Tokenizer = {
    vocabSize: vocab.length,
    encode,
    encodePair,
    hide(text, mark, counts) {
      hide ??= hider(added, open.tokens, (id) => types?.[id] === pieceType.userDefined, isControl)
      return hide(text, mark, counts)
    },
    idOf,
    specialIds,
    decoding,
    decode: (ids, options) => decodeAll(tokenizer, ids, options),
    tokenBytes(id) {
      const written = token(id)
      if (written === undefined) return new Uint8Array()
      if (added.isSpecialText(vocab[id]!)) return utf8.encode(vocab[id]!)
      const piece = runTokenSteps(steps.token, written, 1)
      if (typeof piece !== 'string') return piece
      return utf8.encode(steps.suffix ? piece.replaceAll(steps.suffix, ' ') : piece)
    },
    tokenText: (id) => (vocab[id] === undefined ? `[${id}]` : showBytes(tokenizer.tokenBytes(id))),
    isSpecial: (id) => vocab[id] !== undefined && added.byId.has(id) && added.isSpecialText(vocab[id]),
    addsBos: front !== undefined && front === specialIds.bos,
  }
  return tokenizer
}

const cutAt =
  (mark: string) =>
  (word: string): string[] =>
    word.split(mark).filter((part) => part !== '')

/** How many tokens two texts keep of `most`: a shorter one that fits stays whole, else both are halved. */
function shares(a: number, b: number, most: number): [a: number, b: number] {
  if (a + b <= most) return [a, b]
  const [short, long] = a > b ? [b, a] : [a, b]
  let kept: [short: number, long: number] =
    short > most ? [short, short] : [short, Math.min(long, Math.max(short, most - short))]
  if (kept[0] + kept[1] > most) kept = [Math.floor(most / 2), Math.ceil(most / 2)]
  return a > b ? [kept[1], kept[0]] : kept
}

const utf8 = new TextEncoder()

/** A text the model can read. Half a surrogate pair has no UTF-8 form, and would silently become U+FFFD. */
export function checkText(text: unknown, param = 'text'): asserts text is string {
  if (typeof text !== 'string') {
    throw new EngineError(
      'PARAM_INVALID',
      `Cannot read the ${param}: it must be a text, and is ${text === null ? 'null' : Array.isArray(text) ? 'a list' : typeof text}.`,
      { param, need: 'a text', value: text === null ? 'null' : typeof text },
    )
  }
  const at = /\p{Cs}/u.exec(text)?.index
  if (at === undefined) return
  const unit = `U+${text.charCodeAt(at).toString(16).toUpperCase()}`
  throw new EngineError(
    'PARAM_INVALID',
    `Cannot read the ${param}: at place ${at} it holds half of a character (${unit}), which no token stands for. Remove it and try again.`,
    { param, need: `whole characters; half of one (${unit}) stands at place ${at}`, value: unit },
  )
}
