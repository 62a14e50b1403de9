// What a model is to learn from: conversations, pairs of a prompt and its answer, or plain text, as tokens, and which of them it
// is to say. In a conversation that is what the assistant says, with the sign that ends it; in a text all but the first token.
//
// Targets of a conversation are found by writing it twice, with and without each answer, and taking the difference of the tokens:
// the model's own template says where an answer begins. A template that cannot be cut so is refused.

import { EngineError } from '../errors.ts'
import { shown } from '../sampler/params.ts'
import type { ChatMessage } from '../types.ts'

/** One thing to learn from. */
export type TrainRow =
  | { messages: readonly ChatMessage[] }
  | { prompt: string; completion: string }
  | { text: string }
  /** tokens as they are, of which all but the first are learnt */
  | { ids: readonly number[] }

/** Two answers to one prompt, of which the first is the better one (DPO). */
export interface PreferenceRow {
  prompt: string | readonly ChatMessage[]
  chosen: string
  rejected: string
}
/** What it answers itself, to be rewarded. */
export interface PromptRow {
  prompt: string | readonly ChatMessage[]
}

/** A row as the model reads it. */
export interface Example {
  ids: readonly number[]
  /** by token: is the model to say it */
  isTarget: readonly boolean[]
  /** turns at the beginning that were left out, because the row was longer than allowed */
  cut: number
}

/** How a model's words become tokens. */
export interface Writer {
  /** @param open an answer is to follow: its beginning is written, too */
  chat(messages: readonly ChatMessage[], open: boolean): readonly number[]
  text(text: string): readonly number[]
  /** ids that end an answer; the first is written where a text ends */
  ends: ReadonlySet<number>
  /** tokens that the model knows: ids are below */
  words: number
}

/** @param field of the row, where it is one's fault */
export function misfit(row: number, need: string, found: string, field?: string): EngineError {
  const param = `rows[${row}]${field === undefined ? '' : `.${field.slice(0, 40)}`}`
  return new EngineError(
    'PARAM_INVALID',
    `Cannot train with "${param}": it must be ${need}, it is ${found}. Nothing was changed.`,
    { param, need, found },
  )
}

/** A list with a value at every place: map() and every() pass a gap by. */
export const isList = (list: unknown): list is readonly unknown[] =>
  Array.isArray(list) && list.findIndex((_, i) => !(i in list)) < 0

/** What nothing is made of would look as if it were learnt. @throws PARAM_INVALID names the first field beside these */
export function expectFields(row: object, index: number, names: readonly string[]): void {
  const other = Object.entries(row).find(([name]) => !names.includes(name))
  if (!other) return
  const all = names.map((name) => `"${name}"`).join(', ')
  const need = `left out: such a row has ${all} alone`
  throw misfit(index, need, shown(other[1]), other[0])
}
/** Of what is imitated, by the first field. */
const fields = [['text'], ['ids'], ['messages'], ['prompt', 'completion']] as const

/** Rows come from files and links. */
function isRow(row: unknown): row is TrainRow {
  if (typeof row !== 'object' || row === null) return false
  const { text, messages, prompt, completion } = row as Record<string, unknown>
  if ('text' in row) return typeof text === 'string'
  if ('ids' in row) return isList(row.ids) && row.ids.every(Number.isInteger)
  if ('messages' in row) {
    return isList(messages) && messages.every((one) => typeof one === 'object' && one !== null)
  }
  return typeof prompt === 'string' && typeof completion === 'string'
}

/**
 * @param index of the row, for messages
 * @param longest most tokens: of a longer conversation the last turns that fit are kept
 * @throws PARAM_INVALID where it has no target, does not fit, or cannot be cut into turns
 */
export function exampleOf(writer: Writer, row: TrainRow, index: number, longest: number): Example {
  if (!isRow(row)) throw misfit(index, 'a text, messages, or a prompt and its completion', shown(row))
  expectFields(
    row,
    index,
    fields.find(([first]) => first in row)!,
  )
  if ('ids' in row) return ofIds(writer, row.ids, index, longest)
  if ('text' in row) return ofText(writer, row.text, index, longest)
  const messages: readonly ChatMessage[] =
    'messages' in row
      ? row.messages
      : [
          { role: 'user', content: row.prompt },
          { role: 'assistant', content: row.completion },
        ]
  // files for other trainers mark so what is not to be learnt
  const marked = messages.findIndex((one) => 'weight' in one)
  if (marked >= 0) {
    const need = 'left out: all answers of a conversation are learnt alike'
    throw misfit(index, need, shown((messages[marked] as { weight?: unknown }).weight), `messages[${marked}].weight`)
  }
  if (!messages.some(({ role }) => role === 'assistant')) {
    throw misfit(index, 'a conversation with an answer', 'one without')
  }
  // from the first, then from every later turn of a person on, until it fits
  const starts = messages.flatMap(({ role }, i) => (i === 0 || (role === 'user' && i > 0) ? [i] : []))
  const system = messages[0]?.role === 'system' ? [messages[0]] : []
  for (const start of starts) {
    const kept = start === 0 ? messages : [...system, ...messages.slice(start)]
    const example = ofChat(writer, kept, index)
    if (example.ids.length <= longest) return { ...example, cut: start === 0 ? 0 : start - system.length }
  }
  throw misfit(index, `a conversation whose last turns have at most ${longest} tokens`, 'longer')
}

