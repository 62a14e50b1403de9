// What of an answer is reasoning: `<think> … </think>` at its beginning, or up to `</think>` where the prompt's own end
// opened the block. Pure.

const open = '<think>',
  close = '</think>'

export interface Thinking {
  /** where the reasoning stands in the text */
  from: number
  to: number
  /** where what it led to begins */
  answerFrom: number
  /** it goes on, or was cut off */
  unfinished: boolean
}

/**
 * @param begun the prompt opened the block: the answer begins inside it
 * @returns null where the answer holds no reasoning
 */
export function thinkingIn(text: string, begun: boolean, streaming = false): Thinking | null {
  const lead = text.length - text.trimStart().length
  const marked = text.startsWith(open, lead)
  const end = text.indexOf(close)
  // an answer that is begun may still turn out to open a block
  const mayOpen = streaming && open.startsWith(text.slice(lead))
  if (!marked && !mayOpen && !begun && (end < 0 || text.slice(0, end).includes(open))) return null
  const from = marked ? lead + open.length : mayOpen ? text.length : 0
  if (end >= 0) {
    const after = end + close.length
    return { from, to: end, answerFrom: after + /^\s*/.exec(text.slice(after))![0].length, unfinished: false }
  }
  let to = text.length
  // the end of the block may have been begun
  if (streaming) for (let n = 1; n < close.length; n++) if (text.endsWith(close.slice(0, n))) to = text.length - n
  return { from, to: Math.max(from, to), answerFrom: text.length, unfinished: true }
}

/** The text without its reasoning: what is copied. All of it where there is nothing else. */
export function withoutThinking(text: string, begun: boolean): string {
  const found = thinkingIn(text, begun)
  return found && !found.unfinished ? text.slice(found.answerFrom) : text
}

/** The same text with nothing but [from, to): what is left out are empty lines, so that every place stays where it was. */
export const only = (text: string, from: number, to: number): string => '\n'.repeat(from) + text.slice(from, to)
