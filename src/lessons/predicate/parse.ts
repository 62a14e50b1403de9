// The language of claims: "p(answer, cut) - p(answer, plain) <= -0.5 and rank(answer, plain, 1) = 1". Recursive descent
// over a closed grammar; nothing is looked up by name in here, and nothing is ever executed but evaluate.ts's own cases.
//
//   claim   = both ("or" both)*        both = claimed ("and" claimed)*      claimed = "not" claimed | sides
//   sides   = sum (("<" "<=" "=" "!=" ">=" ">") sum)?
//   sum     = product (("+" | "-") product)*    product = signed (("*" | "/") signed)*    signed = "-" signed | one
//   one     = number | "text" | @place | name | name "(" list ")" | "[" list "]" | "(" claim ")"

import { invalid, type At } from '../problem.ts'
import type { Place } from '../types.ts'

export const LONGEST_CLAIM = 2000
const DEEPEST = 40

export type Relation = '<' | '<=' | '=' | '!=' | '>=' | '>'
export type Arithmetic = '+' | '-' | '*' | '/'
export type Claim =
  | { readonly kind: 'and' | 'or'; readonly left: Claim; readonly right: Claim }
  | { readonly kind: 'not'; readonly of: Claim }
  | {
      readonly kind: 'compare'
      readonly relation: Relation
      readonly left: Expression
      readonly right: Expression
      /** as it is written */
      readonly text: string
      readonly at: At
    }
export type Expression = { readonly at: At } & (
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'place'; readonly place: Place }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: 'minus'; readonly of: Expression }
  | { readonly kind: 'arithmetic'; readonly sign: Arithmetic; readonly left: Expression; readonly right: Expression }
)
type Node = Claim | Expression
const isClaim = (node: Node): node is Claim => ['and', 'or', 'not', 'compare'].includes(node.kind)

// ---- words of the text ---------------------------------------------------------------------------------------------

interface Word {
  kind: 'number' | 'text' | 'place' | 'name' | 'sign' | 'end'
  /** a sign's plain form, a name, a text without its quotes */
  text: string
  from: number
  to: number
}
/** As people write them, and as they are called here. */
const signs = new Map(
  ['<=', '>=', '!=', '<', '>', '=', '+', '-', '*', '/', '(', ')', '[', ']', ','].map((sign) => [sign, sign]),
)
for (const [written, plain] of [
  ['==', '='],
  ['≤', '<='],
  ['≥', '>='],
  ['≠', '!='],
  ['−', '-'],
  ['·', '*'],
  ['×', '*'],
  ['÷', '/'],
  ['（', '('],
  ['）', ')'],
  ['，', ','],
] as const) {
  signs.set(written, plain)
}
const spoken = new Map([
  ['∧', 'and'],
  ['∨', 'or'],
  ['¬', 'not'],
])
const NAME = /[\p{L}\p{Lo}][\p{L}\p{N}_]*/uy
const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y
const PLACE = /@(?:[\p{L}\p{Lo}][\p{L}\p{N}_]*|"[^"\n]*")(?:#-?\d{1,4})?/uy
const TEXT = /"(?:[^"\\\n]|\\["\\n])*"/y

const match = (pattern: RegExp, text: string, offset: number): string | null => {
  pattern.lastIndex = offset
  return pattern.exec(text)?.[0] ?? null
}

function wordsOf(text: string): Word[] {
  const words: Word[] = []
  let at = 0
  const take = (kind: Word['kind'], value: string, length: number): void => {
    words.push({ kind, text: value, from: at, to: at + length })
    at += length
  }
  while (at < text.length) {
    const next = text[at]!
    if (/\s/.test(next)) {
      at++
      continue
    }
    const number = match(NUMBER, text, at)
    if (number) {
      if (!Number.isFinite(Number(number))) throw invalid('number', { found: number }, { text, offset: at })
      take('number', number, number.length)
      continue
    }
    const name = match(NAME, text, at)
    if (name) {
      take('name', name, name.length)
      continue
    }
    if (next === '@') {
      const place = match(PLACE, text, at)
      if (!place) throw invalid('character', { found: next }, { text, offset: at })
      take('place', place, place.length)
      continue
    }
    if (next === '"') {
      const quoted = match(TEXT, text, at)
      if (!quoted) throw invalid('text', {}, { text, offset: at })
      const plain = quoted.slice(1, -1).replace(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c))
      take('text', plain, quoted.length)
      continue
    }
    const said = spoken.get(next)
    if (said) {
      take('name', said, 1)
      continue
    }
    const two = text.slice(at, at + 2)
    const sign = signs.has(two) ? two : next
    if (!signs.has(sign)) {
      throw invalid('character', { found: String.fromCodePoint(text.codePointAt(at)!) }, { text, offset: at })
    }
    take('sign', signs.get(sign)!, sign.length)
  }
  take('end', '', 0)
  return words
}

// ---- grammar -------------------------------------------------------------------------------------------------------

class Parser {
  private readonly words: readonly Word[]
  private next = 0
  private depth = 0

  constructor(private readonly text: string) {
    if (text.length > LONGEST_CLAIM) throw invalid('long', { found: text.length, need: LONGEST_CLAIM })
    this.words = wordsOf(text)
  }

