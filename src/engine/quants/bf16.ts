// bf16: the upper half of an f32; element f of the flattened matrix in half f & 1 of word f >> 1, no scales.

import { bfloatToFloat } from '../tensor/half.ts'
import { anyWord, bfloats, ceilTo, rowsOf, signed } from './planes.ts'
import type { Quant } from './quant.ts'

const halvesOf = (codes: Uint32Array): Uint16Array => new Uint16Array(codes.buffer, codes.byteOffset, codes.length * 2)

export const bf16: Quant<'bf16'> = {
  name: 'bf16',
  dtype: 'BF16',
  files: ['safetensors', 'gguf'],
  block: 0,
  bits: 16,
  coding: 'float',
  book: null,
  fits: () => true,
  codesBytes: ({ rows, cols }) => ceilTo(rows * cols * 2, 4),
  scalesBytes: () => 0,
  rowUnit: ({ cols }) => rowsOf(cols, 2),
  dequantRow({ codes, cols }, row, out) {
    const halves = halvesOf(codes)
    for (let k = 0; k < cols; k++) out[k] = bfloatToFloat(halves[row * cols + k]!)
  },
  element: ({ codes, cols }, row, col) => ({
    code: 0,
    level: bfloatToFloat(halvesOf(codes)[row * cols + col]!),
    scale: 1,
    offset: 0,
  }),
  inRuns: ({ cols }) => cols % 32 === 0,
  exponents: 0x7f80_7f80,
  decode(bytes, workspace) {
    const at2 = bytes.byteOffset % 2 === 0 ? bytes : bytes.slice()
    const bits = new Uint16Array(at2.buffer, at2.byteOffset, at2.byteLength >> 1)
    const out = workspace?.floats('floats', bits.length) ?? new Float32Array(bits.length)
    const words = new Uint32Array(out.buffer, 0, out.length)
    for (let i = 0; i < bits.length; i++) words[i] = bits[i]! << 16
    return out
  },
  example: { code: (random) => bfloats(signed(random, 0.1), signed(random, 0.1)), scale: anyWord },
}
