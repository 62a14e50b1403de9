// What the functions of the language ask of who measures, and what a run is to them.

import type { Edit, Glass, GlassToken } from '../../engine/glass/types.ts'
import type { Token } from '../predicate/values.ts'
import type { At } from '../problem.ts'
import type { Slots } from '../fill.ts'
import type { Both, Cast, Place, PromptSpec, RunSpec } from '../types.ts'
import type { Model } from './host.ts'
import type { Panels } from './panels.ts'
import type { TokenBytes } from './places.ts'

/** A text that a model has read, before any edit. */
export interface Read {
  readonly key: string
  readonly prompt: PromptSpec
  readonly ids: readonly number[]
  /** of an encoder–decoder: what its encoder reads */
  readonly source: readonly number[] | null
  /** position of the answer's first token: where `then` begins */
  readonly answerFrom: number
  readonly tokens: TokenBytes
  readonly sourceTokens: TokenBytes
  /** tokens of a recorded run, what it wrote among them; null: the model is asked */
  readonly recorded: readonly GlassToken[] | null
  /** whose logits are the run's answer: the last one, or the first blank */
  readonly predicting: number
}

/** A run of the step: what is read, and the edits it is read under. */
export interface Ready extends Read {
  readonly name: string
  readonly spec: RunSpec
  readonly edits: readonly Edit[]
  readonly slots: Slots
}

/** What a run wrote behind its text. */
export interface Written {
  readonly text: string
  /** the same, with what was put there before it (`then`) */
  readonly answer: string
}

export interface Asks {
  spec(run: string): RunSpec
  /** the step's first run */
  readonly first: string
  /** a set of casts, in the language spoken */
  set(name: string, at: At): readonly Cast[]
  filled(text: Both<string>, run: RunSpec, cast: Cast): string
  /** asks about a run, with this cast; the same question (`key`) is answered once */
  ask<T>(
    run: string,
    key: string,
    work: (glass: Glass, run: Ready, model: Model) => Promise<T>,
    cast?: Cast,
  ): Promise<T>
  ready(run: string): Promise<Ready>
  modelOf(spec: RunSpec): Promise<Model>
  /** the row of logits at a position; of the run's answer where none is named */
  logits(run: string, position?: number): Promise<Float32Array>
  /** the nth best token there, from 1 */
  top(run: string, position?: number, nth?: number): Promise<Token>
  state(run: string, layer: number, position: number): Promise<readonly number[]>
  tokenOf(word: string | Token, spec: RunSpec, at?: At): Promise<number>
  position(place: Place, run: string, at?: At, side?: 'source'): Promise<number>
  /** what the panels hold that the step has something done on */
  panels(): Promise<Panels>
  /** writes this run on, with this cast; the step's own where none is given */
  write(run: string, cast?: Cast): Promise<Written>
}
