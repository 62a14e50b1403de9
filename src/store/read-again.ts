// Looking inside an answer that the model here has not read: the page was opened again, or another chat was. Its own
// tokens are read where they were kept and are this model's. Else its text is split anew, which is a guess and is said
// so: the answer may have been written in other tokens.

import { create } from 'zustand'
import type { ErrorData, GlassToken } from '../worker/protocol.ts'
import { runIn } from './answers.ts'
import { useChat } from './chat.ts'
import { getClient, toData } from './client.ts'
import { promptNow } from './able.ts'
import type { Message } from './chat-data.ts'
import { promptOptions } from './sampling.ts'
import { useModels } from './models.ts'
import { idsOf, readTokens, recall } from './reading.ts'
import { busy } from './running.ts'

interface Guess {
  messageId: string
  ids: readonly number[]
  /** null: no tokens were kept; else the model that wrote the answer */ by: string | null
}
/** The answer whose tokens were guessed last. */
export const useGuess = create<{
  guess: Guess | null
  /** why the last answer could not be read */ failed: ErrorData | null
}>()(() => ({ guess: null, failed: null }))

const begins = (tokens: readonly GlassToken[], ids: readonly number[]): boolean =>
  tokens.length <= ids.length && tokens.every((t, i) => t.id === ids[i])

/** The latest answer on screen, when there is something to read in it. */
export function readable(messages: readonly Message[]): Message | null {
  const last = messages.findLast((message) => message.role === 'assistant')
  return last && last.content !== '' && last.state !== 'streaming' && last.state !== 'elsewhere' ? last : null
}

/** Are these tokens, the whole of what the model has read, this answer's? */
export function isRead(message: Message, tokens: readonly GlassToken[]): boolean {
  const run = runIn(message.id),
    { guess } = useGuess.getState()
  if (guess?.messageId === message.id && tokens.length === guess.ids.length && begins(tokens, guess.ids)) return true
  return (
    run !== null &&
    tokens.length >= run.prompt.ids.length &&
    begins(tokens, [...run.prompt.ids, ...run.events.map((event) => event.id)])
  )
}

/** Lets the loaded model read this answer. */
export async function readAgain(messageId: string): Promise<void> {
  const { messages, system } = useChat.getState(),
    model = useModels.getState().active
  const at = messages.findIndex((message) => message.id === messageId),
    message = messages[at]
  if (busy() || !message || model?.state !== 'ready') return
  const known = await recall(messageId)
  // a token is a number of one vocabulary: another model's means nothing to this one
  const own = message.modelName === undefined || message.modelName === model.name
  if (known && known.events.length > 0 && own) {
    useGuess.setState({ guess: null, failed: null })
    useGuess.setState({ failed: await readTokens(idsOf(known), known.prompt.ids.length, known.prompt.source) })
    return
  }
  try {
    const { tokenize } = getClient()
    const [prompt, text, nothing] = await Promise.all([
      tokenize(promptNow(system, messages.slice(message.left ?? 0, at)), promptOptions(useChat.getState().params)),
      tokenize(message.content),
      tokenize(''),
    ])
    // an encoder–decoder reads the question as its source; which tokens its answer is made of is not guessed
    if (model.info?.parts?.includes('source')) {
      useGuess.setState({ guess: null, failed: await readTokens(prompt.ids, 1) })
      return
    }
    const ids = [...prompt.ids, ...without(text.ids, nothing.ids)]
    useGuess.setState({ guess: { messageId, ids, by: own ? null : (message.modelName ?? null) }, failed: null })
    if (!busy()) useGuess.setState({ failed: await readTokens(ids, prompt.ids.length) })
  } catch (error) {
    useGuess.setState({ failed: toData(error) })
  }
}

/** A text's tokens without those that every text gets around it. */
export function without(ids: readonly number[], around: readonly number[]): number[] {
  let before = 0
  while (before < around.length && around[before] === ids[before]) before++
  const after = around.slice(before),
    end = ids.length - after.length
  return ids.slice(before, after.length > 0 && after.every((id, i) => ids[end + i] === id) ? end : ids.length)
}
