// ggml IQ4_XS: weight = d * (s - 32) * level(q), IQ4_NL's levels; s in 6 bits per 32 weights, d f16 per 256.
//
//   codes   as IQ4_NL's
//   scales  two words per 256, the file's own: d, then the high two bits of the eight s; their low four bits

import { blocks, fields, fours } from './blocks.ts'
import { iq4Codes } from './iq4-book.ts'
import { anyWord, halfAndBits, scalesFirst } from './planes.ts'

export const iq4_xs = blocks({
  name: 'iq4_xs',
  dtype: 'IQ4_XS',
  coding: 'book',
  book: iq4Codes,
  packing: fours,
  scales: {
    words: 2,
    strips: 8,
    d: 0,
    scale: fields(8, (g) => [
      [1, 4 * g, 15],
      [0, 16 + 2 * g, 3],
    ]),
    centre: 32,
    min: null,
  },
  stored: scalesFirst(256, 136, 8),
  example: { code: anyWord, scale: (random, i) => (i % 2 === 0 ? halfAndBits(random, 5e-5) : anyWord(random)) },
})
