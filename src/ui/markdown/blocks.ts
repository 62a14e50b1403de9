// Markdown text → top-level blocks, cheaply while the text still grows, and in bounded time whatever it holds.
//
// A block is closed as soon as another one follows it. Closed blocks are kept as they are
// (same object, so React skips them) and only the text after them is parsed again.
// The finished text is parsed once more as a whole: only then can a link definition at the
// end reach a reference at the start. Knows nothing of React.

import MarkdownIt, { type Env, type Token } from 'markdown-it'
import cjkFriendly from 'markdown-it-cjk-friendly'
import { footnoteRules } from './footnotes.ts'
import { mathsRules } from './maths.ts'
import type { Node } from './nodes.ts'
import { keepPlaces, Lines } from './places.ts'
import { toTree } from './tree.ts'

/** Characters read as Markdown; what follows them is shown as it is. */
export const longest = 100_000
/**
 * A paragraph or cell longer than this is shown as it is: what looks back in a line of text costs the square of its
 * length.
 */
export const longestInline = 8000
/**
 * Opened inside one another; markdown-it drops what is deeper than its own limit, so a text that comes near it is shown
 * as it is.
 */
const deepest = 60
/** Tokens of one text, about three for every element drawn; a text that makes more is shown as it is. */
const maxTokens = 45_000

/**
 * A parse slower than this (ms) makes the reader skip updates, so that it never takes more than a sixth of the time.
 */
const slow = 8

export interface Block {
  key: number
  node: Node
}

const md = new MarkdownIt({ html: true, maxNesting: deepest + 40 })
md.use(cjkFriendly).use(mathsRules).use(footnoteRules).use(keepPlaces)
// addresses stay as they were written: links.ts decides what may be one
md.validateLink = () => true
md.normalizeLink = (url) => url
md.core.ruler.disable(['linkify', 'replacements', 'smartquotes'])
md.core.ruler.before('inline', 'long-lines', (state) => {
  for (const token of state.tokens) {
    if (token.type !== 'inline' || token.content.length <= longestInline) continue
    const text = new state.Token('text', '', 0)
    text.content = token.content
    text.meta = { from: 0, to: token.content.length }
    token.type = 'long'
    token.children = [text]
  }
})
md.core.ruler.after('inline', 'long-lines-end', (state) => {
  for (const token of state.tokens) if (token.type === 'long') token.type = 'inline'
})

const plain = (text: string, key: number): Block => ({
  key,
  node: { type: 'paragraph', children: [{ type: 'text', value: text, src: [key, key + text.length] }] },
})

/**
 * The blocks of a text, with the offset each begins at; what the parser cannot take becomes one paragraph of itself.
 * @param base where this text begins in the whole one: offsets are counted from there
 */
export function parse(text: string, env: Env = {}, base = 0): Block[] {
  const end = text.length <= longest ? text.length : text.lastIndexOf('\n\n', longest) + 1 || longest
  const head = text.slice(0, end)
  const blocks = read(head, env, base) ?? [plain(head, base)]
  if (end < text.length) blocks.push(plain(text.slice(end), base + end))
  return blocks
}

function read(text: string, env: Env, base: number): Block[] | null {
  let tokens: Token[]
  try {
    tokens = md.parse(text, env)
  } catch {
    return null
  }
  if (
    tokens.reduce((n, token) => n + 1 + (token.children?.length ?? 0), 0) > maxTokens ||
    tokens.some((token) => token.level > deepest)
  ) {
    return null
  }
  const lines = new Lines(text)
  return toTree(tokens, lines, base).map(({ node, line }) => ({ key: base + lines.start(line), node }))
}

/** Follows one growing text. update() with the same text again gives the same blocks. */
export class BlockReader {
  private closed: Block[] = []
  private closedEnd = 0
  /** link definitions of the closed blocks */
  private env: Env = {}
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
    const read = parse(text.slice(this.closedEnd), this.env, this.closedEnd)
    this.blocks = [...this.closed, ...read]
    this.text = text
    this.whole = !streaming
    const end = this.now()
    this.restUntil = end - start > slow ? end + 5 * (end - start) : 0
    const last = read.at(-1)
    if (streaming && last && read.length > 1) {
      this.closed = this.blocks.slice(0, -1)
      this.closedEnd = last.key
    }
    return this.blocks
  }

  private reset(): void {
    this.closed = []
    this.closedEnd = 0
    this.env = {}
  }
}
