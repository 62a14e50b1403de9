// f16: element f of the flattened matrix in half f & 1 of word f >> 1, no scales.

import { halfAt, halfToFloat } from '../tensor/half.ts'
import { anyWord, ceilTo, halves, rowsOf, signed } from './planes.ts'
import type { Quant } from './quant.ts'

let table: Float32Array | undefined
const valueOf = (): Float32Array => (table ??= Float32Array.from({ length: 65536 }, (_, bits) => halfToFloat(bits)))

export const f16: Quant<'f16'> = {
  name: 'f16',
  dtype: 'F16',
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
    for (let k = 0; k < cols; k++) out[k] = halfAt(codes, row * cols + k)
  },
  element: ({ codes, cols }, row, col) => ({ code: 0, level: halfAt(codes, row * cols + col), scale: 1, offset: 0 }),
  inRuns: ({ cols }) => cols % 32 === 0,
  decode(bytes, workspace) {
    const at2 = bytes.byteOffset % 2 === 0 ? bytes : bytes.slice()
    const bits = new Uint16Array(at2.buffer, at2.byteOffset, at2.byteLength >> 1)
    const out = workspace?.floats('floats', bits.length) ?? new Float32Array(bits.length)
    const values = valueOf()
    for (let i = 0; i < bits.length; i++) out[i] = values[bits[i]!]!
    return out
  },
  example: { code: (random) => halves(signed(random, 0.1), signed(random, 0.1)), scale: anyWord },
}
