// Formats that are plain words: Alpaca, Vicuna, and the last resort "User: … Assistant:". The text is encoded as one,
// as their authors' code did it; what begins it is the token itself.

import { splitSystem, type ChatFormat, type FormatVars, type Piece, type Turn } from '../format.ts'

/** The token that begins a text, where it is one of its own, then the text. */
function begun(text: string, { bosToken, eosToken, idOf }: FormatVars): Piece[] {
  const id = bosToken === '' || bosToken === eosToken ? undefined : idOf(bosToken)
  return [...(id === undefined ? [] : [{ id }]), { text, special: true }]
}

const task = 'Below is an instruction that describes a task'
const alone = `${task}. Write a response that appropriately completes the request.`
const paired = `${task}, paired with an input that provides further context. Write a response that appropriately completes the request.`
const inputMark = '\n\n### Input:\n'

/** An instruction and its input: two parts of a message, or one text with the mark in it. */
function instruction({ content, message }: Turn): { text: string; input: boolean } {
  const parts = Array.isArray(message.content) ? message.content : []
  if (parts.length === 2) return { text: `${parts[0]!.text}${inputMark}${parts[1]!.text}`, input: true }
  return { text: content, input: content.includes(inputMark) }
}

export const alpaca: ChatFormat = {
  name: 'Alpaca',
  stops: ['### Instruction:'],
  write(turns, vars) {
    const { system, rest } = splitSystem(turns)
    const first = rest.find(({ role }) => role === 'user')
    let text = system ?? (first && instruction(first).input ? paired : alone)
    for (const turn of rest) {
      text +=
        turn.role === 'assistant'
          ? `\n\n### Response:${turn.content}${vars.eosToken}`
          : `\n\n### Instruction:\n${instruction(turn).text}`
    }
    return begun(vars.addGenerationPrompt ? `${text}\n\n### Response:` : text, vars)
  },
}

const vicunaSystem =
  "A chat between a curious user and an artificial intelligence assistant. The assistant gives helpful, detailed, and polite answers to the user's questions."

export const vicuna: ChatFormat = {
  name: 'Vicuna v1.1',
  write(turns, vars) {
    const { system, rest } = splitSystem(turns)
    let text = `${system ?? vicunaSystem} `
    for (const { role, content } of rest) {
      text += role === 'assistant' ? `ASSISTANT: ${content}${vars.eosToken || '</s>'}` : `USER: ${content} `
    }
    return begun(vars.addGenerationPrompt ? `${text}ASSISTANT:` : text, vars)
  },
}

export const vicunaV0: ChatFormat = {
  name: 'Vicuna v0',
  stops: ['###'],
  write(turns, vars) {
    const { system, rest } = splitSystem(turns)
    const text =
      (system ?? vicunaSystem.replaceAll('curious user', 'curious human').replaceAll("user's", "human's")) +
      rest.map(({ role, content }) => `\n### ${role === 'assistant' ? 'Assistant' : 'Human'}: ${content}`).join('')
    return begun(vars.addGenerationPrompt ? `${text}\n### Assistant:` : text, vars)
  },
}

export const userAssistant: ChatFormat = {
  name: 'User/Assistant',
  write(turns, { bosToken, eosToken, addGenerationPrompt }) {
    const names = { system: '', user: 'User: ', tool: 'Tool: ', assistant: 'Assistant: ' }
    return (
      (bosToken === eosToken ? '' : bosToken) +
      turns.map(({ role, content }) => `${names[role]}${content.trim()}\n`).join('') +
      (addGenerationPrompt ? 'Assistant:' : '')
    )
  },
}

/**
 * No format: the model goes on with the text. What one turn ends in and the next begins with is kept apart by a line
 * where somebody begins to write, and by nothing where the model goes on.
 */
export const asText = (turns: readonly Turn[]): string =>
  turns.reduce((text, { role, content }) => {
    const apart = text !== '' && role !== 'assistant' && !/\s$/.test(text) && !/^\s/.test(content)
    return `${text}${apart ? '\n' : ''}${content}`
  }, '')
