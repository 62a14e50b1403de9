// What tools give back is data: a text in it that spells a token of the vocabulary (<|im_end|>, </tool_response>) must not
// become that token, or whoever wrote the data could end the turn and speak as somebody else. A template writes all into one
// text; so a mark that nobody else has goes behind the first character of each such spelling, and the written text is
// encoded in pieces, cut at the marks. Characters and their order stay; what the model reads there is text.

import type { ChatMessage, ChatRole } from '../types.ts'
import type { Piece } from './format.ts'

const told = new Set<ChatRole>(['tool', 'observation', 'ipython', 'function'])

const isData = ({ role, data }: ChatMessage): boolean => told.has(role) || data === true

export interface Marked {
  messages: readonly ChatMessage[]
  /** pieces with the marks taken out, cut where they stood */
  cut(pieces: readonly Piece[]): Piece[]
}

/** @param idOf of a token by its text; only texts in <…> and […] are asked for */
export function markData(messages: readonly ChatMessage[], idOf: (token: string) => number | undefined): Marked {
  const mark = messages.some(isData) ? freeMark(JSON.stringify(messages)) : ''
  let marked = false
  const withMarks = (text: string): string => {
    let done = ''
    for (let at = 0; ;) {
      spelling.lastIndex = at
      const found = spelling.exec(text)
      if (!found) return done + text.slice(at)
      const token = idOf(found[0]) !== undefined
      const [first] = found[0]
      const next = found.index + first!.length
      done += text.slice(at, next) + (token ? mark : '')
      marked ||= token
      at = next
    }
  }
  const all = messages.map((message): ChatMessage => {
    const { data: _, ...plain } = message
    const { content } = plain
    if (!isData(message) || content === null || content === undefined) return message
    return {
      ...plain,
      content:
        typeof content === 'string'
          ? withMarks(content)
          : content.map((part) => ({ ...part, text: withMarks(part.text) })),
    }
  })
  if (!marked) return { messages, cut: (pieces) => [...pieces] }
  return {
    messages: all,
    cut: (pieces) =>
      pieces.flatMap((piece): Piece[] =>
        'id' in piece ? [piece] : piece.text.split(mark).flatMap((text) => (text === '' ? [] : [{ ...piece, text }])),
      ),
  }
}

/** How tokens with a meaning are spelled: <|im_end|>, </s>, <0x0A>, [INST]. A bound, so that a text of "<" costs little. */
const spelling = /<[^<>\n]{1,100}>|\[[^[\]\s]{1,100}\]/g

/** A character for private use that nobody used. */
function freeMark(text: string): string {
  for (let code = 0xf8ff; code >= 0xe000; code--) {
    const mark = String.fromCharCode(code)
    if (!text.includes(mark)) return mark
  }
  return '\u{10FFFD}'
}
