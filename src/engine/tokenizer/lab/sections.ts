// The way to the words: added tokens are cut out, the rest is normalized and
// pre-tokenized. Same steps in the same order as the production tokenizer.

import { SequenceNormalizer, SequencePreTokenizer } from '@huggingface/tokenizers'
import { unmapBytes } from '../byte-map.ts'
import type { Json } from '../check.ts'
import { showBytes } from '../load.ts'
import type { AddedToken, Prepared } from '../prepare.ts'

/** A piece of the normalized text. `word` is what the model sees: ▁ for spaces, or bytes in the byte-level alphabet. */
export interface PreToken { text: string; start: number; end: number; word: string; added: AddedToken | null; section: number }

export interface Sections { normalized: string; preTokens: PreToken[] }

export function sectioner({ json, added }: Prepared): (text: string) => Sections {
  const normalizer = json.normalizer ? new SequenceNormalizer({ type: 'Sequence', normalizers: [json.normalizer as never] }) : null
  const preTokenizer = json.pre_tokenizer ? new SequencePreTokenizer({ type: 'Sequence', pretokenizers: [json.pre_tokenizer as never] }) : null
  const byteLevel = hasByteLevel(json.pre_tokenizer as Json | null)
  const byText = new Map<string, AddedToken>(), early: string[] = [], late: string[] = []
  for (const token of added) {
    byText.set(token.content, token)
    if (!token.normalized || !normalizer) { early.push(token.content); continue }
    const content = normalizer.normalize(token.content)
    late.push(content)
    byText.set(content, token)
  }
  const cutEarly = cutter(early), cutLate = cutter(late)

  return text => {
    let normalized = ''
    const preTokens: PreToken[] = []
    const push = (piece: string, word: string, token: AddedToken | null, section: number, start: number, end: number): void => {
      preTokens.push({ text: piece, start, end, word, added: token, section })
    }
    const addedAt = (token: AddedToken, piece: string, section: number): void => {
      push(piece, token.content, token, section, normalized.length, normalized.length + piece.length)
      normalized += piece
    }
    trimAround(cutEarly(text), byText).forEach((part, section) => {
      if (part === '') return
      const token = byText.get(part)
      if (token) return addedAt(token, part, section)
      for (const piece of trimAround(cutLate(normalizer ? normalizer.normalize(part) : part), byText)) {
        if (piece === '') continue
        const late = byText.get(piece)
        if (late) { addedAt(late, piece, section); continue }
        const from = normalized.length
        normalized += piece
        const words = preTokenizer ? preTokenizer.pre_tokenize(piece, { section_index: section }) : [piece]
        const places = byteLevel ? bytePlaces(piece, words) : null
        let at = from
        words.forEach((word, i) => {
          const bytes = byteLevel ? unmapBytes(word) : null
          const shown = bytes ? showBytes(bytes) : word
          const [start, end] = places ? [from + places[i]![0], from + places[i]![1]] : align(shown, normalized, at)
          push(shown, word, null, section, start, end)
          at = end
        })
      }
    })
    return { normalized, preTokens }
  }
}

const hasByteLevel = (node: Json | null): boolean =>
  node !== null && (node.type === 'ByteLevel' || (Array.isArray(node.pretokenizers) && node.pretokenizers.some(child => hasByteLevel(child as Json))))

/** Cuts a text at added tokens: at each place the longest one. */
function cutter(contents: readonly string[]): (text: string) => string[] {
  const byFirst = new Map<string, string[]>()
  for (const content of contents) byFirst.set(content[0]!, [...byFirst.get(content[0]!) ?? [], content])
  for (const list of byFirst.values()) list.sort((a, b) => b.length - a.length)
  return text => {
    const parts: string[] = []
    let from = 0
    for (let i = 0; i < text.length;) {
      const match = byFirst.get(text[i]!)?.find(content => text.startsWith(content, i))
      if (match === undefined) { i++; continue }
      if (i > from) parts.push(text.slice(from, i))
      parts.push(match)
      from = i += match.length
    }
    if (from < text.length) parts.push(text.slice(from))
    return parts
  }
}

/** lstrip and rstrip: an added token may swallow the spaces around it. */
function trimAround(parts: string[], byText: ReadonlyMap<string, AddedToken>): string[] {
  parts.forEach((part, i) => {
    const token = byText.get(part)
    if (token?.lstrip && i > 0) parts[i - 1] = parts[i - 1]!.trimEnd()
    if (token?.rstrip && i < parts.length - 1) parts[i + 1] = parts[i + 1]!.trimStart()
  })
  return parts
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
  return words.map(word => [places[Math.max(0, at)]!, places[at += word.length]!])
}

/** Where a piece stands in the text, from `at` on. A pre-tokenizer may put a space in front and write spaces as ▁. */
function align(piece: string, text: string, at: number): [number, number] {
  const same = (a: string, b: string | undefined): boolean => a === b || (a === '▁' && b === ' ')
  const body = same(piece[0]!, text[at]) || !/^[ ▁]/.test(piece) ? piece : piece.slice(1)
  let start = at
  while (body !== '' && start < text.length && !same(body[0]!, text[start])) start++
  return [start, Math.min(text.length, start + body.length)]
}
