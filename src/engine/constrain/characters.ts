// Characters as bytes: sets of code points, and the places that spell one of them in UTF-8, or in UTF-8 within a JSON
// string.

import { fork, type Edge, type Node } from './machine.ts'

/** from, to: code points, both included; ascending, and apart from each other. */
export type Range = readonly [low: number, high: number]
export type Characters = readonly Range[]

const LAST = 0x10ffff
/** Every character: halves of surrogate pairs are none. */
export const all: Characters = [
  [0, 0xd7ff],
  [0xe000, LAST],
]

/** In order, and none twice. */
export function joined(ranges: readonly Range[]): Characters {
  const sorted = [...ranges].sort((a, b) => a[0] - b[0])
  const out: [number, number][] = []
  for (const [low, high] of sorted) {
    const last = out.at(-1)
    if (last && low <= last[1] + 1) last[1] = Math.max(last[1], high)
    else out.push([low, high])
  }
  return out
}

/** Those of `a` that are in `b`, too. */
export function both(a: Characters, b: Characters): Characters {
  const out: Range[] = []
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const low = Math.max(a[i]![0], b[j]![0]),
      high = Math.min(a[i]![1], b[j]![1])
    if (low <= high) out.push([low, high])
    if (a[i]![1] < b[j]![1]) i++
    else j++
  }
  return out
}

/** Every character but these. */
export function others(ranges: Characters): Characters {
  const out: Range[] = []
  let from = 0
  for (const [low, high] of joined(ranges)) {
    if (from < low) out.push([from, low - 1])
    from = high + 1
  }
  if (from <= LAST) out.push([from, LAST])
  return both(out, all)
}

/** One character of them in UTF-8, then `then`. */
export function utf8(characters: Characters, then: Node): Node {
  const ends = [0x7f, 0x7ff, 0xffff, LAST]
  return fork(() => {
    const edges: Edge[] = []
    for (const [from, to] of both(characters, all)) {
      let low = from
      for (const [more, end] of ends.entries()) {
        if (low > to || low > end) continue
        const high = Math.min(to, end)
        spell(low, high, more, then, edges)
        low = high + 1
      }
    }
    return edges.length === 0 ? [] : [{ edges }]
  })
}

/** Adds the edges of code points of one length. @param more bytes behind the first */
function spell(low: number, high: number, more: number, then: Node, edges: Edge[], lead = true): void {
  const first = (code: number): number =>
    lead ? (code >> (6 * more)) | [0, 0xc0, 0xe0, 0xf0][more]! : 0x80 | ((code >> (6 * more)) & 0x3f)
  if (more === 0) {
    edges.push([first(low), first(high), then])
    return
  }
  const unit = 1 << (6 * more),
    rest = unit - 1
  const inner = (from: number, to: number): Node => {
    const next: Edge[] = []
    spell(from, to, more - 1, then, next, false)
    return { edges: next }
  }
  const push = (from: number, to: number): void =>
    void edges.push([first(from), first(to), inner(from & rest, to & rest)])
  // the first and the last block may be cut, those between are whole
  if ((low & ~rest) === (high & ~rest)) return push(low, high)
  if ((low & rest) !== 0) {
    push(low, low | rest)
    low = (low | rest) + 1
  }
  const tail = (high & rest) === rest ? high : (high & ~rest) - 1
  if (low <= tail) edges.push([first(low), first(tail), inner(0, rest)])
  if (tail < high) push(tail + 1, high)
}

/** These bytes, then `then`. */
export function spelled(bytes: Uint8Array, then: Node): Node {
  let node = then
  for (let i = bytes.length - 1; i >= 0; i--) node = { edges: [[bytes[i]!, bytes[i]!, node]] }
  return node
}
const encoder = new TextEncoder()
export const word = (text: string, then: Node): Node => spelled(encoder.encode(text), then)

/** Characters that JSON.stringify writes as they are. */
const plain: Characters = others([
  [0, 0x1f],
  [0x22, 0x22],
  [0x5c, 0x5c],
])

/** One character of them as JSON.stringify writes it in a string, then `then`. */
export function inJson(characters: Characters, then: Node): Node {
  return fork(() => {
    const nodes = [utf8(both(characters, plain), then)]
    for (const code of [...Array(0x20).keys(), 0x22, 0x5c]) {
      if (both(characters, [[code, code]]).length === 0) continue
      nodes.push(word(JSON.stringify(String.fromCharCode(code)).slice(1, -1), then))
    }
    return nodes
  })
}
