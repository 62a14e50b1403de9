// Regular expressions as JavaScript reads them with the flag u, as far as they name a set of texts: literals, escapes,
// classes, ".", groups, alternation, * + ? {m} {m,} {m,n}. A lazy quantifier names the same texts as a greedy one, a
// capture the same as a group. ^ and $ stand at the ends of a whole alternative only. Look-around, back-references, \b
// and \p are refused by name.

import { all, joined, others, type Characters, type Range } from './characters.ts'
import { fork, type Node } from './machine.ts'
import { refuseForm } from './refuse.ts'

export type Pattern =
  | { kind: 'one'; of: Characters }
  | { kind: 'all'; parts: readonly Pattern[] }
  | { kind: 'any'; parts: readonly Pattern[] }
  | { kind: 'repeat'; part: Pattern; low: number; high: number }
/** An alternative of the whole pattern, and whether it says that the text begins and ends with it. */
interface Whole {
  pattern: Pattern
  begins: boolean
  ends: boolean
}

/** Characters of a pattern, how often a part may be repeated by a number, and how deep groups may be nested. */
const LONGEST = 10_000
const MOST_TIMES = 10_000
const DEEPEST = 200

const digit: Characters = [[0x30, 0x39]]
const letter: Characters = joined([
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
])
/** What \\s is, and what trim() takes off. */
export const blanks: Characters = joined([
  [9, 13],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
] as const)
const anyInLine: Characters = others([
  [10, 10],
  [13, 13],
  [0x2028, 0x2029],
])
const classes: Readonly<Record<string, Characters>> = {
  d: digit,
  D: others(digit),
  w: letter,
  W: others(letter),
  s: blanks,
  S: others(blanks),
}
const controls: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13, 0: 0 }

const anything: Pattern = { kind: 'repeat', part: { kind: 'one', of: all }, low: 0, high: Infinity }

/** @param whole the pattern is of the whole text; else of a part of it, where ^ and $ do not say otherwise @param at where it stands */
export function readPattern(source: string, whole: boolean, at = ''): Pattern {
  if (source.length > LONGEST) {
    refuseForm({ problem: 'size', at, what: 'characters', count: source.length, limit: LONGEST })
  }
  const parts = new Reader(source, at).whole().map(({ pattern, begins, ends }): Pattern => {
    if (whole) return pattern
    return { kind: 'all', parts: [...(begins ? [] : [anything]), pattern, ...(ends ? [] : [anything])] }
  })
  return { kind: 'any', parts }
}

class Reader {
  private i = 0
  private depth = 0
  private readonly chars: readonly string[]

  constructor(
    source: string,
    private readonly at: string,
  ) {
    this.chars = [...source]
  }

  whole(): Whole[] {
    const found: Whole[] = []
    do {
      const begins = this.eats('^')
      const pattern = this.sequence()
      const ends = this.eats('$')
      found.push({ pattern, begins, ends })
    } while (this.eats('|'))
    if (this.i < this.chars.length) this.refuse('syntax', this.chars[this.i]!)
    return found
  }

  private refuse(problem: 'syntax' | 'keyword' | 'empty', found: string): never {
    refuseForm({ problem, at: this.at, character: this.i + 1, found })
  }
  private eats(text: string): boolean {
    const is = this.chars[this.i] === text
    if (is) this.i++
    return is
  }
  private next(): string {
    return this.chars[this.i] ?? this.refuse('syntax', '')
  }

  private alternatives(): Pattern {
    const parts = [this.sequence()]
    while (this.eats('|')) parts.push(this.sequence())
    return parts.length === 1 ? parts[0]! : { kind: 'any', parts }
  }

