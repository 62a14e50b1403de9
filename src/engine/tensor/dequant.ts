// One row of a weight matrix as f32, for every storage format (layouts: format.ts).
//
// This is the definition the kernels are tested against: each value is rounded to f32 once,
// so it is bit for bit what bitsandbytes and ggml give.

import type { WeightData } from './format.ts'
import { bfloatToFloat, halfAt } from './half.ts'
import { nf4Codes } from './nf4.ts'

/** Writes row `row` of `weight` into out[0..cols). */
export function dequantRow(weight: WeightData, row: number, out: Float32Array): void {
  const { format, cols, block, codes, scales } = weight
  const first = row * cols
  const bytes = new Uint8Array(codes.buffer, codes.byteOffset, codes.byteLength)
  const floats = new Float32Array(scales.buffer, scales.byteOffset, scales.length)
  switch (format) {
    case 'f32': {
      const values = new Float32Array(codes.buffer, codes.byteOffset, codes.length)
      for (let k = 0; k < cols; k++) out[k] = values[first + k]!
      return
    }
    case 'f16':
      for (let k = 0; k < cols; k++) out[k] = halfAt(codes, first + k)
      return
    case 'bf16': {
      const halves = new Uint16Array(codes.buffer, codes.byteOffset, codes.length * 2)
      for (let k = 0; k < cols; k++) out[k] = bfloatToFloat(halves[first + k]!)
      return
    }
    case 'nf4':
      for (let k = 0; k < cols; k++) {
        const f = first + k
        const byte = bytes[f >> 1]!
        out[k] = nf4Codes[f & 1 ? byte & 15 : byte >> 4]! * floats[Math.floor(f / block)]!
      }
      return
    case 'q4_0':
    case 'q4_1':
      for (let k = 0; k < cols; k++) {
        const b = (first + k) >> 5
        const i = k & 31
        const byte = bytes[b * 16 + (i & 15)]!
        const q = i < 16 ? byte & 15 : byte >> 4
        out[k] = format === 'q4_0' ? halfAt(scales, b) * (q - 8) : halfAt(scales, 2 * b) * q + halfAt(scales, 2 * b + 1)
      }
      return
    case 'q8_0':
      for (let k = 0; k < cols; k++) out[k] = halfAt(scales, (first + k) >> 5) * ((bytes[first + k]! << 24) >> 24)
      return
    case 'i8': {
      const stride = Math.ceil(cols / 4) * 4
      const perRow = Math.ceil(cols / 64)
      for (let k = 0; k < cols; k++) {
        out[k] = ((bytes[row * stride + k]! << 24) >> 24) * floats[row * perRow + (k >> 6)]!
      }
    }
  }
}

/** The whole matrix, row-major. For tests and small tensors. */
export function dequantize(weight: WeightData): Float32Array {
  const out = new Float32Array(weight.rows * weight.cols)
  for (let row = 0; row < weight.rows; row++) {
    dequantRow(weight, row, out.subarray(row * weight.cols, (row + 1) * weight.cols))
  }
  return out
}
