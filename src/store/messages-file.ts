// Chats as other programs keep them: messages in OpenAI's shape. Written of what is on screen; read from one list, from
// { messages }, or from lines of such objects (JSONL, as data for fine-tuning comes). Pure.

import { callId, newId, resultsAfter, titleFrom, type Chat, type Message } from './chat-data.ts'
import { twiceIn } from '../evaluation/twice.ts'
import type { Exported, Refused } from './exported.ts'
import { limits, loose, readChat } from './stored.ts'
import { pathTo } from './tree.ts'

/** What is on screen, the system prompt first. @param line on one line, as a file of several has it */
export function toMessages({ system, turns, leaf }: Chat, line = false): string {
  const path = pathTo(turns, leaf)
  const messages = path.map((turn, i) => message(path, turn, i))
  return `${JSON.stringify({ messages: [...(system === '' ? [] : [{ role: 'system', content: system }]), ...messages] }, null, line ? undefined : 2)}\n`
}

function message(path: readonly Message[], { id, role, content, calls, beside, tool }: Message, i: number): object {
  if (role === 'tool') {
    let asked = i - 1
    while (asked >= 0 && path[asked]!.role !== 'assistant') asked--
    return { role, tool_call_id: callId(path[asked]?.id ?? '', tool?.call ?? 0), content }
  }
  const results = role === 'assistant' ? resultsAfter(path, i) : []
  if (results.length === 0 || !calls) return { role, content }
  const called = results.map(({ tool: of }) => ({
    id: callId(id, of!.call),
    type: 'function',
    function: { name: calls[of!.call]!.name, arguments: calls[of!.call]!.args },
  }))
  return { role, content: beside || null, tool_calls: called }
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

interface List {
  messages: unknown[]
  /** a field that stands twice in one object of it */
  twice: string | null
}
/** The lists of messages in a file; null when it is no such file. */
function listsOf(text: string): List[] | null {
  const whole = parsed(text)
  const of = (value: unknown): unknown[] | null => {
    const list = Array.isArray(value) ? value : loose(value)?.['messages']
    return Array.isArray(list) && list.length > 0 && list.every((one) => typeof loose(one)?.['role'] === 'string')
      ? (list as unknown[])
      : null
  }
  if (whole !== undefined) {
    const one = of(whole)
    return one && [{ messages: one, twice: twiceIn(text) }]
  }
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const lists = lines.map((line): List | null => {
    const messages = of(parsed(line))
    return messages && { messages, twice: twiceIn(line) }
  })
  return lists.length > 0 && lists.every((list) => list !== null) ? lists : null
}

/** Text, or parts that are all text. */
function textOf(content: unknown): string | null {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return null
  const parts = content.map((part) => (loose(part)?.['type'] === 'text' ? loose(part)!['text'] : null))
  return parts.every((part) => typeof part === 'string') ? parts.join('') : null
}

interface Called {
  id: string
  name: string
  args: string
}
/** null where one is no call of a function. */
function callsOf(list: unknown): Called[] | null {
  if (!Array.isArray(list) || list.length === 0 || list.length > 128) return null
  const found = list.map((one): Called | null => {
    const { id, function: made } = loose(one) ?? {}
    const { name, arguments: args } = loose(made) ?? {}
    return typeof id === 'string' && typeof name === 'string' && typeof args === 'string' ? { id, name, args } : null
  })
  return found.every((one) => one !== null) ? found : null
}

function chatOf({ messages: list, twice }: List, at: number): { chat: Chat } | Refused {
  const turns: object[] = []
  let system = ''
  let title = ''
  const refused = (i: number, field: string): Refused => ({ title, why: `messages[${i}].${field}` })
  if (twice !== null) return { title, why: twice.slice(0, 40) }
  /** the calls of the last answer, by their ids */
  let calls: Called[] = []
  for (const [i, one] of list.entries()) {
    const { role, content, tool_calls: called, tool_call_id: of, ...more } = loose(one)!
    const made = called === undefined || called === null ? [] : callsOf(called)
    if (!made || (made.length > 0 && role !== 'assistant')) return refused(i, 'tool_calls')
    const text = content === null && made.length > 0 ? '' : textOf(content)
    if (text === null) return refused(i, 'content')
    const kept = Object.keys(more).find((key) => more[key] !== null && key !== 'name')
    if (kept !== undefined) return refused(i, kept.slice(0, 40))
    if (of !== undefined && of !== null && role !== 'tool') return refused(i, 'tool_call_id')
    if ((role === 'system' || role === 'developer') && i === 0) system = text
    else if (role === 'user' || role === 'assistant') {
      if (title === '' && role === 'user') title = titleFrom(text)
      calls = made
      turns.push({
        ...{ id: newId(), role, content: text, state: 'done', tokens: 0, at: at + i },
        ...(made.length > 0 && { calls: made.map(({ name, args }) => ({ name, args })), beside: text }),
      })
    } else if (role === 'tool') {
      const call = calls.findIndex(({ id }) => id === of)
      if (call < 0) return refused(i, 'tool_call_id')
      const tool = { name: calls[call]!.name, call }
      turns.push({ id: newId(), role, content: text, state: 'done', tokens: 0, at: at + i, tool })
    } else return refused(i, 'role')
  }
  const row = {
    id: newId(),
    title,
    updatedAt: at,
    messages: turns.length,
    body: { version: 1, messages: turns, system },
  }
  const found = readChat(row, null, { file: true })
  return 'chat' in found ? { chat: found.chat } : { title, why: found.bad[0]! }
}

/** The chats of a file of messages, each checked by itself; null when it is no such file. @param now milliseconds since 1970 */
export function fromMessages(text: string, now: number): { chats: Exported[]; refused: Refused[] } | null {
  const lists = listsOf(text)
  if (!lists || lists.length > limits.list) return null
  const found = lists.map((list) => chatOf(list, now))
  return {
    chats: found.flatMap((one) => ('chat' in one ? [{ chat: one.chat, runs: {} }] : [])),
    refused: found.flatMap((one) => ('chat' in one ? [] : [one])),
  }
}
