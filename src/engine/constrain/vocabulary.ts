// The tokens of a model in the order of their bytes: a trie, laid flat. Which of them go on from a state is found in one
// walk over it, where tokens that begin alike share the work for their beginning and one that dies takes all that begin
// like it along.

import type { Automaton, State } from './machine.ts'

/** One bit for each token; how many are set. */
export interface TokenSet {
  readonly bits: Uint32Array
  readonly count: number
}

export class Vocabulary {
  /** tokens that have bytes, in the order of those */
  private readonly ids: Int32Array
  /** bytes that a token has in common with the one before it */
  private readonly shared: Uint16Array
  private readonly from: Uint32Array
  private readonly bytes: Uint8Array
  /** where the tokens begin that begin with a byte */
  private readonly begins: Int32Array
  /** tokens that add nothing here, though they are text elsewhere: a space that is left out at the beginning */
  readonly silent: readonly number[]
  private readonly longest: number

  /** @param size ids of the model @param bytesOf null for a token that is no text */
  constructor(
    readonly size: number,
    bytesOf: (id: number) => Uint8Array | null,
  ) {
    const texts: [text: string, id: number][] = []
    const silent: number[] = []
    let total = 0
    for (let id = 0; id < size; id++) {
      const bytes = bytesOf(id)
      if (!bytes) continue
      // no token of a tokenizer is as long; what is would not be offered
      if (bytes.length > 0xffff) continue
      if (bytes.length === 0) silent.push(id)
      // as characters, which are compared as quickly as nothing else is
      else texts.push([latin(bytes), id])
      total += bytes.length
    }
    texts.sort(([a, i], [b, j]) => (a < b ? -1 : a > b ? 1 : i - j))
    this.silent = silent
    this.ids = Int32Array.from(texts, ([, id]) => id)
    this.shared = new Uint16Array(texts.length)
    this.from = new Uint32Array(texts.length + 1)
    this.bytes = new Uint8Array(total)
    this.begins = new Int32Array(257).fill(texts.length)
    let at = 0,
      before = ''
    for (const [i, [text]] of texts.entries()) {
      let same = 0
      while (same < text.length && text.charCodeAt(same) === before.charCodeAt(same)) same++
      this.shared[i] = same
      for (let j = 0; j < text.length; j++) this.bytes[at++] = text.charCodeAt(j)
      this.from[i + 1] = at
      if (same === 0) this.begins[text.charCodeAt(0)] = i
      before = text
    }
    for (let one = 255; one >= 0; one--) if (this.begins[one] === texts.length) this.begins[one] = this.begins[one + 1]!
    this.longest = texts.reduce((most, [text]) => Math.max(most, text.length), 0)
  }

  /** The tokens after which a text of the form can still go on, or end. */
  walk(automaton: Automaton, state: State): TokenSet {
    const bits = new Uint32Array((this.size + 31) >> 5)
    let count = 0
    const states: State[] = [state]
    states.length = this.longest + 1
    const { ids, shared, from, bytes, begins } = this
    for (let first = 0; first < 256; first++) {
      if (begins[first] === begins[first + 1] || !automaton.step(state, first)) continue
      /** bytes of the token before that led to a state */
      let alive = 0
      for (let i = begins[first]!; i < begins[first + 1]!; i++) {
        if (shared[i]! > alive) continue
        const begin = from[i]!,
          length = from[i + 1]! - begin
        let at = shared[i]!
        for (; at < length; at++) {
          const next = automaton.step(states[at]!, bytes[begin + at]!)
          if (!next) break
          states[at + 1] = next
        }
        alive = at
        if (at < length) continue
        const id = ids[i]!
        bits[id >> 5]! |= 1 << (id & 31)
        count++
      }
    }
    return { bits, count }
  }
}

export const has = (set: TokenSet, id: number): boolean => ((set.bits[id >> 5]! >>> (id & 31)) & 1) === 1

function latin(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return text
}
