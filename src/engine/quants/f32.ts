// f32: K floats per row, no scales.

import { anyWord, signed, wordOf } from './planes.ts'
import type { Quant } from './quant.ts'

export const f32: Quant<'f32'> = {
  name: 'f32',
  dtype: 'F32',
  files: ['safetensors', 'gguf'],
  block: 0,
  bits: 32,
  coding: 'float',
  book: null,
  fits: () => true,
  codesBytes: ({ rows, cols }) => rows * cols * 4,
  scalesBytes: () => 0,
  rowUnit: () => 1,
  dequantRow({ codes, cols }, row, out) {
    const values = new Float32Array(codes.buffer, codes.byteOffset, codes.length)
    for (let k = 0; k < cols; k++) out[k] = values[row * cols + k]!
  },
  element({ codes, cols }, row, col) {
    const level = new Float32Array(codes.buffer, codes.byteOffset, codes.length)[row * cols + col]!
    return { code: 0, level, scale: 1, offset: 0 }
  },
  inRuns: ({ cols }) => cols % 32 === 0,
  exponents: 0x7f80_0000,
  decode(bytes) {
    const at4 = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice()
    return new Float32Array(at4.buffer, at4.byteOffset, at4.byteLength >> 2)
  },
  example: { code: (random) => wordOf(signed(random, 0.1)), scale: anyWord },
}
