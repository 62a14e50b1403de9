// The way to the words: added tokens are cut out, the rest is normalized and
// pre-tokenized. Same steps in the same order as the production tokenizer.

import type { AddedToken } from '../added.ts'
import { unmapBytes } from '../byte-map.ts'
import { showBytes } from '../show-bytes.ts'
import { Meter } from '../meter.ts'
import type { Prepared } from '../prepare.ts'

/** A piece of the normalized text. `word` is what the model sees: ▁ for spaces, or bytes in the byte-level alphabet. */
export interface PreToken {
  text: string
  start: number
  end: number
  word: string
  added: AddedToken | null
}

export interface Sections {
  normalized: string
  preTokens: PreToken[]
}

export function sectioner({ sections, byteLevel }: Prepared): (text: string) => Sections {
  return (text) => {
    let normalized = ''
    const preTokens: PreToken[] = []
    for (const { normalized: piece, token, words } of sections(text, new Meter(text.length))) {
      const from = normalized.length
      normalized += piece
      if (token) {
        preTokens.push({ text: piece, start: from, end: normalized.length, word: token.content, added: token })
        continue
      }
      const places = byteLevel ? bytePlaces(piece, words!) : null
      let at = from
      words!.forEach((word, i) => {
        const bytes = byteLevel ? unmapBytes(word) : null
        const shown = bytes ? showBytes(bytes) : word
        const [start, end] = places ? [from + places[i]![0], from + places[i]![1]] : align(shown, normalized, at)
        preTokens.push({ text: shown, start, end, word, added: null })
        at = end
      })
    }
    return { normalized, preTokens }
  }
}

const utf8 = new TextEncoder()

/**
 * Places of byte-level words, counted by their bytes: a word has one character per byte. A split
 * after the mapping (Falcon's digits) may cut inside a character, which then belongs to the next word.
 */
function bytePlaces(piece: string, words: readonly string[]): [number, number][] | null {
  const places: number[] = []
  let index = 0
  for (const character of piece) {
    for (let n = utf8.encode(character).length; n > 0; n--) places.push(index)
    index += character.length
  }
  // one byte more is the space that the pre-tokenizer put in front
  const extra = words.reduce((sum, word) => sum + word.length, 0) - places.length
  if (extra !== 0 && extra !== 1) return null
  places.push(index)
  let at = -extra
  return words.map((word) => [places[Math.max(0, at)]!, places[(at += word.length)]!])
}

/** Where a piece stands in the text, from `at` on. A pre-tokenizer may put a space in front and write spaces as ▁. */
function align(piece: string, text: string, at: number): [number, number] {
  const same = (a: string, b: string | undefined): boolean => a === b || (a === '▁' && b === ' ')
  const body = same(piece[0]!, text[at]) || !/^[ ▁]/.test(piece) ? piece : piece.slice(1)
  let start = at
  while (body !== '' && start < text.length && !same(body[0]!, text[start])) start++
  return [start, Math.min(text.length, start + body.length)]
}
