// A set of questions or texts out of a file: JSON lines, or a table whose first line names its columns. Everything is text and
// stays text; the first line that is wrong is named with what is wrong in it, and nothing of the file is used then.

import { readTable } from './table.ts'
import { twiceIn } from './twice.ts'

export interface Message {
  role: 'system' | 'user' | 'assistant'
  content: string
}
/** A question to be answered, one with choices to be chosen from, or a text to be read. */
export type SetRow =
  | { kind: 'question'; line: number; messages: Message[]; answers: string[] }
  | { kind: 'choice'; line: number; messages: Message[]; choices: string[]; right: number }
  | { kind: 'text'; line: number; text: string }

export type Problem =
  | 'bytes' // longer than limits.characters
  | 'encoding' // no text in UTF-8
  | 'rows' // more than limits.rows
  | 'empty'
  | 'json'
  | 'quote' // of a cell is never closed, or is followed by text
  | 'columns' // no prompt, messages or text among them; or a row has another number of cells
  | 'twice' // a column, or a field of one object, of this name stands there twice
  | 'field' // is of another type, empty, or too long
  | 'missing' // no prompt, messages or text; a question without an answer
  | 'both' // prompt and messages, answer and answers, context and messages
  | 'choice' // the answer is none of the choices

export interface ReadSet {
  rows: SetRow[]
  /** fields that nothing is made of */
  ignored: string[]
  wrong: { problem: Problem; line: number | null; field?: string } | null
}

export const limits = { characters: 5_000_000, rows: 2000, text: 20_000, answers: 16, choices: 26, messages: 64 }

class Wrong extends Error {
  constructor(
    readonly problem: Problem,
    readonly field?: string,
  ) {
    super(problem)
  }
}
type Fields = ReadonlyMap<string, unknown>
const known = new Set(['prompt', 'messages', 'answer', 'answers', 'context', 'choices', 'text'])

const isText = (value: unknown): value is string => typeof value === 'string' && value.length <= limits.text
function textOf(fields: Fields, name: string): string | undefined {
  const value = fields.get(name)
  if (value === undefined || value === null) return undefined
  if (!isText(value) || value.trim() === '') throw new Wrong('field', name)
  return value
}
function listOf(fields: Fields, name: string, most: number): string[] | undefined {
  const value = fields.get(name)
  if (value === undefined || value === null) return undefined
  const good = Array.isArray(value) && value.length > 0 && value.length <= most
  if (!good || !value.every((one) => isText(one) && one !== '')) throw new Wrong('field', name)
  return value as string[]
}
function messagesOf(fields: Fields): Message[] | undefined {
  const value = fields.get('messages')
  if (value === undefined || value === null) return undefined
  const isOne = (one: unknown): one is Message => {
    const { role, content } = (one ?? {}) as Record<string, unknown>
    return ['system', 'user', 'assistant'].includes(role as string) && isText(content)
  }
  const good = Array.isArray(value) && value.length > 0 && value.length <= limits.messages && value.every(isOne)
  if (!good || value.at(-1)!.role !== 'user') throw new Wrong('field', 'messages')
  return value.map(({ role, content }) => ({ role, content }))
}

