// How keys and values lie in the KV cache: f32 as they were computed, f16, or int8 with one scale per head and position.
// shaders/lib/cache-<format>.wgsl is the same in WGSL; here rows are packed for whoever writes them from outside, unpacked
// for whoever looks, and rounded for the references. The references' caches are floats: the values that kernels would see.
//
//   f16    halves of x / s, two to a word; s = 1, or where a value is beyond what halves hold, the power of two that
//          brings the row's largest below 2^15: nothing overflows
//   int8   round(127 x / s), four to a word; s = the row's largest magnitude

import { cacheFormats, type CacheFormat } from '../cache-formats.ts'
import { floatToHalf, halfAt } from '../tensor/half.ts'
import type { Case, Params, Variant } from './op.ts'

/** The format of the caches that a step with these parameters sees (runtime/size.ts puts it there). */
export const cacheFormatOf = (params: Params): CacheFormat => cacheFormats[params['cache'] ?? 0]!

/** Words of a row: d values of one head at one position. */
export function rowWords(format: CacheFormat, d: number): number {
  const quads = Math.ceil(d / 4)
  return format === 'f32' ? d : format === 'f16' ? 2 * quads + 2 : quads + 1
}

const words = new Uint32Array(1)
const floats = new Float32Array(words.buffer)

function scaleFor(format: CacheFormat, row: Float32Array): number {
  floats[0] = row.reduce((most, v) => Math.max(most, Math.abs(v)), 0)
  if (format === 'int8') return floats[0]
  if (!(floats[0] > 65504)) return 1
  words[0] = ((words[0]! >>> 23) - 14) << 23
  return floats[0]
}

const bitsOf = (value: number): number => {
  floats[0] = value
  return words[0]!
}
const codeOf = (v: number, scale: number): number =>
  Math.floor(0.5 + 127 * Math.min(1, Math.max(-1, v / Math.max(scale, 1e-30))))

/** Rows of d values as they lie in a cache of that format. */
export function packRows(format: CacheFormat, d: number, values: Float32Array): Uint32Array {
  if (format === 'f32') return new Uint32Array(values.buffer, values.byteOffset, values.length)
  const width = rowWords(format, d)
  const packed = new Uint32Array((values.length / d) * width)
  for (let from = 0, to = 0; from < values.length; from += d, to += width) {
    const row = values.subarray(from, from + d)
    const scale = scaleFor(format, row)
    row.forEach((v, i) => {
      if (format === 'f16') packed[to + (i >> 1)]! |= floatToHalf(v / scale) << (16 * (i & 1))
      else packed[to + (i >> 2)]! |= (codeOf(v, scale) & 255) << (8 * (i & 3))
    })
    packed[to + width - (format === 'f16' ? 2 : 1)] = bitsOf(scale)
  }
  return packed
}

/** The values of packed rows. */
export function unpackRows(format: CacheFormat, d: number, packed: Uint32Array): Float32Array {
  if (format === 'f32') return new Float32Array(packed.buffer, packed.byteOffset, packed.length)
  const width = rowWords(format, d)
  const values = new Float32Array((packed.length / width) * d)
  for (let to = 0, from = 0; to < values.length; to += d, from += width) {
    const row = packed.subarray(from, from + width)
    words[0] = row[width - (format === 'f16' ? 2 : 1)]!
    const scale = floats[0]!
    for (let i = 0; i < d; i++) {
      const code = (row[i >> 2]! << (24 - 8 * (i & 3))) >> 24
      values[to + i] = format === 'f16' ? halfAt(row, i) * scale : (Math.max(-127, code) / 127) * scale
    }
  }
  return values
}

/** Rows of d values as kernels see them once they are in a cache of that format. */
export const roundedRows = (format: CacheFormat, d: number, values: Float32Array): Float32Array =>
  format === 'f32' ? values : unpackRows(format, d, packRows(format, d, values))

const snippets = { f16: 'cache-f16', int8: 'cache-int8' } as const

/** A variant whose kernels read the KV cache through `#include cache`: in whatever format its step's is. */
export const cached = (variant: Variant): Variant => ({
  ...variant,
  passes: (context) => {
    const format = cacheFormatOf(context.params)
    const passes = variant.passes(context)
    return format === 'f32'
      ? passes
      : passes.map((pass) => ({ ...pass, parts: { ...pass.parts, cache: snippets[format] } }))
  },
})

/** A variant whose kernels know f32 caches alone. */
export const uncached = (variant: Variant): Variant => ({
  ...variant,
  fits: (context) => cacheFormatOf(context.params) === 'f32' && variant.fits(context),
})

/** A case with its cache in each packed format. */
export const packedCases = (given: Case): Case[] =>
  cacheFormats
    .slice(1)
    .map((format, i) => ({
      ...given,
      name: `${given.name ?? 'a case'}, ${format}`,
      params: { ...given.params, cache: i + 1 },
    }))

/** Variants of two kernels that write the cache: one that stores values, one that packs them cell by cell. */
export const appending = (variant: Variant, cells: Variant): Variant[] => [
  uncached(variant),
  cached({ ...cells, fits: (context) => cacheFormatOf(context.params) !== 'f32' && cells.fits(context) }),
]
