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

/** A checked vocabulary. */
export interface Words extends Pick<Model, 'ids' | 'tokens' | 'size'> {
  /** of BPE: for each merge the ids of left, right and joined piece, -1 for a character that is no token */
  merges?: Int32Array
}

/** @param model checked by prepare.ts, @param words and its vocabulary */
export function openModel(model: Json & { type: string }, { ids, tokens, size, merges }: Words): Model {
  const encode =
    model.type === 'BPE'
      ? bpeModel(model, ids, merges!)
      : model.type === 'Unigram'
        ? unigramModel(model, ids)
        : wordPieceModel(model, ids)
  return { encode, ids, tokens, size }
}
