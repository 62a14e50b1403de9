// Which answer the model has read: the one on screen whose tokens are those of the run that the Glass shows.

import type { GlassToken, PromptEvent, TokenEvent } from '../worker/protocol.ts'
import { promptOf, tokensOf } from './answers.ts'
import { useChat, type Message } from './chat.ts'

/** The answer whose tokens these are: prompt and answer are the run that the Glass shows. */
export function answerOf(
  tokens: readonly GlassToken[],
): { message: Message; prompt: PromptEvent; events: readonly TokenEvent[] } | null {
  const message = useChat.getState().messages.at(-1)
  const prompt = message && promptOf(message.id)
  if (!message || !prompt) return null
  const events = tokensOf(message.id)
  const from = prompt.ids.length
  if (tokens.length < from || tokens.length > from + events.length) return null
  const same =
    prompt.ids.every((id, i) => tokens[i]!.id === id) && tokens.slice(from).every((t, i) => t.id === events[i]!.id)
  return same ? { message, prompt, events } : null
}

/**
 * The token that was drawn last and that the model has not read: the one that ended the answer. null when it is not
 * known.
 */
export function endOf(
  tokens: readonly GlassToken[],
): { id: number; text: string; bytes: number[]; logprob: number; rank: number } | null {
  const answer = answerOf(tokens),
    event = answer?.events[tokens.length - answer.prompt.ids.length]
  // a special token has no text in an answer: its name stands among the candidates
  return event
    ? {
        id: event.id,
        text: event.top.find((c) => c.id === event.id)?.text ?? event.text,
        bytes: [...event.bytes],
        logprob: event.logprob,
        rank: event.rank,
      }
    : null
}
