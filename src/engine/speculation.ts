// Several tokens from one forward, without changing the answer. A draft (lookup.ts) is run behind the token that was
// chosen; every row of logits is what the model expects if the draft is right so far. The sampler draws from them one by
// one, as it would have: as long as it draws the draft's next token, the next row is there already. The first token that
// differs is drawn from a row that no wrong token stood before, so it is right, too, and what was run behind it is
// forgotten. Nothing is accepted that would not have been drawn (Leviathan et al. 2023 accept by a rule of chance and keep
// the distribution; here even the tokens stay).
//
// Exact means: the numbers of a row do not depend on how many rows run with it. So it is on the references and, for as many
// rows as a draft gets there, on the processor (Runtime.exactRows). On a GPU kernels of several rows may add in another
// order: a token can then differ where two are, to the last bits, equally likely.

import { ropesOf, type Plan } from './model/plan.ts'
import { ropeRegime } from './model/rope-table.ts'
import type { DecodingContext } from './context.ts'
import { draftOf, MOST_DRAFTED } from './lookup.ts'
import type { Runtime } from './runtime/runtime.ts'
import type { Speculation } from './types.ts'

export class Ahead {
  /** the text so far, with what an encoder read before it */
  private text: number[] | null = null
  /** what is left of the draft that was run; `rows[i]` says what stands where `draft[i]` was guessed */
  private draft: readonly number[] = []
  private rows: readonly Float32Array[] = []
  /** what is left of a draft that nobody ran: whether it comes true says whether drafts are worth it */
  private watched: readonly number[] = []
  /** tokens that the draft's beginning was found by, or that of the watched one */
  private matched = 0
  /** the last token seen was the draft's */
  private isThere = false
  private readonly gain: Gain
  drafted = 0
  /** tokens of drafts that were drawn: each saved a forward */
  accepted = 0

  constructor(
    private readonly c: DecodingContext,
    private readonly setting: Speculation,
    now?: () => number,
  ) {
    this.gain = gainOf(c.model.runtime, now)
  }

  /**
   * Takes note of the token that was chosen. Is it worth more than to be run by itself: is its row there, or should a
   * draft be run behind it? Then step() must follow. @param left tokens that may still be written after it
   */
  sees(id: number, left: number): boolean {
    const text = (this.text ??= [...this.c.source, ...this.c.ids])
    text.push(id)
    this.learn(id)
    this.isThere = this.draft.length > 0 && this.c.goOn(this.draft[0]!, id)
    if (this.isThere) this.accepted++
    else this.rows = []
    this.draft = this.isThere ? this.draft.slice(1) : this.next(text, left)
    return this.isThere || this.draft.length > 0
  }

  /** Reads the token on. @returns what the model expects after it, (V) */
  async step(id: number): Promise<Float32Array> {
    if (this.isThere) this.rows = this.rows.slice(1)
    else {
      const started = this.gain.now()
      this.rows = await this.c.stepAhead(id, this.draft)
      this.gain.took(this.rows.length, this.gain.now() - started)
      this.drafted += this.draft.length
    }
    return this.rows[0]!
  }

  /** A token was run another way since `started`, and nothing else. */
  ranAlone(started: number): void {
    this.gain.took(1, this.gain.now() - started)
  }

  /** Was the next token of the draft right, whether it was run or not? */
  private learn(id: number): void {
    const guess = this.draft[0] ?? this.watched[0]
    if (guess === undefined) return
    this.gain.learn(this.matched, guess === id)
    this.watched = guess === id ? this.watched.slice(1) : []
  }

  /** The draft that is worth running behind the text. */
  private next(text: readonly number[], left: number): readonly number[] {
    const { runtime } = this.c.model
    const most = Math.min(
      this.setting === 'auto' ? MOST_DRAFTED : this.setting === 'off' ? 0 : this.setting,
      left - 1, // the last token is never run
      runtime.context - runtime.length - 1,
      mostRows(runtime) - 1,
    )
    if (most < 1) return []
    const { ids, matched } = draftOf(text, most)
    const count = this.setting === 'auto' ? this.gain.worth(matched, ids.length) : ids.length
    if (count > 0) this.watched = []
    else if (this.watched.length > 0) return [] // the older one first
    else this.watched = ids
    this.matched = matched
    return ids.slice(0, count)
  }
}

/** Rows that one forward can run so that each is what it would be alone. */
function mostRows({ plan, length, chunk, exactRows }: Runtime): number {
  if (plan.programs.decode.whole || plan.positions) return 1
  let rows = Math.min(MOST_DRAFTED + 1, chunk, exactRows)
  // frequencies that depend on the text's length would be those of the longest row
  while (rows > 1 && !turnAlike(plan, length + 1, length + rows)) rows--
  return rows
}

const turnAlike = (plan: Plan, short: number, long: number): boolean =>
  ropesOf(plan).every(([, spec]) => ropeRegime(spec, short) === ropeRegime(spec, long))

/**
 * When a draft pays: what a forward of several rows costs here beside one of one row, and how often drafts are right.
 * Both are learned on the way. Whether a draft would have been right is seen without running it.
 */
export class Gain {
  private single = 0
  private singles = 0
  /** what each row behind the first adds, as a share of a forward of one: by kernels for up to 4 rows, and for up to 8 */
  private readonly dear = [PRIOR_DEAR, PRIOR_DEAR]
  /** how often the next token of a draft is right, by how many tokens were found again */
  private readonly right: Record<number, number> = { 2: 0.3, 3: 0.5 }

  constructor(readonly now: () => number) {}

  /** A forward of so many rows took `ms`. */
  took(rows: number, ms: number): void {
    if (rows === 1) {
      this.singles++
      // the first ones compile and warm up
      this.single = this.singles <= 3 ? ms : this.single + (ms - this.single) / 8
      return
    }
    if (this.singles < 2 || this.single === 0) return
    const kind = rows > 4 ? 1 : 0
    const found = Math.max(0, (ms / this.single - 1) / (rows - 1))
    this.dear[kind] = this.dear[kind]! + (Math.min(found, 2) - this.dear[kind]!) / 2
  }

  /** The next token of a draft was right, or was not. */
  learn(matched: number, isRight: boolean): void {
    if (!(matched in this.right)) return
    const known = this.right[matched]!
    this.right[matched] = known + (Number(isRight) - known) / 12
  }

  /** How many of `count` drafted tokens to run; 0 where one by one is as quick. */
  worth(matched: number, count: number): number {
    if (this.singles < 2 || count === 0) return 0
    const p = this.right[matched] ?? 0
    let best = 0,
      most = LEAST_GAIN,
      tokens = 1
    for (let n = 1, chance = p; n <= count; n++, chance *= p) {
      tokens += chance
      const cost = 1 + n * this.dear[n + 1 > 4 ? 1 : 0]!
      if (tokens / cost > most) {
        most = tokens / cost
        best = n
      }
    }
    // what was dear once is tried again some day: the machine was busy, perhaps
    if (best === 0) for (const kind of [0, 1]) this.dear[kind] = PRIOR_DEAR + (this.dear[kind]! - PRIOR_DEAR) * 0.995
    return best
  }
}
const PRIOR_DEAR = 0.1
const LEAST_GAIN = 1.1

/** What is known of a runtime's speed outlasts one answer. */
const gains = new WeakMap<Runtime, Gain>()
function gainOf(runtime: Runtime, now: (() => number) | undefined): Gain {
  if (now) return new Gain(now)
  const known = gains.get(runtime) ?? new Gain(() => performance.now())
  gains.set(runtime, known)
  return known
}
