// Which answer the model has read: the one on screen whose tokens are those of the run that the Glass shows.

import type { GlassToken } from '../worker/protocol.ts'
import { promptOf, tokensOf, type AnswerRun } from './answers.ts'
import { useChat, type Message } from './chat.ts'
import { useStanding, type Standing } from './standing.ts'

/** Is this the run that the Glass shows? */
function isShown(tokens: readonly GlassToken[], { prompt, events }: AnswerRun): boolean {
  const from = prompt.ids.length
  if (tokens.length < from || tokens.length > from + events.length) return false
  return prompt.ids.every((id, i) => tokens[i]!.id === id) && tokens.slice(from).every((t, i) => t.id === events[i]!.id)
}

/**
 * The answer whose tokens these are: prompt and answer are the run that the Glass shows.
 * @returns params: those of a run that is no answer of the chat (standing.ts), whose id is ''
 */
export function answerOf(
  tokens: readonly GlassToken[],
): ({ message: Pick<Message, 'id' | 'seed'>; params?: Standing['params'] } & AnswerRun) | null {
  const message = useChat.getState().messages.at(-1)
  const prompt = message && promptOf(message.id)
  if (message && prompt) {
    const own = { prompt, events: tokensOf(message.id) }
    if (isShown(tokens, own)) return { message, ...own }
  }
  const { standing } = useStanding.getState()
  if (!standing || !isShown(tokens, standing.run)) return null
  const { run, params } = standing
  return { message: { id: '', seed: params.seed }, ...run, params }
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
