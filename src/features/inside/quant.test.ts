import { describe, expect, it } from 'vitest'
import { bins, levelOf, lostOf } from './quant.ts'

describe('codes', () => {
  const book = Float32Array.of(-1, 0.5, 0, 2)
  it.each([
    ['signed', 8, [0, 127, 128, 255], [0, 127, -128, -1]],
    ['signed', 6, [0, 31, 32, 63], [0, 31, -32, -1]],
    ['centered', 4, [0, 8, 15], [-8, 0, 7]],
    ['counted', 4, [0, 15], [0, 15]],
  ] as const)('%s in %i bits', (coding, bits, codes, levels) => {
    expect(codes.map((code) => levelOf({ coding, bits, table: null }, code))).toEqual(levels)
  })
  it('in a book', () => {
    expect([0, 1, 2, 3].map((code) => levelOf({ coding: 'book', bits: 2, table: book }, code))).toEqual([...book])
  })
})

describe('what is lost', () => {
  const source = Float32Array.of(0.5, -1, 0.25, 0),
    values = Float32Array.of(0.5, -0.875, 0.5, 0)
  it('is told with its worst cell', () => {
    const lost = lostOf({ values, source })!
    expect(lost.worst).toEqual({ index: 2, error: 0.25 })
    expect(lost.rms).toBeCloseTo(Math.sqrt((0.125 ** 2 + 0.25 ** 2) / 4), 9)
    expect(lost.relative).toBeCloseTo(Math.sqrt((0.125 ** 2 + 0.25 ** 2) / (0.25 + 1 + 0.0625)), 9)
    expect(lostOf({ values, source: null })).toBeNull()
  })
  it('shows both on one axis, every weight in a bin', () => {
    const made = bins(values, source, 8)
    expect([made.from, made.to]).toEqual([-1, 1])
    for (const list of [made.values, made.source!]) expect(list.reduce((a, b) => a + b, 0)).toBe(4)
    expect(made.source![0]).toBe(1)
    expect(made.values[0]).toBe(1)
    expect(made.values[6]).toBe(2)
  })
})
