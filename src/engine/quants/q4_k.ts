// ggml Q4_K: weight = d * s * q - dmin * m; (s, m) in 6 bits each per 32 weights (k-scales.ts).
//
//   codes   as Q4_1's; in the file a byte holds weights 32 apart

import { blocks, fours } from './blocks.ts'
import { kExample, kScales } from './k-scales.ts'
import { movers, superBlocks } from './super-blocks.ts'

export const q4_k = blocks({
  name: 'q4_k',
  dtype: 'Q4_K',
  coding: 'counted',
  packing: fours,
  scales: kScales,
  stored: superBlocks({
    bytes: 144,
    codes: 128,
    scaleBytes: 16,
    scales: [{ from: 0, to: 0, bytes: 16 }],
    halves: [0, 2],
    move: movers.fours(16),
  }),
  example: kExample(2e-4),
})
