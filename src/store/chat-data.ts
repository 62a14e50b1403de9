// What a chat is, and what the engine is told of it. Pure. How it is read back from disk and files: stored.ts.

import { argumentsAsData } from '../tools/as-data.ts'
import type {
  ChatChange,
  ChatMessage,
  ErrorData,
  FinishReason,
  GenerateStats,
  TemplateNotice,
  ToolCall,
} from '../worker/protocol.ts'
import type { BannedToken, OwnParams } from './sampling.ts'

/** elsewhere: another tab is writing it; never on disk */
export type MessageState = 'done' | 'streaming' | 'stopped' | 'failed' | 'elsewhere'

/** An answer that left another one at one of its tokens. */
export interface Fork {
  /** the answer it left */
  from: string
  /** index in the answer of the token that differs */
  at: number
  /** the differing token and what stood there */
  token: string
  instead: string
  /** the token that stood there was banned, and another one drawn */
  banned?: true
}

/** An adapter as an answer remembers it. */
export interface AdapterOn {
  name: string
  scale: number
}

/** One turn of the tree (tree.ts). */
export interface Message {
  id: string
  /** the turn it follows; absent: it begins the chat */
  parent?: string
  role: 'user' | 'assistant' | 'tool'
  content: string
  state: MessageState
  /** generated tokens so far (assistant) */
  tokens: number
  /** milliseconds since 1970 */
  at: number
  modelName?: string
  finish?: FinishReason
  stats?: GenerateStats
  /** the seed this answer was drawn with */
  seed?: number
  /** it begins inside a reasoning block, which the prompt's end opened */
  thinks?: true
  /** a model that goes on with a text wrote it: nothing in it is Markdown */
  plain?: true
  /** tools that it calls, with their arguments as JSON; what runs them, and when: calls.ts */
  calls?: { name: string; args: string }[]
  /** what it says beside its calls */
  beside?: string
  /** of a tool's result: the tool, which call of the answer before it this is, and what became of it where that is no result */
  tool?: { name: string; call: number; outcome?: 'failed' | 'refused' }
  /** the form it was held to, and whether it is a whole text of it */
  form?: 'json' | 'schema' | 'pattern'
  fits?: boolean
  /** the model's chat template could not be used */
  notice?: TemplateNotice
  error?: ErrorData
  /** how many edits changed the model while it wrote this; absent: none */
  edits?: number
  /** adapters that were on while it wrote this, and how strong; absent: none */
  adapters?: AdapterOn[]
  fork?: Fork
  /** so many of the first messages before it had no room in the model's memory, and were not read */
  left?: number
  /** given by the reader */
  name?: string
  /** when the reader put it away; it can be brought back */
  removed?: number
}

export interface Chat {
  id: string
  title: string
  updatedAt: number
  system: string
  /** what the reader set, by model (sampling.ts) */
  own: Record<string, OwnParams>
  banned: BannedToken[]
  turns: Message[]
  /** the last turn on screen */
  leaf: string | null
  deletedAt?: number
  pinned?: true
  tags?: string[]
}

/** Works where crypto.randomUUID does not: plain http on a local network. */
export const newId = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join('')

export const titleFrom = (text: string): string => {
  const line = text.trim().split('\n')[0]!.trim()
  return line.length > 60 ? `${Array.from(line).slice(0, 59).join('')}…` : line
}

/** The same title twice helps nobody: the second one gets a number. */
export function uniqueTitle(title: string, taken: ReadonlySet<string>): string {
  for (let n = 2, now = title; ; n++) {
    if (title === '' || !taken.has(now)) return now
    now = `${title} (${n})`
  }
}

/**
 * What the model reads: the system prompt and the turns before `until`. An answer that failed before its first
 * word is left out, and its question joins the next one: many templates demand that roles alternate. Calls that have a
 * result are told as calls; those that nobody decided on stay the text that they were.
 */
export function toPrompt(system: string, messages: readonly Message[]): ChatMessage[] {
  const prompt: (ChatMessage & { content: string })[] =
    system.trim() === '' ? [] : [{ role: 'system', content: system }]
  let asked: Message | undefined
  for (const [i, message] of messages.entries()) {
    const { role, content } = message
    const results = resultsAfter(messages, i)
    if (role === 'assistant') asked = message
    if (role === 'tool') {
      const { name = '', call = 0 } = message.tool ?? {}
      prompt.push({ role, content, name, tool_call_id: callId(asked?.id ?? '', call) })
    } else if (role === 'assistant' && results.length > 0) {
      prompt.push({
        role,
        content: message.beside ?? '',
        tool_calls: results.map(({ tool }) => callOf(message, tool!.call)),
      })
    } else if (role !== 'assistant' || content !== '') {
      const last = prompt.at(-1)
      if (last?.role === role && !last.tool_calls) last.content += `\n\n${content}`
      else prompt.push({ role, content })
    }
  }
  return prompt
}

/** The results of calls of the answer at `index`; none where it calls nothing, or nobody has decided on it yet. */
export function resultsAfter(messages: readonly Message[], index: number): Message[] {
  const { calls = [] } = messages[index]!
  if (calls.length === 0) return []
  let end = index + 1
  while (messages[end]?.role === 'tool') end++
  return messages.slice(index + 1, end).filter(({ tool }) => tool && calls[tool.call] !== undefined)
}

/** Nine letters and digits: some templates take no others. */
export const callId = (turn: string, call: number): string =>
  `${turn
    .replace(/[^A-Za-z0-9]/g, '')
    .slice(0, 7)
    .padEnd(7, '0')}${String(call % 100).padStart(2, '0')}`

function callOf({ id, calls = [] }: Message, index: number): ToolCall {
  const { name, args } = calls[index]!
  return { id: callId(id, index), type: 'function', function: { name, arguments: argumentsAsData(args) } }
}

/** A turn as it is written: what another tab writes is still being written. */
const toTurn = ({ state, ...turn }: Message): Message => ({
  ...turn,
  state: state === 'elsewhere' ? 'streaming' : state,
})

/** All of a chat, as one change. */
export const toChange = ({
  id,
  title,
  updatedAt,
  system,
  own,
  banned,
  turns,
  leaf,
  deletedAt,
  pinned,
  tags,
}: Chat): ChatChange => ({
  id,
  create: true,
  fresh: true,
  head: {
    title,
    updatedAt,
    messages: turns.length,
    ...(deletedAt !== undefined && { deletedAt }),
    ...(turns.some((turn) => turn.edits) && { edited: true as const }),
    ...(pinned && { pinned }),
    ...(tags && { tags }),
  },
  body: { version: 2, system, own, banned, leaf },
  turns: turns.map(toTurn) as unknown as NonNullable<ChatChange['turns']>,
})
