// What the model reads of a run: what was before, the task, its own turns and what became of its calls. Results are data,
// whatever they spell. Pure.

import { argumentsAsData } from '../tools/as-data.ts'
import type { Tool } from '../tools/index.ts'
import type { Run, Said, Turn } from './machine.ts'
import { instructions, observation, question } from './react.ts'

/** A message as the engine takes it (engine/types.ts: ChatMessage). */
export interface AgentMessage {
  role: 'user' | 'assistant' | 'tool'
  content: string
  /** special tokens that it spells stay text */
  data?: true
  name?: string
  tool_call_id?: string
  tool_calls?: {
    id: string
    type: 'function'
    function: { name: string; arguments: string | Record<string, unknown> }
  }[]
}

const again = {
  react: {
    en: 'That was no step. Write "Thought:", then "Action:" and "Action Input:", or "Final Answer:".',
    zh: '这不是一个步骤。请写“Thought:”，然后写“Action:”和“Action Input:”，或者写“Final Answer:”。',
  },
  native: {
    en: 'That call could not be read. Call a tool in the form that you were given, or answer.',
    zh: '这个调用无法读取。请按给定的格式调用工具，或者直接回答。',
  },
}

/** @param before what of earlier talks the model is to know (memory.ts) */
export function messagesOf(
  { task, grammar, turns }: Run,
  { tools, lang, before }: { tools: readonly Tool[]; lang: 'en' | 'zh'; before: readonly AgentMessage[] },
): AgentMessage[] {
  const asked = grammar === 'react' ? `${instructions(tools, lang)}\n\n${question(task)}` : task
  return [
    ...before,
    { role: 'user', content: asked },
    ...turns.flatMap((turn, i): AgentMessage[] => {
      // nothing at all is no message: many templates want turns to alternate
      if (turn.calls.length === 0) {
        return [
          { role: 'assistant', content: turn.text.trim() || '…' },
          { role: 'user', content: again[grammar][lang] },
        ]
      }
      return grammar === 'react' ? inLines(turn) : asCalls(turn, i)
    }),
  ]
}

function inLines({ thought, calls }: Turn): AgentMessage[] {
  const { name, args, result } = calls[0]!
  return [
    { role: 'assistant', content: `Thought: ${thought}\nAction: ${name}\nAction Input: ${args}` },
    { role: 'user', content: observation(result?.text ?? ''), data: true },
  ]
}

function asCalls({ thought, calls }: Turn, turn: number): AgentMessage[] {
  // nine digits: some templates take no others
  const id = (call: number): string => `${String(turn).padStart(5, '0')}${String(call).padStart(4, '0')}`
  return [
    {
      role: 'assistant',
      content: thought,
      tool_calls: calls.map(({ name, args }, i) => ({
        id: id(i),
        type: 'function' as const,
        function: { name, arguments: argumentsAsData(args) },
      })),
    },
    ...calls.map(({ name, result }, i): AgentMessage => ({
      role: 'tool',
      content: result?.text ?? '',
      name,
      tool_call_id: id(i),
    })),
  ]
}

/**
 * What templates teach a model to begin a call with: where it stands and nothing could be read, a call is broken. Marks that are
 * tokens of their own are no text: of such a call its body alone is left.
 */
const opens = /<tool_call>|\[TOOL_CALLS\]|<\|python_tag\|>|<\|tool_call|^\s*\[?\s*\{\s*"(?:name|function|type)"\s*:/

/**
 * A turn in the template's own form.
 * @param calls as the engine read them @param beside what the answer says beside them
 */
export function readNative(
  text: string,
  calls: readonly { function: { name: string; arguments: unknown } }[] | undefined,
  beside: string | undefined,
  isCut: boolean,
): Omit<Said, 'tokens'> {
  const nothing = { text, thought: '', calls: [], answer: null }
  if (calls && calls.length > 0) {
    const asked = calls.map(({ function: { name, arguments: args } }) => ({
      name,
      args: typeof args === 'string' ? args : JSON.stringify(args),
    }))
    return { ...nothing, thought: beside?.trim() ?? '', calls: asked, problem: null }
  }
  if (text.trim() === '') return { ...nothing, problem: 'empty' }
  if (opens.test(text)) return { ...nothing, problem: isCut ? 'cut' : 'unreadable' }
  return { ...nothing, answer: text.trim(), problem: null }
}
