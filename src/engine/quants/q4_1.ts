// ggml Q4_1: weight = d * q + m, 32 weights per pair of f16 (d, m).
//
//   codes   16 bytes per block: weight i in the low nibble of byte i, weight i + 16 in its high nibble
//   scales  a word per block, the file's own f16 bits: d in the low half, m in the high one

import { halfAt } from '../tensor/half.ts'
import { anyWord, bytesOf, centred, halves, in32, magnitude, inHalves, rowsOf, scalesFirst } from './planes.ts'
import type { Quant } from './quant.ts'

export const q4_1: Quant<'q4_1'> = {
  name: 'q4_1',
  dtype: 'Q4_1',
  files: ['gguf'],
  block: 32,
  bits: 4,
  coding: 'counted',
  book: null,
  ...in32,
  ints: true,
  codesBytes: ({ rows, cols }) => (rows * cols) / 2,
  scalesBytes: ({ rows, cols }) => ((rows * cols) / 32) * 4,
  rowUnit: ({ cols }) => rowsOf(cols, 32),
  dequantRow({ codes, scales, cols }, row, out) {
    const bytes = bytesOf(codes)
    let [scale, min] = [0, 0]
    for (let k = 0; k < cols; k++) {
      const b = Math.floor((row * cols + k) / 32)
      const byte = bytes[b * 16 + (k & 15)]!
      if (k % 32 === 0) [scale, min] = [halfAt(scales, 2 * b), halfAt(scales, 2 * b + 1)]
      out[k] = scale * (k & 16 ? byte >> 4 : byte & 15) + min
    }
  },
  element({ codes, scales, cols }, row, col) {
    const b = Math.floor((row * cols + col) / 32)
    const byte = bytesOf(codes)[b * 16 + (col & 15)]!
    const code = col & 16 ? byte >> 4 : byte & 15
    return { code, level: code, scale: halfAt(scales, 2 * b), offset: halfAt(scales, 2 * b + 1) }
  },
  stored: scalesFirst(32, 20, 4, [0, 2]),
  strips: ({ cols }) => ({ ...inHalves(centred), scales: 'half and min', step: cols / 32, shift: 0, centre: 8 }),
  example: { code: anyWord, scale: (random) => halves(magnitude(random, 0.01), -magnitude(random, 0.01) * 8) },
}
