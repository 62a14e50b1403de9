// Calls of tools as a form: what chat/calls.ts reads as calls, written in the way that the model's template teaches, with
// arguments that have the tool's own schema. Where the way's marks are tokens of the vocabulary the form has those tokens,
// not their letters: a mark is one symbol beyond all bytes.
//
// An answer that may also be words is words that no reader takes for a call, so that whatever is a call has its form.

import { EngineError } from '../errors.ts'
import { mostCalls, type CallStyle } from '../chat/calls.ts'
import { isIdentifier } from '../chat/python-call.ts'
import { others, utf8, word, type Characters } from './characters.ts'
import { notations, valuePlaces } from './json.ts'
import { END, fork, type Edge, type Node } from './machine.ts'
import { blanks } from './pattern.ts'
import { refuseForm } from './refuse.ts'
import { readSchema, Value, type Kind } from './schema.ts'

export interface Callable {
  name: string
  /** a JSON Schema of the arguments; null: any object */
  parameters: unknown
  /** where it stands among the tools */
  index: number
}
export interface CallForm {
  style: CallStyle
  tools: readonly Callable[]
  /** else the answer may be words, with or without a call */
  required: boolean
  /** at most one call */
  one: boolean
}
/** By a mark's text: the symbol that stands for its token. */
export type Marks = ReadonlyMap<string, number>

const pythonTag = '<|python_tag|>'
/** What may be a token of its own, by the way of calling. */
export const marksOf: Readonly<Record<CallStyle, readonly string[]>> = {
  hermes: ['<tool_call>', '</tool_call>'],
  llama3: [pythonTag],
  mistral: ['[TOOL_CALLS]'],
  chatglm3: [],
}
const one = (code: number): Characters => [[code, code]]
const maybe = (text: string, then: Node): Node => fork(() => [then, word(text, then)])

/** @throws CONSTRAINT_INVALID with the place in the list of tools */
export function callPlaces(
  { style, tools, required, one: isSingle }: CallForm,
  marks: Marks,
): { start: Node; ignored: string[] } {
  const ignored: string[] = []
  const calls = tools.map((tool) => {
    const at = `tools[${tool.index}].function.parameters`
    const read = argumentsOf(tool.parameters, at)
    ignored.push(...read.ignored.map((place) => at + place))
    return { name: tool.name, at, kinds: read.kinds }
  })
  const mark = (text: string, then: Node): Node => {
    const symbol = marks.get(text)
    return symbol === undefined ? word(text, then) : { edges: [[symbol, symbol, then]] }
  }
  /** One call of any tool in JSON. */
  const values = calls.map(({ kinds }) => valuePlaces(valueOf(kinds), notations.line))
  const json = (key: string, then: Node): Node => {
    const closed = maybe(' ', word('}', then))
    return word(
      '{"name":',
      maybe(
        ' ',
        fork(() =>
          calls.map(({ name }, i) =>
            word(
              `${JSON.stringify(name)},`,
              maybe(' ', word(`"${key}":`, maybe(' ', { body: values[i]!, after: closed }))),
            ),
          ),
        ),
      ),
    )
  }
  /** From this call on: so many are there already. @param more what stands between two @param then behind the last */
  const list = (call: (then: Node) => Node, more: (next: Node) => Node, then: Node, count = 0): Node =>
    call(fork(() => [then, ...(!isSingle && count + 1 < mostCalls ? [more(list(call, more, then, count + 1))] : [])]))

  switch (style) {
    case 'hermes': {
      const call = (then: Node): Node =>
        mark('<tool_call>', maybe('\n', json('arguments', maybe('\n', mark('</tool_call>', then)))))
      const only = list(call, (next) => maybe('\n', next), END)
      return { start: required ? only : words('<tool_call>', marks, only)[0]!, ignored }
    }
    case 'mistral': {
      const listed = maybe(' ', word('[', list((then) => json('arguments', then), (next) => word(',', maybe(' ', next)), word(']', END)))) // prettier-ignore
      const only = mark('[TOOL_CALLS]', listed)
      return { start: required ? only : words('[TOOL_CALLS]', marks, only)[0]!, ignored }
    }
    case 'llama3': {
      const only = list((then) => json('parameters', then), (next) => word(';', maybe(' ', next)), END) // prettier-ignore
      if (required) return { start: only, ignored }
      // the whole of an answer that begins with a bracket may be a call
      const [first, second] = words(pythonTag, marks, marks.has(pythonTag) ? mark(pythonTag, only) : NOTHING)
      const plain = others([...blanks, ...one(0x7b), ...one(0x3c)])
      const start: Node = fork(() => [END, only, utf8(blanks, start), utf8(plain, first!), utf8(one(0x3c), second!)])
      return { start, ignored }
    }
    case 'chatglm3': {
      const only = fork(
        () =>
        calls.map(({ name, kinds }) => word(`${name}\n`, maybe(' ', word('```python\ntool_call(', keywords(kinds, word(')\n```', END)))))), // prettier-ignore
      )
      for (const { name, at, kinds } of calls) {
        const must = kinds.flatMap(({ named }) => named.filter(({ required: is }) => is).map((given) => given.name))
        const odd = [name, ...must].find((given) => !isIdentifier(given))
        if (odd !== undefined) refuseForm({ problem: 'name', at, found: odd, calls: true })
      }
      if (required) return { start: only, ignored }
      // the first line of an answer in words is empty: the others begin with a tool's name
      return { start: fork(() => [only, maybe(' ', word('\n', words('<|assistant|>', marks, NOTHING)[0]!))]), ignored }
    }
  }
}
const NOTHING: Node = { edges: [] }

