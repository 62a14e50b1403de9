// The decoder of a tokenizer.json as a list of small steps.
//
// Steps before "Fuse" see one token at a time, steps after it see the text. That
// split is what makes an exact streaming decoder possible (detokenize.ts).
// Semantics are those of the Rust library's decode_chain, with one exception:
// invalid UTF-8 becomes U+FFFD as TextDecoder does it, where Rust's ByteFallback
// gives up the whole run of byte tokens.

import { asArray, asObject, asString, clip, invalid, limits, unsupported } from './check.ts'
import { Meter } from './meter.ts'
import { byteOfFallback, unmapBytes } from './byte-map.ts'
import { readBlanks } from './sentencepiece/normalize.ts'
import { shown } from '../shown.ts'

/** A token on its way to text: characters, or bytes that may be part of a character. */
export type Piece = string | Uint8Array
/** @param index how many tokens came before */
export type TokenStep = (piece: Piece, index: number, meter: Meter) => Piece
export type TextStep =
  | { kind: 'replace'; from: string; to: string }
  | { kind: 'strip'; content: string; start: number; stop: number }

export interface DecodeSteps {
  token: TokenStep[]
  text: TextStep[]
  /** BPEDecoder: this suffix becomes a space, except on the last token */
  suffix: string | null
}

/** What a step costs beside the characters it goes through. */
const callCost = 16

/** The token after the steps that look at one token. @throws TOKENIZER_INVALID when they make too much of it */
export function runTokenSteps(steps: readonly TokenStep[], token: string, index: number): Piece {
  let piece: Piece = token
  if (steps.length === 0) return piece
  const meter = new Meter(token.length, 'decode')
  for (const step of steps) {
    meter.charge(piece.length)
    meter.work(callCost)
    piece = step(piece, index, meter)
  }
  return piece
}

/** `text` with every `from` as `to`; the length is charged before it is made. */
export function replaced(text: string, from: string, to: string, meter: Meter): string {
  const parts = text.split(from)
  meter.charge(text.length + (parts.length - 1) * Math.max(0, to.length - from.length))
  return parts.join(to)
}

const onText =
  (change: (text: string, index: number, meter: Meter) => string): TokenStep =>
  (piece, index, meter) =>
    typeof piece === 'string' ? change(piece, index, meter) : piece

const byteLevel: TokenStep = (piece) => (typeof piece === 'string' ? (unmapBytes(piece) ?? piece) : piece)
const byteFallback: TokenStep = (piece) => {
  const byte = typeof piece === 'string' ? byteOfFallback(piece) : -1
  return byte < 0 ? piece : Uint8Array.of(byte)
}

/** WordPiece's own tidying, token by token as the Rust library does it. */
const tidy = (text: string): string =>
  !text.includes(' ')
    ? text
    : text
        .replaceAll(' .', '.')
        .replaceAll(' ?', '?')
        .replaceAll(' !', '!')
        .replaceAll(' ,', ',')
        .replaceAll(" ' ", "'")
        .replaceAll(" n't", "n't")
        .replaceAll(" 'm", "'m")
        .replaceAll(' do not', " don't")
        .replaceAll(" 's", "'s")
        .replaceAll(" 've", "'ve")
        .replaceAll(" 're", "'re")

function strip(text: string, content: string, start: number, stop: number): string {
  let from = 0,
    to = text.length
  while (from < start && from < to && text[from] === content) from++
  for (let i = 0; i < stop && to > from && text[to - 1] === content; i++) to--
  return text.slice(from, to)
}

function stripCount(value: unknown): number {
  if (!Number.isInteger(value)) {
    throw invalid(`a Strip in its decoder must say a whole number of characters, the file has ${clip(shown(value))}`)
  }
  if ((value as number) < 0 || (value as number) > 16) {
    throw unsupported('a Strip of more than 16 characters in the decoder')
  }
  return value as number
}

export function readDecoder(value: unknown): DecodeSteps {
  const steps: DecodeSteps = { token: [], text: [], suffix: null }
  if (value === null || value === undefined) {
    steps.token.push(onText((text, i) => (i === 0 ? text : ` ${text}`)))
    return steps
  }
  let fused = false,
    bytes = false,
    count = 0
  const add = (node: unknown, depth: number): void => {
    if (depth > limits.depth) throw invalid('its decoder is nested too deeply')
    const step = asObject(node, 'decoder')
    const type = asString(step.type, 'decoder.type')
    if (fused && type !== 'Sequence' && type !== 'Replace' && type !== 'Strip' && type !== 'Fuse') {
      throw unsupported(`the decoder "${clip(type)}" after Fuse`)
    }
    // a run of byte tokens is one token from here on, and its length is known only when it ends
    if (bytes && !fused && type !== 'Sequence' && type !== 'Fuse') {
      throw unsupported(`the decoder "${clip(type)}" between ByteFallback and Fuse`)
    }
    if (++count > limits.decoders) throw invalid(`it may have ${limits.decoders} decoders, the file has more`)
    switch (type) {
      case 'Sequence':
        for (const child of asArray(step.decoders, 'decoders', limits.decoders)) add(child, depth + 1)
        break
      case 'Fuse':
        fused = true
        break
      // byte-level tokens become one text at once
      case 'ByteLevel':
        steps.token.push(byteLevel)
        fused = true
        break
      case 'ByteFallback':
        steps.token.push(byteFallback)
        bytes = true
        break
      // white space that had pieces of its own
      case 'Blanks':
        steps.token.push(onText((text) => readBlanks(text)))
        break
      case 'Metaspace': {
        const mark = asString(step.replacement ?? '▁', 'replacement', 2)
        const drops = (step.prepend_scheme ?? (step.add_prefix_space === false ? 'never' : 'always')) !== 'never'
        steps.token.push(onText((text, i) => text.replaceAll(mark, i === 0 && drops ? '' : ' ')))
        break
      }
      case 'WordPiece': {
        const prefix = asString(step.prefix ?? '##', 'prefix', 16)
        const glue = onText((text, i) =>
          i === 0 ? text : prefix !== '' && text.startsWith(prefix) ? text.slice(prefix.length) : ` ${text}`,
        )
        steps.token.push(glue)
        if (step.cleanup !== false) {
          steps.token.push(
            onText((text, _, meter) => {
              meter.work(11 * (text.length + callCost))
              return tidy(text)
            }),
          )
        }
        break
      }
      case 'BPEDecoder':
        steps.suffix = asString(step.suffix ?? '</w>', 'suffix', 16) || null
        break
      case 'Replace': {
        const pattern = asObject(step.pattern, 'pattern')
        if (pattern.String === undefined && pattern.Regex !== undefined) {
          throw unsupported('a Regex in the decoder "Replace"')
        }
        const from = asString(pattern.String, 'pattern', 100),
          to = asString(step.content, 'content', 100)
        if (from === '') throw unsupported('an empty pattern in the decoder')
        if (fused) steps.text.push({ kind: 'replace', from, to })
        else steps.token.push(onText((text, _, meter) => replaced(text, from, to, meter)))
        break
      }
      case 'Strip': {
        const content = asString(step.content ?? ' ', 'content', 2),
          start = stripCount(step.start ?? 0),
          stop = stripCount(step.stop ?? 0)
        if (fused) steps.text.push({ kind: 'strip', content, start, stop })
        else steps.token.push(onText((text) => strip(text, content, start, stop)))
        break
      }
      default:
        throw unsupported(`the decoder "${clip(type)}"`)
    }
  }
  add(value, 0)
  return steps
}
