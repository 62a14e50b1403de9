// Cuts a text into chunks that can be searched and quoted. A chunk is a place: text.slice(start, end) is what is quoted, to the
// UTF-16 unit, and nothing of it is rewritten. Cuts fall, in this order, before a heading, between paragraphs, between
// sentences, and only where a single sentence is too long, inside it (never inside a character).
// A code fence and a row of a table are each one piece, cut between lines only. Every sign is looked at a few times, whatever
// the text: files of one line, of line breaks alone or of headings alone take no more time than others.

import { EngineError } from '../engine/errors.ts'
import { sentenceEnds } from './sentences.ts'
import { fitting, lengthOf } from './words.ts'

export interface Chunk {
  /** UTF-16 offsets into the text, end excluded */
  start: number
  end: number
  /** the headings it stands under, outermost first: for searching, not for quoting */
  path: readonly string[]
}
export interface ChunkOptions {
  /** most units of a chunk (`lengthOf`: words, and characters of scripts without spaces), default 200 */
  size?: number
  /** units of the chunk before that are repeated at most, default 40 */
  overlap?: number
  /** headings, fences and tables are those of Markdown; without, a text is paragraphs */
  markdown?: boolean
}

/** A piece that is not cut again; `path` changes where a section begins. */
interface Piece extends Chunk {
  length: number
  heading: boolean
}

const graphemes = new Intl.Segmenter('zh', { granularity: 'grapheme' })
const longestHeading = 500
/** Most UTF-16 units of a piece: a text without an end of a sentence stays cheap. */
const longest = 4096
/** Most UTF-16 units of a chunk of several pieces, and of what it repeats: signs that are no words have no length. */
const furthest = 8192
const repeated = 2048

/** @throws PARAM_INVALID */
export function chunkText(text: string, options: ChunkOptions = {}): Chunk[] {
  const steps = cutting(text, options)
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
  }
}

/** The same in steps, a piece each: long texts take their time. @throws PARAM_INVALID */
export function* cutting(text: string, options: ChunkOptions = {}): Generator<undefined, Chunk[]> {
  const { size = 200, overlap = 40, markdown = false } = options
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
  let length = 0
  let headings = 0
  const close = (): void => {
    const [first] = open
    const last = open.at(-1)
    if (first && last) chunks.push({ start: first.start, end: last.end, path: last.path })
  }
  const add = (piece: Piece): void => {
    const last = open.at(-1)
    if (last) {
      const full = length + piece.length > size
      const far = piece.end - open[0]!.start > furthest
      const moved = piece.path !== last.path
      // headings that nothing stands between belong to what follows them
      const under = moved && headings === open.length && last.path.every((name, i) => piece.path[i] === name)
      if (full || far || (moved && !under)) {
        close()
        open = moved || far ? [] : tail(open, Math.min(overlap, size - piece.length))
        length = open.reduce((sum, one) => sum + one.length, 0)
        headings = open.filter(({ heading }) => heading).length
      }
    }
    open.push(piece)
    length += piece.length
    if (piece.heading) headings++
  }
  const cuts = cutsOf(text)
  for (const block of blocksOf(text, markdown)) {
    const { path, heading } = block
    const places = block.whole ? linesOf(text, block, size) : cuts(block.start, block.end)
    let from = block.start
    for (const to of places) {
      yield
      hardCut(text, from, to, size, (start, end, units) => add({ start, end, path, heading, length: units }))
      from = to
    }
  }
  close()
  return chunks
}

/** The last pieces that are no longer than `most` together. */
function tail(pieces: readonly Piece[], most: number): Piece[] {
  const { end } = pieces.at(-1)!
  let length = 0
  let from = pieces.length
  while (from > 1 && length + pieces[from - 1]!.length <= most && end - pieces[from - 1]!.start <= repeated) {
    length += pieces[--from]!.length
  }
  return pieces.slice(from)
}

interface Block extends Chunk {
  /** a fence or a table: cut between lines only */
  whole: boolean
  heading: boolean
}

