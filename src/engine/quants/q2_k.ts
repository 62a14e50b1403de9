// ggml Q2_K: weight = d * s * q - dmin * m; (s, m) nibbles per 16 weights, (d, dmin) f16 per 256.
//
//   codes   four bytes per 16 weights (twos in blocks.ts)
//   scales  five words per 256: sixteen bytes, s in the low nibble and m in the high one; then d and dmin

import { blocks, fields, twos } from './blocks.ts'
import { anyWord, smallHalves } from './planes.ts'
import { movers, superBlocks } from './super-blocks.ts'

export const q2_k = blocks({
  name: 'q2_k',
  dtype: 'Q2_K',
  coding: 'counted',
  packing: twos,
  scales: {
    words: 5,
    strips: 16,
    d: 4,
    scale: fields(16, (k) => [[k >> 2, 8 * (k & 3), 15]]),
    centre: 0,
    min: fields(16, (k) => [[k >> 2, 8 * (k & 3) + 4, 15]]),
  },
  stored: superBlocks({
    bytes: 84,
    codes: 64,
    scaleBytes: 20,
    scales: [
      { from: 0, to: 0, bytes: 16 },
      { from: 80, to: 16, bytes: 4 },
    ],
    halves: [80, 82],
    move: movers.twos(16),
  }),
  example: { code: anyWord, scale: (random, i) => (i % 5 === 4 ? smallHalves(random, 3e-3, 5e-3) : anyWord(random)) },
})
