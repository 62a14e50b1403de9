// Walks over the tags of HTML or XML in one pass, from left to right: no tree, nothing is loaded or run, and no input takes
// more than its length.

export type Mark = { text: string } | { tag: string; closes: boolean; attributes: string } | { declares: string }

/**
 * Text as it stands, references not resolved. A tag that never ends is dropped with what follows, as browsers do.
 * @param raw elements whose inside is no text and holds no tags: it is passed over
 */
export function* marksOf(source: string, raw: ReadonlySet<string> = new Set()): Generator<Mark> {
  let at = 0
  while (at < source.length) {
    // a "<" before anything else begins nothing
    const begins = /<(?=[a-zA-Z/!?])/g
    begins.lastIndex = at
    const open = begins.exec(source)?.index ?? -1
    if (open < 0) return void (yield { text: source.slice(at) })
    const next = source[open + 1]!
    if (open > at) yield { text: source.slice(at, open) }
    if (source.startsWith('<!--', open)) {
      const end = endOfComment(source, open + 4)
      if (end < 0) return
      at = end
      continue
    }
    if (source.startsWith('<![CDATA[', open)) {
      const end = source.indexOf(']]>', open + 9)
      yield { text: escaped(source.slice(open + 9, end < 0 ? undefined : end)) }
      if (end < 0) return
      at = end + 3
      continue
    }
    const end = endOfTag(source, open + 1)
    if (end < 0) return
    const inside = source.slice(open + 1, end)
    if (next === '!' || next === '?') yield { declares: inside }
    else {
      const [, slash, name = ''] = /^(\/?)([^\s/>]*)/.exec(inside)!
      yield { tag: name.toLowerCase(), closes: slash === '/', attributes: inside.slice(slash!.length + name.length) }
      if (!slash && inside.endsWith('/')) yield { tag: name.toLowerCase(), closes: true, attributes: '' }
    }
    at = end + 1
    // its whole name: <style-guide> is an element of somebody's own, with text in it
    const [opened = ''] = /^[^\s/>]*/.exec(inside) ?? []
    if (raw.has(opened.toLowerCase())) {
      const closing = new RegExp(`</${opened}(?=[\\s/>])`, 'gi')
      closing.lastIndex = at
      at = closing.exec(source)?.index ?? source.length
    }
  }
}

/** Behind the sign that ends a comment; <!--> is one as well, and --!> ends one (HTML, 13.2.5.43 to 13.2.5.52). */
function endOfComment(source: string, from: number): number {
  const [empty] = /^-?>/.exec(source.slice(from, from + 2)) ?? []
  if (empty !== undefined) return from + empty.length
  const ends = /--!?>/g
  ends.lastIndex = from
  return ends.exec(source) ? ends.lastIndex : -1
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;')

/** Where the ">" stands that ends the tag: one within the quotes of a value does not. */
function endOfTag(source: string, from: number): number {
  let quote = ''
  let before = ''
  for (let i = from; i < source.length; i++) {
    const c = source[i]!
    if (quote) {
      if (c === quote) quote = ''
    } else if (c === '>') return i
    else if ((c === '"' || c === "'") && before === '=') quote = c
    if (c.trim() !== '') before = c
  }
  return -1
}

const named: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
  ndash: '–',
  mdash: '—',
  hellip: '…',
  lsquo: '‘',
  rsquo: '’',
  ldquo: '“',
  rdquo: '”',
  laquo: '«',
  raquo: '»',
  middot: '·',
  bull: '•',
  times: '×',
  deg: '°',
  euro: '€',
  pound: '£',
  yen: '¥',
  copy: '©',
  reg: '®',
  auml: 'ä',
  ouml: 'ö',
  uuml: 'ü',
  Auml: 'Ä',
  Ouml: 'Ö',
  Uuml: 'Ü',
  szlig: 'ß',
  eacute: 'é',
  egrave: 'è',
  agrave: 'à',
  ccedil: 'ç',
  ntilde: 'ñ',
}

/** References resolved; one that is not known stays as it is written. */
export const resolved = (text: string): string =>
  text.replace(
    /&(?:#(\d{1,7})|#[xX]([\da-fA-F]{1,6})|([a-zA-Z]{2,8}));/g,
    (all, decimal?: string, hex?: string, name?: string) => {
      if (name !== undefined) return Object.hasOwn(named, name) ? named[name]! : all
      const code = decimal !== undefined ? Number(decimal) : Number.parseInt(hex!, 16)
      const isCharacter = code > 0x1f && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff)
      return isCharacter ? String.fromCodePoint(code) : code === 10 || code === 9 ? ' ' : '\ufffd'
    },
  )

/** Lines that Markdown would take for headings or fences, and that are text: a comment of a program, say. */
export const asText = (text: string): string => text.replace(/^([ \t]{0,3})(#{1,6}(?=[ \t]|$)|`{3}|~{3})/gm, '$1\\$2')

/** Text that is written block by block: paragraphs, headings and rows as Markdown has them, so that it can be cut there. */
export class Written {
  private readonly pieces: string[] = []
  private wanted = ''
  length = 0

  /** A break before whatever comes next; the strongest one counts. @param begin with what the next line begins */
  breaks(lines: 1 | 2, begin = ''): void {
    const kept = this.wanted.replace(/^\n*/, '')
    const strong = Math.max(lines, this.wanted.length - kept.length)
    this.wanted = '\n'.repeat(strong) + (begin || kept)
  }
  /** White space is one space, unless it is `exact`. */
  add(piece: string, exact = false): void {
    const fresh = this.wanted !== '' || this.pieces.length === 0
    const begins = (this.wanted || (this.pieces.at(-1) ?? '\n')).endsWith('\n')
    const plain = exact ? piece : piece.replace(/[ \t\r\n\f]+/g, ' ')
    const text = begins ? asText(plain) : asText(`.${plain}`).slice(1)
    if (text.trim() === '' && (fresh || this.pieces.at(-1)!.endsWith(' '))) return
    if (this.wanted) this.push(this.pieces.length > 0 ? this.wanted : this.wanted.trimStart())
    this.wanted = ''
    this.push(!exact && (fresh || this.pieces.at(-1)?.endsWith(' ')) ? text.trimStart() : text)
  }
  private push(piece: string): void {
    if (piece === '') return
    this.pieces.push(piece)
    this.length += piece.length
  }
  whole(): string {
    // spaces at the end of a line are nobody's
    const lines = this.pieces.join('').split('\n')
    return lines
      .map((line) => line.trimEnd())
      .join('\n')
      .trim()
  }
}