/** Paragraphs, and of Markdown its headings, fences and tables. A heading is the beginning of what stands under it. */
function* blocksOf(text: string, markdown: boolean): Generator<Block> {
  let path: readonly string[] = []
  let begun = -1
  let whole = false
  let fence: string | null = null
  let levels: number[] = []
  let end = 0
  const block = (heading = false): Block | null => {
    if (begun < 0) return null
    const found = { start: begun, end, path, whole, heading }
    begun = -1
    return found
  }
  for (let at = 0, next = 0; at < text.length; at = next) {
    next = text.indexOf('\n', at) + 1 || text.length
    const line = text.slice(at, next)
    const blank = line === '\n' || line.trim() === ''
    const marker = markdown && !blank ? /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1] : undefined
    if (fence !== null) {
      end = next
      if (marker?.startsWith(fence) && line.trim() === marker) {
        fence = null
        const done = block()
        if (done) yield done
      }
      continue
    }
    const heading = markdown && !blank && line.length < longestHeading ? headingOf(line.trimEnd()) : null
    const row = markdown && !blank && /^\s*\|/.test(line)
    if (blank || heading || marker || (begun >= 0 && row !== whole)) {
      const done = block()
      if (done) yield done
    }
    if (blank) continue
    if (heading) {
      const kept = levels.findIndex((one) => one >= heading.level)
      const above = kept < 0 ? levels.length : kept
      path = [...path.slice(0, above), heading.name]
      levels = [...levels.slice(0, above), heading.level]
    }
    if (begun < 0) {
      begun = at
      whole = row || marker !== undefined
    }
    end = next
    if (marker) fence = marker
    // a heading is a sentence of its own
    const done = heading ? block(true) : null
    if (done) yield done
  }
  const done = block()
  if (done) yield done
}

/** Its closing #s are none of its words. */
function headingOf(line: string): { level: number; name: string } | null {
  const [marks] = /^ {0,3}#{1,6}(?=[ \t])/.exec(line) ?? []
  if (marks === undefined) return null
  let end = line.length
  while (end > marks.length && ' \t#'.includes(line[end - 1]!)) end--
  return { level: marks.trimStart().length, name: line.slice(marks.length, end).trimStart() }
}

/** Asked from left to right: where a block's sentences end, its own end the last. One walk over the text serves all blocks. */
function cutsOf(text: string): (start: number, end: number) => Generator<number> {
  const ends = sentenceEnds(text)
  let next = 0
  return function* (start, end) {
    while (next < end) {
      if (next > start) yield next
      next = ends.next().value ?? Infinity
    }
    yield end
  }
}

/** The end of all of it where it fits, else the ends of its lines. */
function linesOf(text: string, { start, end }: Block, size: number): number[] {
  if (end - start <= size || lengthOf(text.slice(start, end)) <= size) return [end]
  const ends: number[] = []
  for (let at = text.indexOf('\n', start); at >= 0 && at < end; at = text.indexOf('\n', at + 1)) ends.push(at + 1)
  if (ends.at(-1) !== end) ends.push(end)
  return ends
}

/**
 * As few pieces as the size allows, without the white space around them, each cut behind a character, and behind a space
 * where one stands in the last third.
 */
function hardCut(
  text: string,
  start: number,
  end: number,
  size: number,
  put: (start: number, end: number, units: number) => void,
): void {
  for (let from = start; from < end;) {
    let to = Math.min(end, from + longest)
    // a unit is a character at least, and mostly a few: what stands further on is looked at last
    for (const most of [4 * size, longest]) {
      const within = Math.min(to - from, most)
      const fits = within <= size ? within : fitting(text.slice(from, from + within), size)
      if (fits < within || within === to - from) {
        to = from + fits
        break
      }
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
    const piece = text.slice(from, to).trimEnd()
    const words = piece.trimStart()
    if (words !== '') put(from + piece.length - words.length, from + piece.length, lengthOf(words))
    from = to
  }
}
