// A lesson as data: what is asked, which runs of the model settle it, and what the learner's hand does. Plain data: a
// lesson crosses files and threads, and a teacher's file (docs/lessons-format.md) is read into the same shape.
// Texts that people read are beside it (LessonText, one per language); what the model reads is in here, because
// predicates speak of it.

import type { ChatRole, SamplingParams } from '../engine/types.ts'
import type { DeedId, FigureId } from './panels.ts'

export type Language = 'en' | 'zh'
export type Both<T> = Readonly<Record<Language, T>>

/**
 * What fills a lesson's slots: `{ name: 'Mia', place: 'garden' }` makes "Where was {name}?" a question. The first cast
 * is shown; every predicate is checked with all of them; "your own story" is a cast that the learner wrote.
 */
export type Cast = Readonly<Record<string, string>>

/**
 * A place in a run's text, found by what stands there: `last`, `first`, `@word` (a word of the lesson, a slot or the
 * text itself: the first time it stands there), `@word#2` the second time, `@word#-1` the last time, `@answer`; each with
 * `+1` or `-1` behind it. `@word` covers all tokens of a word that is cut into several; as one position it is the first.
 */
export type Place = string

/** What the model reads. Slots in braces are filled from the cast and from Lesson.words. */
export interface PromptSpec {
  /** a chat, written in the model's own template */
  readonly messages?: readonly { readonly role: ChatRole; readonly content: string }[]
  /** or a text as it is: specials of the tokenizer count; the source, where the model has an encoder. `{mask}` is its blank */
  readonly text?: string
  /** what the answer begins with: put there, not drawn */
  readonly then?: string
}

/** A head by number, from 0; each language where different heads do the same. */
export type Head = number | Both<number>

/** One change of the model while it reads a run's text. Layers and heads count from 0. */
export type EditSpec =
  /** these queries do not see these keys. `branch` 'cross': the keys are those of the source */
  | {
      readonly kind: 'cut'
      readonly layer: number | 'all'
      readonly head: Head | 'all'
      readonly queries: readonly Place[]
      readonly keys: readonly Place[]
      readonly branch?: 'cross'
    }
  /** a decoder's mask for an encoder: in this layer no token sees what stands behind it */
  | { readonly kind: 'causal'; readonly layer: number }
  /** a head's result times `factor`; 0 takes it away */
  | { readonly kind: 'scale-head'; readonly layer: number; readonly head: Head | 'all'; readonly factor: number }
  | { readonly kind: 'skip'; readonly layer: number; readonly part: 'attn' | 'cross' | 'mlp' | 'block' }
  /** as if these positions were not in the cache, for every later query */
  | { readonly kind: 'drop'; readonly keys: readonly Place[] }
  /** rotary positions: every token turned as if it stood `by` places further on; null: none turned */
  | { readonly kind: 'turn'; readonly by: number | null }
  /** the state after block `layer` (-1: the embedding) at `at` becomes that of another run of this step */
  | {
      readonly kind: 'patch'
      readonly layer: number
      readonly at: Place
      readonly from: { readonly run: string; readonly at: Place }
    }
  /**
   * the state x after block `layer` at `at` moves towards a token: x += strength · |x| · u, u the unit vector along the
   * token's direction (Glass.direction), or from that of `from` to it. As the lens panel's "push" does
   */
  | {
      readonly kind: 'direction'
      readonly layer: number
      readonly at: Place
      /** words of the lesson */
      readonly towards: string
      readonly from?: string
      readonly strength: number
    }

/** One reading of the model: a prompt, perhaps edited, perhaps written on. */
export interface RunSpec {
  /** a key of Lesson.prompts */
  readonly prompt: string
  /** instead of the prompt's own */
  readonly then?: Both<string>
  readonly edits?: readonly EditSpec[]
  /** another model than the lesson's */
  readonly model?: string
  /**
   * a recorded run of `model` (public/lessons/traces): asked where that model is not loaded. What it read and wrote is in the
   * file, so the prompt, `then` and `write` have to be those it was made with
   */
  readonly trace?: string
  /** strength of adapters (public/lessons) by name; those not named are off */
  readonly adapters?: Readonly<Record<string, number>>
  /** so many tokens at most are written behind it, likeliest first unless `sampling` says otherwise; default 0 */
  readonly write?: number
  /** the first token written is the candidate of this rank, 1 the likeliest */
  readonly begin?: number
  readonly sampling?: Partial<Omit<SamplingParams, 'logitBias'>>
  /** a set of casts (Lesson.sets): the run is made with each; only acc() can be asked of it */
  readonly over?: string
  /** acc(): what the answer has to be, what was put there (`then`) included; with slots */
  readonly expect?: Both<string>
  /** slots that are otherwise in this run: `{ place: 'cave' }`, themselves with slots */
  readonly slots?: Readonly<Record<string, Both<string>>>
}

