// What integer dot products cost in accuracy: the rounding of what is multiplied, by itself and in products with weights of
// every format that has such a kernel. The numbers stand in docs/performance.md and in the Speed panel.

import { describe, expect, it } from 'vitest'
import { makeInputs, seeded } from '../inputs.ts'
import { quantOf, storageFormats } from '../../quants/weight.ts'
import { dot, roundInputs } from './dot.ts'
import { matmul } from './index.ts'

const random = seeded(3)
/** of a normal distribution (Box and Muller) */
const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())

describe('numbers as int8, 32 under one scale', () => {
  it('are the nearest whole multiples of a 127th of the largest', () => {
    const x = Float32Array.from({ length: 3200 }, (_, i) => normal() * 10 ** ((i >> 5) % 9) - 4)
    const given = x.slice()
    roundInputs(x)
    for (let from = 0; from < x.length; from += 32) {
      const scale = Math.max(...given.subarray(from, from + 32).map(Math.abs)) / 127
      for (let i = from; i < from + 32; i++) {
        expect(Math.abs(x[i]! / scale - Math.round(x[i]! / scale))).toBeLessThan(1e-4)
        expect(Math.abs(x[i]! - given[i]!) / scale).toBeLessThan(0.5001)
      }
    }
  })
  it('zeros stay, and what is no number is none afterwards', () => {
    const x = new Float32Array(96)
    x.set([127, 0.6, -0.6, 1.4, 63.4, 0])
    x.fill(2 ** -120, 32, 64)
    x[64] = NaN
    roundInputs(x)
    expect([...x.subarray(0, 6)].map((v) => Math.round(v * 1e3) / 1e3)).toEqual([127, 1, -1, 1, 63, 0])
    expect(new Set(x.subarray(32, 64))).toEqual(new Set([0]))
    expect(x.subarray(64).every(Number.isNaN)).toBe(true)
  })
})

/** ‖y - y of the op as it is‖ / ‖y‖, root mean square. */
function off(format: (typeof storageFormats)[number], value: (k: number) => number): number {
  const [T, N, K] = [8, 96, 576]
  const args = makeInputs(
    matmul,
    {
      params: { K, N, hasBias: 0, accumulate: 0, yStride: N, yOffset: 0, block: 64 },
      step: { T, pos: 0, row: 0, prefix: 0 },
      sizes: { x: T * K, bias: 1, y: T * N },
      weight: { rows: N, cols: K },
    },
    format,
  )
  args.tensors['x']!.forEach((_, i, x) => (x[i] = value(i % K)))
  matmul.reference(args)
  const exact = args.tensors['y']!.slice()
  dot.rounds!(args)
  matmul.reference(args)
  const error = Math.hypot(...args.tensors['y']!.map((y, i) => y - exact[i]!))
  return error / Math.hypot(...exact)
}

describe('products off by', () => {
  const formats = storageFormats.filter((format) => quantOf(format).ints)
  it('are of formats whose codes are whole numbers', () => expect(formats).toEqual(['q4_0', 'q4_1', 'q8_0', 'i8']))
  it.each(formats)('%s', (format) => {
    const usual = off(format, normal),
      spiky = off(format, (k) => normal() * (k % 96 === 5 ? 20 : 1))
    console.info(`${format}: normal ${usual}, one in 96 twenty times as large ${spiky}`)
    expect(usual).toBeLessThan(0.01)
    expect(spiky).toBeLessThan(0.03)
    expect(usual).toBeGreaterThan(0.003)
  })
})
