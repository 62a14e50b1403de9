// ggml Q8_0: weight = d * q, q int8, 32 weights per f16 d.
//
//   codes   one byte per weight
//   scales  the file's own f16 bits, d of block b in half b & 1 of word b >> 1

import { halfAt } from '../tensor/half.ts'
import {
  anyWord,
  bytesOf,
  ceilTo,
  halves,
  in32,
  magnitude,
  rowsOf,
  scalesFirst,
  signed8,
  signedBytes,
} from './planes.ts'
import type { Quant } from './quant.ts'

export const q8_0: Quant<'q8_0'> = {
  name: 'q8_0',
  dtype: 'Q8_0',
  files: ['gguf'],
  block: 32,
  bits: 8,
  coding: 'signed',
  book: null,
  ...in32,
  ints: true,
  codesBytes: ({ rows, cols }) => rows * cols,
  scalesBytes: ({ rows, cols }) => ceilTo(((rows * cols) / 32) * 2, 4),
  rowUnit: ({ cols }) => rowsOf(cols, 64),
  dequantRow({ codes, scales, cols }, row, out) {
    const bytes = bytesOf(codes)
    let scale = 0
    for (let k = 0; k < cols; k++) {
      const f = row * cols + k
      if (k % 32 === 0) scale = halfAt(scales, f / 32)
      out[k] = scale * signed8(bytes[f]!)
    }
  },
  element({ codes, scales, cols }, row, col) {
    const f = row * cols + col
    const code = bytesOf(codes)[f]!
    return { code, level: signed8(code), scale: halfAt(scales, Math.floor(f / 32)), offset: 0 }
  },
  stored: scalesFirst(32, 34, 2),
  strips: ({ cols }) => ({ ...signedBytes, scales: 'half', step: cols / 16, shift: 1, centre: 0 }),
  example: { code: anyWord, scale: (random) => halves(magnitude(random, 0.001), magnitude(random, 0.001)) },
}
