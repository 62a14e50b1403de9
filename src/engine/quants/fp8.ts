// FP8: floats of a byte, E4M3 (arXiv 2209.05433): 1 sign, 4 exponent (bias 7), 3 fraction; 0x7F and 0xFF are no number, there
// is no infinity, the largest is 448.
//
//   weight = float(code) * scale
//
//   codes   one byte per weight, rows padded to whole words
//   scales  f32, one per row and `block` columns: a file's scale of a tensor, a row or a rectangle is repeated for each row

import { bytesOf, ceilTo, floatsOf, magnitude, part, stripScales, wordOf } from './planes.ts'
import type { Matrix, Quant } from './quant.ts'

/** The value of each of the 256 codes. */
export const e4m3 = Float32Array.from({ length: 256 }, (_, code) => {
  const sign = code & 128 ? -1 : 1
  const exponent = (code >> 3) & 15
  const fraction = code & 7
  if ((code & 127) === 127) return NaN
  return sign * (exponent === 0 ? fraction * 2 ** -9 : (1 + fraction / 8) * 2 ** (exponent - 7))
})

const strip = { ...part(16, 8, Float64Array.from(e4m3), (byte) => byte), mirrored: true } as const

const scaleAt = ({ scales, cols, block }: Matrix, row: number, col: number): number =>
  floatsOf(scales)[row * Math.ceil(cols / block) + Math.floor(col / block)]!

export const fp8: Quant<'fp8'> = {
  name: 'fp8',
  dtype: 'FP8',
  files: [], // made of a file's E4M3 and its scales
  block: 128,
  anyBlock: true,
  bits: 8,
  coding: 'book',
  book: e4m3,
  fits: () => true,
  codesBytes: ({ rows, cols }) => rows * ceilTo(cols, 4),
  scalesBytes: ({ rows, cols, block }) => rows * Math.ceil(cols / block) * 4,
  rowUnit: () => 1,
  dequantRow(matrix, row, out) {
    const bytes = bytesOf(matrix.codes)
    const first = row * ceilTo(matrix.cols, 4)
    const { cols, block } = matrix
    const scales = floatsOf(matrix.scales).subarray(row * Math.ceil(cols / block))
    for (let k = 0; k < cols; k++) out[k] = e4m3[bytes[first + k]!]! * scales[Math.floor(k / block)]!
  },
  element(matrix, row, col) {
    const code = bytesOf(matrix.codes)[row * ceilTo(matrix.cols, 4) + col]!
    return { code, level: e4m3[code]!, scale: scaleAt(matrix, row, col), offset: 0 }
  },
  strips(shape) {
    const scales = stripScales(shape, 16)
    return scales && { columns: 16, parts: [strip], scales: 'float', ...scales, centre: 0 }
  },
  inRuns: ({ cols, block }) => cols % 32 === 0 && (block % 32 === 0 || block >= cols),
  example: {
    // any code that is a number: the exponent's lowest bit is left out
    code: (random) => (Math.floor(random() * 4294967296) & 0xf7f7f7f7) >>> 0,
    scale: (random) => wordOf(magnitude(random, 0.001)),
  },
}
