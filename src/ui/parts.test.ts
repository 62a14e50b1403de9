// The arithmetic under the figures: colours, windows, token labels, files.
import { describe, expect, it } from 'vitest'
import { colorAt, extent, lut, paint, place, signedScale, type ColorScale } from './colors.ts'
import { toJson, toNpy } from './export.ts'
import { clampView, poolsOf, reveal, sampleAt, seen, whole, withMargin, zoomAt } from './heat-view.ts'
import { short, viewTokens, type TokenLike } from './tokens.ts'

const luminance = ([r, g, b]: readonly number[]) => 0.2126 * r! + 0.7152 * g! + 0.0722 * b!

describe('colours', () => {
  it.each(['attention', 'query', 'key', 'value', 'heat', 'accent'] as const)(
    '%s only ever gets darker on light and lighter on dark',
    (name) => {
      for (const scheme of ['light', 'dark'] as const) {
        const table = lut(name, scheme)
        const steps = Array.from({ length: 32 }, (_, i) =>
          luminance(table.subarray(i * 24, i * 24 + 3) as unknown as number[]),
        )
        const sign = scheme === 'light' ? -1 : 1
        for (let i = 1; i < steps.length; i++) {
          expect((steps[i]! - steps[i - 1]!) * sign, `${scheme} ${i}`).toBeGreaterThan(-0.8)
        }
        expect(Math.abs(steps[31]! - steps[0]!)).toBeGreaterThan(100)
      }
    },
  )
  it('signed is orange below, blue above, ground at zero', () => {
    const scale = signedScale(2, 'light')
    const [low, zero, high] = [-2, 0, 2].map((v) => colorAt(scale, v)!)
    expect(low![0]).toBeGreaterThan(low![2])
    expect(high![2]).toBeGreaterThan(high![0])
    expect(luminance(zero!)).toBeGreaterThan(240)
  })
  it('keeps tiny apart from nothing, and absent apart from both', () => {
    const scale: ColorScale = { lut: lut('attention', 'light'), min: 0, max: 1, curve: 'log', floor: 0.1 }
    expect([place(scale, 0), place(scale, NaN), place(scale, 1), place(scale, 5)]).toEqual([0, -1, 255, 255])
    expect(place(scale, 1e-6)).toBeGreaterThan(20)
    const pixels = new Uint8ClampedArray(8)
    paint(Float32Array.of(NaN, 1), scale, pixels)
    expect([pixels[3], pixels[7]]).toEqual([0, 255])
  })
  it('measures what is present', () =>
    expect([extent([NaN, 3, -1]), extent([NaN])]).toEqual([
      [-1, 3],
      [0, 0],
    ]))
})

describe('the window of a heatmap', () => {
  it('zooms about a point and stays inside', () => {
    const view = zoomAt(whole, 4, 1, 1, 1000, 1000)
    expect(view).toEqual({ zoom: 4, row: 750, col: 750 })
    expect(seen(view, 1000, 1000)).toEqual({ rows: { from: 750, to: 1000 }, cols: { from: 750, to: 1000 } })
    expect(clampView({ row: -5, col: 2000, zoom: 0.2 }, 10, 10)).toEqual({ row: 0, col: 0, zoom: 1 })
  })
  it('reveals a cell with the least move', () => {
    expect(reveal({ zoom: 10, row: 0, col: 0 }, 50, 5, 100, 100)).toEqual({ zoom: 10, row: 41, col: 0 })
  })
  it('finds the sample of a cell', () => {
    const tile = {
      rows: { from: 10, to: 20 },
      cols: { from: 0, to: 7 },
      height: 5,
      width: 3,
      values: Float32Array.from({ length: 15 }, (_, i) => i),
    }
    expect(poolsOf(tile)).toEqual([2, 3])
    // nine cells in fours: the number of samples alone does not tell
    expect(sampleAt({ ...tile, rows: { from: 0, to: 9 }, height: 3, pool: [4, 3] }, 3, 0)).toMatchObject({
      value: 0,
      rows: { from: 0, to: 4 },
    })
    expect(sampleAt(tile, 13, 6)).toEqual({ value: 5, rows: { from: 12, to: 14 }, cols: { from: 6, to: 7 } })
    expect(sampleAt(tile, 9, 0)).toBeUndefined()
    expect(withMargin({ rows: { from: 0, to: 10 }, cols: { from: 90, to: 100 } }, 100, 100, 0.5)).toEqual({
      rows: { from: 0, to: 16 },
      cols: { from: 84, to: 100 },
    })
  })
})

describe('token labels', () => {
  const utf8 = (text: string) => [...new TextEncoder().encode(text)]
  const token = (bytes: number[], text = '', special = false): TokenLike => ({
    position: 0,
    id: 0,
    text,
    bytes,
    special,
    generated: false,
  })
  it('shows whitespace as signs', () => {
    expect(
      viewTokens([token(utf8(' the'), ' the'), token(utf8('\n\n'), '\n\n'), token([], '')]).map((v) => v.label),
    ).toEqual(['␣the', '⏎⏎', '∅'])
  })
  it('joins the bytes of one character and never replaces them', () => {
    const [f0, f9, ok, lone] = viewTokens([
      token([0xf0, 0x9f]),
      token([0x98, 0x80]),
      token(utf8('好'), '好'),
      token([0xff]),
    ])
    expect([f0!.label, f9!.label, ok!.label, lone!.label]).toEqual(['F0 9F', '98 80', '好', 'FF'])
    expect([f0!.joinEnd, f9!.joinStart, f9!.joinEnd, ok!.partial, lone!.joinEnd]).toEqual([
      true,
      true,
      false,
      false,
      false,
    ])
  })
  it('keeps both ends of a long name', () => expect(short('model.layers.0.mlp', 8)).toBe('mode…mlp'))
})

describe('files', () => {
  it('writes npy that NumPy reads', () => {
    const bytes = toNpy({ shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, NaN) })
    expect(String.fromCharCode(...bytes.subarray(1, 6))).toBe('NUMPY')
    const header = bytes[8]! + 256 * bytes[9]!
    expect((10 + header) % 64).toBe(0)
    expect(new TextDecoder().decode(bytes.subarray(10, 10 + header))).toMatch(
      /^\{'descr': '<f4', 'fortran_order': False, 'shape': \(2, 3\), \} *\n$/,
    )
    expect(new Float32Array(bytes.slice(10 + header).buffer)[4]).toBe(5)
    expect(() => toNpy({ shape: [2], data: new Float32Array(3) })).toThrow('it has 3 values')
  })
  it('writes arrays as JSON numbers', () =>
    expect(JSON.parse(toJson({ a: Float32Array.of(1, NaN) }))).toEqual({ a: [1, null] }))
})
