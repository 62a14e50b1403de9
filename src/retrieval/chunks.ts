// Cuts a text into chunks that can be searched and quoted. A chunk is a place: text.slice(start, end) is what is quoted, to the
// UTF-16 unit, and nothing of it is rewritten. Cuts fall, in this order, before a heading, between paragraphs, between
// sentences, and only where a single sentence is too long, inside it (never inside a character).
// A code fence and a row of a table are each one piece, cut between lines only.

import { EngineError } from '../engine/errors.ts'
import { lengthOf } from './words.ts'

export interface Chunk {
  /** UTF-16 offsets into the text, end excluded */
  start: number
  end: number
  /** the headings it stands under, outermost first: for searching, not for quoting */
  path: readonly string[]
}
export interface ChunkOptions {
  /** most units of a chunk, default 200 */
  size?: number
  /** units of the chunk before that are repeated at most, default 40 */
  overlap?: number
  /** how long a piece is, default `lengthOf`: words, and characters of scripts without spaces */
  measure?: (text: string) => number
  /** headings, fences and tables are those of Markdown; without, a text is paragraphs */
  markdown?: boolean
}

/** A piece that is not cut again: from `start` to `end`; `path` changes where a section begins. */
interface Piece extends Chunk {
  length: number
  heading: boolean
}

const sentences = new Intl.Segmenter('zh', { granularity: 'sentence' })
const graphemes = new Intl.Segmenter('zh', { granularity: 'grapheme' })

/** @throws PARAM_INVALID */
export function chunkText(text: string, options: ChunkOptions = {}): Chunk[] {
  const { size = 200, overlap = 40, measure = lengthOf, markdown = false } = options
  const wrong = (param: string, need: string, found: number): EngineError =>
    new EngineError('PARAM_INVALID', `Cannot cut the text: "${param}" must be ${need}, it is ${found}.`, {
      param,
      need,
      found: String(found),
    })
  if (!(Number.isSafeInteger(size) && size > 0)) throw wrong('size', 'a whole number above 0', size)
  if (!(Number.isSafeInteger(overlap) && overlap >= 0 && overlap < size)) {
    throw wrong('overlap', `a whole number from 0 to ${size - 1}`, overlap)
  }
  const chunks: Chunk[] = []
  let open: Piece[] = []
  const close = (): void => {
    const [first] = open
    const last = open.at(-1)
    if (first && last) chunks.push({ start: first.start, end: last.end, path: last.path })
  }
  for (const piece of piecesOf(text, size, measure, markdown)) {
    const full = open.reduce((sum, { length }) => sum + length, 0) + piece.length > size
    const path = open.at(-1)?.path ?? piece.path
    // headings that nothing stands between belong to what follows them
    const under = open.every(({ heading }) => heading) && path.every((name, i) => piece.path[i] === name)
    if (open.length > 0 && (full || (piece.path !== path && !under))) {
      close()
      open = piece.path === path ? tail(open, Math.min(overlap, size - piece.length)) : []
    }
    open.push(piece)
  }
  close()
  return chunks
}

/** The last pieces that are no longer than `most` together. */
function tail(pieces: readonly Piece[], most: number): Piece[] {
  let length = 0
  let from = pieces.length
  while (from > 1 && length + pieces[from - 1]!.length <= most) length += pieces[--from]!.length
  return pieces.slice(from)
}

function* piecesOf(text: string, size: number, measure: (text: string) => number, markdown: boolean): Generator<Piece> {
  for (const { start, end, path, whole, heading } of blocksOf(text, markdown)) {
    for (const [from, to] of whole ? linesOf(text, start, end, size, measure) : sentencesOf(text, start, end)) {
      for (const [a, b] of hardCut(text, from, to, size, measure)) {
        yield { start: a, end: b, path, heading, length: measure(text.slice(a, b)) }
      }
    }
  }
}

/** Without the white space around it; empty where there is nothing else. */
function trimmed(text: string, start: number, end: number): [number, number][] {
  const piece = text.slice(start, end)
  const from = start + piece.length - piece.trimStart().length
  const to = start + piece.trimEnd().length
  return from < to ? [[from, to]] : []
}

interface Block extends Chunk {
  /** a fence or a table: cut between lines only */
  whole: boolean
  heading: boolean
}

