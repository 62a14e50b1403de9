// What is known of the answers of this session beyond their text: tokens, prompts, parameters.
//
// Token events are big and many: they live in plain maps by message id, never in reactive state. Those of an earlier
// visit are read from disk when they are asked for (answering.ts: recall). Only answering.ts and current.ts write here.

import type { FinishReason, Prompt, PromptEvent, SamplingParams, TokenEvent } from '../worker/protocol.ts'
import type { Fork } from './conversation.ts'
import type { TurnParams } from './sampling.ts'

/** The tokens of one answer and the prompt they follow. */
export interface AnswerRun {
  prompt: PromptEvent
  events: readonly TokenEvent[]
}

/** An answer that goes on from tokens that are there already. */
export interface Continuation {
  /** a turn that is there is written anew; another one is a new turn */
  messageId: string
  /** of a new turn: where it stands; absent: after what is on screen */
  beside?: { parent?: string }
  fork?: Fork
  /** absent: what the first ask gives */
  prompt?: PromptEvent
  /** the tokens that stay */
  before: readonly TokenEvent[]
  seed: number
  /** what to run, in order; the next one is taken only when the one before reached its length */
  asks: Iterable<{ input: Prompt; options: Partial<SamplingParams> & { maxTokens?: number } }>
  /** how the answer ended when it was first written, where the asks only run to its length */
  finish?: FinishReason
  /** a new token as it stands in the whole answer */
  place: (event: TokenEvent, before: readonly TokenEvent[]) => TokenEvent
}

export const tokens = new Map<string, readonly TokenEvent[]>()
export const prompts = new Map<string, PromptEvent>()
export const drawnWith = new Map<string, TurnParams>()
/** Token events of an assistant message; [] where they are not here (yet). Not reactive: watch Message.tokens. */
export const tokensOf = (messageId: string): readonly TokenEvent[] => tokens.get(messageId) ?? []
/** The prompt event (ids and text after the template) that led to an assistant message. */
export const promptOf = (messageId: string): PromptEvent | null => prompts.get(messageId) ?? null
/**
 * The parameters, seed included, that an answer of this session was drawn with; the conversation's own may have changed
 * since.
 */
export const paramsOf = (messageId: string): TurnParams | null => drawnWith.get(messageId) ?? null
/** Both, where they are here. */
export function runIn(messageId: string): AnswerRun | null {
  const prompt = prompts.get(messageId),
    events = tokens.get(messageId)
  return prompt && events ? { prompt, events } : null
}
