// The list of built-in prompt formats, and which one a checkpoint without a usable template speaks.
//
// A format is certain where the model's kind leaves only one; a name or the vocabulary's special tokens only make it
// likely, and that is told. A model of which nothing says that it chats goes on with a text.

import type { ChatFormat } from './format.ts'
import { chatml, llama3, llama31, phi3, qwen25, qwen3, smollm2 } from './formats/chatml.ts'
import { baichuan1, baichuan2, chatglm1, chatglm2, chatglm3 } from './formats/ids.ts'
import { gemma, llama2, mistralTekken, mistralV02, mistralV1, mistralV3 } from './formats/inst.ts'
import { alpaca, userAssistant, vicuna, vicunaV0 } from './formats/words.ts'
import type { FormatName } from './names.ts'

/** 'Text' is none of them: it is the absence of a format. */
export const formats: Record<Exclude<FormatName, 'Text'>, ChatFormat> = {
  ChatML: chatml,
  'Qwen2.5': qwen25,
  Qwen3: qwen3,
  SmolLM2: smollm2,
  'Llama-2': llama2,
  'Llama-3': llama3,
  'Llama-3.1': llama31,
  'Mistral v1': mistralV1,
  'Mistral v0.2': mistralV02,
  'Mistral v3': mistralV3,
  'Mistral Tekken': mistralTekken,
  Gemma: gemma,
  'Phi-3': phi3,
  Alpaca: alpaca,
  'Vicuna v0': vicunaV0,
  'Vicuna v1.1': vicuna,
  'ChatGLM-6B': chatglm1,
  ChatGLM2: chatglm2,
  ChatGLM3: chatglm3,
  'Baichuan-1': baichuan1,
  'Baichuan-2': baichuan2,
  'User/Assistant': userAssistant,
}

/** What a checkpoint says of itself. */
export interface ChatFacts {
  /** config.json */
  config: Readonly<Record<string, unknown>>
  generationConfig?: Readonly<Record<string, unknown>> | null | undefined
  /** what it is called: in its files, and by who loads it */
  names: readonly string[]
  idOf: (token: string) => number | undefined
}
export interface ChosenFormat {
  format: ChatFormat
  /** the model's kind leaves no other */
  certain: boolean
}

/** The format of a model that brings no template; null: it completes text. */
export function chatFormatOf(facts: ChatFacts): ChosenFormat | null {
  const certain = byKind(facts)
  if (certain !== undefined) return certain
  const guess = byName(facts) ?? byTokens(facts)
  return guess ? { format: guess, certain: false } : null
}

const spoken = ({ names }: ChatFacts): string =>
  names
    .join('\n')
    .toLowerCase()
    .replaceAll(/[_\s]+/g, '-')
const isBase = (name: string): boolean => /(^|[-/])(base|pretrain(ed)?|pt)($|[-\n./])/m.test(name)

/** Models whose remote code writes the prompt: undefined where this is none of them. */
function byKind(facts: ChatFacts): ChosenFormat | null | undefined {
  const { config, idOf } = facts
  const name = spoken(facts)
  const is = (format: ChatFormat, certain = true): ChosenFormat => ({ format, certain })
  if (config.model_type === 'chatglm') {
    if (isBase(name)) return null
    if (config.position_encoding_2d !== undefined || config.inner_hidden_size !== undefined) return is(chatglm1)
    if (idOf('<|user|>') !== undefined || name.includes('chatglm3')) return is(chatglm3)
    if (name.includes('chatglm2')) return is(chatglm2)
    // the two are one network: the second was trained for longer texts than the third's first
    return is(config.seq_length === 32768 ? chatglm2 : chatglm3, false)
  }
  if (config.model_type === 'baichuan') {
    const second = idOf('<reserved_106>') === 195 || config.vocab_size === 125696 || /baichuan-?2/.test(name)
    const format = second ? baichuan2 : baichuan1
    if (roleIdsOf(facts.generationConfig)) return is(format)
    return /(^|[-/])chat/m.test(name) ? is(format, false) : null
  }
  return undefined
}

/** Names that people give checkpoints, most telling first. */
const named: readonly [RegExp, ChatFormat][] = [
  [/vicuna.*(v0|delta-v1\.0|-v1\.0)/, vicunaV0],
  [/vicuna/, vicuna],
  [/alpaca/, alpaca],
  [/qwen-?3/, qwen3],
  [/qwen.*(instruct|chat)/, qwen25],
  [/smollm-?2.*instruct/, smollm2],
  [/llama-?2.*chat/, llama2],
  [/llama-?3[.-][1-3].*instruct/, llama31],
  [/llama-?3.*instruct/, llama3],
  [/mistral.*nemo.*instruct/, mistralTekken],
  [/mistral.*instruct-v0\.1/, mistralV1],
  [/mistral.*instruct-v0\.2/, mistralV02],
  [/mi[sx]tral.*instruct/, mistralV3],
  [/gemma.*(-it|instruct)/, gemma],
  [/phi-?3.*instruct/, phi3],
]
function byName(facts: ChatFacts): ChatFormat | undefined {
  const name = spoken(facts)
  return isBase(name) ? undefined : named.find(([pattern]) => pattern.test(name))?.[1]
}

/** In order of trust: the first whose tokens the vocabulary has. */
export function byTokens({
  config,
  idOf,
  ...facts
}: Pick<ChatFacts, 'idOf'> & Partial<ChatFacts>): ChatFormat | undefined {
  if (facts.names && isBase(spoken({ names: facts.names } as ChatFacts))) return undefined
  const has = (token: string): boolean => idOf(token) !== undefined
  if (has('<|im_start|>')) {
    return config?.model_type === 'qwen2' ? qwen25 : config?.model_type === 'qwen3' ? qwen3 : chatml
  }
  if (has('<|start_header_id|>')) return llama3
  if (has('<start_of_turn>')) return gemma
  if (has('<|assistant|>') && has('<|end|>')) return phi3
  // Mistral has [INST] as a token; Llama-2 writes it out
  if (has('[INST]')) return has('Ġthe') ? mistralTekken : mistralV3
  return undefined
}

/** What stands in for a template that cannot be used: its model was made to chat. */
export const standIn = (facts: Pick<ChatFacts, 'idOf'> & Partial<ChatFacts>): ChatFormat =>
  byTokens(facts) ??
  // SentencePiece with bytes, and no token for a turn: the ways of LLaMA
  (['<s>', '</s>', '<0x0A>'].every((token) => facts.idOf(token) !== undefined) ? llama2 : userAssistant)

/** Ids of the turns, where generation_config.json names them. */
export function roleIdsOf(
  config: Readonly<Record<string, unknown>> | null | undefined,
): { user: number; assistant: number } | undefined {
  const [user, assistant] = [config?.['user_token_id'], config?.['assistant_token_id']]
  return Number.isInteger(user) && Number.isInteger(assistant)
    ? { user: user as number, assistant: assistant as number }
    : undefined
}
