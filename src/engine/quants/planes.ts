// Small tools that several formats share: views of planes, sizes, blocks of files cut into planes, the largest magnitude.

import { EngineError } from '../errors.ts'
import { floatToBfloat, floatToHalf } from '../tensor/half.ts'
import type { Planes, Shape, Stored, StripPart, Workspace } from './quant.ts'

export const ceilTo = (n: number, m: number): number => Math.ceil(n / m) * m

/** The bytes of a plane. */
export const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength)

/** A plane's words as f32. */
export const floatsOf = ({ buffer, byteOffset, length }: Uint32Array): Float32Array =>
  new Float32Array(buffer, byteOffset, length)

export const signed8 = (byte: number): number => (byte << 24) >> 24

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b))

/** The fewest rows of `cols` elements that hold a multiple of `elements`. */
export const rowsOf = (cols: number, elements: number): number => elements / gcd(cols, elements)

/** Rows of whole 32-column blocks are what ggml's formats are made of. */
export const in32 = {
  fits: (cols: number): boolean => cols % 32 === 0,
  inRuns: ({ cols }: Pick<Shape, 'cols'>): boolean => cols % 32 === 0,
}

/** Bytes of a strip, and the columns of each byte's fields: column(byte, field), field 0 in the lowest bits. */
export const part = (
  bytes: number,
  bits: StripPart['bits'],
  levels: Float64Array,
  column: (byte: number, field: number) => number,
): StripPart => {
  const fields = 8 / bits
  const columns = Uint8Array.from({ length: bytes * fields }, (_, i) => column(Math.floor(i / fields), i % fields))
  return { bytes, bits, levels, columns }
}
/** Strips of 32 columns in 4-bit codes: byte j holds columns 2j (high) and 2j + 1 (low). */
export const inPairs = (levels: Float64Array) =>
  ({ columns: 32, parts: [part(16, 4, levels, (byte, field) => 2 * byte + 1 - field)] }) as const
/** The same: byte j holds columns j (low) and j + 16 (high). */
export const inHalves = (levels: Float64Array) =>
  ({ columns: 32, parts: [part(16, 4, levels, (byte, field) => byte + 16 * field)] }) as const
/** Levels of codes 0 to 15 taken as whole numbers less 8. */
export const centred = Float64Array.from({ length: 16 }, (_, code) => code - 8)
/** Strips whose codes are int8. */
export const signedBytes = {
  columns: 16,
  parts: [
    part(
      16,
      8,
      Float64Array.from({ length: 256 }, (_, byte) => signed8(byte)),
      (byte) => byte,
    ),
  ],
} as const

/**
 * Which scale a strip has, where a row's groups of `block` columns are so many strips as a power of two says, or the whole
 * row; null where a group, or the row, ends inside a strip.
 */
export function stripScales(
  { cols, block }: Pick<Shape, 'cols' | 'block'>,
  columns: number,
): { step: number; shift: number } | null {
  const count = Math.ceil(cols / block)
  const shift = count === 1 ? Math.ceil(Math.log2(cols / columns)) : Math.log2(block / columns)
  if (cols % columns !== 0 || shift < 0 || !Number.isInteger(shift)) return null
  return { step: count << shift, shift }
}

/** Blocks of `bytes` in a file that open with `scales` bytes of scales, as planes. @param halves where the f16 stand */
export const scalesFirst = (elements: number, bytes: number, scales: number, halves = [0]): Stored => ({
  elements,
  bytes,
  halves,
  planes(from: Uint8Array, workspace: Workspace): Planes {
    const blocks = from.length / bytes
    const out = {
      codes: workspace.bytes('codes', blocks * (bytes - scales)),
      scales: workspace.bytes('scales', blocks * scales),
    }
    // in the widest units that fit: four times as fast as byte by byte, and a subarray per block would be five million
    // objects in a small model
    const views = [from, out.scales, out.codes]
    const lies = (unit: number): boolean =>
      (bytes | scales) % unit === 0 && views.every(({ byteOffset }) => byteOffset % unit === 0)
    const unit = lies(4) ? 4 : lies(2) ? 2 : 1
    const [blocksOf, scalesOf, codesOf] = views.map((view) => inUnits(view, unit)) as [Units, Units, Units]
    cut(blocksOf, scalesOf, codesOf, scales / unit, bytes / unit)
    return out
  },
})

type Units = Uint8Array | Uint16Array | Uint32Array
const inUnits = ({ buffer, byteOffset, length }: Uint8Array, unit: 1 | 2 | 4): Units =>
  unit === 4
    ? new Uint32Array(buffer, byteOffset, length / 4)
    : unit === 2
      ? new Uint16Array(buffer, byteOffset, length / 2)
      : new Uint8Array(buffer, byteOffset, length)

/** The first `head` units of every `size` of them to one place, the others to the other. */
function cut(from: Units, first: Units, rest: Units, head: number, size: number): void {
  let [f, r] = [0, 0]
  for (let at = 0; at < from.length;) {
    for (const end = at + head; at < end;) first[f++] = from[at++]!
    for (const end = at + size - head; at < end;) rest[r++] = from[at++]!
  }
}

/** The largest magnitude of values[from, to). @throws NUMERIC when one is infinite or not a number */
export function largest(tensor: string, values: Float32Array, from: number, to: number): number {
  let max = 0
  let sum = 0 // turns NaN when any value is NaN or infinite
  for (let i = from; i < to; i++) {
    const x = Math.abs(values[i]!)
    if (x > max) max = x
    sum += x
  }
  if (!(sum < Infinity)) {
    throw new EngineError(
      'NUMERIC',
      `Cannot quantize the tensor "${tensor}": it holds a value that is infinite or not a number. The file is damaged; fetch it again.`,
      { tensor },
    )
  }
  return max
}

// ---- random words for known-answer cases ----------------------------------------------------------------------------

type Random = () => number
const float = new Float32Array(1)
const word = new Uint32Array(float.buffer)

export const anyWord = (random: Random): number => Math.floor(random() * 4294967296)
export const wordOf = (x: number): number => {
  float[0] = x
  return word[0]!
}
const pair = (low: number, high: number): number => (low | (high << 16)) >>> 0
export const signed = (random: Random, size: number): number => (random() * 2 - 1) * size
/** Above 0, around `size`. */
export const magnitude = (random: Random, size: number): number => (random() + 0.25) * size
export const halves = (low: number, high: number): number => pair(floatToHalf(low), floatToHalf(high))
export const bfloats = (low: number, high: number): number => pair(floatToBfloat(low), floatToBfloat(high))
/** A pair of f16 around these sizes, now and then so small that they are subnormal, as real ones are. */
export function smallHalves(random: Random, low: number, high: number): number {
  const less = random() < 0.25 ? 1 / 128 : 1
  return halves(magnitude(random, low) * less, magnitude(random, high) * less)
}
/** An f16 around this size in the low half of a word, any bits in the high one. */
export const halfAndBits = (random: Random, size: number): number =>
  pair(floatToHalf(magnitude(random, size)), Math.floor(random() * 65536))
