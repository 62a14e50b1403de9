// How a side is written: a piece of an answer at a time, each going on where the last one ended, token for token as if it
// had never been cut.

import type {
  ErrorData,
  FinishReason,
  GenerateRequest,
  Prompt,
  PromptEvent,
  TokenEvent,
} from '../../worker/protocol.ts'
import { withSource } from '../answers.ts'
import { getClient } from '../client.ts'
import { frame } from '../frame.ts'

/** One side's answer. */
export interface Answer {
  state: 'waiting' | 'loading' | 'reading' | 'writing' | 'done' | 'stopped' | 'failed'
  /** the model that wrote it, as people call it */
  name: string
  prompt: PromptEvent | null
  events: readonly TokenEvent[]
  finish: FinishReason | null
  error: ErrorData | null
}

/**
 * Writes at most `count` tokens more.
 * @returns whether the answer goes on: it ended for no other reason than that
 */
export async function piece(
  own: Answer,
  input: Prompt,
  options: GenerateRequest,
  count: number,
  patch: (change: Partial<Answer>) => void,
  signal: AbortSignal,
): Promise<boolean> {
  const { prompt } = own
  const events = [...own.events]
  const read = prompt ? withSource(prompt, [...prompt.ids, ...events.map(({ id }) => id)]) : input
  const show = frame(() => patch({ state: 'writing', events: [...events] }))
  let reason: FinishReason | null = null
  if (!prompt) patch({ state: 'reading' })
  for await (const event of getClient().generate(read, {
    ...options,
    ...(prompt && { continueFrom: prompt.ids.length }),
    maxTokens: count,
    signal,
  })) {
    if (event.type === 'prompt' && !prompt) patch({ prompt: event })
    if (event.type === 'token') {
      events.push(event)
      show.ask()
    } else if (event.type === 'done') reason = event.reason
  }
  show.ask()
  show.flush()
  if (reason === 'aborted' || reason === null) return false
  if (reason === 'length') return true
  patch({ state: 'done', finish: reason })
  return false
}
