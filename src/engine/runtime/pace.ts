// How many tokens to read at a time, so that a slow machine is heard of about once a second (and can be stopped there),
// and a fast one is not slowed down by small pieces.

/** Milliseconds that a piece should take; a third of them lets it grow again. */
const WANTED = 1000
/** The smallest piece: kernels that run many tokens at once take sixteen of them together on slow machines. */
const MIN = 16
/** Smaller pieces that cost so much more for each token do not pay. */
const DEAR = 1.5

export class Pace {
  private now: number
  private min: number
  /** the piece before it shrank */
  private before: { tokens: number; each: number } | null = null

  /** @param max tokens that fit one piece */
  constructor(private readonly max: number) {
    this.now = max
    this.min = Math.min(MIN, max)
  }

  /** Tokens to read next. */
  get tokens(): number {
    return this.now
  }

  /** A piece of `tokens` took `ms`. */
  took(tokens: number, ms: number): void {
    if (tokens * 4 < this.now * 3) return // the end of a text
    const each = ms / tokens,
      { before } = this
    this.before = null
    if (before && each > before.each * DEAR) this.now = this.min = before.tokens
    else if (ms > WANTED && this.now > this.min) {
      this.before = { tokens, each }
      this.now = Math.max(this.min, Math.ceil(this.now / 2))
    } else if (ms * 3 < WANTED) this.now = Math.min(this.max, this.now * 2)
  }
}
