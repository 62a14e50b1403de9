// WordPiece: the longest piece that fits, from the left; a word with a gap is unknown as a whole.

import type { Json } from '../check.ts'
import type { Encode } from './encode.ts'

/** @param model a checked model of type WordPiece */
export function wordPieceModel(model: Json, ids: ReadonlyMap<string, number>): Encode {
  const prefix = model.continuing_subword_prefix as string
  const max = typeof model.max_input_chars_per_word === 'number' ? model.max_input_chars_per_word : 100
  const unk = ids.get(model.unk_token as string)!
  let longest = 1
  for (const token of ids.keys()) longest = Math.max(longest, token.length)
  return (word, meter) => {
    const characters = [...word]
    if (characters.length > max) return [unk]
    const found: number[] = []
    for (let start = 0; start < characters.length;) {
      let end = Math.min(characters.length, start + longest),
        id: number | undefined
      for (; end > start; end--) {
        meter.work(1 + ((end - start) >> 3))
        id = ids.get((start > 0 ? prefix : '') + characters.slice(start, end).join(''))
        if (id !== undefined) break
      }
      if (id === undefined) return [unk]
      found.push(id)
      start = end
    }
    return found
  }
}
