// The table of angles while a text grows. Two scalings choose their frequencies by the text's length (ropeRegime); a
// forward then turns its own tokens by the length that the text has after it, and earlier keys stay as they were
// turned: transformers with a cache. So row p of the table always says how position p was turned, and only the rows of
// the positions that run are ever written again.

import { ropeRegime, ropeTable, type RopeSpec } from '../model/rope.ts'

export class RopeRows {
  /** by position: the regime its row is written for */
  private readonly regimes: number[]

  /** @param context C, rows of the table; `first()` fills all of them for a short text */
  constructor(
    private readonly spec: RopeSpec,
    private readonly context: number,
  ) {
    this.regimes = Array<number>(context).fill(ropeRegime(spec, 1))
  }

  /** (C, r/2, 2), for a text that is not yet long enough to change anything. */
  first(): Float32Array {
    return ropeTable(this.spec, this.context, 1)
  }

  /**
   * The rows that a forward of `count` tokens at `from` needs written, turned for a text of `length`; null when they
   * stand there already.
   */
  renew(from: number, count: number, length = from + count): Float32Array | null {
    const regime = ropeRegime(this.spec, length)
    if (this.regimes.slice(from, from + count).every((r) => r === regime)) return null
    this.regimes.fill(regime, from, from + count)
    return ropeTable(this.spec, count, length, from)
  }

  /**
   * How many of the first `count` entries of the cache are turned as a text of `length` tokens, read at once, has them.
   */
  reusable(count: number, length: number): number {
    const regime = ropeRegime(this.spec, length)
    const other = this.regimes.slice(0, count).findIndex((r) => r !== regime)
    return other < 0 ? count : other
  }
}
