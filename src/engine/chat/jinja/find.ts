// Where a text stands in another. JavaScript's own search may look at every character of the
// one for every character of the other; this one goes over each once (Knuth, Morris, Pratt).

import type { Meter } from './meter.ts'

/** Up to this length JavaScript's search is bounded well enough, and faster. */
const short = 16

export class Finder {
  private forth: Int32Array | null = null
  private back: Int32Array | null = null
  /** @param part not empty, unless for next(text, 0) and last(text, text.length) */
  constructor(
    private readonly part: string,
    private readonly meter: Meter,
  ) {
    meter.charge(part.length / 32)
  }

  /** The first place at or after `from`, or -1. The caller pays for the text; a long part costs more, once. */
  next(text: string, from: number): number {
    const { part } = this,
      size = part.length
    if (size <= short) return text.indexOf(part, from)
    if (size > text.length - from) return -1
    if (from === 0) this.meter.charge(text.length / 64)
    this.forth ??= table(size, (i) => part.charCodeAt(i))
    let matched = 0
    for (let at = from; at < text.length; at++) {
      const unit = text.charCodeAt(at)
      while (matched > 0 && part.charCodeAt(matched) !== unit) matched = this.forth[matched - 1]!
      if (part.charCodeAt(matched) === unit) matched++
      if (matched === size) return at - size + 1
    }
    return -1
  }

  /** The last place that ends at or before `to`, or -1. */
  last(text: string, to: number): number {
    const { part } = this,
      size = part.length
    if (size > to) return -1
    if (size <= short) return text.lastIndexOf(part, to - size)
    if (to === text.length) this.meter.charge(text.length / 64)
    this.back ??= table(size, (i) => part.charCodeAt(size - 1 - i))
    let matched = 0
    for (let at = to - 1; at >= 0; at--) {
      const unit = text.charCodeAt(at)
      while (matched > 0 && part.charCodeAt(size - 1 - matched) !== unit) matched = this.back[matched - 1]!
      if (part.charCodeAt(size - 1 - matched) === unit) matched++
      if (matched === size) return at
    }
    return -1
  }
}

/** For every beginning of the part, how long the beginning is that it also ends with. */
function table(size: number, unit: (i: number) => number): Int32Array {
  const out = new Int32Array(size)
  for (let i = 1, matched = 0; i < size; i++) {
    while (matched > 0 && unit(i) !== unit(matched)) matched = out[matched - 1]!
    if (unit(i) === unit(matched)) matched++
    out[i] = matched
  }
  return out
}
