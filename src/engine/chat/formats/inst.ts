// [INST] and its relatives: Llama-2, the five ways of Mistral to put spaces around it, and Gemma's turns.

import { foldSystem, type ChatFormat, type FormatVars, type Turn } from '../format.ts'

/** `[INST] q [/INST] a</s>`: what stands before and after a question, and before an answer. */
const mistral =
  (open: string, close: string, before: string, into: 'first' | 'last') =>
  (turns: readonly Turn[], { bosToken, eosToken }: FormatVars): string =>
    (bosToken || '<s>') +
    foldSystem(turns, undefined, into)
      .map(({ role, content }) =>
        role === 'assistant' ? `${before}${content}${eosToken || '</s>'}` : `${open}${content}${close}`,
      )
      .join('')

export const mistralV1: ChatFormat = { name: 'Mistral v1', write: mistral(' [INST] ', ' [/INST]', ' ', 'first') }
export const mistralV02: ChatFormat = { name: 'Mistral v0.2', write: mistral('[INST] ', ' [/INST]', '', 'first') }
export const mistralV3: ChatFormat = { name: 'Mistral v3', write: mistral('[INST] ', '[/INST]', ' ', 'last') }
export const mistralTekken: ChatFormat = { name: 'Mistral Tekken', write: mistral('[INST]', '[/INST]', '', 'last') }

export const llama2: ChatFormat = {
  name: 'Llama-2',
  write: (turns, { bosToken, eosToken }) =>
    foldSystem(turns, (system) => `<<SYS>>\n${system}\n<</SYS>>\n\n`)
      .map(({ role, content }) =>
        role === 'assistant'
          ? ` ${content.trim()} ${eosToken || '</s>'}`
          : `${bosToken || '<s>'}[INST] ${content.trim()} [/INST]`,
      )
      .join(''),
}

export const gemma: ChatFormat = {
  name: 'Gemma',
  write: (turns, { bosToken, addGenerationPrompt }) =>
    (bosToken || '<bos>') +
    foldSystem(turns)
      .map(
        ({ role, content }) =>
          `<start_of_turn>${role === 'assistant' ? 'model' : 'user'}\n${content.trim()}<end_of_turn>\n`,
      )
      .join('') +
    (addGenerationPrompt ? '<start_of_turn>model\n' : ''),
  stopTokens: ({ idOf }) => [idOf('<end_of_turn>')],
}
