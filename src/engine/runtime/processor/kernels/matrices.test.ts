// Every format's kernels against its values in f64: one token and pairs, odd shapes, cuts, outliers, what is not finite.

import { describe, expect, it } from 'vitest'
import { randomWeight, seeded } from '../../../ops/inputs.ts'
import { dequantize, quantOf, storageFormats, type StorageFormat, type WeightData } from '../../../quants/weight.ts'
import { createMatrices, type Matrix } from './matrices.ts'

const WORDS = 1 << 20
/** words of x and f64 indices of sums of up to eight tokens, apart from each other and from the weight */
const X = 16
const Y = 40_000
const WEIGHT = 160_016

const memory = new SharedArrayBuffer(WORDS * 4)
const F32 = new Float32Array(memory)
const F64 = new Float64Array(memory)
const matrixOf = createMatrices(memory)

/** Puts the weight into the arena, garbage all around it: whoever reads beyond a plane gets NaN. */
function place(weight: WeightData): Matrix {
  F32.fill(NaN)
  const words = new Uint32Array(memory)
  const scales = WEIGHT + Math.ceil(weight.codes.length / 16) * 16 + 16
  words.set(weight.codes, WEIGHT)
  words.set(weight.scales, scales)
  const { format, rows, cols, block } = weight
  return matrixOf({ layout: { format, rows, cols, block }, codes: WEIGHT, scales })
}

/** W in f64, each weight as level * scale + offset without a rounding. */
function exactly(weight: WeightData): Float64Array {
  const { element } = quantOf(weight.format)
  return Float64Array.from({ length: weight.rows * weight.cols }, (_, f) => {
    const { level, scale, offset } = element(weight, Math.floor(f / weight.cols), f % weight.cols)
    return level * scale + offset
  })
}
const rms = (v: Float64Array): number => Math.hypot(...v) / Math.sqrt(v.length)

/** The largest error of y = W x beside what a row's products are like together: sqrt(sum (w x)^2). */
function error(got: Float64Array, W: ArrayLike<number>, x: Float32Array): number {
  const K = x.length
  const size = new Float64Array(got.length)
  const wrong = got.map((y, n) => {
    let sum = 0
    for (let k = 0; k < K; k++) {
      sum += W[n * K + k]! * x[k]!
      size[n]! += (W[n * K + k]! * x[k]!) ** 2
    }
    return Math.abs(y - sum)
  })
  return Math.max(...wrong) / (rms(size.map(Math.sqrt)) || 1)
}
const apart = (a: Float64Array, b: Float64Array): number => Math.max(...a.map((v, i) => Math.abs(v - b[i]!))) / rms(b)

const values = (K: number, seed: number): Float32Array => {
  const random = seeded(seed)
  return Float32Array.from({ length: K }, () => random() + random() + random() - 1.5)
}
const xAt = (i: number, K: number): number => X + i * (K + 16)
const yAt = (i: number, N: number): number => Y + i * (N + 3)

function one(matrix: Matrix, x: Float32Array, N: number, cuts = [0, matrix.units], rows = [0, N]): Float64Array {
  F32.set(x, X)
  F64.fill(0, Y, Y + N)
  for (let c = 1; c < cuts.length; c++) {
    for (let r = 1; r < rows.length; r++) matrix.one(X, cuts[c - 1]!, cuts[c]!, rows[r - 1]!, rows[r]!, Y)
  }
  return F64.slice(Y, Y + N)
}
function many(matrix: Matrix, xs: Float32Array[], N: number): Float64Array[] {
  const K = xs[0]!.length
  xs.forEach((x, i) => {
    F32.set(x, xAt(i, K))
    F64.fill(0, yAt(i, N), yAt(i, N) + N)
  })
  const places = (at: (i: number) => number): Int32Array => Int32Array.from(xs, (_, i) => at(i))
  const [xPlaces, yPlaces] = [places((i) => xAt(i, K)), places((i) => yAt(i, N))]
  matrix.many(xPlaces, yPlaces, xs.length, 0, N)
  return xs.map((_, i) => F64.slice(yAt(i, N), yAt(i, N) + N))
}

