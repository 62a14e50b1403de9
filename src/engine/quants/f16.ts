// f16: element f of the flattened matrix in half f & 1 of word f >> 1, no scales. What is larger than it can hold is
// refused by name: infinity would spread, and the largest number in its place would be another model.

import { EngineError } from '../errors.ts'
import { floatToHalf, halfAt, halfToFloat } from '../tensor/half.ts'
import { anyWord, bytesOf, ceilTo, halves, largest, rowsOf, signed } from './planes.ts'
import type { Quant } from './quant.ts'

let table: Float32Array | undefined
const valueOf = (): Float32Array => (table ??= Float32Array.from({ length: 65536 }, (_, bits) => halfToFloat(bits)))

/** What rounds to a number of 16 bits lies below; from here on it would be infinite. */
const beyond = 65520

const tooLarge = (tensor: string, value: number): EngineError =>
  new EngineError(
    'NUMERIC',
    `Cannot keep the tensor "${tensor}" as F16: it holds ${value}, and F16 ends at 65504. Nothing was loaded; choose another format for it.`,
    { tensor, beyond: value },
  )

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
  exponents: 0x7c00_7c00,
  decode(bytes, workspace) {
    const at2 = bytes.byteOffset % 2 === 0 ? bytes : bytes.slice()
    const bits = new Uint16Array(at2.buffer, at2.byteOffset, at2.byteLength >> 1)
    const out = workspace?.floats('floats', bits.length) ?? new Float32Array(bits.length)
    const values = valueOf()
    for (let i = 0; i < bits.length; i++) out[i] = values[bits[i]!]!
    return out
  },
  encode(tensor, _, workspace) {
    return {
      /** each value rounded once, to the nearest, ties to even */
      push(values) {
        const max = largest(tensor, values, 0, values.length)
        if (max >= beyond) throw tooLarge(tensor, max)
        const codes = new Uint16Array(workspace.bytes('codes', values.length * 2).buffer, 0, values.length)
        for (let i = 0; i < values.length; i++) codes[i] = floatToHalf(values[i]!)
        return { codes: bytesOf(codes) }
      },
      end: () => ({}),
    }
  },
  example: { code: (random) => halves(signed(random, 0.1), signed(random, 0.1)), scale: anyWord },
}
