// Formats of blocks whose codes have 2 to 6 bits in one or several parts, and whose scales are f16, or small whole numbers
// under the f16 of a super-block of 256 (ggml's K-quants): everything that follows from how both are arranged.
//
//   weight = level(code) * scale + min         code: the bits of all parts together
//   scale  = d                                 min = m            f16 per 32 columns
//   scale  = d * number                        min = -dmin * number      SuperScales
//
// Every product and sum of these is exact in f64, so that each weight is rounded once, as in ggml's own definition.

import { halfAt } from '../tensor/half.ts'
import { bytesOf, ceilTo, part, rowsOf } from './planes.ts'
import type { Bits, Field, Matrix, Quant, Stored, StripPart, SuperScales } from './quant.ts'

/** Some bits of every code of a strip, `up` bits above the code's lowest. */
interface CodePart {
  bytes: number
  bits: 4 | 2 | 1
  up: number
  column: (byte: number, field: number) => number
}
/** How the codes of a strip of columns lie in its bytes. */
export interface Packing {
  columns: 32 | 16
  parts: readonly CodePart[]
}

const quads = (byte: number, field: number): number => 4 * field + byte
/** Byte j: column j in its low bits, column j + 16 in its high ones. */
const low4: CodePart = { bytes: 16, bits: 4, up: 0, column: (byte, field) => byte + 16 * field }
const two: CodePart = { bytes: 4, bits: 2, up: 0, column: quads }
const bit = (bytes: number, up: number): CodePart => ({ bytes, bits: 1, up, column: (byte, i) => 8 * byte + i })

/** 4 bits in 16 bytes · 5 bits: a word of high bits, bit k of column k, before them. */
export const fours: Packing = { columns: 32, parts: [low4] }
export const fives: Packing = { columns: 32, parts: [bit(4, 4), low4] }
/** 2 bits: bits 2 q of byte j are column 4 q + j · 3 bits: two bytes of high bits behind them. */
export const twos: Packing = { columns: 16, parts: [two] }
export const threes: Packing = { columns: 16, parts: [two, bit(2, 2)] }
/** 6 bits: the high two as `twos`, then byte j of the first word: columns j and j + 4, of the second: j + 8 and j + 12. */
export const sixes: Packing = {
  columns: 16,
  parts: [
    { ...two, up: 4 },
    { bytes: 8, bits: 4, up: 0, column: (byte, field) => 8 * (byte >> 2) + (byte & 3) + 4 * field },
  ],
}

const none: Bits = [0, 0, 0]
/** Numbers of a super-block by strip; `at` says where each one's low bits stand, and its high ones if there are any. */
export const fields = (count: number, at: (strip: number) => readonly [low: Bits, high?: Bits]): Field[] =>
  Array.from({ length: count }, (_, strip) => {
    const [low, high = none] = at(strip)
    return { low, high }
  })

interface Blocks<Name extends string> {
  name: Name
  dtype: string
  coding: 'centered' | 'counted' | 'book'
  book?: Float32Array
  packing: Packing
  scales: 'half' | 'half and min' | SuperScales
  stored: Stored
  example: Quant['example']
}