  whole(): Node {
    const node = this.claim()
    const rest = this.words[this.next]!
    if (rest.kind !== 'end') throw invalid('rest', { found: this.written(rest) }, this.place(rest.from))
    return node
  }
  place(offset: number): At {
    return { text: this.text, offset }
  }
  private written({ from, to }: { from: number; to: number }): string {
    return this.text.slice(from, to)
  }

  /** Takes the next word if it is one of these. */
  private taken<T extends string>(kind: Word['kind'], ...texts: readonly T[]): T | null {
    const word = this.words[this.next]!
    if (word.kind !== kind || !texts.includes(word.text as T)) return null
    this.next++
    return word.text as T
  }
  private wanted(need: string): Error {
    const word = this.words[this.next]!
    return invalid('wanted', { need, ...(word.kind !== 'end' && { found: this.written(word) }) }, this.place(word.from))
  }
  /** Each level of nesting is one call deeper: bounded, so that no text can use up the stack. */
  private deeper<T>(work: () => T): T {
    if (++this.depth > DEEPEST) throw invalid('deep', { need: DEEPEST }, this.place(this.words[this.next]!.from))
    try {
      return work()
    } finally {
      this.depth--
    }
  }
  private truth(node: Node, from: number, to = this.end()): Claim {
    if (!isClaim(node)) throw invalid('value', { found: this.text.slice(from, to) }, this.place(from))
    return node
  }
  private value(node: Node, from: number, to = this.end()): Expression {
    if (isClaim(node)) throw invalid('truth', { found: this.text.slice(from, to) }, this.place(from))
    return node
  }
  /** Where the last word taken ends. */
  private end(): number {
    return this.words[this.next - 1]?.to ?? 0
  }
  private here(): number {
    return this.words[this.next]!.from
  }

  private claim(): Node {
    return this.deeper(() => this.chain('or', () => this.chain('and', () => this.claimed())))
  }
  private chain(word: 'and' | 'or', one: () => Node): Node {
    const from = this.here()
    let left = one()
    let end = this.end()
    while (this.taken('name', word)) {
      const first = this.truth(left, from, end),
        second = this.here()
      left = { kind: word, left: first, right: this.truth(one(), second) }
      end = this.end()
    }
    return left
  }
  private claimed(): Node {
    if (!this.taken('name', 'not')) return this.sides()
    const from = this.here()
    return {
      kind: 'not',
      of: this.truth(
        this.deeper(() => this.claimed()),
        from,
      ),
    }
  }
  private sides(): Node {
    const from = this.here()
    const left = this.sum()
    const end = this.end()
    const relation = this.taken('sign', '<', '<=', '=', '!=', '>=', '>')
    if (!relation) return left
    const first = this.value(left, from, end),
      second = this.here()
    const right = this.value(this.sum(), second)
    return {
      kind: 'compare',
      relation,
      left: first,
      right,
      text: this.text.slice(from, this.end()),
      at: this.place(from),
    }
  }
  private sum(): Node {
    return this.arithmetic(['+', '-'], () => this.arithmetic(['*', '/'], () => this.signed()))
  }
  private arithmetic(wanted: readonly Arithmetic[], one: () => Node): Node {
    const from = this.here()
    let left = one()
    for (;;) {
      const at = this.here(),
        end = this.end()
      const sign = this.taken('sign', ...wanted)
      if (!sign) return left
      const first = this.value(left, from, end),
        second = this.here()
      left = { kind: 'arithmetic', sign, left: first, right: this.value(one(), second), at: this.place(at) }
    }
  }
  private signed(): Node {
    const from = this.here()
    if (!this.taken('sign', '-')) return this.one()
    return {
      kind: 'minus',
      of: this.value(
        this.deeper(() => this.signed()),
        this.here(),
      ),
      at: this.place(from),
    }
  }
  private one(): Node {
    const word = this.words[this.next]!
    const at = this.place(word.from)
    if (this.taken('sign', '(')) {
      const inside = this.claim()
      if (!this.taken('sign', ')')) throw this.wanted(')')
      return inside
    }
    if (this.taken('sign', '[')) return { kind: 'list', items: this.list(']'), at }
    if (word.kind === 'sign' || word.kind === 'end' || /^(and|or|not)$/.test(this.written(word))) {
      throw this.wanted('value')
    }
    this.next++
    if (word.kind === 'number') return { kind: 'number', value: Number(word.text), at }
    if (word.kind === 'text') return { kind: 'text', value: word.text, at }
    if (word.kind === 'place') return { kind: 'place', place: word.text, at }
    if (!this.taken('sign', '(')) return { kind: 'name', name: word.text, at }
    return { kind: 'call', name: word.text, args: this.list(')'), at }
  }
  private list(end: ')' | ']'): Expression[] {
    const items: Expression[] = []
    if (this.taken('sign', end)) return items
    do {
      const from = this.here()
      items.push(this.value(this.claim(), from))
    } while (this.taken('sign', ','))
    if (!this.taken('sign', end)) throw this.wanted(end)
    return items
  }
}

/** A predicate. @throws LESSON_INVALID with line and column */
export function parseClaim(text: string): Claim {
  const node = new Parser(text).whole()
  if (!isClaim(node)) throw invalid('value', { found: text }, { text, offset: 0 })
  return node
}

/** What has a value: a number that is shown. @throws LESSON_INVALID with line and column */
export function parseExpression(text: string): Expression {
  const node = new Parser(text).whole()
  if (isClaim(node)) throw invalid('truth', { found: text }, { text, offset: 0 })
  return node
}
