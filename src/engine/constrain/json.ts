// Values as JSON texts: the kinds of a schema as places. Between the marks of objects and lists a space may stand, or a
// line with up to 40 spaces or tabs before the next: what JSON.stringify writes with any indent and what json.dumps
// writes, and no endless white space. Names of an object come in any order, each once; those that the schema does not
// list are written in the shortest way, so that none is a listed one in disguise. Strings may hold every escape.
// Whole numbers without bounds have at most 15 digits, so that they stay what they are when they are read; others 15 on
// either side of the point, and an exponent of two.

import { all, inJson, others, utf8, word, type Characters } from './characters.ts'
import { integerPlaces } from './integers.ts'
import { END, fork, lazy, type Edge, type Node } from './machine.ts'
import { patternPlaces, readPattern } from './pattern.ts'
import { mostItems, type Kind, type Value } from './schema.ts'

const INDENT = 40
const byte = (char: string, then: Node): Node => word(char, then)

/** How a value is written beside JSON's brackets, numbers and quotation marks. */
export interface Notation {
  null: string
  true: string
  false: string
  /** what may stand behind a backslash for one character */
  escapes: string
  /** may lines be broken, and indented */
  lines: boolean
}
const json = { null: 'null', true: 'true', false: 'false', escapes: '"\\/bfnrt', lines: true }
export const notations = {
  json,
  /** as templates write the arguments of a call: on one line */
  line: { ...json, lines: false },
  // of a stroke behind a backslash Python keeps both
  python: { null: 'None', true: 'True', false: 'False', escapes: '"\\bfnrt', lines: false },
} satisfies Record<string, Notation>

/** White space that may stand here, then `then`. */
function space({ lines }: Notation, then: Node): Node {
  const indent = (left: number): Node =>
    fork(() => [
      then,
      ...(left > 0 ? [{ edges: [0x20, 0x09].map((blank): Edge => [blank, blank, indent(left - 1)]) }] : []),
    ])
  return fork(() => [then, byte(' ', then), ...(lines ? [byte('\n', indent(INDENT))] : [])])
}

const hex: Characters = [
  [0x30, 0x39],
  [0x41, 0x46],
  [0x61, 0x66],
]
const digits = (from: string): Characters => [...from].map((char) => [char.charCodeAt(0), char.charCodeAt(0)] as const)
const hexes = (count: number, then: Node): Node => (count === 0 ? then : utf8(hex, hexes(count - 1, then)))
const rawInString: Characters = [
  [0x20, 0x21],
  [0x23, 0x5b],
  [0x5d, 0x10ffff],
]

/** One character of a string, in any way that the notation has for it. */
function character({ escapes }: Notation, then: Node): Node {
  const low = word('\\u', utf8(digits('dD'), utf8(digits('cdefCDEF'), hexes(2, then))))
  const unit = fork(() => [
    utf8(digits('0123456789abcefABCEF'), hexes(3, then)),
    utf8(digits('dD'), utf8(digits('01234567'), hexes(2, then))),
    utf8(digits('dD'), utf8(digits('89abAB'), hexes(2, low))),
  ])
  return fork(() => [
    utf8(rawInString, then),
    byte(
      '\\',
      fork(() => [utf8(digits(escapes), then), byte('u', unit)]),
    ),
  ])
}

const numberPattern = readPattern('-?(0|[1-9][0-9]{0,14})(\\.[0-9]{1,15})?([eE][+-]?[0-9]{1,2})?', true)
const quote = (then: Node): Node => byte('"', then)

/** The texts of a value, one for each schema; recursion comes back to the same place. */
export function valuePlaces(value: Value, notation: Notation = notations.json): Node {
  const made = new Map<Value, Node>()
  const ofValue = (one: Value): Node => {
    const known = made.get(one) ?? fork(() => one.kinds.map(ofKind))
    made.set(one, known)
    return known
  }
  const ofKind = (kind: Kind): Node => {
    switch (kind.is) {
      case 'null':
        return word(notation.null, END)
      case 'boolean':
        return fork(() => [word(notation.true, END), word(notation.false, END)])
      case 'number':
        return patternPlaces(numberPattern, END, utf8)
      case 'integer':
        return integerPlaces(kind.low, kind.high, END)
      case 'string':
        return quote(
          kind.pattern ? patternPlaces(kind.pattern, quote(END), inJson) : characters(kind.low, kind.high, notation),
        )
      case 'array':
        return listPlaces(kind, ofValue, notation)
      case 'object':
        return objectPlaces(kind, ofValue, notation)
      case 'one of':
        return textPlaces(kind.texts.map((text) => (Object.hasOwn(notation, text) ? notation[text as 'null'] : text)))
    }
  }
  return ofValue(value)
}

/** From `low` to `high` characters and the quotation mark behind them. */
function characters(low: number, high: number, notation: Notation): Node {
  const places = new Map<number, Node>()
  // behind the fewest, with no most, all places are one
  const after = (count: number): Node => {
    const at = high === Infinity ? Math.min(count, low) : count
    const place =
      places.get(at) ??
      fork(() => [...(at < high ? [character(notation, after(at + 1))] : []), ...(at >= low ? [quote(END)] : [])])
    places.set(at, place)
    return place
  }
  return after(0)
}