const shapes: { N: number; K: number; block?: number; only?: (format: StorageFormat) => boolean }[] = [
  { N: 1, K: 32 },
  { N: 7, K: 96 },
  { N: 100, K: 576 },
  { N: 7, K: 1536 },
  { N: 7, K: 33 },
  { N: 5, K: 100 },
  { N: 7, K: 80 },
  // of super-blocks
  ...[
    { N: 3, K: 256 },
    { N: 300, K: 512 },
  ].map((shape) => ({ ...shape, only: (format: StorageFormat) => !quantOf(format).fits(32) })),
  ...[32, 96, 128, 256, 4096].map((block) => ({
    N: 7,
    K: 192,
    block,
    only: (format: StorageFormat) => !!quantOf(format).anyBlock,
  })),
]
const cases = storageFormats.flatMap((format) =>
  shapes
    .filter(({ K, only }) => quantOf(format).fits(K) && (only?.(format) ?? true))
    .map(({ N, K, block }) => ({ format, N, K, block })),
)
const weightOf = (format: StorageFormat, N: number, K: number, block?: number): WeightData =>
  randomWeight(format, N, K, seeded(N * K), block)

describe.each(cases)('$format $N x $K, block $block', ({ format, N, K, block }) => {
  const weight = weightOf(format, N, K, block)
  const W = exactly(weight)
  // the format's definition rounds each weight to f32, and so does the kernel that asks it for rows
  const rounded = 2e-7

  it('gives one token the sum in f64, in whatever pieces', () => {
    const matrix = place(weight)
    const x = values(K, 1)
    const whole = one(matrix, x, N)
    expect(error(whole, W, x)).toBeLessThan(matrix.units === 1 ? rounded : 1e-14)
    expect(error(whole, dequantize(weight), x)).toBeLessThan(rounded)
    const cuts = [0, Math.floor(matrix.units / 3), Math.floor(matrix.units / 2), matrix.units]
    expect(apart(one(matrix, x, N, cuts, [0, N >> 1, N]), whole)).toBeLessThan(1e-14)
  })

  it('adds to what is there', () => {
    const matrix = place(weight)
    const x = values(K, 1)
    const [once] = many(matrix, [x], N)
    F64.fill(1000, Y, Y + N)
    F32.set(x, X)
    matrix.one(X, 0, matrix.units, 0, N, Y)
    expect(
      apart(
        F64.slice(Y, Y + N),
        once!.map((v) => v + 1000),
      ),
    ).toBeLessThan(1e-12)
  })

  it('gives pairs of tokens their sums, whoever else is there', () => {
    const matrix = place(weight)
    const xs = [1, 2, 3, 4, 5, 6, 7].map((seed) => values(K, seed).map((v) => v * seed))
    const all = many(matrix, xs, N)
    for (const [i, got] of all.entries()) expect(error(got, W, xs[i]!)).toBeLessThan(1.2e-6)
    expect(many(matrix, xs.slice(2, 4), N)).toEqual(all.slice(2, 4))
    expect(many(matrix, xs.slice(4), N)).toEqual(all.slice(4))
  })
})

/** with kernels of their own; the others are asked for rows */
const own = storageFormats.filter((format) => quantOf(format).coding === 'float' || quantOf(format).strips)

