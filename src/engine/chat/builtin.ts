// Chat formats for models that bring no usable template, told by the special tokens
// in their vocabulary. Content is trimmed where the original templates trim it.

import type { ChatMessage } from '../types.ts'

export interface BuiltinVars {
  bosToken?: string
  eosToken?: string
  addGenerationPrompt?: boolean
}
export interface Builtin {
  name: string
  render(messages: readonly ChatMessage[]): string
}

type Format = (messages: readonly ChatMessage[], vars: Required<BuiltinVars>) => string

const chatml: Format = (messages, { addGenerationPrompt }) =>
  messages.map(({ role, content }) => `<|im_start|>${role}\n${content}<|im_end|>\n`).join('') +
  (addGenerationPrompt ? '<|im_start|>assistant\n' : '')

const llama3: Format = (messages, { addGenerationPrompt }) => {
  const header = (role: string): string => `<|start_header_id|>${role}<|end_header_id|>\n\n`
  return `<|begin_of_text|>${messages.map(({ role, content }) => `${header(role)}${content.trim()}<|eot_id|>`).join('')}${addGenerationPrompt ? header('assistant') : ''}`
}

const gemma: Format = (messages, { bosToken, addGenerationPrompt }) => {
  const turns = foldSystem(messages, (system) => `${system}\n\n`)
  const turn = ({ role, content }: ChatMessage): string =>
    `<start_of_turn>${role === 'assistant' ? 'model' : 'user'}\n${content.trim()}<end_of_turn>\n`
  return (bosToken || '<bos>') + turns.map(turn).join('') + (addGenerationPrompt ? '<start_of_turn>model\n' : '')
}

const llama2: Format = (messages, { bosToken, eosToken }) => {
  const bos = bosToken || '<s>',
    eos = eosToken || '</s>'
  const turns = foldSystem(messages, (system) => `<<SYS>>\n${system}\n<</SYS>>\n\n`)
  return turns
    .map(({ role, content }) =>
      role === 'assistant' ? ` ${content.trim()} ${eos}` : `${bos}[INST] ${content.trim()} [/INST]`,
    )
    .join('')
}

const plain: Format = (messages, { bosToken, eosToken, addGenerationPrompt }) => {
  const names = { system: '', user: 'User: ', assistant: 'Assistant: ' }
  const bos = bosToken === eosToken ? '' : bosToken
  return (
    bos +
    messages.map(({ role, content }) => `${names[role]}${content.trim()}\n`).join('') +
    (addGenerationPrompt ? 'Assistant:' : '')
  )
}

/** Formats without a system role put its text in front of the first user turn. */
function foldSystem(messages: readonly ChatMessage[], wrap: (system: string) => string): ChatMessage[] {
  const system = messages
    .filter((m) => m.role === 'system')
    .map((m) => m.content.trim())
    .join('\n\n')
  const turns = messages.filter((m) => m.role !== 'system')
  if (system === '') return turns
  const first = turns.findIndex((m) => m.role === 'user')
  if (first < 0) return [{ role: 'user', content: wrap(system) }, ...turns]
  return turns.map((m, i) => (i === first ? { ...m, content: wrap(system) + m.content.trim() } : m))
}

/** In order of trust: the first whose tokens the vocabulary has. */
const formats: { name: string; format: Format; fits: (has: (token: string) => boolean) => boolean }[] = [
  { name: 'ChatML', format: chatml, fits: (has) => has('<|im_start|>') },
  { name: 'Llama-3', format: llama3, fits: (has) => has('<|start_header_id|>') },
  { name: 'Gemma', format: gemma, fits: (has) => has('<start_of_turn>') },
  // Mistral has [INST] as a token; Llama-2 writes it out and is told by its SentencePiece vocabulary
  { name: 'Llama-2', format: llama2, fits: (has) => has('[INST]') || (has('<s>') && has('</s>') && has('<0x0A>')) },
]

export function builtinTemplate(has: (token: string) => boolean, vars: BuiltinVars = {}): Builtin {
  const { name, format } = formats.find((f) => f.fits(has)) ?? { name: 'User/Assistant', format: plain }
  const all = {
    bosToken: vars.bosToken ?? '',
    eosToken: vars.eosToken ?? '',
    addGenerationPrompt: vars.addGenerationPrompt ?? true,
  }
  return { name, render: (messages) => format(messages, all) }
}
