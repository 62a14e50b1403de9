// ggml Q5_1: weight = d * q + m, 32 weights per pair of f16 (d, m).
//
//   codes   20 bytes per block, as Q5_0's
//   scales  a word per block, the file's own f16 bits: d in the low half, m in the high one

import { blocks, fives } from './blocks.ts'
import { anyWord, halves, magnitude, scalesFirst } from './planes.ts'

export const q5_1 = blocks({
  name: 'q5_1',
  dtype: 'Q5_1',
  coding: 'counted',
  packing: fives,
  scales: 'half and min',
  stored: scalesFirst(32, 24, 4, [0, 2]),
  example: { code: anyWord, scale: (random) => halves(magnitude(random, 0.005), -magnitude(random, 0.005) * 16) },
})
