// i8: 8-bit absmax, w = q * s with s = absmax / 127 per 64 weights of a row. Made while loading, for embeddings and heads.
//
//   codes   int8, rows padded to whole words
//   scales  f32, ceil(K / 64) per row

import { anyWord, bytesOf, ceilTo, floatsOf, largest, magnitude, signed8, signedBytes, wordOf } from './planes.ts'
import type { Quant } from './quant.ts'

const block = 64
const { fround } = Math
// Adding 1.5 * 2^23 leaves no fraction bits, so the f32 addition itself rounds.
const roundHalfEven = (x: number): number => fround(x + 12582912) - 12582912

export const i8: Quant<'i8'> = {
  name: 'i8',
  dtype: null,
  files: [],
  block,
  bits: 8,
  coding: 'signed',
  book: null,
  fits: () => true,
  codesBytes: ({ rows, cols }) => rows * ceilTo(cols, 4),
  scalesBytes: ({ rows, cols }) => rows * Math.ceil(cols / block) * 4,
  rowUnit: () => 1,
  dequantRow({ codes, scales, cols }, row, out) {
    const bytes = bytesOf(codes),
      floats = floatsOf(scales)
    const first = row * ceilTo(cols, 4)
    const perRow = Math.ceil(cols / block)
    for (let k = 0; k < cols; k++) out[k] = signed8(bytes[first + k]!) * floats[row * perRow + (k >> 6)]!
  },
  element({ codes, scales, cols }, row, col) {
    const code = bytesOf(codes)[row * ceilTo(cols, 4) + col]!
    const scale = floatsOf(scales)[row * Math.ceil(cols / block) + (col >> 6)]!
    return { code, level: signed8(code), scale, offset: 0 }
  },
  inRuns: ({ cols }) => cols % 32 === 0,
  ints: true,
  strips: ({ cols }) =>
    cols % 16 === 0
      ? { ...signedBytes, scales: 'float', step: Math.ceil(cols / block) * (block / 16), shift: 2, centre: 0 }
      : null,
  encode(tensor, { cols }, workspace) {
    const stride = ceilTo(cols, 4)
    const perRow = Math.ceil(cols / block)
    return {
      /** whole rows */
      push(values) {
        const rows = values.length / cols
        const codes = new Int8Array(workspace.bytes('codes', rows * stride).buffer, 0, rows * stride).fill(0)
        const scales = workspace.floats('scales', rows * perRow)
        for (let row = 0; row < rows; row++) {
          for (let b = 0; b < perRow; b++) {
            const from = row * cols + b * block
            const to = Math.min(from + block, (row + 1) * cols)
            const max = largest(tensor, values, from, to)
            scales[row * perRow + b] = max / 127
            const inverse = fround(127 / max)
            if (inverse === Infinity) continue // zeros, or so small that the scale is lost
            let at = row * stride + b * block
            for (let i = from; i < to; i++) codes[at++] = roundHalfEven(fround(values[i]! * inverse))
          }
        }
        return { codes: bytesOf(codes), scales: bytesOf(scales) }
      },
      end: () => ({}),
    }
  },
  example: { code: anyWord, scale: (random) => wordOf(magnitude(random, 0.001)) },
}
