// What stands between two answers of one model: the tokens whose keys and values are in its cache, what of them has to
// be read again, what an encoder has read before them, where the last answer began, and, while someone looks inside, what the sampler saw. Nobody else keeps
// these or changes them. It knows ids and logits; what one answer is written with is answer.ts.

import type { Speech, WriteVars } from './chat/write.ts'
import { reusablePrefix } from './runtime/cache.ts'
import { readPieces } from './runtime/read.ts'
import type { Flight, Landed } from './runtime/flight.ts'
import type { Runtime, TurnedFor } from './runtime/runtime.ts'
import type { Allowed } from './sampler/form.ts'
import { SampleLog } from './sampler/sample-log.ts'
import type { Tokenizer } from './tokenizer/load.ts'
import type { ModelDefaults } from './types.ts'

/** The model that is spoken with, ready to run. */
export interface DecodingModel extends Partial<Omit<Speech, 'template'>>, Pick<Speech, 'template'> {
  name: string
  runtime: Runtime
  tokenizer: Tokenizer
  /** the template's special tokens by name; without it bos and eos of the tokenizer */
  specials?: Readonly<Record<string, string>>
  /** ids of the turns, where the files name them */
  roleIds?: WriteVars['roleIds']
  /** ids that end an answer */
  stopIds: ReadonlySet<number>
  /** in force where the caller says nothing */
  defaults?: ModelDefaults | undefined
  planText: string
}

export class DecodingContext {
  private cached: number[] = []
  /** the whole text, while a part of it has to be read again; what is read of it is in `cached` */
  private unread: readonly number[] | null = null
  private begun = 0
  /** what the encoder reads before the text; `encoded` once it has */
  private sourceIds: readonly number[] = []
  private encoded = false
  /** forwards of the runtime when it last ran a draft */
  private ranAhead = 0
  private log: SampleLog | null = null
  /** by position: the tokens that could be drawn, where the answer has a form */
  private readonly forms = new Map<number, Allowed>()
  /** the log of the run with the model as it is by itself, while edits change it */
  private aside: { log: SampleLog; ids: readonly number[] } | null = null

  constructor(readonly model: DecodingModel) {}

  /** The tokens in the cache. */
  get ids(): readonly number[] {
    const { length } = this.model.runtime
    return this.cached.length > length ? this.cached.slice(0, length) : this.cached
  }
  /** The tokens of the last run: those in the cache, or, while they are to be read again, all of them. */
  get text(): readonly number[] {
    return this.unread ?? this.ids
  }
  /** The tokens that the encoder reads before the text is written; none where the model has no encoder beside it. */
  get source(): readonly number[] {
    return this.sourceIds
  }
  /** Position of the first token of the last answer, tokens that were put into it included. */
  get answerFrom(): number {
    return this.begun
  }
  /** The next token is to be one of these: whoever looks inside later must know. */
  keepForm(form: Allowed): void {
    this.forms.set(this.model.runtime.length, form)
  }
  /** The tokens that could be drawn at a position; undefined where all could. */
  formAt(position: number): Allowed | undefined {
    return this.forms.get(position)
  }
  /** What the sampler saw, by position; null until startSampleLog(). */
  get samples(): SampleLog | null {
    return this.log
  }

  /**
   * A new prompt: keeps of the cache what it begins with, and forgets the rest.
   * @param answerFrom position of its answer's first token
   * @param source of an encoder–decoder: what the encoder reads; with another one nothing is kept
   * @returns how many of its tokens need not be read
   */
  begin(ids: readonly number[], answerFrom: number, source: readonly number[] = []): number {
    const { runtime } = this.model
    if (source.length !== this.sourceIds.length || source.some((id, i) => id !== this.sourceIds[i])) {
      this.sourceIds = [...source]
      this.clear()
    }
    const { whole, ahead } = runtime.plan.programs.decode
    const stays = ahead ? reusablePrefix(this.ids, ids) : null
    runtime.segments = []
    const before = runtime.prefix
    runtime.beginText(ids)
    const same = whole ? 0 : runtime.reusable(reusablePrefix(this.ids, ids), ids.length)
    // a prefix is seen from everywhere: another one changes every entry
    const reused = runtime.plan.prefix && (runtime.prefix !== before || same < before) ? 0 : same
    runtime.truncate(reused)
    this.cached.length = reused
    // what was drawn of a text stays what it was, though the text is read again
    this.log?.truncate(stays ?? reused)
    for (const position of [...this.forms.keys()]) if (position >= (stays ?? reused)) this.forms.delete(position)
    this.unread = null
    this.begun = answerFrom
    return reused
  }

