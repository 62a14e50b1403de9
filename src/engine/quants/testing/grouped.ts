// For tests only: what quantizers with act-order make (GPTQ), where every COLUMN names the group whose scale it takes.
//   weight = scale[row, group[col]] * q
//
//   codes   int8, rows padded to whole words
//   scales  a group per column (K words, taken modulo the number of groups), which all rows share, then f32 (N, K / 32)

import { bytesOf, ceilTo, floatsOf, signed8 } from '../planes.ts'
import type { Matrix, Quant } from '../quant.ts'

const groups = (cols: number): number => Math.ceil(cols / 32)
const scaleOf = ({ scales, cols }: Matrix, row: number, col: number): number =>
  floatsOf(scales)[cols + row * groups(cols) + (scales[col]! % groups(cols))]!
const codeOf = ({ codes, cols }: Matrix, row: number, col: number): number =>
  bytesOf(codes)[row * ceilTo(cols, 4) + col]!

export const grouped: Quant<'grouped'> = {
  name: 'grouped',
  dtype: 'GROUPED',
  files: ['safetensors'],
  block: 32,
  bits: 8,
  coding: 'signed',
  book: null,
  fits: () => true,
  codesBytes: ({ rows, cols }) => rows * ceilTo(cols, 4),
  scalesBytes: ({ rows, cols }) => (cols + rows * groups(cols)) * 4,
  sharedScales: ({ cols }) => cols * 4,
  rowUnit: () => 1,
  dequantRow(matrix, row, out) {
    for (let k = 0; k < matrix.cols; k++) out[k] = signed8(codeOf(matrix, row, k)) * scaleOf(matrix, row, k)
  },
  element(matrix, row, col) {
    const code = codeOf(matrix, row, col)
    return { code, level: signed8(code), scale: scaleOf(matrix, row, col), offset: 0 }
  },
  inRuns: ({ cols }) => cols % 32 === 0,
  example: {
    code: (random) => Math.floor(random() * 2 ** 32),
    // as f32 between 2^-8 and 2^-7
    scale: (random) => (0x3b800000 + Math.floor(random() * 2 ** 23)) >>> 0,
  },
}
