// A format as a contributor would add one, for the test of the recipe only: ggml's Q2_K, which has what the shipped ones
// lack. Super-blocks of 256, scales per 16 with 4 bits each, mins, and codes that a file stores in another order.
//   weight = d * s * q - dmin * m        q in 2 bits, (s, m) nibbles per 16, (d, dmin) f16 per 256
//
//   codes   element f in bits 2 (f & 15) of word f >> 4
//   scales  five words per 256: sixteen bytes (s in the low nibble, m in the high one), then d and dmin

import { halfAt } from '../../tensor/half.ts'
import { bytesOf, rowsOf } from '../planes.ts'
import type { Matrix, Quant } from '../quant.ts'

function scaleOf({ scales }: Matrix, f: number): [scale: number, offset: number] {
  const base = Math.floor(f / 256) * 5
  const nibbles = bytesOf(scales)[base * 4 + (Math.floor(f / 16) & 15)]!
  const at = (base + 4) * 2
  return [halfAt(scales, at) * (nibbles & 15), -halfAt(scales, at + 1) * (nibbles >> 4)]
}
const codeOf = ({ codes }: Matrix, f: number): number => (codes[Math.floor(f / 16)]! >>> (2 * (f & 15))) & 3

export const q2_k: Quant<'q2_k'> = {
  name: 'q2_k',
  dtype: 'Q2_K',
  files: ['gguf'],
  block: 16,
  bits: 2,
  coding: 'counted',
  book: null,
  fits: (cols) => cols % 256 === 0,
  codesBytes: ({ rows, cols }) => (rows * cols) / 4,
  scalesBytes: ({ rows, cols }) => ((rows * cols) / 256) * 20,
  rowUnit: ({ cols }) => rowsOf(cols, 256),
  dequantRow(matrix, row, out) {
    for (let k = 0; k < matrix.cols; k++) {
      const f = row * matrix.cols + k
      const [scale, offset] = scaleOf(matrix, f)
      out[k] = scale * codeOf(matrix, f) + offset
    }
  },
  element(matrix, row, col) {
    const f = row * matrix.cols + col
    const [scale, offset] = scaleOf(matrix, f)
    const code = codeOf(matrix, f)
    return { code, level: code, scale, offset }
  },
  inRuns: () => true,
  stored: {
    elements: 256,
    bytes: 84,
    planes(bytes, workspace) {
      const blocks = bytes.length / 84
      const codes = workspace.bytes('codes', blocks * 64).fill(0)
      const scales = workspace.bytes('scales', blocks * 20)
      for (let b = 0; b < blocks; b++) {
        const from = b * 84
        scales.set(bytes.subarray(from, from + 16), b * 20)
        scales.set(bytes.subarray(from + 80, from + 84), b * 20 + 16)
        for (let f = 0; f < 256; f++) {
          const q = (bytes[from + 16 + (f >> 7) * 32 + (f & 31)]! >> (2 * ((f >> 5) & 3))) & 3
          codes[b * 64 + (f >> 2)]! |= q << (2 * (f & 3))
        }
      }
      return { codes, scales }
    },
  },
  example: {
    code: (random) => Math.floor(random() * 2 ** 32),
    // any nibbles; where the word is read as (d, dmin), between 2^-7 and 2^-6
    scale: (random) => (0x20002000 | (Math.floor(random() * 2 ** 32) & 0x03ff03ff)) >>> 0,
  },
}
