// The model of a tokenizer: one pre-tokenized word → ids. One file per algorithm.

import type { Json } from '../check.ts'
import { bpeModel } from './bpe.ts'
import type { Encode } from './encode.ts'
import { unigramModel } from './unigram.ts'
import { wordPieceModel } from './wordpiece.ts'

export interface Model {
  encode: Encode
  ids: ReadonlyMap<string, number>
  tokens: (string | undefined)[]
  /** entries of the vocabulary; ids may have gaps */
  size: number
}

/** @param model checked by prepare.ts */
export function openModel(model: Json & { type: string }): Model {
  const entries: [string, number][] =
    model.type === 'Unigram'
      ? (model.vocab as [string, number][]).map(([piece], id) => [piece, id])
      : Object.entries(model.vocab as Record<string, number>)
  const ids = new Map(entries)
  const tokens: (string | undefined)[] = []
  for (const [token, id] of entries) tokens[id] = token
  const encode =
    model.type === 'BPE'
      ? bpeModel(model, ids)
      : model.type === 'Unigram'
        ? unigramModel(model, ids)
        : wordPieceModel(model, ids)
  return { encode, ids, tokens, size: entries.length }
}
