// Stop strings: finds a text that ends the answer, also when it is spread over tokens,
// and holds back what could still become one.
//
// The stop that is complete first wins (then the longer one), so the result does not
// depend on how the text was cut into tokens.

export class StopMatcher {
  private readonly stops: string[]
  private held = ''
  private done = false

  constructor(stops: string[]) {
    this.stops = stops.filter((stop) => stop !== '')
  }

  /** The answer's text so far, where it goes on. @returns it without its end that could still become a stop */
  resume(text: string): string {
    const open = this.open(text)
    this.held = text.slice(text.length - open)
    return text.slice(0, text.length - open)
  }

  /** Text that is safe to show. Once stopped, nothing more comes out. */
  push(text: string): { emit: string; stopped: boolean } {
    if (this.done) return { emit: '', stopped: true }
    const all = this.held + text
    let start = -1,
      end = Infinity
    for (const stop of this.stops) {
      const at = all.indexOf(stop)
      if (at < 0 || at + stop.length > end || (at + stop.length === end && at >= start)) continue
      start = at
      end = at + stop.length
    }
    if (start >= 0) {
      this.done = true
      this.held = ''
      return { emit: all.slice(0, start), stopped: true }
    }
    const open = this.open(all)
    this.held = all.slice(all.length - open)
    return { emit: all.slice(0, all.length - open), stopped: false }
  }

  /** What was held back and became no stop after all. */
  flush(): string {
    const rest = this.held
    this.held = ''
    return rest
  }

  private open(text: string): number {
    return Math.max(0, ...this.stops.map((stop) => openEnd(text, stop)))
  }
}

/** Length of the longest end of `text` that is a beginning (not all) of `word`. */
function openEnd(text: string, word: string): number {
  for (let n = Math.min(text.length, word.length - 1); n > 0; n--) if (text.endsWith(word.slice(0, n))) return n
  return 0
}
