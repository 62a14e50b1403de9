// 16-bit floats in and out of f32, bit by bit.
//
//   f16   1 sign, 5 exponent, 10 fraction   (IEEE 754 binary16)
//   bf16  the upper half of an f32
//
// Widening is exact. Narrowing rounds to nearest, ties to even; f16 overflows to infinity.

const f32 = new Float32Array(1)
const u32 = new Uint32Array(f32.buffer)

const bitsOf = (x: number): number => {
  f32[0] = x
  return u32[0]!
}
const floatOf = (bits: number): number => {
  u32[0] = bits
  return f32[0]!
}

/** f16 bits -> number, exact (subnormals, infinities and NaN included). */
export function halfToFloat(h: number): number {
  const magnitude = h & 0x7fff
  if (magnitude < 0x0400) return (h & 0x8000 ? -magnitude : magnitude) * 2 ** -24
  if (magnitude > 0x7c00) return NaN
  // an f32's exponent is counted from 127, not from 15; infinity's has all bits set
  const exponent = magnitude === 0x7c00 ? 0x7f800000 : (magnitude << 13) + 0x38000000
  return floatOf((((h & 0x8000) << 16) | exponent) >>> 0)
}

/** number -> f16 bits. The number is rounded to f32 first, as every producer of our data does. */
export function floatToHalf(x: number): number {
  const bits = bitsOf(x)
  const sign = (bits >>> 16) & 0x8000
  const magnitude = bits & 0x7fffffff
  if (magnitude > 0x7f800000) return sign | 0x7e00
  if (magnitude >= 0x477ff000) return sign | 0x7c00 // 65520 and above: infinity
  if (magnitude < 0x38800000) {
    // below 2^-14: subnormal, units of 2^-24
    const units = floatOf(magnitude) * 2 ** 24
    const floor = Math.floor(units)
    const rest = units - floor
    return sign | (rest > 0.5 || (rest === 0.5 && floor & 1) ? floor + 1 : floor)
  }
  const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1)
  return sign | ((rounded - 0x38000000) >>> 13)
}

/** bf16 bits -> number, exact. */
export const bfloatToFloat = (b: number): number => floatOf((b << 16) >>> 0)

/** number -> bf16 bits. */
export function floatToBfloat(x: number): number {
  const bits = bitsOf(x)
  if ((bits & 0x7fffffff) > 0x7f800000) return (bits >>> 16) | 0x40
  return ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16) & 0xffff
}

/** The two halves of a word, as f16. */
export const halfAt = (words: Uint32Array, i: number): number =>
  halfToFloat((words[i >> 1]! >>> ((i & 1) * 16)) & 0xffff)
