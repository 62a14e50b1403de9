// How pieces are written: by their bytes where the vocabulary is one of bytes, else by their own letters.

import type { ExplainedText, TokenizerFacts } from '../../store/index.ts'
import { viewTokens, type TokenView } from '../../ui/tokens.ts'

const utf8 = new TextEncoder()
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export const hex = (bytes: ArrayLike<number>): string =>
  Array.from(bytes, (b) => b.toString(16).toUpperCase().padStart(2, '0')).join(' ')

/** Bytes that a piece of this tokenizer stands for. */
function pieceBytes(piece: string, facts: TokenizerFacts): number[] {
  if (!facts.alphabet) return [...utf8.encode(piece)]
  const table = byteTable(facts.alphabet)
  return [...piece].flatMap((c) => table.get(c) ?? [...utf8.encode(c)])
}
const tables = new WeakMap<readonly string[], Map<string, number>>()
function byteTable(alphabet: readonly string[]): Map<string, number> {
  let table = tables.get(alphabet)
  if (!table) tables.set(alphabet, (table = new Map(alphabet.map((c, b) => [c, b]))))
  return table
}

const like = (id: number, text: string, bytes: readonly number[], special = false) => ({
  position: 0,
  id,
  text,
  bytes,
  special,
  generated: false,
})
/** WordPiece decodes with a space that no piece holds: its pieces are shown as the file writes them. */
const likeToken = (
  { id, text, written, bytes, special }: ExplainedText['tokens'][number],
  model: ExplainedText['model'],
) => (model === 'WordPiece' ? like(id, written, [], special) : like(id, text, bytes, special))

/** The pieces of one word side by side: those inside one character are joined. */
export const viewPieces = (pieces: readonly string[], facts: TokenizerFacts): TokenView[] =>
  viewTokens(pieces.map((piece, i) => like(i, piece, facts.alphabet ? pieceBytes(piece, facts) : [])))

export interface WordView {
  tokens: ExplainedText['tokens']
  views: TokenView[]
  groups: Group[]
}
/**
 * Neighbouring pieces that share a character; `character` is what they make together, '' for a piece that stands alone.
 */
export interface Group {
  from: number
  to: number
  character: string
}

/** Pieces of every word; characters may be shared across word borders, so the whole text is looked at once. */
export function viewWords({ words, tokens, model }: ExplainedText): WordView[] {
  const views = viewTokens(tokens.map((t) => likeToken(t, model)))
  let at = 0
  return words.map(({ ids }) => {
    const mine = { tokens: tokens.slice(at, at + ids.length), views: views.slice(at, at + ids.length) }
    at += ids.length
    const groups: Group[] = []
    for (let i = 0; i < mine.views.length;) {
      let to = i + 1
      while (to < mine.views.length && mine.views[to - 1]!.joinEnd && mine.views[to]!.joinStart) to++
      groups.push({
        from: i,
        to,
        character: to - i > 1 ? decode(mine.tokens.slice(i, to).flatMap((t) => t.bytes)) : '',
      })
      i = to
    }
    return { ...mine, groups }
  })
}

function decode(bytes: readonly number[]): string {
  try {
    return strict.decode(Uint8Array.from(bytes))
  } catch {
    return ''
  }
}

const spaces: Record<string, string> = { ' ': '␣', '\n': '⏎', '\t': '⇥', '\r': '␍' }
/** Whitespace as signs, for titles and sentences. */
export const shown = (text: string): string => (text === '' ? '∅' : text.replace(/[ \n\t\r]/g, (c) => spaces[c]!))

/** A row of the vocabulary, alone: bytes that are no whole character are hex. */
export const viewVocab = (token: ExplainedText['tokens'][number], model: ExplainedText['model']): TokenView =>
  viewTokens([likeToken(token, model)])[0]!
