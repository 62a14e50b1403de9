// Plain floats of a file (F32, F16, BF16, little-endian, at any byte offset) as f32.

import { halfToFloat } from '../tensor/half.ts'
import type { Scratch } from './scratch.ts'

export type FloatDtype = 'F32' | 'F16' | 'BF16'
export const floatBytes: Record<FloatDtype, number> = { F32: 4, F16: 2, BF16: 2 }
export const isFloat = (dtype: string): dtype is FloatDtype => Object.hasOwn(floatBytes, dtype)

let halves: Float32Array | undefined
const halfTable = (): Float32Array => (halves ??= Float32Array.from({ length: 65536 }, (_, bits) => halfToFloat(bits)))

/** The same bytes at an offset that typed arrays of `size`-byte elements accept; copies only when it must. */
function aligned(bytes: Uint8Array, size: number): Uint8Array {
  return bytes.byteOffset % size === 0 ? bytes : bytes.slice()
}

/** May share memory with `bytes` (F32), else lies in `scratch` when there is one: do not write into it. */
export function decodeFloats(dtype: FloatDtype, bytes: Uint8Array, scratch?: Scratch): Float32Array {
  if (dtype === 'F32') {
    const at4 = aligned(bytes, 4)
    return new Float32Array(at4.buffer, at4.byteOffset, at4.byteLength >> 2)
  }
  const at2 = aligned(bytes, 2)
  const bits = new Uint16Array(at2.buffer, at2.byteOffset, at2.byteLength >> 1)
  const out = scratch?.floats('floats', bits.length) ?? new Float32Array(bits.length)
  if (dtype === 'BF16') {
    const words = new Uint32Array(out.buffer, 0, out.length)
    for (let i = 0; i < bits.length; i++) words[i] = bits[i]! << 16
    return out
  }
  const table = halfTable()
  for (let i = 0; i < bits.length; i++) out[i] = table[bits[i]!]!
  return out
}

/** The bytes of values. */
export const bytesOf = (values: Float32Array | Int8Array): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
