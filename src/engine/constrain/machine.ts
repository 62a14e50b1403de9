// A form as an automaton over bytes: places with edges, forks, and calls that come back, as a grammar has them. It is
// made deterministic while it is walked: a state is the set of all places that the bytes so far may have led to, each
// with the calls that are open there. States and their steps are kept, so the same way is worked out once.
//
// Places are made when they are first reached (Fork.to): nothing is as large as a number in the form. It knows no token.

import { refuseForm } from './refuse.ts'

export type Node = Edges | Fork | Call | End
/** Beyond all bytes: what stands for a token that is no text. */
export const FIRST_SYMBOL = 256
/** from, to (bytes or symbols, both included), and where they lead */
export type Edge = readonly [low: number, high: number, to: Node]
export interface Edges {
  readonly edges: readonly Edge[]
}
/** All of these places at once. */
export interface Fork {
  readonly to: () => readonly Node[]
}
/** The body up to its END, and what comes after it. */
export interface Call {
  readonly body: Node
  readonly after: Node
}
export interface End {
  readonly end: true
}
export const END: End = { end: true }

/** A place that is made when it is first reached. */
export function fork(make: () => readonly Node[]): Fork {
  let made: readonly Node[] | undefined
  return { to: () => (made ??= make()) }
}
export const lazy = (make: () => Node): Fork => fork(() => [make()])

/** Calls that are open at once: an answer nested deeper is not offered. */
const DEEPEST = 1000
/** Places looked at for one mask, or one token. */
const MOST_STEPS = 1_000_000
/** States that are kept; they are found again when they are needed. */
const MOST_STATES = 20_000
/** States of one mask. */
const MOST_AT_ONCE = 100_000

/** The calls that are open. The same calls are the same object. */
class Frame {
  readonly inner = new Map<Node, Frame>()
  readonly places = new Map<Node, Place>()
  constructor(
    readonly after: Node,
    readonly up: Frame | null,
    readonly depth: number,
  ) {}
}
interface Place {
  id: number
  edges: readonly Edge[]
  frame: Frame
  isEnd: boolean
}

/** What a byte leads to, and what was looked at on the way. */
interface Found {
  places: Set<Place>
  seen: Map<Frame, Set<Node>>
}

export interface State {
  readonly places: readonly Place[]
  /** the bytes so far are a whole text of the form */
  readonly accepts: boolean
  /** by byte: null where none goes on */
  next: (State | null | undefined)[]
}

export class Automaton {
  readonly start: State
  private readonly root = new Frame(END, null, 0)
  private readonly states = new Map<string, State>()
  private ids = 0
  private steps = 0

  constructor(start: Node) {
    const found: Found = { places: new Set(), seen: new Map() }
    this.reach(start, this.root, found)
    this.start = this.stateOf(found.places)!
  }

  /** A new piece of work: what is old is given up where there is too much of it. */
  begin(): void {
    this.steps = 0
    if (this.states.size <= MOST_STATES) return
    for (const state of this.states.values()) state.next = []
    this.states.clear()
  }

  /** @returns null where no text of the form goes on so @throws CONSTRAINT_INVALID where that is too much to work out */
  step(state: State, byte: number): State | null {
    const known = state.next[byte]
    if (known !== undefined) return known
    const found: Found = { places: new Set(), seen: new Map() }
    for (const { edges, frame } of state.places) {
      for (const [low, high, to] of edges) if (low <= byte && byte <= high) this.reach(to, frame, found)
    }
    return (state.next[byte] = this.stateOf(found.places))
  }

  /** Every place with edges that can be reached without a byte. */
  private reach(node: Node, frame: Frame, { places, seen }: Found): void {
    if (seen.get(frame)?.has(node)) return
    const open: [Node, Frame][] = [[node, frame]]
    for (let next; (next = open.pop());) {
      const [at, within] = next
      if (++this.steps > MOST_STEPS) refuseForm({ problem: 'steps' })
      const here = seen.get(within) ?? new Set()
      seen.set(within, here.add(at))
      const go = (to: Node, into: Frame): void => {
        if (!seen.get(into)?.has(to)) open.push([to, into])
      }
      if ('edges' in at) {
        if (at.edges.length > 0) places.add(this.placeOf(at, within))
      } else if ('end' in at && within === this.root) places.add(this.placeOf(at, within))
      else if ('end' in at) go(within.after, within.up!)
      else if ('to' in at) for (const to of at.to()) go(to, within)
      else if (within.depth < DEEPEST) go(at.body, this.frameOf(at.after, within))
    }
  }

  private frameOf(after: Node, up: Frame): Frame {
    const known = up.inner.get(after) ?? new Frame(after, up, up.depth + 1)
    up.inner.set(after, known)
    return known
  }

  private placeOf(node: Edges | End, frame: Frame): Place {
    const isEnd = 'end' in node
    const known = frame.places.get(node) ?? { id: this.ids++, edges: isEnd ? [] : node.edges, frame, isEnd }
    frame.places.set(node, known)
    return known
  }

  private stateOf(found: ReadonlySet<Place>): State | null {
    if (found.size === 0) return null
    this.steps += found.size
    const places = [...found].sort((a, b) => a.id - b.id)
    const key = places.map(({ id }) => id).join()
    const known = this.states.get(key)
    if (known) return known
    if (this.states.size > MOST_AT_ONCE) refuseForm({ problem: 'steps' })
    const state = { places, accepts: places.some(({ isEnd }) => isEnd), next: [] }
    this.states.set(key, state)
    return state
  }
}