  /** A text that is read both ways, in one piece. @param segments kind of segment of every token */
  async readWhole(ids: readonly number[], segments: readonly number[]): Promise<void> {
    this.begin(ids, ids.length)
    this.model.runtime.segments = segments
    await this.model.runtime.forward(ids, 'none')
    this.cached.push(...ids)
  }

  /** Reads tokens on, piece by piece; yields how many of them are read, returns the last one's row of logits if asked. */
  async *read(
    ids: readonly number[],
    logits: 'none' | 'last',
    turnedFor?: TurnedFor,
  ): AsyncGenerator<number, Float32Array | undefined, undefined> {
    if (this.sourceIds.length > 0 && !this.encoded) {
      await this.model.runtime.encode(this.sourceIds)
      this.encoded = true
    }
    const from = this.cached.length
    const pieces = readPieces(this.model.runtime, ids, logits, turnedFor)
    for (;;) {
      const { done, value } = await pieces.next()
      if (done) return value
      this.cached.push(...ids.slice(this.cached.length - from, value))
      yield value
    }
  }

  /** Reads one token on. Returns what the model expects after it, (V). */
  async step(id: number): Promise<Float32Array> {
    return (await this.stepAhead(id, []))[0]!
  }

  /**
   * Reads one token on, and in the same forward runs a draft behind it, which does not count as read: goOn() takes its
   * tokens in, one by one. Returns what the model expects after `id` and after each token of the draft, (V) each.
   */
  async stepAhead(id: number, draft: readonly number[]): Promise<Float32Array[]> {
    const { runtime } = this.model
    const again = runtime.plan.programs.decode.whole ? [...this.ids] : []
    if (again.length > 0) runtime.truncate(0)
    const rows = await runtime.forward([...again, id, ...draft], draft.length > 0 ? 'all' : 'last')
    if (draft.length > 0) {
      runtime.truncate(runtime.length - draft.length)
      this.ranAhead = runtime.counters.forwards
    }
    this.cached.push(id)
    return rows
  }

  /**
   * The next token is the draft's: what stands behind the text in the cache is read. @returns false where it is another
   * one, or something else ran since
   */
  goOn(drafted: number, id: number): boolean {
    const { runtime } = this.model
    if (drafted !== id || runtime.counters.forwards !== this.ranAhead) return false
    runtime.restore(runtime.length + 1)
    this.cached.push(id)
    return true
  }

  /** Reads one token on, and has the next one drawn by the device; null where it could not: nothing was read then. */
  async stepDrawn(flight: Flight, id: number): Promise<Landed | null> {
    const drawn = await flight.next(id)
    if (drawn) this.cached.push(id)
    return drawn
  }

  /** The cache says nothing of the model any more (it keeps more, or other things): the text has to be read again. */
  forget(): void {
    this.unread = [...this.text]
    this.clear()
  }

  /** The text itself is given up. */
  clear(): void {
    this.model.runtime.truncate(0)
    this.cached.length = 0
    this.encoded = false
  }

  /**
   * Reads what has to be read again; yields how far it is before each piece that is left. Stopped half way (the caller
   * leaves the loop), the next call goes on from there.
   */
  async *readAgain(): AsyncGenerator<{ done: number; total: number }, void, undefined> {
    const ids = this.unread
    if (!ids) return
    const far = (): { done: number; total: number } => ({ done: this.cached.length, total: ids.length })
    if (this.cached.length < ids.length) yield far()
    for await (const _ of this.read(ids.slice(this.cached.length), 'none', 'kept')) {
      if (this.cached.length < ids.length) yield far()
    }
    this.unread = null
  }

  /** An adapter is stronger or weaker from now on: the text has to be read again, and nothing that was drawn counts. */
  adapterChanged(): void {
    if (this.log) this.log = new SampleLog()
    this.aside = null
    this.forget()
  }

  /** Keeps from now on what the sampler sees. */
  startSampleLog(): void {
    this.log = new SampleLog()
  }

  /**
   * The model computes otherwise from now on: the text has to be read again, and what the sampler sees begins anew.
   * @param edited false: it is as it is by itself; what it drew so is known again, as far as the same tokens stand there
   */
  modelChanged(edited: boolean): void {
    if (this.log && edited) {
      this.aside ??= { log: this.log, ids: [...this.text] }
      this.log = new SampleLog()
    } else if (this.aside) {
      const { log, ids } = this.aside
      let same = 0
      while (same < ids.length && ids[same] === this.text[same]) same++
      // an entry is of the tokens before its own; it stays when its own stands there too, or is still to come
      const next = this.text[same]
      log.truncate(next === undefined || next === log.get(same)?.id ? same + 1 : same)
      this.log = log
      this.aside = null
    }
    this.forget()
  }
}
