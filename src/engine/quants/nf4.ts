// NF4 (QLoRA, arXiv 2305.14314): sixteen quantiles of a normal distribution as levels; book16.ts says how they are packed.

import { book16 } from './book16.ts'
import { nf4Codes } from './nf4-book.ts'
import { nf4Encoder } from './nf4-encode.ts'

export const nf4 = book16({
  name: 'nf4',
  dtype: 'NF4',
  called: 'bitsandbytes NF4',
  book: nf4Codes,
  bytePairs: true,
  wholeScales: true,
  encode: (tensor, { rows, cols }, workspace) => nf4Encoder(tensor, rows * cols, workspace),
})
