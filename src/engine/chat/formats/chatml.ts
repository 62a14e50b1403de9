// ChatML, and the models whose templates are ChatML with a system text, tools or reasoning of their own (Qwen2.5,
// Qwen3, SmolLM2). Contents are not trimmed. Written after the models' own templates.

import { pythonJson, splitSystem, type ChatFormat, type FormatVars, type Turn } from '../format.ts'

const turn = (role: string, content: string): string => `<|im_start|>${role}\n${content}<|im_end|>\n`

/** The words that Qwen2.5 and Qwen3 were taught their tools with. */
const toolsText = (tools: readonly object[]): string =>
  `# Tools\n\nYou may call one or more functions to assist with the user query.\n\nYou are provided with function signatures within <tools></tools> XML tags:\n<tools>${tools
    .map((tool) => `\n${pythonJson(tool)}`)
    .join(
      '',
    )}\n</tools>\n\nFor each function call, return a json object with function name and arguments within <tool_call></tool_call> XML tags:\n<tool_call>\n{"name": <function-name>, "arguments": <args-json-object>}\n</tool_call>`

function assistant({ content, message }: Turn): string {
  const calls = (message.tool_calls ?? []).map(
    ({ function: { name, arguments: args } }) =>
      `<tool_call>\n{"name": "${name}", "arguments": ${typeof args === 'string' ? args : pythonJson(args)}}\n</tool_call>`,
  )
  return [...(content === '' && calls.length > 0 ? [] : [content]), ...calls].join('\n')
}

interface Kind {
  /** the system's text where there is none */
  system?: string
  /** the blocks <think> of earlier answers are left out, and thinking can be switched off */
  thinks?: true
}

const write =
  ({ system, thinks }: Kind) =>
  (turns: readonly Turn[], { tools, thinking, addGenerationPrompt }: FormatVars): string => {
    const given = turns[0]?.role === 'system' ? turns[0].content : null
    const rest = given === null ? turns : turns.slice(1)
    const said = given ?? system
    let text = ''
    if (tools) text = turn('system', `${said === undefined ? '' : `${said}\n\n`}${toolsText(tools)}`)
    else if (said !== undefined) text = turn('system', said)
    const lastQuestion = rest.findLastIndex(({ role }) => role === 'user')
    rest.forEach((one, i) => {
      if (one.role === 'tool') {
        // results in a row are one turn of the user's
        if (rest[i - 1]?.role !== 'tool') text += '<|im_start|>user'
        text += `\n<tool_response>\n${one.content}\n</tool_response>`
        if (rest[i + 1]?.role !== 'tool') text += '<|im_end|>\n'
      } else if (one.role === 'assistant') {
        const whole = assistant(one)
        text += turn('assistant', thinks && i < lastQuestion ? withoutThinking(whole) : whole)
      } else text += turn(one.role, one.content)
    })
    if (!addGenerationPrompt) return text
    return `${text}<|im_start|>assistant\n${thinks && thinking === false ? '<think>\n\n</think>\n\n' : ''}`
  }

/** As Qwen3's template does it: what stands behind the last </think>. */
const withoutThinking = (content: string): string => content.split('</think>').at(-1)!.replace(/^\n+/, '')

const qwen = 'You are Qwen, created by Alibaba Cloud. You are a helpful assistant.'
const smollm = 'You are a helpful AI assistant named SmolLM, trained by Hugging Face'

const common = { stopTokens: ({ idOf }) => [idOf('<|im_end|>')] } satisfies Partial<ChatFormat>
export const chatml: ChatFormat = { ...common, name: 'ChatML', calls: 'hermes', write: write({}) }
export const qwen25: ChatFormat = { ...common, name: 'Qwen2.5', calls: 'hermes', write: write({ system: qwen }) }
export const qwen3: ChatFormat = { ...common, name: 'Qwen3', calls: 'hermes', write: write({ thinks: true }) }
export const smollm2: ChatFormat = { ...common, name: 'SmolLM2', write: write({ system: smollm }) }

export const phi3: ChatFormat = {
  name: 'Phi-3',
  write: (turns, { addGenerationPrompt }) =>
    turns.map(({ role, content }) => `<|${role}|>\n${content}<|end|>\n`).join('') +
    (addGenerationPrompt ? '<|assistant|>\n' : ''),
  stopTokens: ({ idOf }) => [idOf('<|end|>'), idOf('<|endoftext|>')],
}

const header = (role: string): string => `<|start_header_id|>${role}<|end_header_id|>\n\n`
const llama3Turns = (turns: readonly Turn[], { addGenerationPrompt }: FormatVars): string =>
  turns
    .map(({ role, content }) => `${header(role === 'tool' ? 'ipython' : role)}${content.trim()}<|eot_id|>`)
    .join('') + (addGenerationPrompt ? header('assistant') : '')
const llama3Ends = {
  stopTokens: ({ idOf }) => [idOf('<|eot_id|>'), idOf('<|end_of_text|>')],
} satisfies Partial<ChatFormat>

export const llama3: ChatFormat = {
  ...llama3Ends,
  name: 'Llama-3',
  write: (turns, vars) => `<|begin_of_text|>${llama3Turns(turns, vars)}`,
}

/** 3.1 and 3.2 always have a system turn, with two dates: the second is the template's own where nobody says another. */
export const llama31: ChatFormat = {
  ...llama3Ends,
  name: 'Llama-3.1',
  write: (turns, vars) => {
    const { system, rest } = splitSystem(turns)
    const dates = 'Cutting Knowledge Date: December 2023\nToday Date: 26 Jul 2024\n\n'
    return `<|begin_of_text|>${header('system')}${dates}${(system ?? '').trim()}<|eot_id|>${llama3Turns(rest, vars)}`
  },
}