/** A tool that says nothing of its arguments has none. */
const noArguments = { type: 'object', properties: {}, additionalProperties: false }
type Arguments = Extract<Kind, { is: 'object' }>

/** The objects that a schema allows: arguments are nothing else. */
function argumentsOf(parameters: unknown, at: string): { kinds: Arguments[]; ignored: string[] } {
  try {
    const { value, ignored } = readSchema(parameters === null ? { type: 'object' } : (parameters ?? noArguments))
    const kinds = value.kinds.filter((kind) => kind.is === 'object')
    return kinds.length > 0 ? { kinds, ignored } : refuseForm({ problem: 'arguments', at: '' })
  } catch (error) {
    if (!(error instanceof EngineError && error.code === 'CONSTRAINT_INVALID')) throw error
    return refuseForm({
      ...(error.facts as Parameters<typeof refuseForm>[0]),
      at: at + String(error.facts['at'] ?? ''),
      calls: true,
    })
  }
}
function valueOf(kinds: readonly Kind[]): Value {
  const value = new Value()
  value.kinds = [...kinds]
  return value
}

/**
 * Any text in which `mark` is not spelled, one place for each of its letters that are there; a mark that is a token leads
 * to `call`, and so do its letters where it is none.
 */
function words(mark: string, marks: Marks, call: Node): Node[] {
  const isToken = marks.has(mark)
  const places: Node[] = [...mark].map((_, length) =>
    fork(() => {
      const edges: Edge[] = []
      for (let code = 0; code < 0x80; code++) {
        const next = spelledSoFar(mark, mark.slice(0, length) + String.fromCharCode(code))
        if (next < mark.length) edges.push([code, code, places[next]!])
      }
      return [END, { edges }, utf8([[0x80, 0x10ffff]], places[0]!), ...(isToken || length === 0 ? [call] : [])]
    }),
  )
  return places
}
/** The longest beginning of the mark that the text ends with. */
function spelledSoFar(mark: string, text: string): number {
  for (let length = Math.min(mark.length, text.length); length > 0; length--) {
    if (text.endsWith(mark.slice(0, length))) return length
  }
  return 0
}

/** name=value, … in the order of the schema: Python's way, names that are not listed left out. */
function keywords(kinds: readonly Arguments[], then: Node): Node {
  return fork(() =>
    kinds.map(({ named }) => {
      const values = named.map(({ value }) => valuePlaces(value, notations.python))
      const from = (index: number, isFirst: boolean): Node =>
        fork(() => {
          const must = named.findIndex(({ required }, i) => i >= index && required)
          const last = must < 0 ? named.length - 1 : must
          const next = named.slice(index, last + 1).flatMap(({ name, value }, i): Node[] => {
            if (!isIdentifier(name) || value.kinds.length === 0) return []
            const given = { body: values[index + i]!, after: from(index + i + 1, false) }
            return [word(`${isFirst ? '' : ', '}${name}=`, given)]
          })
          return must < 0 ? [then, ...next] : next
        })
      return from(0, true)
    }),
  )
}
