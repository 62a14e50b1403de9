// Where in the source each piece of text was written, which markdown-it does not say of what stands inside a line.
//
// Inside a paragraph the state's position is kept with every token; the paragraph's own text is the source's lines
// without what stood before them (indent, list and quote marks), so each of its lines is found again in its line.

import type { MarkdownIt, StateInline, Token } from 'markdown-it'

/** [from, to) in the text of one `inline` token */
export interface Stretch {
  from: number
  to: number
}

/** Characters that may lie between a text and the token after it. */
const back = 40

/** Keeps in token.meta where it was written. */
export function keepPlaces(md: MarkdownIt): void {
  const Previous = md.inline.State
  md.inline.State = class extends Previous {
    override pushPending(): Token {
      const { content } = super.pushPending(),
        token = this.tokens.at(-1)!
      // what waited ends here; spaces before a line's end were dropped, and a link has gone past its bracket
      let to = this.pos
      while (to > this.pos - back && to > content.length && !this.src.startsWith(content, to - content.length)) to--
      token.meta = { from: to - content.length, to } satisfies Stretch
      return token
    }
    override push(...args: Parameters<StateInline['push']>): Token {
      const token = super.push(...args)
      token.meta = { ...token.meta, from: this.pos }
      return token
    }
  }
  // they join texts and forget where the first began; tree.ts joins them
  md.core.ruler.disable('text_join')
  md.inline.ruler2.disable('fragments_join')
}

/** Where a token of a paragraph was written, in the paragraph's own text. */
export function stretchOf(token: Token): Stretch {
  const meta = token.meta as { from: number; to?: number }
  const length =
    token.type === 'code_inline'
      ? token.content.length + 2 * token.markup.length
      : (token.type === 'text_special' ? token.markup : token.content).length
  return { from: meta.from, to: meta.to ?? meta.from + Math.max(1, length) }
}

/** The source by lines, and how far into each one the paragraphs and cells on it have been found. */
export class Lines {
  readonly starts: number[] = [0]
  private readonly found = new Map<number, number>()
  constructor(readonly source: string) {
    for (const end of source.matchAll(/\r\n?|\n/g)) this.starts.push(end.index + end[0].length)
  }

  /** where this line begins; behind the last one, the end */
  start(line: number): number {
    return this.starts[line] ?? this.source.length
  }

  /** `map` is the token's own, or its row's: from a place in the text of an `inline` token to one in the source */
  placer(token: Token, map: readonly number[]): (at: number) => number {
    const first = map[0] ?? 0
    const table: { from: number; source: number }[] = []
    let at = 0
    token.content.split('\n').forEach((text, i) => {
      const start = this.start(first + i),
        line = this.source.slice(start, this.start(first + i + 1))
      const cursor = this.found.get(first + i) ?? 0
      // a cell has others behind it on its line, a paragraph is its line's end
      const offset = cursor > 0 || line.trimEnd().endsWith('|') ? line.indexOf(text, cursor) : line.lastIndexOf(text)
      if (offset >= 0) this.found.set(first + i, offset + text.length)
      table.push({ from: at, source: start + Math.max(0, offset) })
      at += text.length + 1
    })
    return (place) => {
      let i = table.length - 1
      while (i > 0 && table[i]!.from > place) i--
      return table[i]!.source + place - table[i]!.from
    }
  }
}
