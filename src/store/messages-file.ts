// Chats as other programs keep them: messages in OpenAI's shape. Written of what is on screen; read from one list, from
// { messages }, or from lines of such objects (JSONL, as data for fine-tuning comes). Pure.

import { newId, titleFrom, type Chat } from './chat-data.ts'
import type { Exported, Refused } from './exported.ts'
import { limits, loose, readChat } from './stored.ts'
import { pathTo } from './tree.ts'

/** What is on screen, the system prompt first. @param line on one line, as a file of several has it */
export function toMessages({ system, turns, leaf }: Chat, line = false): string {
  const messages = pathTo(turns, leaf).map(({ role, content }) => ({ role, content }))
  return `${JSON.stringify({ messages: [...(system === '' ? [] : [{ role: 'system', content: system }]), ...messages] }, null, line ? undefined : 2)}\n`
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

/** The lists of messages in a file; null when it is no such file. */
function listsOf(text: string): unknown[][] | null {
  const whole = parsed(text)
  const of = (value: unknown): unknown[] | null => {
    const list = Array.isArray(value) ? value : loose(value)?.['messages']
    return Array.isArray(list) && list.length > 0 && list.every((one) => typeof loose(one)?.['role'] === 'string')
      ? (list as unknown[])
      : null
  }
  if (whole !== undefined) {
    const one = of(whole)
    return one && [one]
  }
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const lists = lines.map((line) => of(parsed(line)))
  return lists.length > 0 && lists.every((list) => list !== null) ? lists : null
}

/** Text, or parts that are all text. */
function textOf(content: unknown): string | null {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return null
  const parts = content.map((part) => (loose(part)?.['type'] === 'text' ? loose(part)!['text'] : null))
  return parts.every((part) => typeof part === 'string') ? parts.join('') : null
}

function chatOf(list: readonly unknown[], at: number): { chat: Chat } | Refused {
  const turns: object[] = []
  let system = ''
  let title = ''
  const refused = (i: number, field: string): Refused => ({ title, why: `messages[${i}].${field}` })
  for (const [i, one] of list.entries()) {
    const { role, content, ...more } = loose(one)!
    const text = textOf(content)
    if (text === null) return refused(i, 'content')
    const kept = Object.keys(more).find((key) => more[key] !== null && key !== 'name')
    if (kept !== undefined) return refused(i, kept.slice(0, 40))
    if ((role === 'system' || role === 'developer') && i === 0) system = text
    else if (role === 'user' || role === 'assistant') {
      if (title === '' && role === 'user') title = titleFrom(text)
      turns.push({ id: newId(), role, content: text, state: 'done', tokens: 0, at: at + i })
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
