import { describe, expect, it } from 'vitest'
import { bfloatToFloat, floatToBfloat, floatToHalf, halfToFloat } from './half.ts'

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