  private sequence(): Pattern {
    const parts: Pattern[] = []
    for (;;) {
      const char = this.chars[this.i]
      if (char === undefined || char === '|' || char === ')') break
      // at the end of the whole pattern, or of an alternative of it
      if (char === '$' && this.depth === 0 && [undefined, '|'].includes(this.chars[this.i + 1])) break
      parts.push(this.repeated(this.atom()))
    }
    return parts.length === 1 ? parts[0]! : { kind: 'all', parts }
  }

  private atom(): Pattern {
    const char = this.next()
    switch (char) {
      case '(':
        return this.group()
      case '[':
        return { kind: 'one', of: this.klass() }
      case '.':
        this.i++
        return { kind: 'one', of: anyInLine }
      case '\\':
        return { kind: 'one', of: this.escape(false) }
      case '^':
      case '$':
        return this.refuse('keyword', char)
      case '*':
      case '+':
      case '?':
      case '{':
      case '}':
      case ']':
        return this.refuse('syntax', char)
    }
    this.i++
    return { kind: 'one', of: this.single(char.codePointAt(0)!) }
  }

  private single(code: number): Characters {
    if (code >= 0xd800 && code <= 0xdfff) this.refuse('syntax', `\\u${code.toString(16)}`)
    return [[code, code]]
  }

  private group(): Pattern {
    const ahead = this.chars.slice(this.i, this.i + 4).join('')
    const look = /^\(\?(?:<?[=!])/.exec(ahead)?.[0]
    if (look) this.refuse('keyword', look)
    this.i++
    if (this.eats('?') && !this.eats(':')) {
      if (!this.eats('<')) this.refuse('keyword', `(?${this.next()}`)
      let name = ''
      while (!this.eats('>')) {
        name += this.next()
        this.i++
      }
      if (!/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name)) this.refuse('syntax', `<${name}>`)
    }
    if (++this.depth > DEEPEST) {
      refuseForm({ problem: 'size', at: this.at, what: 'groups', count: this.depth, limit: DEEPEST })
    }
    const inner = this.alternatives()
    this.depth--
    if (!this.eats(')')) this.refuse('syntax', this.next())
    return inner
  }

  private repeated(part: Pattern): Pattern {
    const char = this.chars[this.i]
    let low: number, high: number
    if (char === '*' || char === '+' || char === '?') {
      this.i++
      low = char === '+' ? 1 : 0
      high = char === '?' ? 1 : Infinity
    } else if (char === '{') {
      const written = /^\{(\d+)(?:(,)(\d*))?\}/.exec(this.chars.slice(this.i, this.i + 50).join(''))
      if (!written) return this.refuse('syntax', '{')
      low = Number(written[1])
      high = written[2] === undefined ? low : written[3] ? Number(written[3]) : Infinity
      const most = Math.max(low, Number.isFinite(high) ? high : 0)
      if (most > MOST_TIMES) {
        const place = { at: this.at, character: this.i + 1 }
        refuseForm({ problem: 'size', ...place, what: 'repetitions', count: most, limit: MOST_TIMES })
      }
      if (low > high) this.refuse('syntax', written[0])
      this.i += written[0].length
    } else return part
    this.eats('?') // lazy
    if ('*+?{'.includes(this.chars[this.i] ?? ' ')) this.refuse('syntax', this.chars[this.i]!)
    return { kind: 'repeat', part, low, high }
  }

  /** A class in brackets. */
  private klass(): Characters {
    const begin = this.i++
    const isOthers = this.eats('^')
    const ranges: Range[] = []
    while (!this.eats(']')) {
      const low = this.member()
      const isRange = this.chars[this.i] === '-' && this.chars[this.i + 1] !== ']'
      if (!isRange) {
        ranges.push(...low)
        continue
      }
      this.i++
      const high = this.member()
      const [from, to] = [low[0]?.[0], high[0]?.[0]]
      const isSingle = [low, high].every((of) => of.length === 1 && of[0]![0] === of[0]![1])
      if (!isSingle || from! > to!) this.refuse('syntax', '-')
      ranges.push([from!, to!])
    }
    const found = isOthers ? others(ranges) : joined(ranges)
    if (found.length === 0) {
      const text = this.chars.slice(begin, this.i).join('')
      this.refuse('empty', text)
    }
    return found
  }

