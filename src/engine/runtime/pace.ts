// How many tokens to read at a time, so that a slow machine is heard of at least about once a second (and can be stopped
// there), and a fast one is not slowed down by small pieces.

/** Milliseconds that a piece should take at most; twice as many shrink it, a third of them lets it grow again. */
const WANTED = 800
/** Pieces do not become smaller: a token takes what it takes. */
const LEAST = 4

export class Pace {
  private now: number

  /** @param most tokens that fit one piece */
  constructor(private readonly most: number) { this.now = most }

  /** Tokens to read next. */
  get tokens(): number { return this.now }

  /** A piece of `tokens` took `ms`. */
  took(tokens: number, ms: number): void {
    const fits = (tokens * WANTED) / Math.max(ms, 0.01)
    if (ms > WANTED * 1.25) while (this.now > LEAST && this.now > fits) this.now = Math.max(LEAST, 2 ** Math.floor(Math.log2(this.now / 1.5)))
    else if (tokens === this.now && this.now < this.most && fits >= this.now * 3) this.now = Math.min(this.most, this.now * 2)
  }
}
