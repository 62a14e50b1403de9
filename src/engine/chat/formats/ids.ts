// Formats whose turns are ids, never text: ChatGLM-6B, ChatGLM2, ChatGLM3 and Baichuan. Every stretch of text is encoded
// alone, and nothing that a message says becomes one of these ids. After the models' own code (modeling_chatglm.py,
// tokenization_chatglm.py, generation_utils.py).

import {
  argumentsOf,
  foldSystem,
  needed,
  pythonJson,
  pythonRepr,
  splitSystem,
  type ChatFormat,
  type FormatVars,
  type Piece,
  type Turn,
} from '../format.ts'
import type { FormatName } from '../names.ts'

interface Round {
  question: string
  answer: string | null
}
/** Questions with their answers; what is said twice in a row is one. */
function rounds(turns: readonly Turn[]): Round[] {
  const all: Round[] = []
  for (const { role, content } of foldSystem(turns)) {
    const last = all.at(-1)
    if (role === 'assistant') {
      if (last && last.answer === null) last.answer = content
      else all.push({ question: '', answer: content })
    } else if (last && last.answer === null) last.question += `\n\n${content}`
    else all.push({ question: content, answer: null })
  }
  return all
}
const ids = (name: FormatName, { idOf }: FormatVars, tokens: readonly string[]): Piece[] =>
  tokens.map((token) => ({ id: needed(name, idOf(token), token) }))

/** The rounds count from 0, and a single question stands as it is. The ids follow the text. */
export const chatglm1: ChatFormat = {
  name: 'ChatGLM-6B',
  write(turns, vars) {
    const all = rounds(turns)
    const round = ({ question, answer }: Round, i: number): string =>
      `[Round ${i}]\n问：${question}\n答：${answer === null ? '' : `${answer}\n`}`
    const alone = all.length === 1 && all[0]!.answer === null
    return [
      { text: alone ? all[0]!.question : all.map(round).join('') },
      ...ids('ChatGLM-6B', vars, ['[gMASK]', '<sop>']),
    ]
  },
  stopTokens: ({ idOf }) => [idOf('<eop>')],
}

/** The rounds count from 1. The ids stand in front. */
export const chatglm2: ChatFormat = {
  name: 'ChatGLM2',
  write(turns, vars) {
    const round = ({ question, answer }: Round, i: number): string =>
      `[Round ${i + 1}]\n\n问：${question}\n\n答：${answer === null ? '' : `${answer}\n\n`}`
    return [...ids('ChatGLM2', vars, ['[gMASK]', 'sop']), { text: rounds(turns).map(round).join('') }]
  },
  stopTokens: ({ idOf }) => [idOf('</s>')],
}

/** Role ids follow [gMASK] in the vocabulary's order, whether or not the files name them. */
const roleAfterMask = { system: 4, user: 5, assistant: 6, observation: 7 } as const
type GlmRole = keyof typeof roleAfterMask
const glmRole = ({ idOf }: Pick<FormatVars, 'idOf'>, role: GlmRole): number | undefined => {
  const mask = idOf('[gMASK]')
  return idOf(`<|${role}|>`) ?? (mask === undefined ? undefined : mask + roleAfterMask[role])
}

const toolsIntro = 'Answer the following questions as best as you can. You have access to the following tools:'

export const chatglm3: ChatFormat = {
  name: 'ChatGLM3',
  calls: 'chatglm3',
  write(turns, vars) {
    const pieces = ids('ChatGLM3', vars, ['[gMASK]', 'sop'])
    const role = (name: GlmRole): Piece => ({ id: needed('ChatGLM3', glmRole(vars, name), `<|${name}|>`) })
    const say = (name: GlmRole, content: string, metadata = ''): void => {
      pieces.push(role(name), { text: `${metadata}\n` }, { text: content })
    }
    const { system, rest } = splitSystem(turns)
    const tools = vars.tools && `\n${pythonJson(vars.tools, 4)}`
    if (tools !== undefined || system !== null) say('system', `${system ?? toolsIntro}${tools ?? ''}`)
    for (const { role: by, content, message } of rest) {
      if (by === 'tool') say('observation', content)
      else if (by !== 'assistant') say('user', content)
      else {
        // an answer begins with the line of its metadata, which the model writes itself: "\n "
        if (content.trim() !== '' || !message.tool_calls?.length) say('assistant', content.trim())
        for (const call of message.tool_calls ?? []) {
          const given = argumentsOf(call)
          const args =
            typeof given === 'string'
              ? given
              : Object.entries(given)
                  .map(([name, value]) => `${name}=${pythonRepr(value)}`)
                  .join(', ')
          say('assistant', `\`\`\`python\ntool_call(${args})\n\`\`\``, call.function.name)
        }
      }
    }
    if (vars.addGenerationPrompt) pieces.push(role('assistant'))
    return pieces
  },
  stopTokens: (vars) => [vars.idOf('</s>'), glmRole(vars, 'user'), glmRole(vars, 'observation')],
}

/** `<reserved_102>` and its like: which ids the turns have where generation_config.json does not say. */
const baichuanRoles = ({ roleIds }: FormatVars): { user: number; assistant: number } =>
  roleIds ?? { user: 195, assistant: 196 }

function baichuan(turns: readonly Turn[], vars: FormatVars, closes: boolean): Piece[] {
  const { user, assistant } = baichuanRoles(vars)
  const end = closes ? vars.idOf(vars.eosToken) : undefined
  const pieces = turns.flatMap(({ role, content }): Piece[] =>
    role === 'system'
      ? [{ text: content }]
      : [
          { id: role === 'assistant' ? assistant : user },
          { text: content },
          ...(role === 'assistant' && end !== undefined ? [{ id: end }] : []),
        ],
  )
  return vars.addGenerationPrompt ? [...pieces, { id: assistant }] : pieces
}

/** No role for a system: its text stands in front of the first question. Every answer is closed. */
export const baichuan1: ChatFormat = {
  name: 'Baichuan-1',
  write: (turns, vars) => baichuan(foldSystem(turns), vars, true),
}
/** The system's text comes first, unmarked. Answers are not closed. */
export const baichuan2: ChatFormat = {
  name: 'Baichuan-2',
  write(turns, vars) {
    const system = turns.filter(({ role }) => role === 'system'),
      rest = turns.filter(({ role }) => role !== 'system')
    return baichuan([...system, ...rest], vars, false)
  },
}
