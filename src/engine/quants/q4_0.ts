// ggml Q4_0: weight = d * (q - 8), 32 weights per f16 d.
//
//   codes   16 bytes per block: weight i in the low nibble of byte i, weight i + 16 in its high nibble
//   scales  the file's own f16 bits, d of block b in half b & 1 of word b >> 1: values are bit-exact

import { halfAt } from '../tensor/half.ts'
import { anyWord, bytesOf, centred, ceilTo, halves, in32, magnitude, inHalves, rowsOf, scalesFirst } from './planes.ts'
import type { Quant } from './quant.ts'

export const q4_0: Quant<'q4_0'> = {
  name: 'q4_0',
  dtype: 'Q4_0',
  files: ['gguf'],
  block: 32,
  bits: 4,
  coding: 'centered',
  book: null,
  ...in32,
  ints: true,
  codesBytes: ({ rows, cols }) => (rows * cols) / 2,
  scalesBytes: ({ rows, cols }) => ceilTo(((rows * cols) / 32) * 2, 4),
  rowUnit: ({ cols }) => rowsOf(cols, 64),
  dequantRow({ codes, scales, cols }, row, out) {
    const bytes = bytesOf(codes)
    let scale = 0
    for (let k = 0; k < cols; k++) {
      const f = row * cols + k
      const byte = bytes[Math.floor(f / 32) * 16 + (k & 15)]!
      if (k % 32 === 0) scale = halfAt(scales, f / 32)
      out[k] = scale * ((k & 16 ? byte >> 4 : byte & 15) - 8)
    }
  },
  element({ codes, scales, cols }, row, col) {
    const b = Math.floor((row * cols + col) / 32)
    const byte = bytesOf(codes)[b * 16 + (col & 15)]!
    const code = col & 16 ? byte >> 4 : byte & 15
    return { code, level: code - 8, scale: halfAt(scales, b), offset: 0 }
  },
  stored: scalesFirst(32, 18, 2),
  strips: ({ cols }) => ({ ...inHalves(centred), scales: 'half', step: cols / 32, shift: 0, centre: 0 }),
  example: { code: anyWord, scale: (random) => halves(magnitude(random, 0.01), magnitude(random, 0.01)) },
}