export function blocks<Name extends string>(given: Blocks<Name>): Quant<Name> {
  const { name, dtype, coding, packing, scales, stored, example } = given
  const { columns } = packing
  const bytes = packing.parts.reduce((sum, one) => sum + one.bytes, 0)
  const bits = packing.parts.reduce((sum, one) => sum + one.bits, 0)
  const book = given.book ?? null
  const half = coding === 'centered' ? 2 ** (bits - 1) : 0
  const parts = packing.parts.map((one) => stripPart(one, book))
  const codeAt = readerOf(packing)
  const levelOf = (code: number): number => (book ? book[code]! : code - half)
  const superBlocks = typeof scales === 'object' ? scales : null
  const hasMin = scales === 'half and min' || !!superBlocks?.min
  const wide = superBlocks ? columns * superBlocks.strips : 32

  const numberOf = (words: Uint32Array, at: number, { low, high }: Field): number =>
    ((words[at + low[0]]! >>> low[1]) & low[2]) | (((words[at + high[0]]! >>> high[1]) & high[2]) << 4)
  /** Of strip number s of the plane. */
  const scaleOf = ({ scales: words }: Matrix, s: number): number => {
    if (!superBlocks) return halfAt(words, scales === 'half' ? s : 2 * s)
    const at = Math.floor(s / superBlocks.strips) * superBlocks.words
    const number = numberOf(words, at, superBlocks.scale[s % superBlocks.strips]!) - superBlocks.centre
    return halfAt(words, 2 * (at + superBlocks.d)) * number
  }
  const minOf = ({ scales: words }: Matrix, s: number): number => {
    if (!superBlocks) return scales === 'half' ? 0 : halfAt(words, 2 * s + 1)
    if (!superBlocks.min) return 0
    const at = Math.floor(s / superBlocks.strips) * superBlocks.words
    return -halfAt(words, 2 * (at + superBlocks.d) + 1) * numberOf(words, at, superBlocks.min[s % superBlocks.strips]!)
  }

  return {
    name,
    dtype,
    files: ['gguf'],
    block: superBlocks ? columns : 32,
    bits,
    coding,
    book,
    fits: (cols) => cols % wide === 0,
    inRuns: () => true,
    codesBytes: ({ rows, cols }) => ((rows * cols) / columns) * bytes,
    scalesBytes({ rows, cols }) {
      if (superBlocks) return ((rows * cols) / wide) * superBlocks.words * 4
      return ceilTo(((rows * cols) / 32) * (hasMin ? 4 : 2), 4)
    },
    rowUnit: ({ cols }) => rowsOf(cols, scales === 'half' ? 64 : wide),
    dequantRow(matrix, row, out) {
      const codes = bytesOf(matrix.codes)
      const strips = matrix.cols / columns
      for (let q = 0; q < strips; q++) {
        const s = row * strips + q
        const scale = scaleOf(matrix, s)
        const min = minOf(matrix, s)
        for (let k = 0; k < columns; k++) {
          const product = levelOf(codeAt(codes, s * bytes, k)) * scale
          // without one, a sum would turn -0 into 0
          out[q * columns + k] = hasMin ? product + min : product
        }
      }
    },
    element(matrix, row, col) {
      const s = (row * matrix.cols + col - (col % columns)) / columns
      const code = codeAt(bytesOf(matrix.codes), s * bytes, col % columns)
      return { code, level: levelOf(code), scale: scaleOf(matrix, s), offset: minOf(matrix, s) }
    },
    strips: ({ cols }) => ({
      columns,
      parts,
      scales,
      step: cols / columns,
      shift: 0,
      centre: coding === 'counted' ? 2 ** (bits - 1) : 0,
    }),
    stored,
    example,
  }
}

/** What the part's bits come to: in a book, or as whole numbers around 0, half the code's range taken off by all together. */
function stripPart({ bytes, bits, up, column }: CodePart, book: Float32Array | null): StripPart {
  const half = up === 0 ? 2 ** (bits - 1) : ((2 ** bits - 1) * 2 ** up) / 2
  const levels = book
    ? Float64Array.from(book)
    : Float64Array.from({ length: 2 ** bits }, (_, value) => value * 2 ** up - half)
  return part(bytes, bits, levels, column)
}

/** Reads the code of column k of the strip whose bytes begin at `from`. */
function readerOf({ columns, parts }: Packing): (codes: Uint8Array, from: number, k: number) => number {
  let first = 0
  const places = parts.map(({ bytes, bits, up, column }) => {
    const byteOf = new Uint8Array(columns)
    const shiftOf = new Uint8Array(columns)
    for (let byte = 0; byte < bytes; byte++) {
      for (let field = 0; field < 8 / bits; field++) {
        byteOf[column(byte, field)] = first + byte
        shiftOf[column(byte, field)] = field * bits
      }
    }
    first += bytes
    return { byteOf, shiftOf, mask: 2 ** bits - 1, up }
  })
  return (codes, from, k) => {
    let code = 0
    for (const { byteOf, shiftOf, mask, up } of places) {
      code |= ((codes[from + byteOf[k]!]! >> shiftOf[k]!) & mask) << up
    }
    return code
  }
}
