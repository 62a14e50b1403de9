// Which token ids begin, end and pad a text.
//
// The ends are a set: the configuration's eos, the ids that generation_config.json
// names, and special tokens whose text is a known end of turn (llama.cpp's list).

import { asObject, type Json } from './check.ts'
import type { AddedToken } from './added.ts'

export interface SpecialIds {
  bos: number | null
  eos: number[]
  pad: number | null
  unk: number | null
  /** encoders: the first token of a text, what stands between two, and the blank to fill */
  cls: number | null
  sep: number | null
  mask: number | null
}

/** What encoders' tokens are called where no configuration says it. */
const encoderTexts = { cls: ['[CLS]', '<cls>'], sep: ['[SEP]', '<sep>'], mask: ['[MASK]', '<mask>'] } as const

/** Texts that end an answer in some family. */
export const endTexts: readonly string[] = [
  '<|eot_id|>',
  '<|im_end|>',
  '<|end|>',
  '<end_of_turn>',
  '<|endoftext|>',
  '<|end_of_text|>',
  '<|eom_id|>',
  '<EOT>',
  '<|return|>',
  '<|call|>',
  '<｜end▁of▁sentence｜>',
]

export function findSpecialIds(
  tokenizerConfig: unknown,
  unkToken: string | undefined,
  added: readonly AddedToken[],
  idOf: (token: string) => number | undefined,
  eosIds: readonly number[],
  vocabSize: number,
): SpecialIds {
  const config: Json =
    tokenizerConfig === null || tokenizerConfig === undefined ? {} : asObject(tokenizerConfig, 'tokenizer_config.json')
  const named = (name: string): number | null => {
    const value = config[name]
    const text =
      typeof value === 'string'
        ? value
        : value !== null && typeof value === 'object'
          ? (value as Json).content
          : undefined
    return typeof text === 'string' ? (idOf(text) ?? null) : null
  }
  const eos = new Set<number>()
  const addEnd = (id: unknown): void => {
    if (Number.isInteger(id) && (id as number) >= 0 && (id as number) < vocabSize) eos.add(id as number)
  }
  addEnd(named('eos_token'))
  eosIds.forEach(addEnd)
  if (Array.isArray(config.eog_token_ids)) config.eog_token_ids.slice(0, 100).forEach(addEnd)
  const special = new Map(added.filter((token) => token.special).map((token) => [token.content, token.id]))
  // in the Harmony format <|end|> closes one message of several, not the answer
  const harmony = special.has('<|return|>') && special.has('<|call|>')
  for (const text of endTexts) if (!(harmony && text === '<|end|>')) addEnd(special.get(text))
  const encoderToken = (name: keyof typeof encoderTexts): number | null =>
    named(`${name}_token`) ?? encoderTexts[name].map((text) => special.get(text)).find((id) => id !== undefined) ?? null
  return {
    bos: named('bos_token'),
    eos: [...eos],
    pad: named('pad_token'),
    unk: named('unk_token') ?? (unkToken === undefined ? null : (idOf(unkToken) ?? null)),
    cls: encoderToken('cls'),
    sep: encoderToken('sep'),
    mask: encoderToken('mask'),
  }
}
