// The form that an answer is held to: a regular expression of the whole answer, a JSON Schema, any JSON object, or calls of
// tools. It is made into an automaton over bytes, and the tokens that may come next are those whose bytes it goes on with. So a token
// that ends inside a character is offered where the character can be completed, and what ends an answer only where the
// text is whole. What is worked out for a state is kept with it: the next answer of this form finds it there.

import type { Decodable } from '../tokenizer/detokenize.ts'
import { tokenTexts, type TokenTexts } from '../tokenizer/token-texts.ts'
import type { Constraint } from '../types.ts'
import { callPlaces, type CallForm } from './calls.ts'
import { Automaton, FIRST_SYMBOL, type State } from './machine.ts'
import { placesOf } from './places.ts'
import { refuseForm } from './refuse.ts'
import { has, Vocabulary, type TokenSet } from './vocabulary.ts'

export { marksOf } from './calls.ts'
export { refuseForm } from './refuse.ts'

/** A model's tokens, as they are at the beginning of an answer and in its middle. */
export class Tokens {
  readonly middle: Vocabulary
  private front: Vocabulary | null = null

  /** @param size rows of the model's logits */
  constructor(
    readonly size: number,
    readonly texts: TokenTexts,
  ) {
    this.middle = new Vocabulary(size, (id) => texts.bytes(id, false))
  }

  get first(): Vocabulary {
    return (this.front ??= this.isAlike() ? this.middle : new Vocabulary(this.size, (id) => this.texts.bytes(id, true)))
  }

  /** Is every token at the beginning of an answer what it is in its middle? */
  private isAlike(): boolean {
    for (let id = 0; id < this.size; id++) {
      const [a, b] = [this.texts.bytes(id, true), this.texts.bytes(id, false)]
      if (a?.length !== b?.length || a?.some((byte, i) => byte !== b![i])) return false
    }
    return true
  }
}

/** Sets of tokens that are kept: 16 kB each, of 128,000 tokens. */
const MOST_SETS = 500

export class Form {
  readonly automaton: Automaton
  /** keywords of the schema that ask for more than is held to */
  readonly ignored: readonly string[]
  private readonly sets = new Map<Vocabulary, Map<State, TokenSet>>()

  /** of the tools that it calls; null where it is of something else */
  readonly names: ReadonlySet<string> | null
  /** tokens that are no text of it but one symbol: what marks a call */
  private readonly symbols: ReadonlyMap<number, number>

  /** @param marks ids of tokens, by their texts, that mark a call @throws CONSTRAINT_INVALID */
  constructor(
    asked: Constraint | CallForm,
    readonly tokens: Tokens,
    marks: ReadonlyMap<string, number> = new Map(),
  ) {
    const symbols = [...marks.keys()].map((text, i) => [text, FIRST_SYMBOL + i] as const)
    this.symbols = new Map(symbols.map(([text, symbol]) => [marks.get(text)!, symbol]))
    const isCalls = typeof asked === 'object' && 'style' in asked
    this.names = isCalls ? new Set(asked.tools.map(({ name }) => name)) : null
    const { start, ignored } = isCalls ? callPlaces(asked, new Map(symbols)) : placesOf(asked)
    this.ignored = ignored
    this.automaton = new Automaton(start)
  }

  /** What the automaton reads of a token. */
  read(id: number, isFirst: boolean): Iterable<number> {
    const symbol = this.symbols.get(id)
    return symbol === undefined ? this.tokens.texts.bytes(id, isFirst)! : [symbol]
  }

  /**
   * An answer that has it. @param ends tokens that end the answer: they are no text of it @param written its tokens so far
   * @throws CONSTRAINT_INVALID where those do not have the form, or no token goes on with it
   */
  hold(ends: ReadonlySet<number>, written: readonly number[] = []): Held {
    const held = new Held(this, ends)
    const odd = written.findIndex((id) => !held.take(id))
    if (odd >= 0) refuseForm({ problem: 'text', index: odd + 1 })
    if (held.next().count === 0) refuseForm({ problem: 'tokens' })
    return held
  }

