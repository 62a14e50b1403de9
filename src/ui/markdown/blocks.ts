// Markdown text → top-level blocks (mdast), cheaply while the text still grows.
//
// A block is closed as soon as another one follows it. Closed blocks are kept as they are
// (same object, so React skips them) and only the text after them is parsed again.
// The finished text is parsed once more as a whole: only then can a link definition at the
// end reach a reference at the start. Knows nothing of React.

import { fromMarkdown } from 'mdast-util-from-markdown'
import { gfmFromMarkdown } from 'mdast-util-gfm'
import { gfm } from 'micromark-extension-gfm'
import { cjkFriendlyExtension } from 'micromark-extension-cjk-friendly'
import type { Root, RootContent } from 'mdast'

/** Longer than any answer; a longer text is shown as plain text so that no input can stall the page. */
export const longest = 400_000

/** Forty containers opened on one line: nobody writes that, and the parser's time grows with the square of it. */
const nested = /^[ \t]*(?:(?:>|[-+*]|\d{1,9}[.)])[ \t]*){40}/m

/** A parse slower than this (ms) makes the reader skip updates, so that it never takes more than a sixth of the time. */
const slow = 8

export interface Block { key: number; node: RootContent }

const options = { extensions: [gfm({ singleTilde: false }), cjkFriendlyExtension()], mdastExtensions: [gfmFromMarkdown()] }

/** Parses; text that the parser cannot take becomes one paragraph of itself. */
export function parse(text: string): Root {
  if (text.length <= longest && !nested.test(text)) {
    try { return fromMarkdown(text, options) } catch { /* fall through to plain text */ }
  }
  return { type: 'root', children: [{ type: 'paragraph', children: [{ type: 'text', value: text }] }] }
}

/** Follows one growing text. update() with the same text again gives the same blocks. */
export class BlockReader {
  private closed: Block[] = []
  private closedEnd = 0
  private text = ''
  private whole = false
  private blocks: Block[] = []
  private restUntil = 0

  /** @param now the clock, in milliseconds */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** While streaming, the blocks may lag behind the text when it is slow to parse; the finished text never does. */
  update(text: string, streaming: boolean): Block[] {
    if (text === this.text && this.whole === !streaming) return this.blocks
    const start = this.now()
    if (streaming && start < this.restUntil && text.startsWith(this.text)) return this.blocks
    if (!streaming || !text.startsWith(this.text.slice(0, this.closedEnd))) this.reset()
    const root = parse(text.slice(this.closedEnd))
    const read = root.children.map((node) => ({ key: this.closedEnd + (node.position?.start.offset ?? 0), node }))
    this.blocks = [...this.closed, ...read]
    this.text = text
    this.whole = !streaming
    const end = this.now()
    this.restUntil = end - start > slow ? end + 5 * (end - start) : 0
    const last = read.at(-1)
    if (streaming && last && read.length > 1) {
      this.closed = this.blocks.slice(0, -1)
      // from the line's start: the indent belongs to the block
      this.closedEnd = text.lastIndexOf('\n', last.key - 1) + 1
    }
    return this.blocks
  }

  private reset(): void {
    this.closed = []
    this.closedEnd = 0
  }
}
