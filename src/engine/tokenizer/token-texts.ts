// What each token adds to an answer's text, for whoever must know before it is drawn: the bytes that StreamDecoder would
// make of it. They differ at the beginning of an answer, where a tokenizer leaves out the space of the first word ("▁").

import { runTokenSteps, type Piece } from './decoder.ts'
import type { Decodable } from './detokenize.ts'

export interface TokenTexts {
  /** null: it adds nothing (a special token, an id without one) */
  bytes(id: number, isFirst: boolean): Uint8Array | null
}

const utf8 = new TextEncoder()
const bytesOf = (piece: Piece): Uint8Array => (typeof piece === 'string' ? utf8.encode(piece) : piece)

/** @returns null where a token's text depends on the tokens beside it, so that no single one can be told */
export function tokenTexts(tokenizer: Decodable): TokenTexts | null {
  const { decoding } = tokenizer
  if (!decoding) {
    return {
      bytes(id) {
        const bytes = tokenizer.isSpecial(id) ? null : tokenizer.tokenBytes(id)
        return bytes?.length ? bytes : null
      },
    }
  }
  const { steps, token, skips } = decoding
  const [strip, ...more] = steps.text
  // one character off the front is off the first token; anything else looks over borders of tokens
  const isFront = strip?.kind === 'strip' && strip.start === 1 && strip.stop === 0 && strip.content.length === 1
  if (steps.suffix || more.length > 0 || (strip && !isFront)) return null
  const front = isFront ? utf8.encode(strip.content) : null
  return {
    bytes(id, isFirst) {
      const written = skips(id) ? undefined : token(id)
      if (written === undefined) return null
      const bytes = bytesOf(runTokenSteps(steps.token, written, isFirst ? 0 : 1))
      const drops = isFirst && front !== null && front.every((one, i) => bytes[i] === one)
      return drops ? bytes.subarray(front.length) : bytes
    },
  }
}
