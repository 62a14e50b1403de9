// ggml Q6_K: weight = d * s * (q - 32); s int8 per 16 weights, d f16 per 256.
//
//   codes   twelve bytes per 16 weights (sixes in blocks.ts)
//   scales  five words per 256: sixteen bytes s + 128, then d in the low half of the last word

import { blocks, fields, sixes } from './blocks.ts'
import { anyWord, halfAndBits } from './planes.ts'
import { movers, superBlocks } from './super-blocks.ts'

export const q6_k = blocks({
  name: 'q6_k',
  dtype: 'Q6_K',
  coding: 'centered',
  packing: sixes,
  scales: {
    words: 5,
    strips: 16,
    d: 4,
    scale: fields(16, (k) => [[k >> 2, 8 * (k & 3), 255]]),
    centre: 128,
    min: null,
  },
  stored: superBlocks({
    bytes: 210,
    codes: 192,
    scaleBytes: 20,
    scales: [
      { from: 192, to: 0, bytes: 16, flip: 128 },
      { from: 208, to: 16, bytes: 2 },
    ],
    halves: [208],
    move: movers.sixes(0, 128),
  }),
  example: { code: anyWord, scale: (random, i) => (i % 5 === 4 ? halfAndBits(random, 5e-5) : anyWord(random)) },
})
