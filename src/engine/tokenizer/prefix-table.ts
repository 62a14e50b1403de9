// The texts of a list that begin at a place of another text.
//
// A sorted list, of which each character leaves a narrower range: it costs no memory
// beside the texts, where a tree of characters takes 100 bytes for each of them.

export class PrefixTable {
  private readonly sorted: readonly string[]
  /** the range of each first character */
  private readonly starts = new Map<number, [from: number, to: number]>()

  /** @param texts each once; empty ones are never found */
  constructor(texts: Iterable<string>) {
    this.sorted = [...texts].filter((text) => text !== '').sort()
    this.sorted.forEach((text, i) => {
      const first = text.charCodeAt(0),
        range = this.starts.get(first)
      if (range) range[1] = i + 1
      else this.starts.set(first, [i, i + 1])
    })
  }

  /** Calls `found` with each text that stands at `at`, from short to long. @returns characters looked at */
  match(text: string, at: number, found: (piece: string) => void): number {
    const { sorted } = this
    const range = this.starts.get(text.charCodeAt(at))
    if (!range) return 1
    let [from, to] = range,
      depth = 1
    for (;;) {
      if (sorted[from]!.length === depth) {
        found(sorted[from]!)
        if (++from === to) return depth
      }
      if (at + depth >= text.length) return depth
      const unit = text.charCodeAt(at + depth)
      from = this.firstFrom(from, to, depth, unit)
      to = this.firstFrom(from, to, depth, unit + 1)
      depth++
      if (from === to) return depth
    }
  }

  /** The first of a range whose character at `depth` is `unit` or later. */
  private firstFrom(from: number, to: number, depth: number, unit: number): number {
    if (from === to || this.sorted[from]!.charCodeAt(depth) >= unit) return from
    if (this.sorted[to - 1]!.charCodeAt(depth) < unit) return to
    while (from < to) {
      const middle = (from + to) >> 1
      if (this.sorted[middle]!.charCodeAt(depth) < unit) from = middle + 1
      else to = middle
    }
    return from
  }
}
