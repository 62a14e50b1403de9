// Answers of an earlier visit: their tokens read back from disk, and read again by the model, so that what looks inside
// sees them. Nothing is written.

import type { ErrorData } from '../worker/protocol.ts'
import { prompts, runIn, tokens, withSource, type AnswerRun } from './answers.ts'
import { getClient, toData } from './client.ts'
import { patch, useCurrent } from './current.ts'
import { editsSettled } from './edited.ts'
import { useModels } from './models.ts'
import { begin, busy, end, settling, writingNow } from './running.ts'
import { unpackRun } from './runs.ts'

const { getState: get, setState: set } = useCurrent

/** The tokens of an answer, from disk where this visit did not write it; null when nothing was kept. */
export async function recall(messageId: string): Promise<AnswerRun | null> {
  const here = runIn(messageId)
  const { id, turns } = get()
  if (here || messageId === writingNow() || turns.find((turn) => turn.id === messageId)?.role !== 'assistant') {
    return here
  }
  const found = unpackRun(
    await getClient()
      .chats.run(id, messageId)
      .catch(() => null),
  )
  if (!found || get().id !== id || tokens.has(messageId)) return runIn(messageId)
  tokens.set(messageId, found.events)
  prompts.set(messageId, found.prompt)
  patch(messageId, { tokens: found.events.length })
  return found
}

/**
 * The model reads an answer on screen again, so that what looks inside sees this one. What is shared with the run
 * before is not read twice.
 */
export const readAgain = (messageId: string): Promise<void> => settling(reread(messageId))

async function reread(messageId: string): Promise<void> {
  const known = await recall(messageId)
  const model = useModels.getState().active
  const message = get().messages.findLast((one) => one.role === 'assistant')
  if (
    !known ||
    busy() ||
    message?.id !== messageId ||
    (model && message.modelName !== model.name) ||
    known.events.length === 0
  ) {
    return
  }
  await read(idsOf(known), known.prompt.ids.length, known.prompt.source)
}

/**
 * The model reads these tokens, and nothing is written; an answer among them begins at `answerFrom`. `source`: what the
 * encoder of an encoder–decoder reads. Tells why they could not be read, or null.
 */
export const readTokens = (
  ids: readonly number[],
  answerFrom: number,
  source?: readonly number[],
): Promise<ErrorData | null> => settling(read(ids, answerFrom, source))

/** All that was read when the last token of an answer was chosen. */
export const idsOf = ({ prompt, events }: AnswerRun): number[] =>
  [...prompt.ids, ...events.map((event) => event.id)].slice(0, -1)

async function read(
  ids: readonly number[],
  answerFrom: number,
  source: readonly number[] | undefined,
): Promise<ErrorData | null> {
  const signal = begin(null)
  let failed: ErrorData | null = null
  const tell = (known: { promptTokens?: number; readTokens: number; reusedTokens?: number }): void =>
    set((s) => ({ live: s.live && { ...s.live, ...known } }))
  tell({ promptTokens: ids.length, readTokens: 0 })
  try {
    await editsSettled(signal)
    for await (const event of getClient().generate(
      withSource(source ? { source: [...source] } : {}, ids),
      // the token that comes of it is not looked at
      { maxTokens: 1, temperature: 0, continueFrom: Math.min(answerFrom, ids.length), signal },
    )) {
      if (event.type === 'prompt') tell({ readTokens: event.reused, reusedTokens: event.reused })
      else if (event.type === 'prefill') tell({ readTokens: event.done })
    }
  } catch (error) {
    if (!signal.aborted) failed = toData(error) // no model, or none that has room: the text is shown all the same
  }
  end()
  return failed
}
