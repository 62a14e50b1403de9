// ggml Q5_K: weight = d * s * q - dmin * m; (s, m) in 6 bits each per 32 weights (k-scales.ts).
//
//   codes   as Q5_1's; in the file a byte holds weights 32 apart

import { blocks, fives } from './blocks.ts'
import { kExample, kScales } from './k-scales.ts'
import { movers, superBlocks } from './super-blocks.ts'

export const q5_k = blocks({
  name: 'q5_k',
  dtype: 'Q5_K',
  coding: 'counted',
  packing: fives,
  scales: kScales,
  stored: superBlocks({
    bytes: 176,
    codes: 160,
    scaleBytes: 16,
    scales: [{ from: 0, to: 0, bytes: 16 }],
    halves: [0, 2],
    move: movers.fives(48, 16),
  }),
  example: kExample(1e-4),
})
