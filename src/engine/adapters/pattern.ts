// Patterns of module names, as Python's re reads them: which adapter_config.json are matched by. A file can bring any, so
// none is ever tried again: of every part of a pattern, and every place to begin, the set of its ends is found once
// (Thompson 1968), and a budget ends what is still too much. Captures nothing; lazy and greedy are one here.

type At = (text: readonly string[], at: number) => boolean
type Node =
  | { kind: 'one'; fits: (char: string) => boolean }
  | { kind: 'place'; fits: At }
  | { kind: 'all' | 'any'; nodes: Node[] }
  | { kind: 'many'; node: Node; low: number; high: number }
  | { kind: 'look'; node: Node; behind: boolean; is: boolean }

/** Steps that all patterns of one setting may take together, over all names that they are asked about. */
export interface Budget {
  left: number
}
export const budget = (): Budget => ({ left: 2e7 })

export interface Pattern {
  /** Where a match that begins at the first character may end, in order. */
  ends(text: string): number[]
  /** the whole text */
  test(text: string): boolean
}

const digit = (c: string): boolean => /\p{Nd}/u.test(c)
const word = (c: string | undefined): boolean => c !== undefined && /[\p{L}\p{N}_]/u.test(c)
const classes: Readonly<Record<string, (char: string) => boolean>> = {
  d: digit,
  D: (c) => !digit(c),
  w: word,
  W: (c) => !word(c),
  s: (c) => /\s/.test(c),
  S: (c) => /\S/.test(c),
}
const atStart: At = (_, at) => at === 0
const atEnd: At = (text, at) => at === text.length
const atEdge: At = (text, at) => word(text[at - 1]) !== word(text[at])
const places: Readonly<Record<string, At>> = { A: atStart, Z: atEnd, b: atEdge, B: (text, at) => !atEdge(text, at) }
const plain: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', f: '\f', v: '\v' }

/** More in a pattern than names of modules have. */
const longest = 1000
/** Times a part can be asked for. */
const mostTimes = 1000

/**
 * Matching throws a RangeError when the budget is spent.
 * @throws SyntaxError where Python would, and for what is not matched here: flags, back references, conditions
 */
export function parsePattern(pattern: string, spend: Budget): Pattern {
  if (pattern.length > longest) throw new SyntaxError('too long')
  const tree = parse([...pattern])
  const ends = (text: string): number[] => [...endsOf(tree, [...text], spend)].sort((a, b) => a - b)
  return { ends, test: (text) => ends(text).includes([...text].length) }
}

