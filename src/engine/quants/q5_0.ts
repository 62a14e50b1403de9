// ggml Q5_0: weight = d * (q - 16), 32 weights per f16 d.
//
//   codes   20 bytes per block: bit k of the first word above weight k's low bits; then weight i in the low nibble of
//           byte i, weight i + 16 in its high nibble
//   scales  the file's own f16 bits, d of block b in half b & 1 of word b >> 1

import { blocks, fives } from './blocks.ts'
import { anyWord, halves, magnitude, scalesFirst } from './planes.ts'

export const q5_0 = blocks({
  name: 'q5_0',
  dtype: 'Q5_0',
  coding: 'centered',
  packing: fives,
  scales: 'half',
  stored: scalesFirst(32, 22, 2),
  example: { code: anyWord, scale: (random) => halves(magnitude(random, 0.005), magnitude(random, 0.005)) },
})
