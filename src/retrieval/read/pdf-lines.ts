// Pieces of text with their places on a page (PDF knows no words, lines or paragraphs) become a text: lines that stand on
// below each other are one paragraph, those of larger letters are headings. What this cannot know, it guesses as readers do.

import { plainLetters } from './letters.ts'
import { asText } from './tags.ts'

/** Of PDF.js: a piece of a line. */
export interface Item {
  str: string
  /** a, b, c, d, x, y: from the lower left corner, in points */
  transform: readonly number[]
  width: number
  height: number
  hasEOL: boolean
  /** 'rtl': its letters go from the right to the left */
  dir?: string
}
export interface Line {
  text: string
  x: number
  y: number
  /** where it ends */
  end: number
  /** height of its letters */
  size: number
}

/** A place in the direction of its line: a page that lies on its side is read like any other. */
function along([a, b, , , x, y]: readonly number[]): { x: number; y: number } {
  const size = Math.hypot(a!, b!)
  return size > 0 ? { x: (x! * a! + y! * b!) / size, y: (y! * a! - x! * b!) / size } : { x: x!, y: y! }
}

interface Piece {
  text: string
  x: number
  y: number
  end: number
  size: number
  /** Hebrew, Arabic */
  leftward: boolean
}

/**
 * Pieces of one line, in the order in which they are drawn, which need not be that of reading: cells of a table may be drawn
 * from the right to the left, and words of Hebrew from the left to the right.
 */
function lineOf(drawn: readonly Piece[]): Line {
  const goesBack = drawn.some(({ x }, i) => i > 0 && x < drawn[i - 1]!.end - drawn[i - 1]!.size)
  const leftward = drawn.filter((piece) => piece.leftward).length > drawn.length / 2
  const sorted = goesBack || leftward ? drawn.toSorted((a, b) => a.x - b.x) : drawn
  const pieces = leftward ? sorted.toReversed() : sorted
  let text = ''
  let last: Piece | null = null
  for (const piece of pieces) {
    const size = Math.max(piece.size, last?.size ?? 0)
    // drawn twice, to be bold
    if (last && piece.text === last.text && Math.abs(piece.x - last.x) < 0.1 * size) continue
    // PDF.js sees the gaps of pieces that follow each other itself
    const gap = last ? (leftward ? last.x - piece.end : piece.x - last.end) / size : 0
    text += gap > (goesBack || leftward ? 0.15 : 0.5) ? ` ${piece.text}` : piece.text
    if (piece.text.trim() !== '') last = piece
  }
  const { x, y } = drawn[0]!
  return {
    text: plainLetters(text).replace(/\s+/g, ' ').trim(),
    x: Math.min(x, sorted[0]!.x),
    y,
    end: sorted.at(-1)!.end,
    size: pieces.reduce((most, { size }) => Math.max(most, size), 0), // a raised digit is no other size
  }
}

/** Pieces as PDF.js gives them, blanks between words among them. */
export function linesOf(items: readonly Item[]): Line[] {
  const lines: Line[] = []
  let pieces: Piece[] = []
  const put = (): void => {
    if (pieces.length > 0) lines.push(lineOf(pieces))
    pieces = []
  }
  for (const { str, transform, width, height, hasEOL, dir } of items) {
    const { x, y } = along(transform)
    if (str.trim() !== '' || (str !== '' && pieces.length > 0)) {
      pieces.push({ text: str, x, y, end: x + width, size: height, leftward: dir === 'rtl' })
    }
    if (hasEOL) put()
  }
  put()
  return lines
}

/** The value in the middle when each counts as often as it weighs. */
function middle(of: readonly { value: number; weight: number }[]): number {
  const sorted = [...of].sort((a, b) => a.value - b.value)
  let rest = sorted.reduce((sum, { weight }) => sum + weight, 0) / 2
  return sorted.find(({ weight }) => (rest -= weight) <= 0)?.value ?? 0
}

const ends = /[.!?:;。！？：；…][”’"'）)\]】」』]*$/
const wide = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\uff00-\uff60]/u
const alike = (a: number, b: number): boolean => Math.abs(a - b) < 0.1 * Math.max(a, b)

/** Words with hyphens, and those without, of all lines: asked for where a hyphen ends a line. */
interface Known {
  whole: ReadonlySet<string>
  hyphened: ReadonlySet<string>
}
const wordForms = /[\p{L}\p{M}\p{Nd}]+(?:[-\u2010][\p{L}\p{M}\p{Nd}]+)*/gu
const form = (word: string): string => word.replaceAll('\u2010', '-').toLowerCase()
function knownOf(lines: readonly Line[]): Known {
  const whole = new Set<string>()
  const hyphened = new Set<string>()
  for (const { text } of lines) {
    for (const [word] of text.matchAll(wordForms)) (/[-\u2010]/.test(word) ? hyphened : whole).add(form(word))
  }
  return { whole, hyphened }
}
/** "pre- and post-war": the hyphen stands for a part that comes later, which has one, too. Words end so, too: "tomato is". */
const hanging = /^(?:(?:und|oder|bis)\s|(?:and|or|to|et|ou|y|o)\s+[\p{L}\p{Nd}]+[-\u2010])/u

/**
 * What a hyphen at a line's end is: of a word that was parted (drop), of one that has it anyway (keep), one that hangs
 * (hang); null: there is none. Where the document writes the word elsewhere, it is written so here.
 */
