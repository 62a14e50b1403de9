// Plain numbers that files may hold and no kernel reads: they become f32 while they are read. Whole numbers are read from
// GGUF alone, where a tensor's type says what its values are: in safetensors they are codes that scales elsewhere belong to.

import { halfToFloat } from '../tensor/half.ts'
import { e4m3 } from './fp8.ts'
import type { FileKind, Workspace } from './quant.ts'

interface Numbers {
  dtype: string
  files: readonly FileKind[]
  bytes: number
  at(view: DataView, byte: number): number
}

/** Sign, exponent, fraction; the code of a negative zero is the only one that is no number. */
function fnuz(code: number, fraction: number, bias: number): number {
  if (code === 128) return NaN
  const exponent = (code & 127) >> fraction
  const rest = (code & (2 ** fraction - 1)) / 2 ** fraction
  const size = exponent === 0 ? rest * 2 ** (1 - bias) : (1 + rest) * 2 ** (exponent - bias)
  return code & 128 ? -size : size
}

const list: readonly Numbers[] = [
  { dtype: 'F64', files: ['safetensors', 'gguf'], bytes: 8, at: (view, byte) => view.getFloat64(byte, true) },
  // FP8 without a scale; with one it is a packing's (formats/packings/bytes.ts)
  { dtype: 'F8_E4M3', files: ['safetensors'], bytes: 1, at: (view, byte) => e4m3[view.getUint8(byte)]! },
  { dtype: 'F8_E5M2', files: ['safetensors'], bytes: 1, at: (view, byte) => halfToFloat(view.getUint8(byte) << 8) },
  { dtype: 'F8_E4M3FNUZ', files: ['safetensors'], bytes: 1, at: (view, byte) => fnuz(view.getUint8(byte), 3, 8) },
  { dtype: 'F8_E5M2FNUZ', files: ['safetensors'], bytes: 1, at: (view, byte) => fnuz(view.getUint8(byte), 2, 16) },
  // a power of two, as scales of FP8 are; the code of all ones is none
  {
    ...{ dtype: 'F8_E8M0', files: ['safetensors'], bytes: 1 },
    at: (view, byte) => (view.getUint8(byte) === 255 ? NaN : 2 ** (view.getUint8(byte) - 127)),
  },
  { dtype: 'I8', files: ['gguf'], bytes: 1, at: (view, byte) => view.getInt8(byte) },
  { dtype: 'I16', files: ['gguf'], bytes: 2, at: (view, byte) => view.getInt16(byte, true) },
  { dtype: 'I32', files: ['gguf'], bytes: 4, at: (view, byte) => view.getInt32(byte, true) },
  { dtype: 'I64', files: ['gguf'], bytes: 8, at: (view, byte) => Number(view.getBigInt64(byte, true)) },
]

/** The format that they become. */
export const numbersBecome = 'f32'

/** Bytes of one such number; null for any other dtype, or where it is not read from files of that kind. */
export function numberBytes(dtype: string, kind?: FileKind): number | null {
  const found = list.find((one) => one.dtype === dtype)
  return found && (!kind || found.files.includes(kind)) ? found.bytes : null
}

/** Such numbers as f32, each rounded once. */
export function decodeNumbers(dtype: string, bytes: Uint8Array, workspace?: Workspace): Float32Array {
  const { bytes: size, at } = list.find((one) => one.dtype === dtype)!
  const count = Math.floor(bytes.length / size)
  const out = workspace?.floats('floats', count) ?? new Float32Array(count)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let i = 0; i < count; i++) out[i] = at(view, i * size)
  return out
}
