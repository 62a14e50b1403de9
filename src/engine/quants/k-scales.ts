// What Q4_K and Q5_K have in common: eight pairs of 6-bit numbers (s, m) under two f16 (d, dmin).
//
//   scales  four words per 256, the file's own: d and dmin; then twelve bytes. Pairs 0 to 3 have s in the low six bits of
//           bytes 0 to 3 and m in those of bytes 4 to 7; pairs 4 to 7 have their low four bits in bytes 8 to 11, s below
//           m, and their high two on top of the bytes of pairs 0 to 3.

import { fields } from './blocks.ts'
import { anyWord, smallHalves } from './planes.ts'
import type { Quant, SuperScales } from './quant.ts'

export const kScales: SuperScales = {
  words: 4,
  strips: 8,
  d: 0,
  scale: fields(8, (g) =>
    g < 4
      ? [[1, 8 * g, 63]]
      : [
          [3, 8 * (g - 4), 15],
          [1, 8 * (g - 4) + 6, 3],
        ],
  ),
  centre: 0,
  min: fields(8, (g) =>
    g < 4
      ? [[2, 8 * g, 63]]
      : [
          [3, 8 * (g - 4) + 4, 15],
          [2, 8 * (g - 4) + 6, 3],
        ],
  ),
}

/** Example words: d such that the largest code comes near 0.1. */
export const kExample = (d: number): Quant['example'] => ({
  code: anyWord,
  scale: (random, i) => (i % 4 === 0 ? smallHalves(random, d, 8 * d) : anyWord(random)),
})
