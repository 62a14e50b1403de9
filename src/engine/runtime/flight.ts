// Tokens in flight: each runs with the one drawn before it on the device itself, so that some are on their way while the
// host reads of one. What was sent too far when an answer ends is never told, and the text's length never counts it: the
// entries it left in the cache lie behind the text, where the next forward writes.

import { readRecord, type DrawRecord } from '../ops/sample-record.ts'
import type { KeptRow } from './kept-rows.ts'

/** Milliseconds that a result takes to reach the host in a browser: so much work should be on its way meanwhile. */
const LATENCY = 12
const FEWEST = 2
/** tokens on their way at most */
export const MOST_IN_FLIGHT = 4

/** A token on its way: what is told of it, and the row it is drawn from, where that is kept. */
export interface Sent {
  record: Promise<Uint32Array>
  row: KeptRow | null
}

/** One that has arrived. */
export interface Landed extends DrawRecord {
  row: KeptRow | null
}

/** Whoever runs them. */
export interface Deck {
  /** tokens of the text that may still be run, those in flight not counted */
  readonly room: number
  /** results that can be asked for now */
  readonly open: number
  /**
   * Sends the token that is `ahead` tokens behind the text's last. @param id where it is not the one that was drawn last
   */
  send(ahead: number, n: number, id: number | null): Sent
  /** The text is a token longer. */
  arrived(): void
}

export class Flight {
  private readonly flying: Sent[] = []
  private sent = 0
  private known = 0
  /** what the host thinks runs next */
  private last = -1
  private ended = false
  /** milliseconds between two results, the newest counting most */
  private pace = Infinity
  private arrivedAt = 0

  /** @param V tokens of the vocabulary @param most tokens that are wanted */
  constructor(
    private readonly deck: Deck,
    private readonly V: number,
    private readonly most: number,
  ) {}

  /** tokens that should be on their way */
  get depth(): number {
    return Math.min(MOST_IN_FLIGHT, Math.max(FEWEST, 1 + Math.ceil(LATENCY / this.pace)))
  }

  /**
   * Runs a token, the one that was drawn last, and draws the next. null where the device could not draw it: the token is
   * still to be run, and the flight is over. @throws GPU_LOST, GPU_VALIDATION
   */
  async next(id: number): Promise<Landed | null> {
    if (this.ended || (this.sent > 0 && id !== this.last)) return this.over()
    const { deck, flying } = this
    while (flying.length < this.depth && this.sent < this.most && flying.length < deck.room && deck.open > 0) {
      flying.push(deck.send(flying.length, this.sent, this.sent === 0 ? id : null))
      this.sent++
    }
    const oldest = flying.shift()
    if (!oldest) return this.over()
    const record = readRecord(await oldest.record, this.V)
    if (record.flag !== 0 || record.index !== this.known || record.id >= this.V) return this.over()
    this.known++
    this.last = record.id
    deck.arrived()
    const now = performance.now()
    if (this.arrivedAt > 0) {
      const took = now - this.arrivedAt
      this.pace = this.pace === Infinity ? took : 0.75 * this.pace + 0.25 * took
    }
    this.arrivedAt = now
    return { ...record, row: oldest.row }
  }

  /** Nothing more is wanted of it. */
  end(): void {
    this.ended = true
  }

  private over(): null {
    this.ended = true
    return null
  }
}