  private member(): Characters {
    const char = this.next()
    if (char === '\\') return this.escape(true)
    this.i++
    return this.single(char.codePointAt(0)!)
  }

  private escape(inClass: boolean): Characters {
    this.i++
    const char = this.next()
    const hex = (count: number): number => {
      const text = this.chars.slice(this.i, this.i + count).join('')
      if (!new RegExp(`^[0-9a-fA-F]{${count}}$`).test(text)) this.refuse('syntax', `\\${char}${text}`)
      this.i += count
      return parseInt(text, 16)
    }
    this.i++
    if (Object.hasOwn(classes, char)) return classes[char]!
    if (char === 'b' && inClass) return this.single(8)
    if (Object.hasOwn(controls, char)) {
      if (char === '0' && /\d/.test(this.chars[this.i] ?? '')) this.refuse('syntax', '\\0')
      return this.single(controls[char]!)
    }
    if (char === 'x') return this.single(hex(2))
    if (char === 'c') {
      const of = this.next()
      if (!/[a-zA-Z]/.test(of)) this.refuse('syntax', `\\c${of}`)
      this.i++
      return this.single(of.charCodeAt(0) % 32)
    }
    if (char === 'u') return this.single(this.eats('{') ? this.braced() : this.unit(hex))
    if (/[bBpPk1-9]/.test(char)) this.refuse('keyword', `\\${char}`)
    if (/[!-/:-@[-`{-~]/.test(char)) return this.single(char.charCodeAt(0))
    return this.refuse('syntax', `\\${char}`)
  }

  private braced(): number {
    let text = ''
    while (!this.eats('}')) {
      text += this.next()
      this.i++
    }
    const code = /^0*[0-9a-fA-F]{1,6}$/.test(text) ? parseInt(text, 16) : Infinity
    return code <= 0x10ffff ? code : this.refuse('syntax', `\\u{${text}}`)
  }

  /** Two halves of a pair are one character. */
  private unit(hex: (count: number) => number): number {
    const code = hex(4)
    const pair = code >= 0xd800 && code <= 0xdbff && this.chars[this.i] === '\\' && this.chars[this.i + 1] === 'u'
    if (!pair) return code
    this.i += 2
    const second = hex(4)
    return second >= 0xdc00 && second <= 0xdfff
      ? (code - 0xd800) * 0x400 + (second - 0xdc00) + 0x10000
      : this.refuse('syntax', `\\u${code.toString(16)}`)
  }
}

/** The texts of the pattern, then `then`. @param spell one character of a set, then a place */
export function patternPlaces(pattern: Pattern, then: Node, spell: (of: Characters, then: Node) => Node): Node {
  switch (pattern.kind) {
    case 'one':
      return spell(pattern.of, then)
    case 'all':
      return pattern.parts.reduceRight((next, part) => patternPlaces(part, next, spell), then)
    case 'any':
      return fork(() => pattern.parts.map((part) => patternPlaces(part, then, spell)))
    case 'repeat':
      return repeat(pattern, 0, then, spell)
  }
}

/** `done` of the repetitions are there. Each is made when the one before is reached. */
function repeat(
  pattern: Extract<Pattern, { kind: 'repeat' }>,
  done: number,
  then: Node,
  spell: (of: Characters, then: Node) => Node,
): Node {
  const { part, low, high } = pattern
  const place: Node = fork(() => {
    const isOver = done >= high
    // where they have no end, all behind the last that must be there are one place
    const next = done >= low && high === Infinity ? place : isOver ? then : repeat(pattern, done + 1, then, spell)
    return [...(isOver ? [] : [patternPlaces(part, next, spell)]), ...(done >= low ? [then] : [])]
  })
  return place
}
