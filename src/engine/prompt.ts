// What may be asked of a model, looked at once at the engine's door: a text, a chat, or ids.
// Anything else is refused by the place where it stands; nothing is read a second time.

import { EngineError } from './errors.ts'
import { refuse } from './sampler/params.ts'
import { checkText } from './tokenizer/load.ts'
import type { ChatMessage, Prompt } from './types.ts'

/** Most messages of a chat, and ids of a prompt: far beyond any context. */
const maxMessages = 100_000,
  maxIds = 10_000_000
const roles = new Set<unknown>(['system', 'user', 'assistant'])

/** @throws PARAM_INVALID naming "prompt", "messages[3].content" …, what is needed and what came */
export function checkPrompt(verb: string, input: unknown): Prompt {
  try {
    if (typeof input === 'string') {
      checkText(input, 'prompt')
      return input
    }
    if (Array.isArray(input)) return messages(verb, input)
    const ids: unknown = input !== null && typeof input === 'object' ? (input as { ids?: unknown }).ids : undefined
    if (Array.isArray(ids)) return { ids: checkedIds(verb, ids) }
  } catch (error) {
    // a getter or a proxy of the caller's may throw anything
    if (error instanceof EngineError) throw error
  }
  return refuse(verb, 'prompt', 'a text, a list of messages, or { ids }', input)
}

function messages(verb: string, list: unknown[]): ChatMessage[] {
  if (list.length === 0 || list.length > maxMessages) {
    refuse(verb, 'messages', `a list of 1 to ${maxMessages} messages`, list.length)
  }
  return list.map((message, i) => {
    if (message === null || typeof message !== 'object') {
      return refuse(verb, `messages[${i}]`, 'a message { role, content }', message)
    }
    const { role, content } = message as { role?: unknown; content?: unknown }
    if (!roles.has(role)) refuse(verb, `messages[${i}].role`, '"system", "user" or "assistant"', role)
    if (typeof content !== 'string') return refuse(verb, `messages[${i}].content`, 'a text', content)
    checkText(content, `messages[${i}].content`)
    return { role: role as ChatMessage['role'], content }
  })
}

function checkedIds(verb: string, ids: unknown[]): number[] {
  if (ids.length > maxIds) refuse(verb, 'ids', `at most ${maxIds} ids`, ids.length)
  const bad = ids.findIndex((id) => !(Number.isInteger(id) && (id as number) >= 0 && (id as number) < 2 ** 31))
  if (bad >= 0) refuse(verb, `ids[${bad}]`, 'a whole number, 0 or more', ids[bad])
  return Array.from(ids as number[])
}