function listPlaces(kind: Extract<Kind, { is: 'array' }>, ofValue: (value: Value) => Node, notation: Notation): Node {
  const { first, rest, low } = kind
  const high = mostItems(kind, ({ kinds }) => kinds.length > 0)
  const ends = high === Infinity ? Math.max(low, first.length) : Infinity
  const places = new Map<number, Node>()
  const item = (index: number): Node => ({ body: ofValue(first[index] ?? rest), after: after(index + 1) })
  const after = (count: number): Node => {
    const at = Math.min(count, ends)
    const place =
      places.get(at) ??
      fork(() => [
        ...(at < high
          ? [
              byte(
                ',',
                space(
                  notation,
                  lazy(() => item(at)),
                ),
              ),
            ]
          : []),
        ...(at >= low ? [space(notation, byte(']', END))] : []),
      ])
    places.set(at, place)
    return place
  }
  const begin = fork(() => [
    ...(high > 0
      ? [
          space(
            notation,
            lazy(() => item(0)),
          ),
        ]
      : []),
    ...(low === 0 ? [space(notation, byte(']', END))] : []),
  ])
  return byte('[', begin)
}

/** Names, character by character; `leads` has a bit for every name that goes on there, `is` for the one that ends. */
class Branch {
  readonly next = new Map<number, Branch>()
  leads = 0n
  is = -1
}

function objectPlaces(
  { named, others: rest }: Extract<Kind, { is: 'object' }>,
  ofValue: (value: Value) => Node,
  notation: Notation,
): Node {
  const hasOthers = rest.kinds.length > 0
  const bit = (i: number): bigint => 1n << BigInt(i)
  let wanted = 0n,
    can = 0n
  const root = new Branch()
  named.forEach(({ name, required, value }, i) => {
    if (required) wanted |= bit(i)
    if (value.kinds.length > 0) can |= bit(i)
    let branch = root
    for (const char of name) {
      branch.leads |= bit(i)
      const code = char.codePointAt(0)!
      const next = branch.next.get(code) ?? new Branch()
      branch.next.set(code, next)
      branch = next
    }
    branch.leads |= bit(i)
    branch.is = i
  })

  const branches = new Map<Branch, number>()
  const places = new Map<string, Node>()
  /** The place of this name; `seen` are the listed names that are there already. */
  const once = (key: string, seen: bigint, make: () => readonly Node[]): Node => {
    const name = `${key} ${seen.toString(32)}` // decimal digits would take longer than all the rest
    const place = places.get(name) ?? fork(make)
    places.set(name, place)
    return place
  }
  const close = (seen: bigint): Node[] => ((seen & wanted) === wanted ? [space(notation, byte('}', END))] : [])
  const more = (seen: bigint): Node[] =>
    hasOthers || (can & ~seen) !== 0n ? [space(notation, quote(inName(seen, root)))] : []
  const after = (seen: bigint): Node =>
    once('after', seen, () => [...more(seen).map((name) => byte(',', name)), ...close(seen)])
  const valueOf = (value: Value, seen: bigint): Node =>
    quote(byte(':', space(notation, { body: ofValue(value), after: after(seen) })))
  const otherName = (seen: bigint): Node =>
    once('other', seen, () => [inJson(all, otherName(seen)), valueOf(rest, seen)])

  /** Behind the beginning of a listed name: the listed ones that go on there, and all that are none of them. */
  const inName = (seen: bigint, branch: Branch): Node => {
    const id = branches.get(branch) ?? branches.size
    branches.set(branch, id)
    return once(`in ${id}`, seen, () => {
      const open = [...branch.next].filter(([, { leads }]) => hasOthers || (leads & can & ~seen) !== 0n)
      const nodes = open.map(([code, next]) => inJson([[code, code]], inName(seen, next)))
      if (branch.is >= 0 && (bit(branch.is) & can & ~seen) !== 0n) {
        nodes.push(valueOf(named[branch.is]!.value, seen | bit(branch.is)))
      }
      if (!hasOthers) return nodes
      const known = [...branch.next.keys()].map((code) => [code, code] as const)
      return [...nodes, inJson(others(known), otherName(seen)), ...(branch.is < 0 ? [valueOf(rest, seen)] : [])]
    })
  }
  return byte(
    '{',
    fork(() => [...more(0n), ...close(0n)]),
  )
}

/** One of these texts. */
function textPlaces(texts: readonly string[]): Node {
  const root: Leaf = { next: new Map(), ends: false }
  for (const text of texts) {
    let leaf = root
    for (const one of encoder.encode(text)) {
      const next: Leaf = leaf.next.get(one) ?? { next: new Map(), ends: false }
      leaf.next.set(one, next)
      leaf = next
    }
    leaf.ends = true
  }
  const place = (leaf: Leaf): Node =>
    fork(() => [
      { edges: [...leaf.next].map(([one, next]): Edge => [one, one, place(next)]) },
      ...(leaf.ends ? [END] : []),
    ])
  return place(root)
}
interface Leaf {
  next: Map<number, Leaf>
  ends: boolean
}
const encoder = new TextEncoder()
