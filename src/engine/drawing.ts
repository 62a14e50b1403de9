// Which tokens of an answer the device draws itself: all that it can, while nobody needs the whole row of logits at once.
// Whoever looks inside gets it afterwards: it is kept there. The others are drawn here, one at a time; why that was so is
// said with the answer.

import type { Answer } from './answer.ts'
import type { DecodingContext } from './context.ts'
import { RECORD_TOP } from './ops/sample-record.ts'
import type { Flight, Landed } from './runtime/flight.ts'
import type { DrawnByHost } from './types.ts'

/** Each row that the device cannot draw from costs a token that is run twice: they must be rare. */
const isRare = (failures: number, drawn: number): boolean => failures < 2 || failures * 8 < drawn

export class Drawing {
  /** tokens that the device drew */
  drawn = 0
  /** why the last one that it did not draw was drawn here */
  why: DrawnByHost | null = null
  private flight: Flight | null = null
  private failures = 0

  constructor(
    private readonly c: DecodingContext,
    private readonly answer: Answer,
    /** tokens are to be guessed and checked several at a time, which takes their whole rows */
    private readonly guesses: boolean,
  ) {}

  /**
   * Runs a token and has its successor drawn. null where that is the host's to do: the token is to be run then.
   * @param most tokens that are still wanted @param top candidates of each
   */
  async next(id: number, most: number, top: number): Promise<Landed | null> {
    const flight = (this.flight ??= this.start(most, top))
    if (!flight) return null
    const drawn = await this.c.stepDrawn(flight, id)
    if (drawn) this.drawn++
    else {
      this.failures++
      this.why = 'row'
      this.flight = null
    }
    return drawn
  }

  private start(most: number, top: number): Flight | null {
    const { runtime } = this.c.model
    const here = !runtime.draw
      ? 'model'
      : !isRare(this.failures, this.drawn)
        ? 'row'
        : this.guesses || !this.answer.isDrawable || top > RECORD_TOP
          ? 'settings'
          : null
    const flight = here ?? runtime.draw!(this.answer.ask(most, this.c.samples !== null))
    if (typeof flight !== 'string') return flight
    this.why = flight
    return null
  }

  /** No more tokens are wanted of those in flight. */
  end(): void {
    this.flight?.end()
    this.flight = null
  }
}
