// The tools that an answer calls, read out of its text. The text is the model's, so it is looked at as data: JSON and
// Python's literals are parsed, nothing is run, and what is not a call stays text.

import { parsePythonCall } from './python-call.ts'

/** chatglm3: name, then tool_call(k=v) · hermes: <tool_call>{json}</tool_call> · llama3: bare JSON · mistral: a list */
export type CallStyle = 'chatglm3' | 'hermes' | 'llama3' | 'mistral'

export interface Call {
  name: string
  arguments: Record<string, unknown>
}
export interface ParsedCalls {
  calls: Call[]
  /** what the answer says beside them */
  text: string
}

/** How the answers of a model with this template call tools; null where it teaches none that we read. */
export function callStyleOf(template: string): CallStyle | null {
  if (template.includes('<tool_call>')) return 'hermes'
  if (template.includes('[TOOL_CALLS]')) return 'mistral'
  if (template.includes('<|python_tag|>') || /"name":[^}]*"parameters":/.test(template)) return 'llama3'
  return null
}

/** Calls of one answer. */
export const mostCalls = 128
/** Longest text that is looked at, and values and levels of arguments in it: far beyond any call. */
const longest = 500_000,
  mostValues = 10_000,
  deepest = 32

/**
 * @param text the answer with its special tokens written out, since some of them are what marks a call
 * @returns calls in order; a call that is broken or cut off stays in the text
 */
export function parseCalls(text: string, style: CallStyle): ParsedCalls {
  if (text.length > longest) return { calls: [], text }
  const found = styles[style](text)
  return found.calls.length > mostCalls ? { calls: [], text } : found
}

const styles: Record<CallStyle, (text: string) => ParsedCalls> = {
  hermes(text) {
    const open = '<tool_call>',
      close = '</tool_call>'
    const calls: Call[] = []
    let rest = '',
      looks = mostCalls
    for (let at = 0; ;) {
      const from = text.indexOf(open, at)
      if (from < 0) return { calls, text: tidy(rest + text.slice(at), calls) }
      let to = text.indexOf(close, from)
      const bodyOf = (end: number): unknown =>
        jsonOf(withoutEnd(text.slice(from + open.length, end < 0 ? undefined : end)))
      // the model may end its answer in place of closing the block
      let body = bodyOf(to)
      if (to >= 0 && body === null && looks-- > 0) {
        // a text in the arguments may hold the mark
        const outside = outsideTexts(text, from + open.length, close)
        if (outside > to && (body = bodyOf(outside)) !== null) to = outside
      }
      const call = callOf(body, ['arguments', 'parameters'])
      const next = to < 0 ? text.length : to + close.length
      rest += text.slice(at, call ? from : next)
      if (call) calls.push(call)
      at = next
    }
  },

  llama3(text) {
    const said = withoutEnd(text)
    // before the tag is looked for: a text in the arguments may hold it
    const bare = llamaCalls(said)
    const at = said.indexOf('<|python_tag|>')
    if (bare || at < 0) return bare ? { calls: bare, text: '' } : { calls: [], text }
    const code = said.slice(at + '<|python_tag|>'.length).trim()
    // what follows the tag and is no call is code for the interpreter
    const calls = llamaCalls(code) ?? [{ name: 'code_interpreter', arguments: { code } }]
    return { calls, text: said.slice(0, at).trim() }
  },

  mistral(text) {
    const mark = '[TOOL_CALLS]'
    const at = text.indexOf(mark)
    if (at < 0) return { calls: [], text }
    const list = jsonOf(withoutEnd(text.slice(at + mark.length)))
    const calls = Array.isArray(list) ? list.map((one) => callOf(one, ['arguments', 'parameters'])) : [null]
    return calls.length > 0 && calls.every((call) => call !== null)
      ? { calls, text: text.slice(0, at).trim() }
      : { calls: [], text }
  },

  chatglm3(text) {
    const calls: Call[] = []
    const said: string[] = []
    const whole = withoutEnd(text)
    // a text in the arguments of a single call may hold the mark
    const line = whole.indexOf('\n')
    const single = line > 0 ? glmCall(whole.slice(0, line).trim(), whole.slice(line + 1)) : null
    if (single && single.name !== 'interpreter') return { calls: [single], text: '' }
    for (const part of whole.split('<|assistant|>')) {
      const line = part.indexOf('\n')
      const name = line < 0 ? '' : part.slice(0, line).trim()
      const body = line < 0 ? part : part.slice(line + 1)
      const call = name === '' ? null : glmCall(name, body)
      if (call) calls.push(call)
      else said.push(part.trim())
    }
    return { calls, text: said.filter((part) => part !== '').join('\n') }
  },
}

