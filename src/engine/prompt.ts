// What may be asked of a model, looked at once at the engine's door: a text, a chat, or ids.
// Anything else is refused by the place where it stands; nothing is read a second time.

import { EngineError } from './errors.ts'
import { refuse } from './sampler/params.ts'
import { checkText } from './tokenizer/load.ts'
import { plainData } from './plain-data.ts'
import type { ChatMessage, ChatRole, Prompt, TextPart, ToolCall } from './types.ts'

/** Most messages of a chat, and ids of a prompt: far beyond any context. */
const maxMessages = 100_000,
  maxIds = 10_000_000
const roles: readonly unknown[] = [
  'system',
  'developer',
  'user',
  'assistant',
  'tool',
  'observation',
  'ipython',
  'function',
] satisfies ChatRole[]
/** Parts of one message, and calls in it. */
const maxParts = 1000

/** @throws PARAM_INVALID naming "prompt", "messages[3].content" …, what is needed and what came */
export function checkPrompt(verb: string, input: unknown): Prompt {
  try {
    if (typeof input === 'string') {
      checkText(input, 'prompt')
      return input
    }
    if (Array.isArray(input)) return messages(verb, input)
    const ids: unknown = input !== null && typeof input === 'object' ? (input as { ids?: unknown }).ids : undefined
    if (Array.isArray(ids)) {
      const { source }: { source?: unknown } = input as object
      return { ids: checkedIds(verb, ids), ...(source !== undefined && { source: checkedIds(verb, source, 'source') }) }
    }
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
    const at = `messages[${i}]`
    const { role, content, tool_calls: calls, ...more } = message as Record<string, unknown>
    if (!roles.includes(role)) refuse(verb, `${at}.role`, `one of ${roles.join(', ')}`, role)
    const toolCalls = calls === undefined || calls === null ? undefined : toolCallsOf(verb, calls, `${at}.tool_calls`)
    const absent = content === undefined || content === null
    return {
      role: role as ChatRole,
      // beside calls there need be nothing; a template may ask whether it is there
      ...(!(absent && toolCalls)
        ? { content: contentOf(verb, content, `${at}.content`) }
        : content === null && { content: null }),
      ...(toolCalls && { tool_calls: toolCalls }),
      ...(plainData(verb, more, at) as object),
    }
  })
}

function contentOf(verb: string, content: unknown, at: string): string | TextPart[] {
  if (typeof content === 'string') {
    checkText(content, at)
    return content
  }
  const need = 'a text, or a list of parts { type: "text", text }'
  if (!Array.isArray(content) || content.length > maxParts) return refuse(verb, at, need, content)
  return content.map((part: unknown, i): TextPart => {
    if (part === null || typeof part !== 'object') return refuse(verb, `${at}[${i}]`, need, part)
    const { type, text } = part as { type?: unknown; text?: unknown }
    if (type !== 'text') refuse(verb, `${at}[${i}].type`, '"text": this model reads text only', type)
    if (typeof text !== 'string') refuse(verb, `${at}[${i}].text`, 'a text', text)
    checkText(text, `${at}[${i}].text`)
    return { type: 'text', text }
  })
}

function toolCallsOf(verb: string, calls: unknown, at: string): ToolCall[] {
  if (!Array.isArray(calls) || calls.length > maxParts) return refuse(verb, at, 'a list of calls', calls)
  return calls.map((call: unknown, i) => {
    const made = (call as { function?: { name?: unknown; arguments?: unknown } } | null)?.function
    if (typeof made?.name !== 'string') {
      return refuse(verb, `${at}[${i}]`, 'a call { function: { name, arguments } }', call)
    }
    const { arguments: args } = made
    if (typeof args !== 'string' && (args === null || typeof args !== 'object' || Array.isArray(args))) {
      refuse(verb, `${at}[${i}].function.arguments`, 'an object of arguments, or its JSON', args)
    }
    return plainData(verb, call, `${at}[${i}]`) as ToolCall
  })
}

function checkedIds(verb: string, ids: unknown, name = 'ids'): number[] {
  if (!Array.isArray(ids)) return refuse(verb, name, 'a list of ids', ids)
  if (ids.length > maxIds) refuse(verb, name, `at most ${maxIds} ids`, ids.length)
  const bad = ids.findIndex((id: unknown) => !(Number.isInteger(id) && (id as number) >= 0 && (id as number) < 2 ** 31))
  if (bad >= 0) refuse(verb, `${name}[${bad}]`, 'a whole number, 0 or more', ids[bad])
  return Array.from(ids as number[])
}
