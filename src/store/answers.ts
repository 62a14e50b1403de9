// What is known of the answers of this session beyond their text: tokens, prompts, parameters.
//
// Token events are big and many: they live in plain maps by message id, never in reactive state. Conversations read back
// from disk have none. Only chat.ts writes here.

import type { FinishReason, Prompt, PromptEvent, SamplingParams, TokenEvent } from '../worker/protocol.ts'
import type { TurnParams } from './settings.ts'

/** The tokens of one answer and the prompt they follow. */
export interface AnswerRun { prompt: PromptEvent; events: readonly TokenEvent[] }

/** An answer that goes on from tokens that are there already. */
export interface Continuation {
  messageId: string
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
/** Token events of an assistant message of this session; [] for messages read back from disk. Not reactive: watch Message.tokens. */
export const tokensOf = (messageId: string): readonly TokenEvent[] => tokens.get(messageId) ?? []
/** The prompt event (ids and text after the template) that led to an assistant message of this session. */
export const promptOf = (messageId: string): PromptEvent | null => prompts.get(messageId) ?? null
/** The parameters, seed included, that an answer of this session was drawn with; the conversation's own may have changed since. */
export const paramsOf = (messageId: string): TurnParams | null => drawnWith.get(messageId) ?? null