/** What happens on the page in a step. The page prepares; `edit`, `undo`, `write`, `pick`, `type`, `adapt` and most of `do` are the learner's hand. */
export type Act =
  | { readonly kind: 'load'; readonly run: string }
  | {
      readonly kind: 'open'
      readonly panel: string
      readonly layer?: number
      readonly head?: Head
      readonly query?: Place | Both<Place>
      readonly key?: Place
      /** a part of the panel, by its own word */
      readonly view?: string
    }
  /** makes the edits of this run */
  | { readonly kind: 'edit'; readonly run: string }
  | { readonly kind: 'undo' }
  /** lets the model write this run on */
  | { readonly kind: 'write'; readonly run: string }
  /** takes another candidate at a place */
  | { readonly kind: 'pick'; readonly run: string }
  /** types a text into the panel's field */
  | { readonly kind: 'type'; readonly text: Both<string> }
  /** sets adapters as strong as this run has them */
  | { readonly kind: 'adapt'; readonly run: string }
  /** does something on a panel that keeps something of its own (panels.ts); what it leads to is asked there */
  | {
      readonly kind: 'do'
      readonly what: DeedId
      /** of Lesson.sets: each cast a document (`file`, `text`), or a row (`prompt` and `right`, or `text`) */
      readonly set?: string
      readonly text?: Both<string>
      /** of a recorded run of an agent (public/lessons/traces) */
      readonly name?: string
    }
  /** only looks, and says that the number may come. `at`: a figure of the panel (panels.ts), where it is not its main one */
  | { readonly kind: 'look'; readonly at?: FigureId }

export interface Option {
  readonly id: string
  /** the predicate says so */
  readonly right?: true
}

export interface Step {
  /** 'l06.2' */
  readonly id: string
  /** the bet; the player always offers "not sure". None: nothing to bet on */
  readonly options?: readonly Option[]
  readonly runs: Readonly<Record<string, RunSpec>>
  readonly act: readonly Act[]
  /** what settles it (predicate/), true or false by numbers computed now */
  readonly predicate: string | Both<string>
  /** expressions whose values are drawn beside the bet; their labels are StepText.show */
  readonly show: readonly (string | Both<string>)[]
  /** this step is told with the learner's own words: Lesson.own are asked for first */
  readonly own?: true
}

export interface Lesson {
  /** 'l06' */
  readonly id: string
  /** at most 8 */
  readonly minutes: number
  /** name of an embedded model: its folder in public/models */
  readonly model: string
  /** id of the panel that it stands beside */
  readonly panel: string
  /** chapters of the textbooks that it grew from, for docs/lessons.md */
  readonly seeds: readonly string[]
  /** ids of glossary entries */
  readonly glossary: readonly string[]
  /** texts with slots: `{key}` in prompts, `key` in predicates, `@key` as a place. For one token, written as the token is: ' garden' */
  readonly words: Readonly<Record<string, Both<string>>>
  /** at least five for each language; the first is shown */
  readonly casts: Both<readonly Cast[]>
  /** slots that learners fill in themselves */
  readonly own: readonly string[]
  /** lists of casts for acc() */
  readonly sets?: Readonly<Record<string, Both<readonly Cast[]>>>
  readonly prompts: Readonly<Record<string, Both<PromptSpec>>>
  readonly steps: readonly Step[]
}

// ---- texts, one object per language ------------------------------------------------------------------------------
// Slots of the cast are filled in: "Where was {name}?"; `{0}`, `{1}` … are the step's shown values.

export interface OptionText {
  readonly label: string
  /** answers who bet so; of a wrong option it names the belief behind it */
  readonly reply: string
}

export interface StepText {
  /** the question of the bet; absent where there is none */
  readonly ask?: string
  /** by option id */
  readonly options?: Readonly<Record<string, OptionText>>
  /** what the learner is to do now */
  readonly act: string
  /** labels of the shown values, in their order */
  readonly show: readonly string[]
  /** what the predicate says, as a sentence: told where it is false. Without it the values are told alone */
  readonly claim?: string
  /** two sentences, once the numbers are there */
  readonly say: string
}

export interface LessonText {
  readonly title: string
  /** the one idea, as a sentence */
  readonly idea: string
  /** to be said aloud at the end */
  readonly takeaway: string
  /** labels of the slots in Lesson.own */
  readonly own: Readonly<Record<string, string>>
  /** by Step.id */
  readonly steps: Readonly<Record<string, StepText>>
}
