// What a sampler stage is. One file says the whole of it: its name, its parameters, what it does to the candidates, how
// its setting is written. stages.ts lists them in order; the chain, the trace, the check of what a caller passed, the
// defaults of a model's files, the page's sliders, its readers and the pipeline's columns are read off that list.
//
// The page holds this list before it can ask the engine anything: a stage imports types only, and has its arithmetic
// from Candidates.

import type { Candidates } from './candidates.ts'

/** One number that a caller may set. */
export interface Parameter {
  /** in force where neither the caller nor the model's files say anything */
  readonly default: number
  /** the value with which it does nothing */
  readonly off: number
  /** the range in which the chain gives a token for any finite logits (ranges.test.ts) */
  readonly low: number
  readonly high: number
  readonly whole?: true
  /** a value below `low` that is allowed, too */
  readonly or?: number
  /** the range in words, where low, high and off do not say it all */
  readonly need?: string
  /** the part of the range that a slider covers; `farther`: its end where the stage itself is looked at */
  readonly slider: { readonly min: number; readonly max: number; readonly step: number; readonly farther?: number }
  /** its name in a generation_config.json (transformers), and in a GGUF after "general.sampling." (llama.cpp) */
  readonly config?: string
  readonly gguf?: string
  /** what such files say for "off", beside `off` */
  readonly alsoOff?: number
}

/** What a stage is given of the settings: its own numbers, and what is added to single tokens. */
export type Given<K extends string> = Readonly<Record<K, number>> & {
  readonly logitBias: Readonly<Record<number, number>>
}

export interface Stage<K extends string> {
  /** in reports and recordings, and the key of its words */
  readonly name: string
  /** score: changes logits. weigh: makes odds of them. cut: takes candidates out by their odds. In this order. */
  readonly kind: 'score' | 'weigh' | 'cut'
  readonly parameters: { readonly [Name in K]?: Parameter }
  /** whether it does nothing and reports nothing; without it: when all its parameters are off */
  isOff?(params: Given<K>): boolean
  /**
   * @param seen token id → how often it is in the history, prompt included
   * @returns what a cut took out, as Candidates.filter says it
   */
  apply(
    c: Candidates,
    params: Given<K>,
    seen: ReadonlyMap<number, number>,
  ): { removed: number; removedMass: number } | void
  /** its setting as the head of its column shows it, in signs; '' for nothing to show */
  written(params: Given<K>): string
  /** what a cut compares with its border: a token's place, the mass from the best down to it, its odds over the best's */
  readonly compares?: 'place' | 'cumulative' | 'ratio'
}

/** Does it do nothing with these parameters? */
export const isOff = <K extends string>(stage: Stage<K>, params: Given<K>): boolean =>
  stage.isOff?.(params) ??
  Object.entries<Parameter | undefined>(stage.parameters).every(([name, its]) => params[name as K] === its!.off)
