// A format as a contributor would add one, for the test of the recipe only: ggml's TQ2_0, three values per weight, in a file
// with four of them to a byte, in another order than they are computed with.
//   weight = d * q - d        q in 2 bits, d f16 per 256
//
//   codes   element f in bits 2 (f & 15) of word f >> 4
//   scales  d of block b in half b & 1 of word b >> 1

import { halfAt } from '../../tensor/half.ts'
import { ceilTo, halves, magnitude, rowsOf } from '../planes.ts'
import type { Matrix, Quant } from '../quant.ts'

const scaleOf = ({ scales }: Matrix, f: number): number => halfAt(scales, Math.floor(f / 256))
const codeOf = ({ codes }: Matrix, f: number): number => (codes[Math.floor(f / 16)]! >>> (2 * (f & 15))) & 3

export const tq2_0: Quant<'tq2_0'> = {
  name: 'tq2_0',
  dtype: 'TQ2_0',
  files: ['gguf'],
  block: 256,
  bits: 2,
  coding: 'counted',
  book: null,
  fits: (cols) => cols % 256 === 0,
  codesBytes: ({ rows, cols }) => (rows * cols) / 4,
  scalesBytes: ({ rows, cols }) => ceilTo(((rows * cols) / 256) * 2, 4),
  rowUnit: ({ cols }) => rowsOf(cols, 512),
  dequantRow(matrix, row, out) {
    for (let k = 0; k < matrix.cols; k++) {
      const f = row * matrix.cols + k
      out[k] = scaleOf(matrix, f) * codeOf(matrix, f) - scaleOf(matrix, f)
    }
  },
  element(matrix, row, col) {
    const f = row * matrix.cols + col
    const [scale, code] = [scaleOf(matrix, f), codeOf(matrix, f)]
    return { code, level: code, scale, offset: -scale }
  },
  inRuns: () => true,
  stored: {
    elements: 256,
    bytes: 66,
    halves: [64],
    planes(bytes, workspace) {
      const blocks = bytes.length / 66
      const codes = workspace.bytes('codes', blocks * 64).fill(0)
      const scales = workspace.bytes('scales', blocks * 2)
      for (let b = 0; b < blocks; b++) {
        const from = b * 66
        scales.set(bytes.subarray(from + 64, from + 66), b * 2)
        for (let f = 0; f < 256; f++) {
          const q = (bytes[from + (f >> 7) * 32 + (f & 31)]! >> (2 * ((f >> 5) & 3))) & 3
          codes[b * 64 + (f >> 2)]! |= q << (2 * (f & 3))
        }
      }
      return { codes, scales }
    },
  },
  example: {
    code: (random) => Math.floor(random() * 2 ** 32),
    scale: (random) => halves(magnitude(random, 0.01), magnitude(random, 0.01)),
  },
}
