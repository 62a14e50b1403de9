// Half floats, the code book, and dequantRow against values that bitsandbytes and ggml gave.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { dequantize } from './dequant.ts'
import { bfloatToFloat, floatToBfloat, floatToHalf, halfToFloat } from './half.ts'
import { nf4Bits, nf4Codes, nf4Midpoints } from './nf4.ts'
import type { WeightData } from './format.ts'

describe('f16', () => {
  it('gives back every one of its values', () => {
    for (let h = 0; h < 65536; h++) {
      const value = halfToFloat(h)
      if (Number.isNaN(value)) expect(Number.isNaN(halfToFloat(floatToHalf(value)))).toBe(true)
      else if (floatToHalf(value) !== h) {
        throw new Error(`${h.toString(16)} -> ${value} -> ${floatToHalf(value).toString(16)}`)
      }
    }
  })
  it('rounds halfway to even, overflows to infinity, and keeps subnormals', () => {
    for (let h = 0; h < 0x7bff; h += 7) {
      const [low, high] = [halfToFloat(h), halfToFloat(h + 1)]
      const middle = (low + high) / 2
      expect(floatToHalf(middle)).toBe(h & 1 ? h + 1 : h)
      expect(floatToHalf(-middle)).toBe((h & 1 ? h + 1 : h) | 0x8000)
      expect(floatToHalf(middle + (high - low) / 8)).toBe(h + 1)
    }
    expect([65519, 65520, 1e30, -Infinity].map(floatToHalf)).toEqual([0x7bff, 0x7c00, 0x7c00, 0xfc00])
    expect([2 ** -24, 2 ** -25, 2 ** -25 * 1.0001, -0].map(floatToHalf)).toEqual([1, 0, 1, 0x8000])
  })
})

describe('bf16', () => {
  it('gives back every one of its values and rounds halfway to even', () => {
    for (let b = 0; b < 65536; b++) {
      const value = bfloatToFloat(b)
      if (!Number.isNaN(value) && floatToBfloat(value) !== b) throw new Error(b.toString(16))
    }
    expect([1 + 2 ** -8, 1 + 3 * 2 ** -8, 1 + 2 ** -8 + 2 ** -20].map(floatToBfloat)).toEqual([0x3f80, 0x3f82, 0x3f81])
    expect(Number.isNaN(bfloatToFloat(floatToBfloat(NaN)))).toBe(true)
  })
})

describe('NF4', () => {
  it("has bitsandbytes' code book, rising, with midpoints between", () => {
    expect(nf4Codes[1]).toBe(Math.fround(-0.6961928009986877))
    expect(nf4Codes[14]).toBe(Math.fround(0.7229568362236023))
    expect([nf4Bits[0], nf4Codes[7], nf4Codes[15]]).toEqual([0xbf800000, 0, 1])
    for (let q = 0; q < 15; q++) {
      expect(nf4Midpoints[q]).toBeGreaterThan(nf4Codes[q]!)
      expect(nf4Midpoints[q]).toBeLessThan(nf4Codes[q + 1]!)
    }
  })
  it('dequantizes a file of bitsandbytes bit for bit', () => {
    const file = readFileSync('fixtures/quant/bnb_nf4_plain.safetensors')
    const headerLength = Number(file.readBigUInt64LE(0))
    const header = JSON.parse(file.toString('utf8', 8, 8 + headerLength)) as Record<
      string,
      { data_offsets: [number, number] }
    >
    const words = (name: string): Uint32Array =>
      new Uint32Array(
        new Uint8Array(file.subarray(...header[name]!.data_offsets.map((o) => 8 + headerLength + o))).buffer,
      )
    const weight: WeightData = {
      format: 'nf4',
      rows: 40,
      cols: 64,
      block: 64,
      codes: words('weight'),
      scales: words('weight.absmax'),
    }
    expect(new Uint32Array(dequantize(weight).buffer)).toEqual(words('expected'))
  })
})

describe('ggml blocks', () => {
  const blocks = JSON.parse(readFileSync('fixtures/quant/ggml_blocks.json', 'utf8')) as Record<
    string,
    { bytes: number; hex: string; values: number[] }
  >
  it.each([
    ['Q4_0', 'q4_0', 2],
    ['Q4_1', 'q4_1', 4],
    ['Q8_0', 'q8_0', 2],
  ] as const)("%s in planes gives gguf-py's values", (type, format, scaleBytes) => {
    const { bytes, hex, values } = blocks[type]!
    const raw = Buffer.from(hex, 'hex')
    const count = raw.length / bytes
    const codes = new Uint8Array(count * (bytes - scaleBytes))
    const scales = new Uint8Array(Math.ceil((count * scaleBytes) / 4) * 4)
    for (let b = 0; b < count; b++) {
      scales.set(raw.subarray(b * bytes, b * bytes + scaleBytes), b * scaleBytes)
      codes.set(raw.subarray(b * bytes + scaleBytes, (b + 1) * bytes), b * (bytes - scaleBytes))
    }
    const weight: WeightData = {
      format,
      rows: 1,
      cols: values.length,
      block: 32,
      codes: new Uint32Array(codes.buffer),
      scales: new Uint32Array(scales.buffer),
    }
    expect([...dequantize(weight)]).toEqual(values.map(Math.fround))
  })
})
