// Whole numbers in groups of columns, as GPTQ, AWQ, compressed-tensors and MLX quantize: unsigned codes of 4 or 8 bits, and
// two f32 for each group of `block` columns of a row.
//
//   weight = scale * (q - zero)      uint4, uint8; with …_ordered every COLUMN names its group (GPTQ's act-order)
//   weight = scale * q + bias        uint4_bias, uint8_bias (MLX)
//
//   codes   column k of a row in bits [bits k, bits (k + 1)) of the row's words; a row starts on a word
//   scales  (rows, ceil(cols / block)) pairs; …_ordered: first a word for each column, its group + (groups << 16), so that
//           a kernel that does not know `block` finds a row's pairs
//
// Codes of 2 and 3 bits are kept as 4, of 5 and 6 as 8 (formats/packings/ widens them while reading).

import { anyWord, bytesOf, ceilTo, centred, floatsOf, magnitude, part, signed, stripScales, wordOf } from './planes.ts'
import type { Matrix, Quant, Shape, Strips } from './quant.ts'

type Second = 'zero' | 'bias'

const groups = ({ cols, block }: Pick<Shape, 'cols' | 'block'>): number => Math.ceil(cols / block)

const nibbles = part(16, 4, centred, (byte, field) => 2 * byte + field)
const bytes = part(
  16,
  8,
  Float64Array.from({ length: 256 }, (_, code) => code),
  (byte) => byte,
)

function stripsOf(shape: Pick<Shape, 'cols' | 'block'>, bits: 4 | 8, second: Second): Strips | null {
  const columns = bits === 4 ? 32 : 16
  const scales = stripScales(shape, columns)
  return (
    scales && {
      columns,
      parts: [bits === 4 ? nibbles : bytes],
      scales: second === 'bias' ? 'float and min' : 'float and zero',
      ...scales,
      centre: bits === 4 ? 8 : 0,
    }
  )
}

/** Groups of a row that the upper half of a word can count. */
export const maxOrderedGroups = 65535

/** What `scales` of …_ordered begins with: the group of every column. */
export const orderWords = (group: ArrayLike<number>, count: number): Uint32Array =>
  Uint32Array.from(group, (g) => (g | (count << 16)) >>> 0)

function grouped<Name extends string>(name: Name, bits: 4 | 8, second: Second, ordered: boolean): Quant<Name> {
  const perByte = 8 / bits
  const rowBytes = (cols: number): number => ceilTo(Math.ceil(cols / perByte), 4)
  const codeAt = ({ codes, cols }: Matrix, row: number, col: number): number => {
    const byte = bytesOf(codes)[row * rowBytes(cols) + Math.floor(col / perByte)]!
    return bits === 8 ? byte : (byte >> ((col & 1) * 4)) & 15
  }
  /** where the pair of a row's column stands among the scales */
  const pairAt = (matrix: Matrix, row: number, col: number): number => {
    const count = groups(matrix)
    const group = ordered ? matrix.scales[col]! & 0xffff : Math.floor(col / matrix.block)
    return (ordered ? matrix.cols : 0) + 2 * (row * count + group)
  }
  const shared = (cols: number): number => (ordered ? cols * 4 : 0)
  return {
    name,
    dtype: name.toUpperCase(),
    files: [], // made of several tensors of a file
    block: 32,
    anyBlock: true,
    bits,
    coding: 'counted',
    book: null,
    fits: () => true,
    codesBytes: ({ rows, cols }) => rows * rowBytes(cols),
    scalesBytes: (shape) => shared(shape.cols) + shape.rows * groups(shape) * 8,
    ...(ordered ? { sharedScales: ({ cols }) => shared(cols) } : {}),
    rowUnit: () => 1,
    dequantRow(matrix, row, out) {
      const floats = floatsOf(matrix.scales)
      const codes = bytesOf(matrix.codes)
      const { cols, block } = matrix
      const first = row * rowBytes(cols)
      const pairs = pairAt(matrix, row, 0) - (ordered ? 2 * (matrix.scales[0]! & 0xffff) : 0)
      for (let k = 0; k < cols; k++) {
        const at = pairs + 2 * (ordered ? matrix.scales[k]! & 0xffff : Math.floor(k / block))
        const code = bits === 8 ? codes[first + k]! : (codes[first + (k >> 1)]! >> ((k & 1) * 4)) & 15
        const [scale, other] = [floats[at]!, floats[at + 1]!]
        out[k] = second === 'bias' ? scale * code + other : scale * (code - other)
      }
    },
    element(matrix, row, col) {
      const at = pairAt(matrix, row, col)
      const code = codeAt(matrix, row, col)
      const [scale, other] = [floatsOf(matrix.scales)[at]!, floatsOf(matrix.scales)[at + 1]!]
      return { code, level: code, scale, offset: second === 'bias' ? other : -scale * other }
    },
    inRuns: ({ cols, block }) => cols % 32 === 0 && (ordered || block % 32 === 0 || block >= cols),
    ...(ordered ? { ordered: bits } : { strips: (shape) => stripsOf(shape, bits, second) }),
    example: {
      code: anyWord,
      // one number for both of a pair, and any group: a scale below 1, a zero that is no whole number, a bias
      scale: (random) => wordOf((second === 'bias' ? signed : magnitude)(random, bits === 8 ? 0.01 : 0.1)),
      ...(ordered
        ? {
            shared: (random, shape) =>
              orderWords(
                Array.from({ length: shape.cols }, () => Math.floor(random() * groups(shape))),
                groups(shape),
              ),
          }
        : {}),
    },
  }
}

/** The dtype of a weight of such codes, in the bits that they are kept in. */
export const groupedDtype = (bits: number, second: Second, ordered: boolean): string =>
  `UINT${bits <= 4 ? 4 : 8}${ordered ? '_ORDERED' : second === 'bias' ? '_BIAS' : ''}`

export const uint4 = grouped('uint4', 4, 'zero', false)
export const uint8 = grouped('uint8', 8, 'zero', false)
export const uint4_ordered = grouped('uint4_ordered', 4, 'zero', true)
export const uint8_ordered = grouped('uint8_ordered', 8, 'zero', true)
export const uint4_bias = grouped('uint4_bias', 4, 'bias', false)
export const uint8_bias = grouped('uint8_bias', 8, 'bias', false)
