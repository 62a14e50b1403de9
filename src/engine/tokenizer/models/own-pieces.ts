// Pieces that users of SentencePiece defined: always one token, and nothing joins with them.

import type { Json } from '../check.ts'
import type { Meter } from '../meter.ts'
import { PrefixTable } from '../prefix-table.ts'
import { pieceType } from '../sentencepiece/proto.ts'

export type Part = { text: string; own: boolean }

/** Cuts a word at the user-defined pieces of `piece_types`, the longest at each place. */
export function ownPieces(model: Json, ids: ReadonlyMap<string, number>): (word: string, meter: Meter) => Part[] {
  const types = model.piece_types as ArrayLike<number> | undefined
  const own = types ? [...ids].filter(([, id]) => types[id] === pieceType.userDefined) : []
  if (own.length === 0) return (text) => [{ text, own: false }]
  const table = new PrefixTable(own.map(([piece]) => piece))
  return (word, meter) => {
    const parts: Part[] = []
    let from = 0
    for (let at = 0; at < word.length;) {
      let length = 0
      meter.work(
        table.match(word, at, (piece) => {
          length = piece.length
        }),
      )
      if (length === 0) {
        at += word.codePointAt(at)! > 0xffff ? 2 : 1
        continue
      }
      if (from < at) parts.push({ text: word.slice(from, at), own: false })
      parts.push({ text: word.slice(at, at + length), own: true })
      at += length
      from = at
    }
    if (from < word.length) parts.push({ text: word.slice(from), own: false })
    return parts
  }
}
