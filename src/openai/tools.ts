// The tools of a request: which ones the model is told of, and how its answer calls them.

import type { GenerateOptions, ToolChoice } from '../engine/types.ts'
import { plain, readBody, refuse, type Fates } from './params.ts'
import type { FunctionTool } from './types.ts'

type Body = Record<string, unknown>

/** The tools that the model is told of. @throws PARAM_INVALID */
export function toolsOf(body: Body): FunctionTool[] | undefined {
  const { tools, tool_choice: choice } = body
  const several = plain(body, 'parallel_tool_calls', 'boolean')
  if (tools === undefined || (Array.isArray(tools) && tools.length === 0)) {
    if (choice !== undefined && choice !== 'none') refuse('tool_choice', 'left out without "tools"', choice)
    if (several === false) refuse('parallel_tool_calls', 'left out without "tools"', several)
    return undefined
  }
  if (!Array.isArray(tools)) return refuse('tools', 'a list of tools', tools)
  for (const [i, tool] of tools.entries()) {
    const { type, function: made } = Object(tool) as { type?: unknown; function?: Partial<FunctionTool['function']> }
    if (type !== 'function' || typeof made?.name !== 'string') {
      refuse(`tools[${i}]`, 'a tool { type: "function", function: { name, … } }', type)
    }
    const { parameters, strict } = made as Record<string, unknown>
    if (
      parameters !== undefined &&
      (parameters === null || typeof parameters !== 'object' || Array.isArray(parameters))
    ) {
      refuse(`tools[${i}].function.parameters`, 'an object: a JSON Schema', parameters)
    }
    if (strict !== undefined && strict !== null && typeof strict !== 'boolean') {
      refuse(`tools[${i}].function.strict`, 'true or false', strict)
    }
  }
  return choice === 'none' ? undefined : (tools as FunctionTool[])
}

const namedFates: Fates = { type: 'own', function: 'own', allowed_tools: 'own' }
const nameFates: Fates = { name: 'own' }
const allowedFates: Fates = { mode: 'own', tools: 'own' }

/** How the answer calls them; undefined where nothing is asked of it. @throws PARAM_INVALID */
export function toolChoiceOf(body: Body, tools: readonly FunctionTool[]): GenerateOptions['toolChoice'] {
  const asked = choiceOf(body['tool_choice'] ?? 'auto', tools)
  const one = asked.one === true || body['parallel_tool_calls'] === false
  const isStrict = tools.some(({ function: { strict } }) => strict === true)
  return asked.required || asked.only || one || isStrict ? { ...asked, ...(one && { one }) } : undefined
}

const need =
  '"none", "auto", "required", { type: "function", function: { name } } or { type: "allowed_tools", allowed_tools: { mode, tools } }'

function choiceOf(choice: unknown, tools: readonly FunctionTool[]): ToolChoice {
  if (choice === 'auto') return {}
  if (choice === 'required') return { required: true }
  if (choice === null || typeof choice !== 'object') return refuse('tool_choice', need, choice)
  const { type, function: named, allowed_tools: allowed } = readBody(choice, namedFates, 'tool_choice')
  if (type === 'function' && allowed === undefined) {
    return { required: true, only: [nameIn(named, 'tool_choice.function', tools)], one: true }
  }
  if (type !== 'allowed_tools' || named !== undefined) return refuse('tool_choice', need, type)
  const { mode, tools: listed } = readBody(allowed, allowedFates, 'tool_choice.allowed_tools')
  if (mode !== 'auto' && mode !== 'required') {
    refuse('tool_choice.allowed_tools.mode', '"auto" or "required"', mode)
  }
  if (!Array.isArray(listed) || listed.length === 0) {
    return refuse('tool_choice.allowed_tools.tools', 'a list of one tool or more', listed)
  }
  const only = listed.map((one: unknown, i) => {
    const at = `tool_choice.allowed_tools.tools[${i}]`
    const { type: kind, function: made } = readBody(one, namedFates, at)
    return kind === 'function' ? nameIn(made, `${at}.function`, tools) : refuse(`${at}.type`, '"function"', kind)
  })
  return { only, ...(mode === 'required' && { required: true }) }
}

function nameIn(given: unknown, at: string, tools: readonly FunctionTool[]): string {
  const { name } = readBody(given, nameFates, at)
  const found = tools.find((tool) => tool.function.name === name)
  return found ? found.function.name : refuse(`${at}.name`, 'the name of one of "tools"', name)
}
