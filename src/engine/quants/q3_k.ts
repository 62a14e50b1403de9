// ggml Q3_K: weight = d * (s - 32) * (q - 4); s in 6 bits per 16 weights, d f16 per 256.
//
//   codes   six bytes per 16 weights (threes in blocks.ts)
//   scales  four words per 256: the file's twelve bytes, the low four bits of the sixteen s in the first eight, their high
//           two in the last four; then d in the low half of the last word

import { blocks, fields, threes } from './blocks.ts'
import { anyWord, halfAndBits } from './planes.ts'
import { movers, superBlocks } from './super-blocks.ts'

export const q3_k = blocks({
  name: 'q3_k',
  dtype: 'Q3_K',
  coding: 'centered',
  packing: threes,
  scales: {
    words: 4,
    strips: 16,
    d: 3,
    scale: fields(16, (k) => [
      [(k >> 2) & 1, 8 * (k & 3) + 4 * (k >> 3), 15],
      [2, 8 * (k & 3) + 2 * (k >> 2), 3],
    ]),
    centre: 32,
    min: null,
  },
  stored: superBlocks({
    bytes: 110,
    codes: 96,
    scaleBytes: 16,
    scales: [
      { from: 96, to: 0, bytes: 12 },
      { from: 108, to: 12, bytes: 2 },
    ],
    halves: [108],
    move: movers.threes(32, 0),
  }),
  example: { code: anyWord, scale: (random, i) => (i % 4 === 3 ? halfAndBits(random, 1e-3) : anyWord(random)) },
})
