// What tools give back, and what documents say, is data: a text in it that spells a token of the vocabulary (<|im_end|>,
// </tool_response>) must not become that token, or whoever wrote the data could end the turn and speak as somebody else. A
// template writes all into one text; so the tokenizer puts a mark that nobody else has into each such spelling (hide), and
// the written text is encoded with that mark. Characters and their order stay; what the model reads there is text.

import type { ChatMessage, ChatRole, TextPart } from '../types.ts'
import type { Piece } from './format.ts'

const tools = new Set<ChatRole>(['tool', 'observation', 'ipython', 'function'])

const isData = ({ role, data }: ChatMessage): boolean => tools.has(role) || data === true

/** The text with `mark` wherever it spells a token: the tokenizer's own, which knows how its tokens are spelled. */
export type Hide = (text: string, mark: string) => string

export interface Marked {
  messages: readonly ChatMessage[]
  documents: readonly unknown[] | undefined
  /** pieces that say that there are marks in them */
  told(pieces: readonly Piece[]): Piece[]
}

/** @param beside what else is written into the prompt: no mark is taken that stands there */
export function markData(
  messages: readonly ChatMessage[],
  documents: readonly unknown[] | undefined,
  hide: Hide | undefined,
  beside: unknown = null,
): Marked {
  const nothing: Marked = { messages, documents, told: (pieces) => [...pieces] }
  if (!hide || (!documents && !messages.some(isData))) return nothing
  const mark = freeMark(JSON.stringify([messages, documents, beside]))
  let marked = false
  const hidden = (text: string): string => {
    const made = hide(text, mark)
    marked ||= made !== text
    return made
  }
  const inside = (value: unknown): unknown =>
    typeof value === 'string'
      ? hidden(value)
      : Array.isArray(value)
        ? value.map(inside)
        : value !== null && typeof value === 'object'
          ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, inside(inner)]))
          : value
  const parts = (content: readonly TextPart[]): TextPart[] => {
    const each = content.map((part) => ({ ...part, text: hidden(part.text) }))
    // one that begins in one part and ends in the next
    const whole = hidden(content.map(({ text }) => text).join(''))
    return whole === each.map(({ text }) => text).join('') ? each : [{ type: 'text', text: whole }]
  }
  const own = messages.map((message): ChatMessage => {
    if (!isData(message)) return message
    const { role, content, data: _, ...more } = message
    return {
      role,
      ...(content !== undefined && { content: Array.isArray(content) ? parts(content) : (inside(content) as string) }),
      ...(inside(more) as object),
    }
  })
  const given = inside(documents) as typeof documents
  if (!marked) return nothing
  return {
    messages: own,
    documents: given,
    told: (pieces) =>
      pieces.map((piece) => {
        if (!('text' in piece)) return piece
        const text = piece.text.replaceAll(escaped(mark), mark)
        return text.includes(mark) ? { ...piece, text, mark } : piece
      }),
  }
}

/** As a template's JSON may have it (ensure_ascii). */
const escaped = (mark: string): string =>
  Array.from({ length: mark.length }, (_, i) => `\\u${mark.charCodeAt(i).toString(16)}`).join('')

/** A character for private use that nobody used, in any spelling. */
function freeMark(text: string): string {
  const used = new Set<string>(text.match(/\p{Co}/gu))
  for (const [, code] of text.matchAll(/\\u([0-9a-f]{4})/gi)) used.add(String.fromCharCode(parseInt(code!, 16)))
  for (const [from, to] of [
    [0xe000, 0xf8ff],
    [0xf0000, 0xffffd],
    [0x100000, 0x10fffd],
  ] as const) {
    for (let code = to; code >= from; code--) {
      const mark = String.fromCodePoint(code)
      if (!used.has(mark)) return mark
    }
  }
  return '\ufdd0'
}