/** Paragraphs, and of Markdown its headings, fences and tables. A heading is the beginning of what stands under it. */
function* blocksOf(text: string, markdown: boolean): Generator<Block> {
  let path: readonly string[] = []
  let begun: { start: number; whole: boolean } | null = null
  let fence: string | null = null
  let levels: number[] = []
  let end = 0
  const block = (heading = false): Block[] => {
    const found = begun ? trimmed(text, begun.start, end).map(([a, b]) => ({ start: a, end: b })) : []
    const { whole = false } = begun ?? {}
    begun = null
    return found.map((place) => ({ ...place, path, whole, heading }))
  }
  for (const match of text.matchAll(/[^\n]*(?:\n|$)/g)) {
    const [line] = match
    const at = match.index
    if (line === '') break
    const marker = markdown ? /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1] : undefined
    if (fence !== null) {
      end = at + line.length
      if (marker?.startsWith(fence) && line.trim() === marker) {
        fence = null
        yield* block()
      }
      continue
    }
    const heading =
      markdown && line.length < longestHeading ? /^ {0,3}(#{1,6})[ \t]+(.*?)[ \t#]*$/.exec(line.trimEnd()) : null
    const row = markdown && /^\s*\|/.test(line)
    if (line.trim() === '' || heading || marker || (begun && row !== begun.whole)) yield* block()
    if (heading) {
      const level = heading[1]!.length
      const kept = levels.findIndex((one) => one >= level)
      const above = kept < 0 ? levels.length : kept
      path = [...path.slice(0, above), heading[2]!]
      levels = [...levels.slice(0, above), level]
    }
    if (line.trim() === '') continue
    begun ??= { start: at, whole: row || marker !== undefined }
    end = at + line.length
    if (marker) fence = marker
    // a heading is a sentence of its own
    if (heading) yield* block(true)
  }
  yield* block()
}

function* sentencesOf(text: string, start: number, end: number): Generator<[number, number]> {
  // a segmenter ends a sentence behind the space; a line break inside a paragraph is no end
  for (const { segment, index } of sentences.segment(text.slice(start, end).replace(/[\r\n]/g, ' '))) {
    let from = start + index
    const to = from + segment.length
    for (const match of text.slice(from, to).matchAll(/[。！？；]+[”’」』）]*/g)) {
      const cut = start + index + match.index + match[0].length
      yield* trimmed(text, from, cut)
      from = cut
    }
    yield* trimmed(text, from, to)
  }
}

/** All of it where it fits, else its lines. */
function* linesOf(
  text: string,
  start: number,
  end: number,
  size: number,
  measure: (text: string) => number,
): Generator<[number, number]> {
  if (measure(text.slice(start, end)) <= size) return void (yield [start, end])
  for (const match of text.slice(start, end).matchAll(/[^\n]+/g)) {
    yield* trimmed(text, start + match.index, start + match.index + match[0].length)
  }
}

const longestHeading = 500
/** Most UTF-16 units that are measured at once: a text without an end of a sentence stays cheap. */
const longest = 4096

/** As few cuts as the size allows, each behind a character, and behind a space where one stands in the last third. */
function* hardCut(
  text: string,
  start: number,
  end: number,
  size: number,
  measure: (text: string) => number,
): Generator<[number, number]> {
  let from = start
  while (from < end) {
    let to = Math.min(end, from + longest)
    if (measure(text.slice(from, to)) > size) {
      let fits = from
      while (to - fits > 1) {
        const middle = (fits + to) >> 1
        if (measure(text.slice(from, middle)) <= size) fits = middle
        else to = middle
      }
      to = fits
    }
    if (to < end) {
      const space = text.slice(from, to).search(/\s\S*$/)
      if (space > ((to - from) * 2) / 3) to = from + space + 1
      // not between a letter and its marks, nor the halves of a character
      const begins = graphemes.segment(text.slice(from, to + 2)).containing(to - from)!.index
      if (begins > 0) to = from + begins
      else if (/[\uD800-\uDBFF]/.test(text[to - 1] ?? '') && /[\uDC00-\uDFFF]/.test(text[to] ?? '')) to--
    }
    to = Math.max(to, from + ((text.codePointAt(from) ?? 0) > 0xffff ? 2 : 1))
    yield* trimmed(text, from, to)
    from = to
  }
}