describe.each(own)('%s', (format) => {
  const [N, K] = [100, quantOf(format).fits(576) ? 576 : 768]
  const weight = weightOf(format, N, K)
  const W = exactly(weight)
  // a number that holds two tokens has 26 bits for each; the levels of a book lie lower beside its largest
  const levels = quantOf(format).book
  const digits = levels && levels.length > 16 ? 1.5e-6 : levels ? 9e-7 : 7e-7

  it('has a kernel of its own, which can be cut along the columns', () => {
    expect([K / 32, K / 16]).toContain(place(weight).units)
  })

  it('keeps its digits beside outliers, zeros, the smallest numbers and the largest', () => {
    const matrix = place(weight)
    const plain = values(K, 1)
    const outlier = plain.map((v, k) => (k === 70 ? 100 * v : v))
    const [tiny, huge, zero] = [1e-42, 1e37, 0].map((scale) => plain.map((v) => v * scale))
    for (const x of [plain, outlier, tiny!, huge!]) {
      expect(error(one(matrix, x, N), W, x)).toBeLessThan(1e-14)
      for (const pair of [
        [x, plain],
        [plain, x],
        [x, zero!],
      ]) {
        many(matrix, pair, N).forEach((got, i) => expect(error(got, W, pair[i]!)).toBeLessThan(digits))
      }
    }
    expect(many(matrix, [zero!, plain], N)[0]!.every((v) => v === 0)).toBe(true)
  })

  // plain floats are multiplied one by one: nothing there has a room
  // nor is there a sum where the byte is no number
  const packed = [0, 0xff, 0x80, 0x7f, 0xfe, 0x7e].filter(
    (byte) => quantOf(format).coding !== 'float' && !Number.isNaN(quantOf(format).book?.[byte]),
  )
  it.each(packed)('has room for the largest sums there can be: bytes %i', (byte) => {
    // signs of x and levels all alike: two tokens' sums fill the number that holds them, and one more would spoil both
    const same = { ...weight, codes: weight.codes.map(() => byte * 0x01010101) }
    const all = exactly(same)
    const matrix = place(same)
    const [up, down] = [1, -1].map((sign) => values(K, 1).map((v) => sign * Math.abs(v)))
    for (const pair of [
      [up!, up!],
      [up!, down!],
      [down!, down!],
    ]) {
      many(matrix, pair, N).forEach((got, i) => expect(error(got, all, pair[i]!)).toBeLessThan(1e-4))
    }
  })

  it('hides nothing that is not finite, and keeps it to its token', () => {
    const matrix = place(weight)
    const plain = values(K, 1)
    for (const bad of [NaN, Infinity, -Infinity]) {
      const x = plain.with(300, bad)
      expect(one(matrix, x, N).some(Number.isFinite)).toBe(false)
      const [a, b, c, d] = many(matrix, [x, plain, plain, x], N)
      expect([...a!, ...d!].some(Number.isFinite)).toBe(false)
      expect(error(b!, W, plain)).toBeLessThan(1.5e-6)
      expect(error(c!, W, plain)).toBeLessThan(1.5e-6)
    }
  })
})

it('leaves weights beyond 4 GiB, where 16-bit numbers cannot be counted, to the kernel that asks for rows', () => {
  const format = storageFormats.find((name) => quantOf(name).scalesBytes({ rows: 1, cols: 32, block: 32 }) > 0)!
  const weight = { layout: weightOf(format, 7, 64), codes: 16, scales: 2 ** 30 - 6 }
  // seven scales. That kernel alone looks at the planes when it is made, and this memory ends before them
  expect(() => matrixOf(weight)).toThrow(RangeError)
  expect(matrixOf({ ...weight, scales: 2 ** 30 - 7 }).units).toBe(2)
})

it('takes more rows than a table serves at once', () => {
  const format = storageFormats.find((name) => quantOf(name).anyBlock)!
  const [N, K] = [9000, 64]
  const weight = weightOf(format, N, K)
  const W = exactly(weight)
  const matrix = place(weight)
  const xs = [values(K, 1), values(K, 2)]
  expect(error(one(matrix, xs[0]!, N), W, xs[0]!)).toBeLessThan(1e-14)
  many(matrix, xs, N).forEach((got, i) => expect(error(got, W, xs[i]!)).toBeLessThan(2e-6))
})
