// ReAct (Yao et al. 2023) for any model that answers: thought, action and its input are lines of text, and so is the result.
// How it is asked for, how what it writes is read, and the regular expression of a whole turn: held to it, a model cannot
// name a tool that is not there, nor write arguments that the tool does not take. Pure.

import type { Argument, Tool } from '../tools/index.ts'
import type { Asked, Said } from './machine.ts'

/** Texts that end a turn: what comes behind them is the page's to write. */
export const stops: readonly string[] = ['\nObservation:', '\nQuestion:']

/** Characters of a thought, an answer and a text among the arguments, where the turn is held to its form. */
const longest = { thought: 120, answer: 300, text: 120 }

const asks = {
  en: {
    tools: 'Answer the question. These tools help:',
    form: 'Write three lines:\nThought: what to do\nAction: a tool\nAction Input: JSON\nAn observation follows. At the end write two lines:\nThought: why\nFinal Answer: the answer',
  },
  zh: {
    tools: '请回答问题。可以使用这些工具：',
    form: '请写三行：\nThought: 做什么\nAction: 工具名\nAction Input: JSON\n随后给出 Observation。最后写两行：\nThought: 理由\nFinal Answer: 答案',
  },
}

const told = ({ name, description, parameters }: Tool): string => {
  const args = Object.entries(parameters.properties).map(
    ([key, { type }]) => `"${key}": ${type === 'number' ? 1 : '"…"'}`,
  )
  // the first sentence: a small model has little room
  return `${name}: ${description.split(/(?<=\.)\s/)[0]!} {${args.join(', ')}}`
}

/** What the model is told before the question. */
export const instructions = (tools: readonly Tool[], lang: 'en' | 'zh'): string =>
  [asks[lang].tools, ...tools.map(told), asks[lang].form].join('\n')

export const question = (task: string): string => `Question: ${task}`
/** What a tool gave, as a message of the reader's that is data. */
export const observation = (text: string): string => `Observation: ${text}`

const line = (name: string): RegExp => new RegExp(`^[ \\t*]*${name}[ \\t*]*[:：][ \\t*]*`, 'im')
const marks = {
  thought: line('Thought'),
  action: line('Action'),
  input: line('Action Input'),
  answer: line('Final Answer'),
}

/** @param text as it was written @param isCut it ended at a limit, not by itself */
export function read(text: string, tools: readonly Tool[], isCut: boolean): Omit<Said, 'tokens'> {
  // results that it made up are none
  const own = text.split(line('Observation'))[0]!
  const action = marks.action.exec(own)
  const answer = marks.answer.exec(own)
  const first = Math.min(action?.index ?? Infinity, answer?.index ?? Infinity)
  const thought = own
    .slice(0, first === Infinity ? own.length : first)
    .replace(marks.thought, '')
    .trim()
  const nothing = { text, thought, calls: [], answer: null }
  if (own.trim() === '') return { ...nothing, problem: 'empty' }
  if (answer && answer.index === first) {
    const said = own.slice(answer.index + answer[0].length).trim()
    return said === '' ? { ...nothing, problem: 'empty' } : { ...nothing, answer: said, problem: null }
  }
  const call = action ? callIn(own.slice(action.index + action[0].length), tools) : null
  if (call && !(isCut && !isWhole(call.args))) return { ...nothing, calls: [call], problem: null }
  return { ...nothing, problem: isCut ? 'cut' : 'unreadable' }
}

const isWhole = (args: string): boolean => {
  try {
    JSON.parse(args)
    return true
  } catch {
    return false
  }
}

function callIn(text: string, tools: readonly Tool[]): Asked | null {
  const input = marks.input.exec(text)
  const name = text
    .slice(0, input?.index ?? text.indexOf('\n') >>> 0)
    .trim()
    .replace(/^[`"'[]+|[`"'\]]+$/g, '')
  if (name === '' || name.includes('\n')) return null
  const given = input ? text.slice(input.index + input[0].length).trim() : ''
  return {
    name,
    args: argumentsIn(
      given,
      tools.find((tool) => tool.name === name),
    ),
  }
}

/** Small models write `6*7` for {"expression": "6*7"}, or put a fence around it. */
function argumentsIn(given: string, tool: Tool | undefined): string {
  const bare = given.replace(/^```(?:json)?\s*|\s*```$/g, '').trim()
  const object = objectAt(bare)
  if (object !== null) return object
  const keys = Object.keys(tool?.parameters.properties ?? {})
  if (bare === '' || bare.startsWith('{') || keys.length !== 1) return bare === '' ? '{}' : bare
  const first = bare.split('\n')[0]!.trim()
  const said = /^".*"$/.test(first) ? first.slice(1, -1) : first
  const isNumber = tool!.parameters.properties[keys[0]!]!.type === 'number' && Number.isFinite(Number(said))
  return JSON.stringify({ [keys[0]!]: isNumber ? Number(said) : said })
}

/** The object that a text begins with. */
function objectAt(text: string): string | null {
  if (!text.startsWith('{')) return null
  let depth = 0
  let inText = false
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!
    if (inText) {
      if (char === '\\') i++
      else if (char === '"') inText = false
    } else if (char === '"') inText = true
    else if (char === '{') depth++
    else if (char === '}' && --depth === 0) return text.slice(0, i + 1)
  }
  return null
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
const hex = '[0-9a-fA-F]'

function valueForm({ type, maxLength = 1000 }: Argument): string {
  if (type === 'number') return '-?(0|[1-9][0-9]{0,14})(\\.[0-9]{1,9})?'
  const most = Math.min(maxLength, longest.text)
  return `"([^"\\\\\\x00-\\x1f]|\\\\["\\\\/bfnrt]|\\\\u${hex}{4}){1,${most}}"`
}

/** The objects that a tool takes: what must be there, then what may, in the order of its schema. */
export function argumentsForm({ properties, required }: Tool['parameters']): string {
  const part = (key: string): string => `${escaped(JSON.stringify(key))}: ${valueForm(properties[key]!)}`
  const must = Object.keys(properties).filter((key) => required.includes(key))
  const may = Object.keys(properties).filter((key) => !required.includes(key))
  const behind = may.map((key) => `(, ${part(key)})?`)
  if (must.length > 0) return `\\{${must.map(part).join(', ')}${behind.join('')}\\}`
  // any of them can be the first
  const begins = may.map((key, i) => `${part(key)}${behind.slice(i + 1).join('')}`)
  return `\\{(${['', ...begins].join('|')})\\}`
}

/** The texts that one turn may be: one of these tools with arguments that it takes, or an answer. */
export function turnForm(tools: readonly Tool[]): string {
  const calls = tools.map((tool) => `${escaped(tool.name)}\\nAction Input: ${argumentsForm(tool.parameters)}`)
  const action = calls.length > 0 ? [`Action: (${calls.join('|')})`] : []
  const ends = [...action, `Final Answer: [^\\n\\r]{1,${longest.answer}}`]
  return `Thought: [^\\n\\r]{1,${longest.thought}}\\n(${ends.join('|')})`
}