function parse(chars: readonly string[]): Node {
  let at = 0
  const fail = (): never => {
    throw new SyntaxError(`at ${at}`)
  }
  const takes = (text: string): boolean => {
    const is = chars.slice(at, at + text.length).join('') === text
    if (is) at += text.length
    return is
  }
  const either = (): Node => {
    const nodes = [sequence()]
    while (takes('|')) nodes.push(sequence())
    return nodes.length === 1 ? nodes[0]! : { kind: 'any', nodes }
  }
  const sequence = (): Node => {
    const nodes: Node[] = []
    while (at < chars.length && chars[at] !== '|' && chars[at] !== ')') nodes.push(repeated(single()))
    return { kind: 'all', nodes }
  }
  const repeated = (node: Node): Node => {
    const times = timesOf()
    if (!times) return node
    takes('?') // lazy
    if (node.kind === 'place' || timesOf()) fail()
    return { kind: 'many', node, ...times }
  }
  const timesOf = (): { low: number; high: number } | null => {
    if (takes('*')) return { low: 0, high: Infinity }
    if (takes('+')) return { low: 1, high: Infinity }
    if (takes('?')) return { low: 0, high: 1 }
    const [all, low, comma, high] = /^\{(\d*)(,?)(\d*)\}/.exec(chars.slice(at, at + 20).join('')) ?? []
    // {} and {,} are those very characters
    if (all === undefined || (low === '' && high === '')) return null
    at += all.length
    const least = Number(low),
      most = comma === '' ? least : high === '' ? Infinity : Number(high)
    return least > most || least > mostTimes || (most > mostTimes && most < Infinity)
      ? fail()
      : { low: least, high: most }
  }
  const single = (): Node => {
    const char = chars[at++]!
    switch (char) {
      case '.':
        return { kind: 'one', fits: (c) => c !== '\n' }
      case '^':
        return { kind: 'place', fits: atStart }
      case '$':
        return { kind: 'place', fits: atEnd }
      case '(':
        return group()
      case '[':
        return { kind: 'one', fits: set() }
      case '\\': {
        const place = Object.hasOwn(places, chars[at] ?? '') ? places[chars[at]!] : undefined
        if (!place) return { kind: 'one', fits: escaped() }
        at++
        return { kind: 'place', fits: place }
      }
      case '*':
      case '+':
      case '?':
        return fail()
      default:
        return { kind: 'one', fits: (c) => c === char }
    }
  }
  const name = (): void => {
    while (word(chars[at])) at++
    if (!takes('>')) fail()
  }
  const group = (): Node => {
    let look: Pick<Node & { kind: 'look' }, 'behind' | 'is'> | null = null
    if (takes('?')) {
      if (takes('=')) look = { behind: false, is: true }
      else if (takes('!')) look = { behind: false, is: false }
      else if (takes('<=')) look = { behind: true, is: true }
      else if (takes('<!')) look = { behind: true, is: false }
      else if (takes('P<')) name()
      else if (!takes(':')) fail()
    }
    const node = either()
    if (!takes(')')) fail()
    return look ? { kind: 'look', node, ...look } : node
  }
  /** What stands behind a backslash. */
  const escaped = (): ((char: string) => boolean) => {
    const char = chars[at++] ?? fail()
    if (Object.hasOwn(classes, char)) return classes[char]!
    const own = Object.hasOwn(plain, char) ? plain[char]! : char
    return own === char && /[A-Za-z0-9]/.test(char) ? fail() : (c) => c === own
  }
  const set = (): ((char: string) => boolean) => {
    const isNot = takes('^')
    const fits: ((char: string) => boolean)[] = []
    for (let first = true; first || chars[at] !== ']'; first = false) {
      if (at >= chars.length) fail()
      const from = chars[at++]!
      if (from === '\\') fits.push(escaped())
      else if (chars[at] === '-' && chars[at + 1] !== undefined && chars[at + 1] !== ']') {
        const to = chars[at + 1]!
        if (to === '\\' || to < from) fail()
        at += 2
        fits.push((c) => c >= from && c <= to)
      } else fits.push((c) => c === from)
    }
    at++
    return (c) => fits.some((one) => one(c)) !== isNot
  }
  const tree = either()
  return at < chars.length ? fail() : tree
}

function endsOf(tree: Node, text: readonly string[], spend: Budget): ReadonlySet<number> {
  const known = new Map<Node, Map<number, ReadonlySet<number>>>()
  const all = (node: Node, from: ReadonlySet<number>): Set<number> => {
    const found = new Set<number>()
    for (const at of from) for (const end of ends(node, at)) found.add(end)
    spend.left -= found.size
    return found
  }
  const ends = (node: Node, at: number): ReadonlySet<number> => {
    const own = known.get(node) ?? new Map<number, ReadonlySet<number>>()
    known.set(node, own)
    const before = own.get(at)
    if (before) return before
    spend.left -= 1
    if (spend.left < 0) throw new RangeError('takes too long')
    const found = search(node, at)
    own.set(at, found)
    return found
  }
  const search = (node: Node, at: number): ReadonlySet<number> => {
    switch (node.kind) {
      case 'one':
        return new Set(at < text.length && node.fits(text[at]!) ? [at + 1] : [])
      case 'place':
        return new Set(node.fits(text, at) ? [at] : [])
      case 'all':
        return node.nodes.reduce<ReadonlySet<number>>((from, one) => all(one, from), new Set([at]))
      case 'any':
        return new Set(node.nodes.flatMap((one) => [...ends(one, at)]))
      case 'look': {
        const is = node.behind
          ? Array.from({ length: at + 1 }, (_, from) => from).some((from) => ends(node.node, from).has(at))
          : ends(node.node, at).size > 0
        return new Set(is === node.is ? [at] : [])
      }
      case 'many': {
        // more often than there are characters, some time matches nothing, and can as well be left out or done again
        const most = text.length + 1
        let from: ReadonlySet<number> = new Set([at])
        for (let n = Math.min(node.low, most); n > 0; n--) from = all(node.node, from)
        const found = new Set(from)
        for (let n = Math.min(node.high, most) - node.low; n > 0 && from.size > 0; n--) {
          from = new Set([...all(node.node, from)].filter((end) => !found.has(end)))
          for (const end of from) found.add(end)
        }
        return found
      }
    }
  }
  return ends(tree, 0)
}
