// What is known of the answers of this session beyond their text: tokens, prompts, parameters.
//
// Token events are big and many: they live in plain maps by message id, never in reactive state. Those of an earlier
// visit are read from disk when they are asked for (reading.ts: recall). Only answering.ts, reading.ts and current.ts write here.

import type { FinishReason, GenerateRequest, Prompt, PromptEvent, TokenEvent } from '../worker/protocol.ts'
import type { Fork } from './chat-data.ts'
import type { TurnParams } from './sampling.ts'

/** The tokens of one answer and the prompt they follow. */
export interface AnswerRun {
  prompt: PromptEvent
  events: readonly TokenEvent[]
}

/** An answer that is written from one of its tokens on, or otherwise than the chat would write it. */
export interface Continuation {
  /** a turn that is there is written anew; another one is a new turn */
  messageId: string
  /** of a new turn: where it stands; absent: after what is on screen */
  beside?: { parent?: string }
  fork?: Fork
  seed: number
  /** what the answer begins with: the prompt it follows and the tokens that stay */
  after?: AnswerRun
  /** where nothing stays: what to answer instead of the chat so far */
  input?: Prompt
  options: Pick<GenerateRequest, 'maxTokens' | 'force' | 'seedAt'>
  /** how the answer ended when it was first written, where this only runs to its length */
  finish?: FinishReason
}

export const tokens = new Map<string, readonly TokenEvent[]>()
export const prompts = new Map<string, PromptEvent>()
export const drawnWith = new Map<string, TurnParams>()
/** Token events of an assistant message; [] where they are not here (yet). Not reactive: watch Message.tokens. */
export const tokensOf = (messageId: string): readonly TokenEvent[] => tokens.get(messageId) ?? []
/** The prompt event (ids and text after the template) that led to an assistant message. */
export const promptOf = (messageId: string): PromptEvent | null => prompts.get(messageId) ?? null
/**
 * The parameters, seed included, that an answer of this session was drawn with; the chat's own may have changed
 * since.
 */
export const paramsOf = (messageId: string): TurnParams | null => drawnWith.get(messageId) ?? null
/** Both, where they are here. */
export function runIn(messageId: string): AnswerRun | null {
  const prompt = prompts.get(messageId),
    events = tokens.get(messageId)
  return prompt && events ? { prompt, events } : null
}
/** These ids, read again behind what the encoder of an encoder–decoder read; of other models the ids alone. */
export const withSource = ({ source }: Pick<PromptEvent, 'source'>, ids: readonly number[]) => ({
  ids: [...ids],
  ...(source && { source: [...source] }),
})
/** A token for people: its own text also where it is half a character. */
export const textOf = (event: TokenEvent): string =>
  event.top.find((t) => t.id === event.id)?.text ?? (event.text || new TextDecoder().decode(event.bytes))
