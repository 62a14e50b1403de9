// What a built-in prompt format is: messages -> pieces that are encoded one by one. Most formats are one text; some
// families never had a text for their turns, only ids.

import { EngineError } from '../errors.ts'
import type { ChatMessage, ToolCall } from '../types.ts'
import type { CallStyle } from './calls.ts'
import type { FormatName } from './names.ts'
import { defaultBudget, runTemplate } from './sandbox.ts'

/**
 * A stretch of a prompt. `special`: tokens that the text spells out are those tokens; without it they are text, whatever
 * a message says. An id stands for itself. `mark`: of data, and no part of the text (data.ts).
 */
export type Piece = { text: string; special?: boolean; mark?: string } | { id: number }

/** What is written, as a reader sees it. */
export const shownOf = ({ text, mark }: { text: string; mark?: string }): string =>
  mark === undefined ? text : text.replaceAll(mark, '')

/** What a format may know of the model. */
export interface FormatVars {
  bosToken: string
  eosToken: string
  addGenerationPrompt: boolean
  thinking?: boolean | undefined
  tools?: readonly object[] | undefined
  idOf: (token: string) => number | undefined
  /** ids of the turns, where generation_config.json names them */
  roleIds?: { user: number; assistant: number } | undefined
}

/** A message as the built-in formats see it: one text, and who says it. */
export interface Turn {
  role: 'system' | 'user' | 'assistant' | 'tool'
  content: string
  message: ChatMessage
}

export interface ChatFormat {
  name: FormatName
  write(turns: readonly Turn[], vars: FormatVars): string | Piece[]
  /** texts that end an answer */
  stops?: readonly string[]
  /** tokens that end an answer, beside the model's own */
  stopTokens?: (vars: Pick<FormatVars, 'idOf'>) => readonly (number | undefined)[]
  /** it has a place for tools, and this is how the answer calls one */
  calls?: CallStyle
}

/** Texts of a message's parts, joined. */
export const textOf = ({ content }: Pick<ChatMessage, 'content'>): string =>
  typeof content === 'string' ? content : (content ?? []).map((part) => part.text).join('')

const roles: Partial<Record<ChatMessage['role'], Turn['role']>> = {
  developer: 'system',
  observation: 'tool',
  ipython: 'tool',
  function: 'tool',
}

export const turnsOf = (messages: readonly ChatMessage[]): Turn[] =>
  messages.map((message) => ({
    role: roles[message.role] ?? (message.role as Turn['role']),
    content: textOf(message),
    message,
  }))

/** A call's arguments by name; a text that is no JSON object is what it is. */
export function argumentsOf({ function: { arguments: args } }: ToolCall): Readonly<Record<string, unknown>> | string {
  if (typeof args !== 'string') return args
  try {
    const value: unknown = JSON.parse(args)
    return value !== null && typeof value === 'object' && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : args
  } catch {
    return args
  }
}

/** Formats without a system role put its text in front of the first user turn (or of the last one). */
export function foldSystem(
  turns: readonly Turn[],
  wrap: (system: string) => string = (system) => `${system}\n\n`,
  into: 'first' | 'last' = 'first',
): Turn[] {
  const system = turns
    .filter((turn) => turn.role === 'system')
    .map((turn) => turn.content.trim())
    .join('\n\n')
  const rest = turns.filter((turn) => turn.role !== 'system')
  if (system === '') return rest
  const isUser = ({ role }: Turn): boolean => role === 'user'
  const at = into === 'first' ? rest.findIndex(isUser) : rest.findLastIndex(isUser)
  if (at < 0) return [{ role: 'user', content: wrap(system), message: { role: 'user' } }, ...rest]
  return rest.map((turn, i) => (i === at ? { ...turn, content: wrap(system) + turn.content.trim() } : turn))
}

/** The system's text and the other turns, for formats that begin with it. */
export const splitSystem = (turns: readonly Turn[]): { system: string | null; rest: Turn[] } => ({
  system: turns.some(({ role }) => role === 'system')
    ? turns
        .filter(({ role }) => role === 'system')
        .map(({ content }) => content)
        .join('\n\n')
    : null,
  rest: turns.filter(({ role }) => role !== 'system'),
})

/** The id of a token that a format cannot do without. @throws TEMPLATE_FAILED */
export function needed(format: FormatName, id: number | undefined, token: string): number {
  if (id !== undefined) return id
  const problem = `the format "${format}" needs the token "${token}", and the vocabulary has none`
  throw new EngineError(
    'TEMPLATE_FAILED',
    `The chat cannot be written: ${problem}. Take the tokenizer's files from the same model, or choose another format.`,
    { problem },
  )
}

/** json.dumps as Python writes it, non-ASCII kept. */
export const pythonJson = (value: unknown, indent?: number): string =>
  runTemplate(
    indent === undefined ? '{{ x | tojson }}' : `{{ x | tojson(indent=${indent}) }}`,
    { x: value },
    dataBudget,
  ).text

/** repr() as Python writes it: 'text', True, None, [1, 2]. */
export const pythonRepr = (value: unknown): string =>
  runTemplate('{{ [x] }}', { x: value }, dataBudget).text.slice(1, -1)

/** Tools and arguments are the caller's own, and checked at the door. */
const dataBudget = { ...defaultBudget, steps: 1e7, characters: 1e7, items: 1e6 }
