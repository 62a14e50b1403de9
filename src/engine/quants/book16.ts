// Sixteen levels in a code book, as bitsandbytes packs them (QLoRA, arXiv 2305.14314): weight = book[q] * absmax, one absmax
// per `block` elements of the FLATTENED matrix; blocks straddle rows where the width is no multiple.
//
//   codes   element 2j in the HIGH nibble of byte j, element 2j + 1 in the low one, flattened over rows
//   scales  f32 absmax; double quantization is expanded while reading (nf4-nested.ts)

import { anyWord, bytesOf, ceilTo, floatsOf, inPairs, magnitude, rowsOf, wordOf } from './planes.ts'
import type { Quant } from './quant.ts'

const codeOf = (byte: number, f: number): number => (f & 1 ? byte & 15 : byte >> 4)

/** @param own what only this format has */
export function book16<Name extends string>(
  own: Pick<Quant<Name>, 'name' | 'dtype' | 'called' | 'bytePairs' | 'encode' | 'wholeScales'> & { book: Float32Array },
): Quant<Name> {
  const { book } = own
  const levels = Float64Array.from(book)
  return {
    ...own,
    files: ['safetensors'],
    block: 64,
    anyBlock: true,
    bits: 4,
    coding: 'book',
    fits: () => true,
    codesBytes: ({ rows, cols }) => ceilTo(Math.ceil((rows * cols) / 2), 4),
    scalesBytes: ({ rows, cols, block }) => Math.ceil((rows * cols) / block) * 4,
    rowUnit: ({ cols, block }) => rowsOf(cols, block),
    dequantRow({ codes, scales, cols, block }, row, out) {
      const bytes = bytesOf(codes),
        floats = floatsOf(scales)
      const first = row * cols
      for (let k = 0, q = Math.floor(first / block); k < cols; q++) {
        const scale = floats[q]!
        // as far as this block goes
        for (const end = Math.min(cols, (q + 1) * block - first); k < end; k++) {
          const f = first + k
          out[k] = book[codeOf(bytes[Math.floor(f / 2)]!, f)]! * scale
        }
      }
    },
    element({ codes, scales, cols, block }, row, col) {
      const f = row * cols + col
      const code = codeOf(bytesOf(codes)[Math.floor(f / 2)]!, f)
      return { code, level: book[code]!, scale: floatsOf(scales)[Math.floor(f / block)]!, offset: 0 }
    },
    inRuns: ({ cols, block }) => cols % 32 === 0 && block % 32 === 0,
    strips({ cols, block }) {
      const shift = Math.log2(block / 32)
      if (cols % 32 !== 0 || shift < 0 || !Number.isInteger(shift)) return null
      return { ...inPairs(levels), scales: 'float', step: cols / 32, shift, centre: 0 }
    },
    example: { code: anyWord, scale: (random) => wordOf(magnitude(random, 0.1)) },
  }
}