/** Where `mark` stands outside of JSON's texts; -1: nowhere. */
function outsideTexts(text: string, from: number, mark: string): number {
  let isIn = false
  for (let at = from; at < text.length; at++) {
    const char = text[at]
    if (char === '"') isIn = !isIn
    else if (char === '\\' && isIn) at++
    else if (!isIn && text.startsWith(mark, at)) return at
  }
  return -1
}

/** Llama's calls, one or several with semicolons between; null where anything is none. */
function llamaCalls(body: string): Call[] | null {
  const calls: Call[] = []
  let from = 0
  const add = (to?: number): boolean => {
    const part = body.slice(from, to).trim()
    const call = callOf(jsonOf(part), ['parameters', 'arguments']) ?? builtIn(part)
    return call !== null && calls.push(call) <= mostCalls
  }
  for (let at = 0; (at = outsideTexts(body, at, ';')) >= 0; at++) {
    if (!/^\s*\{/.test(body.slice(at + 1, at + 50))) continue
    if (!add(at)) return null
    from = at + 1
  }
  return add() ? calls : null
}

/** The fence's body: tool_call(k=v, …), or code where the name says so. */
function glmCall(name: string, body: string): Call | null {
  if (!isName(name)) return null
  const trimmed = body.trim()
  const line = trimmed.indexOf('\n')
  const fence = trimmed.startsWith('```') && trimmed.endsWith('```') && line > 0
  const code = fence ? trimmed.slice(line, -3).trim() : trimmed
  if (name === 'interpreter') return fence ? { name, arguments: { code } } : null
  const args = parsePythonCall(code, 'tool_call')
  return args && isData(args) ? { name, arguments: args } : null
}

/** Llama 3.1's own tools: brave_search.call(query="…"). */
function builtIn(part: string): Call | null {
  const dot = part.indexOf('.call(')
  const name = part.slice(0, Math.max(dot, 0))
  const args = dot > 0 && isName(name) ? parsePythonCall(part.slice(dot + 1), 'call') : null
  return args && isData(args) ? { name, arguments: args } : null
}

const isName = (text: string): boolean => /^[\p{L}_][\p{L}\p{N}_.-]{0,127}$/u.test(text)

function callOf(value: unknown, keys: readonly string[]): Call | null {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return null
  const name: unknown = Object.hasOwn(value, 'name') ? (value as { name: unknown }).name : undefined
  if (typeof name !== 'string' || name === '' || name.length > 256) return null
  const key = keys.find((one) => Object.hasOwn(value, one))
  let args: unknown = key === undefined ? {} : (value as Record<string, unknown>)[key]
  // some models write the arguments as a text of JSON
  if (typeof args === 'string') args = jsonOf(args)
  return args !== null && typeof args === 'object' && !Array.isArray(args) && isData(args) && isWhole(name)
    ? { name, arguments: args as Record<string, unknown> }
    : null
}

const isWhole = (text: string): boolean => !/\p{Cs}/u.test(text)

/** May it be kept, shown, and told to the model again? JSON can nest without end, and write half a character. */
function isData(value: unknown): boolean {
  let left = mostValues
  const walk = (given: unknown, depth: number): boolean => {
    if (--left < 0 || depth > deepest) return false
    if (typeof given === 'string') return isWhole(given)
    if (typeof given === 'number') return Number.isFinite(given)
    if (given === null || typeof given !== 'object') return true
    return Object.entries(given).every(([key, inner]) => isWhole(key) && walk(inner, depth + 1))
  }
  return walk(value, 0)
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** The tokens that end an answer, where they were written out. */
function withoutEnd(text: string): string {
  const said = text.trimEnd()
  const end = ends.find((token) => said.endsWith(token))
  return end === undefined ? text : said.slice(0, -end.length).trimEnd()
}
const ends = [
  ...['eot_id', 'eom_id', 'im_end', 'endoftext', 'user', 'observation'].map((name) => `<|${name}|>`),
  '</s>',
]

const tidy = (text: string, calls: readonly Call[]): string => (calls.length > 0 ? withoutEnd(text).trim() : text)
