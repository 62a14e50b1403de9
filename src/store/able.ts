// What the loaded model can be asked, and how a chat is put to it. Pure but for promptNow.

import type { ChatMessage, ModelInfo } from '../worker/protocol.ts'
import { toPrompt, type Message } from './chat-data.ts'
import { useModels, type ModelsState } from './models.ts'
import type { TurnParams } from './sampling.ts'

/** It is loaded, and writes: a chat can go on. */
export const writes = ({ active }: Pick<ModelsState, 'active'>): boolean =>
  active?.state === 'ready' && !readsOnly(active.info)
/** It reads texts whole and writes none. */
export const readsOnly = (info: ModelInfo | null | undefined): boolean =>
  (info?.does ?? []).length > 0 && !info!.does.includes('generate')

/** Nobody taught it turns: what it writes goes on with a text, and nothing in it is Markdown. */
export const saysPlain = (info: ModelInfo | null | undefined, { format }: Pick<TurnParams, 'format'>): boolean =>
  format === 'auto' ? info?.chats === false : format === 'Text'

/**
 * The chat as the loaded model is asked. An encoder–decoder has no turns: it reads the last message, with the system
 * prompt before it, and what was said before would be more to translate.
 */
export function promptNow(system: string, messages: readonly Message[]): ChatMessage[] {
  const info = useModels.getState().active?.info
  const alone = info?.parts?.includes('source') && !info.chats
  const last = messages.findLastIndex(({ role }) => role === 'user')
  return asText(toPrompt(system, alone && last >= 0 ? messages.slice(last) : messages))
}

/** An answer may spell the end of its turn in ordinary tokens, and a reader paste one: in a chat of the page they stay text. */
export const asText = (messages: readonly ChatMessage[]): ChatMessage[] =>
  messages.map((message) => ({ data: 'special', ...message }))
