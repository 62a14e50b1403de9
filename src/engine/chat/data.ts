// What messages and documents say is text: where it spells a token of the vocabulary (<|im_end|>, </tool_response>) it must
// not become that token, or whoever wrote it could end the turn and speak as somebody else: a document, a tool, a text that
// was pasted, an answer that explains the token. A template writes all into one text; so the tokenizer puts a mark that
// nobody else has into each such spelling (hide), and the written text is encoded with that mark. Characters and their
// order stay; what the model reads there is text.

import type { ChatMessage, ChatRole, TextPart } from '../types.ts'
import type { Piece } from './format.ts'

const tools = new Set<ChatRole>(['tool', 'observation', 'ipython', 'function'])

/** Is a spelling to be marked? @param special the token is a special one, which has no text in an answer */
export type Counts = (spelled: string, special: boolean) => boolean
/** The text with `mark` wherever it spells a token: the tokenizer's own, which knows how its tokens are spelled. */
export type Hide = (text: string, mark: string, counts: Counts) => string

/** In tools' results, documents and what is said to be data, every token with a meaning. */
const all: Counts = () => true
/** Where a message says that its tokens are meant. */
const none: Counts = () => false

export interface Marked {
  messages: readonly ChatMessage[]
  documents: readonly unknown[] | undefined
  /** pieces that say that there are marks in them */
  told(pieces: readonly Piece[]): Piece[]
}

/**
 * @param counts which tokens are marked in messages whose `data` is 'special', by who speaks @param beside what else is written
 * into the prompt: no mark is taken that stands there
 */
export function markData(
  messages: readonly ChatMessage[],
  documents: readonly unknown[] | undefined,
  hide: Hide | undefined,
  counts: (role: ChatRole) => Counts = () => none,
  beside: unknown = null,
): Marked {
  const nothing: Marked = { messages, documents, told: (pieces) => [...pieces] }
  if (!hide) return nothing
  const mark = freeMark(JSON.stringify([messages, documents, beside]))
  let marked = false
  const hider = (which: Counts) => {
    const hidden = (text: string): string => {
      const made = hide(text, mark, which)
      marked ||= made !== text
      return made
    }
    // names as well: a template may print the data whole
    const inside = (value: unknown): unknown =>
      typeof value === 'string'
        ? hidden(value)
        : Array.isArray(value)
          ? value.map(inside)
          : value !== null && typeof value === 'object'
            ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [hidden(key), inside(inner)]))
            : value
    const parts = (content: readonly TextPart[]): TextPart[] => {
      const each = content.map((part) => ({ ...part, text: hidden(part.text) }))
      // one that begins in one part and ends in the next
      const whole = hidden(content.map(({ text }) => text).join(''))
      return whole === each.map(({ text }) => text).join('') ? each : [{ type: 'text', text: whole }]
    }
    return { inside, parts }
  }
  const own = messages.map(({ role, content, data, ...more }): ChatMessage => {
    const { inside, parts } = hider(whichOf(role, data, counts))
    return {
      role,
      ...(content !== undefined && { content: Array.isArray(content) ? parts(content) : (inside(content) as string) }),
      ...(inside(more) as object),
    }
  })
  const given = hider(all).inside(documents) as typeof documents
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

/** What a message spells is read as the reference implementations read it, where it says nothing else. */
function whichOf(role: ChatRole, data: ChatMessage['data'], counts: (role: ChatRole) => Counts): Counts {
  if (data === true || (tools.has(role) && data !== false)) return all
  return data === 'special' ? counts(role) : none
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