function hyphenOf(before: string, next: string, known: () => Known): 'drop' | 'keep' | 'hang' | null {
  const [head] = /[\p{L}\p{M}\p{Nd}]+(?:[-\u2010][\p{L}\p{M}\p{Nd}]+)*(?=[-\u2010]$)/u.exec(before.slice(-100)) ?? []
  const [tail] = /^[\p{L}\p{M}\p{Nd}]+/u.exec(next) ?? []
  if (head === undefined || tail === undefined) return null
  if (wide.test(tail)) return /\p{Script=Latin}/u.test(head) ? 'keep' : null
  const { whole, hyphened } = known()
  if (whole.has(form(head + tail))) return 'drop'
  if (hyphened.has(form(`${head}-${tail}`))) return 'keep'
  if (hanging.test(next)) return 'hang'
  // "up-to-date", "USA-based", and addresses, are not parted at another place than their own
  if (/[-\u2010]/.test(head) || (/^\p{Lu}{2,}$/u.test(head) && /^\p{Ll}/u.test(tail))) return 'keep'
  if (/(?:@|:\/\/)\S*$/.test(before.slice(-100)) || /^\S*@/.test(next.slice(0, 100))) return 'keep'
  // in capitals a word is parted before a capital, too
  const isParted = /\p{Lu}$/u.test(head) ? /^\p{L}/u.test(tail) : /\p{L}$/u.test(head) && /^\p{Ll}/u.test(tail)
  return isParted ? 'drop' : 'keep'
}

/** One line after the other of the same paragraph: "exam-" and "ple" are a word, Chinese needs no blank. */
function join(paragraph: string[], next: string, known: () => Known): void {
  const before = paragraph.at(-1)!
  const hyphen = before.endsWith('\u00ad') ? 'drop' : hyphenOf(before, next, known)
  if (hyphen === 'drop') paragraph[paragraph.length - 1] = before.slice(0, -1)
  else if (hyphen !== 'keep' && (!wide.test(before.slice(-1)) || !wide.test(next.slice(0, 1)))) paragraph.push(' ')
  paragraph.push(next)
}

/** Begins an item of a list, or a clause. */
const item = /^(?:[•‣▪●○–—*-]\s|\(?\d{1,3}[.)]\s|（?[\d一二三四五六七八九十]{1,3}[、）])/

/** Lines of a page that stand below each other. */
interface Column {
  lines: Line[]
  /** from line to line, most often */
  leading: number
  left: number
  right: number
}

function columnsOf(page: readonly Line[]): Column[] {
  const columns: Line[][] = []
  for (const [i, line] of page.entries()) {
    if (i > 0 && line.y <= page[i - 1]!.y) columns.at(-1)!.push(line)
    else columns.push([line])
  }
  return columns.map((lines) => {
    const gaps = lines.slice(1).map((line, i) => lines[i]!.y - line.y)
    return {
      lines,
      leading: middle(gaps.filter((gap) => gap > 0).map((value) => ({ value, weight: 1 }))),
      left: lines.reduce((least, { x }) => Math.min(least, x), Infinity),
      right: lines.reduce((most, { end }) => Math.max(most, end), -Infinity),
    }
  })
}

/** Is a line in the same paragraph as the one above it? */
function goesOn(above: Line, line: Line, { leading, left, right }: Column): boolean {
  if (!alike(above.size, line.size) || item.test(line.text)) return false
  const isFull = above.end > (left + right) / 2 // else nothing more stood in it: a row, a verse, the last line
  return isFull && above.y - line.y < 1.3 * Math.min(leading, 2.5 * line.size) && line.x < above.x + 1.2 * line.size
}

/** Is the first line of a column or page in the middle of the last one's sentence? */
const continues = (last: Line, line: Line): boolean =>
  alike(last.size, line.size) &&
  !ends.test(last.text) &&
  (/^\p{Ll}/u.test(line.text) || (wide.test(last.text.slice(-1)) && wide.test(line.text.slice(0, 1))))

/**
 * @param pages lines of each, as `linesOf` gives them
 * @returns paragraphs with blank lines between, headings as Markdown has them
 */
export function written(pages: readonly (readonly Line[])[]): string {
  const all = pages.flat()
  const body = middle(all.map(({ size, text }) => ({ value: size, weight: text.length })))
  const isHead = ({ size, text }: Line): boolean => size > 1.15 * body && text.length < 120
  const heads = [...new Set(all.filter(isHead).map(({ size }) => Math.round(size)))].sort((a, b) => b - a)
  /** pieces of each: what is put together line by line takes time that grows with the square of a paragraph */
  const paragraphs: string[][] = []
  let last: Line | null = null
  let forms: Known | null = null
  const known = (): Known => (forms ??= knownOf(all))
  for (const column of pages.flatMap(columnsOf)) {
    for (const [i, line] of column.lines.entries()) {
      if (last && (i > 0 ? goesOn(last, line, column) : continues(last, line))) {
        join(paragraphs.at(-1)!, line.text, known)
      } else if (isHead(line)) {
        const level = Math.min(6, 1 + heads.indexOf(Math.round(line.size)))
        paragraphs.push([`${'#'.repeat(level)} ${line.text}`])
      } else paragraphs.push([asText(line.text)])
      last = line
    }
  }
  return paragraphs.map((pieces) => pieces.join('')).join('\n\n')
}
