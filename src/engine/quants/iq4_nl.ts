// ggml IQ4_NL: weight = d * level(q), 32 weights per f16 d; sixteen levels that lie closer together around 0.
//
//   codes   16 bytes per block: weight i in the low nibble of byte i, weight i + 16 in its high nibble
//   scales  the file's own f16 bits, d of block b in half b & 1 of word b >> 1

import { blocks, fours } from './blocks.ts'
import { iq4Codes } from './iq4-book.ts'
import { anyWord, halves, magnitude, scalesFirst } from './planes.ts'

export const iq4_nl = blocks({
  name: 'iq4_nl',
  dtype: 'IQ4_NL',
  coding: 'book',
  book: iq4Codes,
  packing: fours,
  scales: 'half',
  stored: scalesFirst(32, 18, 2),
  example: { code: anyWord, scale: (random) => halves(magnitude(random, 0.001), magnitude(random, 0.001)) },
})
