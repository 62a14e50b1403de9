// Which chunks answer a question by their words: what of a document is looked at, for the search by words and for the vectors.
// A chunk alone often does not say what it is about, so its document's title and the headings above it are read with it. They
// stand in front of it once: heading lines that the chunk begins with are these same words.

import { Bm25, type Scored } from './bm25.ts'
import type { Chunk } from './chunks.ts'
import { kindsAsked, kindsIn } from './kinds.ts'
import { lengthOf, wordsOf } from './words.ts'

/** A chunk with what tells what it is about. */
export interface ReadChunk {
  /** the document's name, its title, headings */
  headings: readonly string[]
  /** the chunk without the headings it begins with */
  body: string
  /** what a model of sentences reads: each heading a sentence of its own */
  reading: string
}

const headingLines = /^(?:[ \t]{0,3}#{1,6}[ \t][^\n]*(?:\n\s*|$))+/

/** A first line that stands alone, is short and no sentence. */
function titleLine(text: string): string | null {
  const begun = text.slice(0, 500).trimStart()
  const line = /^([^\n]+)\r?\n/.exec(begun)?.[1]?.trim() ?? ''
  return line !== '' && line.length <= 80 && lengthOf(line) <= 16 && !/[\p{P}]$/u.test(line) ? line : null
}

/** Of one text. @param chunks all of it @param markdown heading lines begin with # */
export function chunkReader(
  name: string,
  text: string,
  chunks: readonly Chunk[],
  markdown: boolean,
): (chunk: Chunk) => ReadChunk {
  const file = name.replace(/\.[^.]*$/, '')
  const title = (markdown ? chunks.find(({ path }) => path.length > 0)?.path[0] : titleLine(text)) ?? file
  return ({ start, end, path }) => {
    const whole = text.slice(start, end)
    const body = (markdown && path.length > 0 ? whole.replace(headingLines, '') : whole).trim()
    const above = path[0] === title ? path : [title, ...path]
    return { headings: [file, ...above], body, reading: [...above, body].filter((part) => part !== '').join('. ') }
  }
}

export const readChunks = (name: string, text: string, chunks: readonly Chunk[], markdown: boolean): ReadChunk[] =>
  chunks.map(chunkReader(name, text, chunks, markdown))

export class WordIndex {
  private readonly words = new Bm25()

  /** All chunks of one document, in order. */
  add(chunks: readonly ReadChunk[]): void {
    chunks.forEach(this.document())
  }

  /** A document, whose chunks are put in one by one, in order; before the last one nothing else is to be added or searched. */
  document(): (chunk: ReadChunk) => void {
    const put = this.words.document()
    return ({ headings, body }) => {
      const heading = headings.join('\n')
      put({ words: [...wordsOf(body), ...kindsIn(body, heading)], heading: wordsOf(heading) })
    }
  }

  /** The best `k` chunks, best first: of those that hold a word of the question, or whose document does. */
  search(question: string, k: number): Scored[] {
    return this.words.search(wordsOf(question), k, kindsAsked(question))
  }
}
