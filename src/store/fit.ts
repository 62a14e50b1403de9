// Whether a chat has room in the model's memory, counted by the model's own template and tokenizer, and which of its oldest
// messages are left out where the reader wants that (settings: atLimit). Loaded when something is to be counted.
//
// Keys and values are not shifted: turned to other positions they would be those of another text (every layer above the
// first has read what was left out), so that the numbers on the page would not be the model's. What stays is read again.

import type { ChatMessage } from '../worker/protocol.ts'
import { promptNow } from './able.ts'
import type { Message } from './chat-data.ts'
import { getClient } from './client.ts'
import { useCurrent } from './current.ts'
import { useModels } from './models.ts'
import { promptOptions } from './sampling.ts'
import { useSettings } from './settings.ts'

export interface Fit {
  /** what the model is to read */
  input: ChatMessage[]
  /** of `input` */
  tokens: number
  /** of the whole chat */
  whole: number
  /** C: the entries of the model's memory */
  context: number
  /** tokens that are kept free for an answer, where messages are left out for it */
  reserve: number
  /** how many of the first messages are left out */
  left: number
}

/** An answer of a few words finds room in a quarter of the memory. */
const answerShare = 4

/** null where there is nothing to count with: no model, or one whose encoder reads the text. */
function counting(): { context: number } | null {
  const { active } = useModels.getState()
  const info = active?.state === 'ready' ? active.info : null
  return info?.does.includes('generate') && !info.parts?.includes('source') ? info : null
}

/**
 * What of `messages`, a question at their end, is read: all of them, or, where the reader wants it and they are too many,
 * the system prompt and as many of the last as leave room for an answer. The last question stays in any case.
 * @throws what the model's template throws
 */
export async function fit(messages: readonly Message[]): Promise<Fit | null> {
  const info = counting()
  if (!info) return null
  const { system, params } = useCurrent.getState()
  const { context } = info
  const reserve = Math.min(params.maxTokens, Math.floor(context / answerShare))
  const read = async (left: number): Promise<Pick<Fit, 'input' | 'tokens'>> => {
    const input = promptNow(system, messages.slice(left))
    return { input, tokens: (await getClient().tokenize(input, promptOptions(params))).ids.length }
  }
  const all = await read(0)
  const found = { ...all, whole: all.tokens, context, reserve, left: 0 }
  if (useSettings.getState().atLimit === 'stop' || all.tokens + reserve <= context) return found
  // a chat begins with a question: many templates demand it
  const starts = messages.flatMap(({ role }, i) => (role === 'user' && i > 0 ? [i] : []))
  let low = 0,
    high = starts.length - 1,
    best: Fit | null = null
  while (low <= high) {
    const middle = (low + high) >> 1
    const left = starts[middle]!
    const part = await read(left)
    if (part.tokens + reserve <= context || middle === starts.length - 1) best = { ...found, ...part, left }
    if (part.tokens + reserve <= context) high = middle - 1
    else low = middle + 1
  }
  return best ?? found
}

/** The same for a question that is not asked yet; with an empty one, for the chat as it is. */
export function fitWith(text: string): Promise<Fit | null> {
  const { messages } = useCurrent.getState()
  const asked: Message = { id: '', role: 'user', content: text, state: 'done', tokens: 0, at: 0 }
  const all = text.trim() === '' ? messages : [...messages, asked]
  return all.length === 0 ? Promise.resolve(null) : fit(all)
}