function rowOf(fields: Fields, line: number): SetRow {
  const either = (a: string, b: string): void => {
    if ((fields.get(a) ?? null) !== null && (fields.get(b) ?? null) !== null) throw new Wrong('both', `${a}, ${b}`)
  }
  either('prompt', 'messages')
  either('answer', 'answers')
  either('context', 'messages')
  const [prompt, context] = [textOf(fields, 'prompt'), textOf(fields, 'context')]
  const asked = context === undefined ? prompt : prompt && `${context}\n\n${prompt}`
  const messages = messagesOf(fields) ?? (asked ? [{ role: 'user' as const, content: asked }] : null)
  if (!messages) {
    const text = textOf(fields, 'text')
    if (text === undefined) throw new Wrong('missing', 'prompt')
    for (const name of ['answer', 'answers', 'choices', 'context']) either('text', name)
    return { kind: 'text', line, text }
  }
  either(prompt === undefined ? 'messages' : 'prompt', 'text')
  const choices = listOf(fields, 'choices', limits.choices)
  if (!choices) {
    const answer = textOf(fields, 'answer')
    const answers = answer === undefined ? listOf(fields, 'answers', limits.answers) : [answer]
    if (!answers) throw new Wrong('missing', 'answer')
    return { kind: 'question', line, messages, answers }
  }
  // the right one by its words, or by its number from 0
  const answer = fields.get('answer') ?? listOf(fields, 'answers', 1)?.[0]
  if (answer === undefined) throw new Wrong('missing', 'answer')
  const named = choices.findIndex((one) => typeof answer === 'string' && one.trim() === answer.trim())
  // never String() of what a file holds: it fails on { "toString": 1 } and on lists within lists
  const counted = typeof answer === 'number' ? answer : isText(answer) && /^\d+$/.test(answer) ? Number(answer) : -1
  const right = named >= 0 ? named : counted
  if (choices.length < 2 || new Set(choices).size < choices.length) throw new Wrong('field', 'choices')
  if (!Number.isInteger(right) || right < 0 || right >= choices.length) throw new Wrong('choice', 'answer')
  return { kind: 'choice', line, messages, choices, right }
}

/** In a table several answers, or choices, stand in one cell with | between. */
function cellsOf(names: readonly string[], cells: readonly string[]): Fields {
  if (cells.length !== names.length) throw new Wrong('columns')
  const fields = names.map((name, i): [string, unknown] => {
    const cell = cells[i]!
    if (cell === '') return [name, undefined]
    return [name, name === 'answers' || name === 'choices' ? cell.split('|') : cell]
  })
  return new Map(fields)
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line) as unknown
  } catch {
    return undefined
  }
}

function* linesOf(text: string): Generator<{ line: number; fields: () => Fields }> {
  if (/^\s*[{[]/.test(text)) {
    for (const [i, one] of text.split('\n').entries()) {
      if (one.trim() === '') continue
      const fields = (): Fields => {
        const value = parsed(one)
        if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Wrong('json')
        const twice = twiceIn(one)
        if (twice !== null) throw new Wrong('twice', twice.slice(0, 40))
        return new Map(Object.entries(value))
      }
      yield { line: i + 1, fields }
    }
    return
  }
  const { rows, wrong } = readTable(text)
  const names = (rows[0]?.cells ?? []).map((name) => name.trim().toLowerCase())
  const fail = (problem: Problem, field?: string) => (): Fields => {
    throw new Wrong(problem, field)
  }
  const twice = names.find((name, i) => name !== '' && names.indexOf(name) < i)
  if (twice !== undefined) yield { line: rows[0]!.line, fields: fail('twice', twice.slice(0, 40)) }
  for (const { line, cells } of rows.slice(1)) yield { line, fields: () => cellsOf(names, cells) }
  if (wrong !== null) yield { line: wrong, fields: fail('quote') }
  else if (rows.length > 0 && !['prompt', 'text'].some((name) => names.includes(name))) {
    yield { line: rows[0]!.line, fields: fail('columns') }
  }
}

export function readSet(file: string): ReadSet {
  const refused = (problem: Problem, line: number | null, field?: string): ReadSet => ({
    rows: [],
    ignored: [],
    wrong: { problem, line, ...(field !== undefined && { field }) },
  })
  if (file.length > limits.characters) return refused('bytes', null)
  const rows: SetRow[] = []
  const ignored = new Set<string>()
  for (const { line, fields } of linesOf(file.replace(/^\uFEFF/, ''))) {
    if (rows.length === limits.rows) return refused('rows', line)
    try {
      const read = fields()
      rows.push(rowOf(read, line))
      for (const name of read.keys()) if (!known.has(name) && ignored.size < 20) ignored.add(name.slice(0, 40))
    } catch (thrown) {
      if (!(thrown instanceof Wrong)) throw thrown
      return refused(thrown.problem, line, thrown.field)
    }
  }
  return rows.length > 0 ? { rows, ignored: [...ignored], wrong: null } : refused('empty', null)
}