  /** Tokens that it goes on with, whatever ends an answer. @param isFirst they begin an answer */
  going(state: State, isFirst: boolean): TokenSet {
    const { automaton, tokens } = this
    const words = isFirst ? tokens.first : tokens.middle
    const sets = this.sets.get(words) ?? new Map<State, TokenSet>()
    this.sets.set(words, sets)
    const known = sets.get(state)
    if (known) return known
    automaton.begin()
    let found = words.walk(automaton, state)
    // a space that is left out at the beginning stands before whatever comes
    if (isFirst && words.silent.length > 0 && tokens.middle.walk(automaton, state).count > 0) {
      const bits = found.bits.slice()
      for (const id of words.silent) bits[id >> 5]! |= 1 << (id & 31)
      found = { bits, count: found.count + words.silent.length }
    }
    for (const [id, symbol] of this.symbols) {
      const is = automaton.step(state, symbol) !== null,
        was = has(found, id)
      if (is === was || id >= tokens.size) continue
      found.bits[id >> 5]! ^= 1 << (id & 31)
      found = { ...found, count: found.count + (is ? 1 : -1) }
    }
    if (sets.size >= MOST_SETS) sets.clear()
    sets.set(state, found)
    return found
  }
}

/** A model's tokens in their order, and the form that was asked for last: an answer often has that of the one before it. */
const known = new WeakMap<Decodable, { tokens: Tokens; key?: string; form?: Form }>()

/**
 * @param size rows of the model's logits
 * @throws CONSTRAINT_INVALID where nothing, or not all, of the form can be computed with
 */
export function formed(
  tokenizer: Decodable,
  size: number,
  asked: Constraint | CallForm,
  marks?: ReadonlyMap<string, number>,
): Form {
  const texts = tokenTexts(tokenizer)
  if (!texts) refuseForm({ problem: 'tokenizer' })
  const own = known.get(tokenizer)
  const kept = own?.tokens.size === size ? own : { tokens: new Tokens(size, texts) }
  known.set(tokenizer, kept)
  const key = JSON.stringify(asked)
  if (kept.key !== key) {
    kept.form = new Form(asked, kept.tokens, marks)
    kept.key = key
  }
  return kept.form!
}

/** One answer on its way through the form. */
export class Held {
  private state: State
  private isFirst = true

  /** @param ends tokens that end the answer: they are no text of it */
  constructor(
    private readonly form: Form,
    private readonly ends: ReadonlySet<number>,
  ) {
    this.state = form.automaton.start
  }

  /** The tokens that may come next: those that the form goes on with and, where the text is whole, those that end it. */
  next(): TokenSet {
    const going = this.form.going(this.state, this.isFirst)
    const bits = going.bits.slice()
    let { count } = going
    for (const id of this.ends) {
      if (id >= this.form.tokens.size) continue
      const bit = 1 << (id & 31),
        was = (bits[id >> 5]! & bit) !== 0
      if (was === this.state.accepts) continue
      bits[id >> 5]! ^= bit
      count += was ? -1 : 1
    }
    return { bits, count }
  }

  /** Is the token one of next()? */
  allows(id: number): boolean {
    if (this.ends.has(id)) return this.state.accepts
    return has(this.form.going(this.state, this.isFirst), id)
  }

  /** The text is whole. */
  get isWhole(): boolean {
    return this.state.accepts
  }
  /** The text is whole, and nothing can come after it. */
  get isOver(): boolean {
    return this.state.accepts && this.form.going(this.state, this.isFirst).count === 0
  }

  /** The token is there. @returns false where the form does not have it */
  take(id: number): boolean {
    if (!this.allows(id)) return false
    if (this.ends.has(id)) return true
    for (const one of this.form.read(id, this.isFirst)) this.state = this.form.automaton.step(this.state, one)!
    this.isFirst = false
    return true
  }
}
