// What is asked of an answer that is given tools (GenerateOptions.toolChoice), as the form that it is held to.

import type { CallStyle } from './chat/calls.ts'
import type { Callable, CallForm } from './constrain/calls.ts'
import { refuse } from './sampler/params.ts'
import type { ToolChoice } from './types.ts'

/**
 * What a choice asks of an answer to a prompt with these tools.
 * @param style how the prompt's template teaches calls; null: nobody knows
 * @throws PARAM_INVALID, CONSTRAINT_INVALID
 */
export function callForm(
  { required = false, only, one: isSingle = false }: ToolChoice,
  tools: readonly object[] | undefined,
  style: CallStyle | null,
): CallForm {
  if (!tools) return refuse('generate', 'toolChoice', 'left out without "tools"', only ?? required)
  if (!style) {
    return refuse('generate', 'toolChoice', "left out: how this model's answers call tools is not known here", required)
  }
  const called = tools.map((tool, index): Callable => {
    const { name, parameters, strict } = functionOf(tool)
    if (typeof name !== 'string' || name === '') {
      return refuse('generate', `tools[${index}].function.name`, 'the name of a function', name)
    }
    const isHeld = required || strict === true
    return { name, parameters: isHeld ? (parameters ?? undefined) : null, index }
  })
  called.forEach(({ name, index }) => {
    if (called.findIndex((tool) => tool.name === name) < index) {
      refuse('generate', `tools[${index}].function.name`, 'another name: two tools have this one', name)
    }
  })
  const odd = only?.find((name) => !called.some((tool) => tool.name === name))
  if (odd !== undefined) refuse('generate', 'toolChoice', 'the name of one of the tools', odd)
  return { style, tools: called.filter(({ name }) => only?.includes(name) ?? true), required, one: isSingle }
}
/** A tool as OpenAI writes it, or the function alone. */
const functionOf = (tool: object): { name?: unknown; parameters?: unknown; strict?: unknown } => {
  const { function: made } = tool as { function?: unknown }
  return typeof made === 'object' && made !== null ? made : tool
}
