import { describe, expect, it } from 'vitest'
import { dequantRow } from '../../engine/tensor/dequant.ts'
import type { WeightData } from '../../engine/tensor/format.ts'
import { bins, levelOf, lostOf } from './quant.ts'

describe('codes', () => {
  it.each(['i8', 'q8_0', 'q4_0'] as const)('%s: code and scale come to the value the kernels read', (format) => {
    const cols = 64,
      codes = new Uint32Array(16)
    new Uint8Array(codes.buffer).forEach((_, i, all) => {
      all[i] = (i * 37 + 200) & 255
    })
    // 1.0 as f16 twice per word, or as f32
    const scales =
      format === 'i8' ? new Uint32Array(new Float32Array([1]).buffer) : new Uint32Array([0x3c003c00, 0x3c003c00])
    const out = new Float32Array(cols)
    dequantRow({ format, rows: 1, cols, block: format === 'i8' ? 64 : 32, codes, scales } as WeightData, 0, out)
    const bytes = new Uint8Array(codes.buffer)
    const codeAt = (k: number): number =>
      format === 'q4_0'
        ? k % 32 < 16
          ? bytes[Math.floor(k / 32) * 16 + (k % 16)]! & 15
          : bytes[Math.floor(k / 32) * 16 + (k % 16)]! >> 4
        : bytes[k]!
    for (let k = 0; k < cols; k++) expect(levelOf(format, codeAt(k), null)).toBe(out[k])
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
