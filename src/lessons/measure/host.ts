// What measuring needs of a model: the calls that the page's client and the engine in Node both have.

import { EngineError } from '../../engine/errors.ts'
import type { Glass } from '../../engine/glass/types.ts'
import type { GenerateEvent, GenerateOptions, ModelInfo, Prompt, Reading, SamplingParams } from '../../engine/types.ts'
import type { Deed } from '../fill.ts'
import type { Panels } from './panels.ts'

/** Draws from the model's own chances: nothing is cut off, nothing punished. Runs say what is otherwise. */
export const plainSampling: SamplingParams = {
  temperature: 1,
  topK: 0,
  topP: 1,
  minP: 0,
  repetitionPenalty: 1,
  presencePenalty: 0,
  frequencyPenalty: 0,
  seed: 0,
  logitBias: {},
}
/** A piece of a text as the tokenizer cuts it. */
export interface Piece {
  readonly id: number
  /** display text, never U+FFFD */
  readonly text: string
  readonly bytes: readonly number[]
}

/** A loaded model. */
export interface Model {
  readonly info: Pick<ModelInfo, 'does' | 'parts' | 'mask' | 'layers' | 'heads' | 'kvHeads' | 'headDim'> &
    Pick<ModelInfo, 'hidden' | 'vocab' | 'context' | 'parameters' | 'bytes'>
  /** what generate() would read, with the tokens that stand around a text */
  tokenize(input: Prompt): Promise<{ ids: number[] }>
  /** a text by itself, without the tokens around it */
  cut(text: string): Promise<readonly Piece[]>
  /** the text that tokens give back together */
  decode(ids: readonly number[]): Promise<string>
  /** the stand-in for what the tokenizer cannot cut; null: it has none */
  unknown(): Promise<number | null>
  /** tokens by their ids */
  pieces(ids: readonly number[]): Promise<readonly Piece[]>
  generate(input: Prompt, options: GenerateOptions): AsyncGenerator<GenerateEvent>
  /** of a model that reads texts whole */
  read(text: string): Promise<Pick<Reading, 'ids' | 'labels'>>
  glass(): Promise<Glass>
}

/** A tokenizer without a model: texts are cut and joined, nothing is computed. */
export function tokenizerAlone(name: string, cutting: Pick<Model, 'cut' | 'decode' | 'unknown' | 'pieces'>): Model {
  const absent = (): never => {
    throw new EngineError('FILE_MISSING', `"${name}" is a tokenizer alone: it computes nothing.`, { model: name })
  }
  const nothing = { layers: 0, heads: 0, kvHeads: 0, headDim: 0, hidden: 0, vocab: 0, context: 0, parameters: 0 }
  const bytes = { weights: 0, cache: 0, activations: 0, total: 0, largestBinding: 0 }
  return {
    ...cutting,
    info: { ...nothing, does: [], parts: [], mask: null, bytes },
    tokenize: absent,
    generate: absent,
    read: absent,
    glass: absent,
  }
}

export interface Host {
  /** What stands on panels after a step's deeds there; who has no page does them first. @param deeds all of the step */
  panels(deeds: readonly Deed[]): Promise<Panels>
  /** Is a model of which there are recorded runs there to be asked itself? */
  live(model: string): boolean
  /** A recorded run by its name. @throws FILE_FORMAT; NETWORK */
  recorded(trace: string): Promise<Glass>
  /**
   * Makes this embedded model the one that is asked, with these adapters at these strengths and all others off. The same
   * one again costs nothing.
   */
  use(model: string, adapters: Readonly<Record<string, number>>): Promise<Model>
}
