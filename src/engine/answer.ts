// What one answer is written with: which token comes next (drawn, or put there) and what of its text can be shown.
//
// Token i of an answer is drawn with the i-th number of its seed, whether those before it were drawn or put there. So
// an answer that goes on needs no saved state: its tokens so far are run once more through the text decoder and past
// the random numbers (not through the model), and it goes on as if it had never been cut.

import { StopMatcher } from './chat/stop.ts'
import type { Form, Held } from './constrain/form.ts'
import type { DecodingModel } from './context.ts'
import type { CheckedOptions } from './options.ts'
import type { DrawAsk } from './runtime/draw-ask.ts'
import { Sampler, type SampleResult } from './sampler/chain.ts'
import { isDrawable, type DrawnToken } from './sampler/drawn.ts'
import type { Allowed } from './sampler/form.ts'
import { refuse } from './sampler/params.ts'
import { StreamDecoder } from './tokenizer/detokenize.ts'
import type { SamplingParams } from './types.ts'

export class Answer {
  /** of the next token, in the whole answer */
  private index: number
  private readonly params: SamplingParams
  private readonly sampler: Sampler
  private readonly decoder: StreamDecoder
  private readonly stops: StopMatcher
  private readonly stopIds: ReadonlySet<number>
  private readonly reseeded: ReadonlySet<number>
  private readonly force: Readonly<Record<number, number>>
  /** where the answer stands in its form */
  private readonly held: Held | null
  /** a stop text ended it */
  private isCut = false
  /** text of the tokens that are there, without an end that could become a stop text */
  readonly said: string

  /**
   * @param ids the tokens that are there
   * @param from where among them the answer begins
   * @param form what the answer is held to
   * @throws CONSTRAINT_INVALID where the tokens that are there do not fit the form, or none can come
   */
  constructor(
    model: Pick<DecodingModel, 'tokenizer' | 'stopIds'>,
    ids: readonly number[],
    from: number,
    o: CheckedOptions,
    form: Form | null = null,
  ) {
    this.decoder = new StreamDecoder(model.tokenizer, { skipSpecial: true })
    this.stops = new StopMatcher(o.stop)
    this.stopIds = new Set([...model.stopIds, ...o.stopTokenIds])
    this.params = o.sampling
    this.sampler = new Sampler(o.sampling)
    this.force = o.force
    this.reseeded = new Set(o.seedAt)
    for (const id of ids) this.sampler.observe(id)
    const written = ids.slice(from)
    this.held = form && form.hold(this.stopIds, written)
    this.said = this.stops.resume(written.map((id) => this.decoder.push(id)).join(''))
    this.index = written.length
    const begun = o.seedAt.reduce((last, at) => (at <= this.index ? Math.max(last, at) : last), 0)
    this.sampler.skip(this.index - begun)
  }

  /** Can the device draw the tokens that come? It computes some stages only, knows no form, and puts no token anywhere. */
  get isDrawable(): boolean {
    if (this.held) return false
    return isDrawable(this.params) && !Object.keys(this.force).some((index) => Number(index) >= this.index)
  }

  /** What the device needs to draw them. @param most tokens that are wanted @param keeps the rows they are drawn from */
  ask(most: number, keeps: boolean): DrawAsk {
    const { index } = this
    const numbers = this.sampler.ahead((n) => this.reseeded.has(index + n))
    return { params: this.params, seen: this.sampler.history, numbers, most, keeps }
  }

  /** The next token, as the device drew it. @param V tokens of the vocabulary @param top candidates to list */
  take(token: DrawnToken, V: number, top: number): SampleResult {
    if (this.reseeded.has(this.index++)) this.sampler.restart()
    const choice = this.sampler.drawn(token, V, { top })
    this.sampler.observe(choice.id)
    return choice
  }

  /**
   * The next token, and those that could have been drawn where the answer has a form. @param logits (V) @param top candidates to list
   * @returns null where no token goes on with the form
   * @throws PARAM_INVALID where the one that is to be put there does not fit it
   */
  choose(logits: Float32Array, top: number): (SampleResult & { form?: Allowed }) | null {
    const index = this.index++
    if (this.reseeded.has(index)) this.sampler.restart()
    const put = this.force[index]
    const allowed = this.held?.next()
    if (allowed?.count === 0) return null
    if (put !== undefined && this.held && !this.held.allows(put)) {
      refuse('generate', `force[${index}]`, "a token that goes on with the answer's form", put)
    }
    const given = { top, form: allowed?.bits ?? null }
    const choice = put === undefined ? this.sampler.sample(logits, given) : this.sampler.put(put, logits, given)
    this.sampler.observe(choice.id)
    return { ...choice, ...(allowed && { form: allowed.bits }) }
  }

  /** Where the answer has a form: is its text a whole one. */
  get fits(): { fits?: boolean } {
    return this.held ? { fits: this.held.isWhole && !this.isCut } : {}
  }

  /**
   * What became text with this token, the next one in the answer; '' while a character or the beginning of a stop text
   * is still open. `ended`: by the token, a stop text, or its form, which has no more
   */
  write(id: number): { text: string; ended: boolean } {
    this.held?.take(id)
    if (this.stopIds.has(id)) return { text: this.rest(), ended: true }
    const { emit, stopped } = this.stops.push(this.decoder.push(id))
    this.isCut = stopped
    if (stopped || !this.held?.isOver) return { text: emit, ended: stopped }
    return { text: emit + this.rest(), ended: true }
  }

  /** What decoder and stop texts still hold back: nothing more comes. */
  rest(): string {
    return this.stops.push(this.decoder.flush()).emit + this.stops.flush()
  }
}