function ofIds({ words }: Writer, ids: readonly number[], index: number, longest: number): Example {
  if (ids.length < 2) throw misfit(index, 'a text of two tokens or more', 'shorter')
  if (ids.length > longest) throw misfit(index, `a text of at most ${longest} tokens`, `${ids.length} tokens long`)
  const beyond = ids.find((id) => id < 0 || id >= words)
  if (beyond !== undefined) throw misfit(index, `of tokens from 0 to ${words - 1}`, `one with ${beyond}`)
  return { ids, isTarget: ids.map((_, i) => i > 0), cut: 0 }
}

/** The messages that an answer is given to. @throws PARAM_INVALID */
export function askedIn(row: unknown, index: number): readonly ChatMessage[] {
  const { prompt } = (typeof row === 'object' && row !== null ? row : {}) as { prompt?: unknown }
  if (typeof prompt === 'string') return [{ role: 'user', content: prompt }]
  const isTalk = isList(prompt) && prompt.length > 0
  if (isTalk && prompt.every((one) => typeof one === 'object' && one !== null)) return prompt as ChatMessage[]
  throw misfit(index, 'one with a prompt, a text or messages', typeof row === 'object' ? 'without' : shown(row))
}

/**
 * One answer to a prompt, of which it is to say the answer alone, whatever else the assistant said before.
 * @throws PARAM_INVALID as exampleOf(); nothing is cut
 */
export function answerOf(
  writer: Writer,
  prompt: readonly ChatMessage[],
  content: string,
  index: number,
  longest: number,
): Example {
  const { ids, isTarget } = ofChat(writer, [...prompt, { role: 'assistant', content }], index)
  if (ids.length > longest) throw misfit(index, `of at most ${longest} tokens`, `${ids.length} tokens long`)
  const begins = writer.chat(prompt, true).length
  return { ids, isTarget: isTarget.map((is, i) => is && i >= begins), cut: 0 }
}

function ofText(writer: Writer, text: string, index: number, longest: number): Example {
  const [end] = writer.ends
  const ids = [...writer.text(text), ...(end === undefined ? [] : [end])]
  if (ids.length < 2) throw misfit(index, 'a text of two tokens or more', 'shorter')
  if (ids.length > longest) throw misfit(index, `a text of at most ${longest} tokens`, `${ids.length} tokens long`)
  return { ids, isTarget: ids.map((_, i) => i > 0), cut: 0 }
}

function ofChat(writer: Writer, messages: readonly ChatMessage[], index: number): Omit<Example, 'cut'> {
  const last = messages.findLastIndex(({ role }) => role === 'assistant')
  const ids = writer.chat(messages.slice(0, last + 1), false)
  const isTarget = ids.map(() => false)
  messages.forEach(({ role }, i) => {
    if (role !== 'assistant') return
    const before = writer.chat(messages.slice(0, i), true)
    const through = writer.chat(messages.slice(0, i + 1), false)
    expectBeginning(ids, through, index)
    expectBeginning(through, before, index)
    // a line's end behind the sign that ends an answer is the template's, and nothing that a model says
    const end = through.findIndex((id, at) => at >= before.length && writer.ends.has(id))
    isTarget.fill(true, before.length, end < 0 ? through.length : end + 1)
  })
  if (!isTarget.includes(true)) throw misfit(index, 'a conversation with an answer', 'one whose answers are empty')
  // behind the last target nothing is learnt
  const length = isTarget.lastIndexOf(true) + 1
  return { ids: ids.slice(0, length), isTarget: isTarget.slice(0, length) }
}

function expectBeginning(whole: readonly number[], part: readonly number[], index: number): void {
  const at = part.findIndex((id, i) => id !== whole[i])
  if (at < 0) return
  const need = "a conversation that the model's template writes turn by turn"
  throw misfit(index, need, `written anew from token ${at} on when an answer is added`)
}
