// Every case of every op that has a kernel of rows, heads or parts, against the op's reference: row by row, head by head,
// part by part, from the last to the first, in an arena where everything stands between fences.

import { describe, expect, test } from 'vitest'
import { activations } from '../../../ops/activations.ts'
import { attention } from '../../../ops/attention.ts'
import { fitsFormat, makeInputs, nmse } from '../../../ops/inputs.ts'
import { ops } from '../../../ops/index.ts'
import type { Case, Op, ReferenceArgs } from '../../../ops/op.ts'
import { storageFormats, type StorageFormat } from '../../../quants/weight.ts'
import { weightData } from '../memory.ts'
import { exp } from './exp.ts'
import { quick } from './gates.ts'
import { createHeads } from './index.ts'
import type { HeadKernel, PlacedWeight, RowKernel } from './kernel.ts'
import { createPictures } from './pictures.ts'
import { createRowKernels } from './rows.ts'

/** Ops whose kernels are elsewhere: matrices.ts, and what is cut up among threads around it (shared.test.ts); and what only a GPU is asked: groups, drawing, its memory's speed, rows. */
const left = new Set([
  'matmul',
  'expert-matmul',
  'recurrent-cell',
  'project-heads',
  'project-normed-heads',
  'matmul-act',
  'norm-matmul',
  'sample',
  'sweep',
  'keep-three', // by keepWorks
  'scan-rows', // without a GPU the rows are scanned as they lie (scan.ts)
])
const heads = new Set(Object.keys(createHeads(new ArrayBuffer(64))))

/** Larger ones are hard for grids of a GPU. */
const fitsTest = (floats: number): boolean => floats < 2 ** 20

const FENCE = 16
const words = (view: ArrayBufferView): Uint32Array =>
  new Uint32Array(view.buffer, view.byteOffset, view.byteLength / 4).slice()

/** An arena with the arguments in it, and where each stands. */
function place({ tensors, ids, maskedEdges, weight }: ReferenceArgs) {
  const list: [string, ArrayBufferView][] = [
    ...Object.entries(tensors),
    ...(ids ? [['ids', ids] as [string, Uint32Array]] : []),
    ...(maskedEdges ? [['maskedEdges', maskedEdges] as [string, Uint32Array]] : []),
    ...(weight
      ? ([
          ['codes', weight.codes],
          ['scales', weight.scales],
        ] as [string, Uint32Array][])
      : []),
  ]
  const at: Record<string, number> = {}
  let end = FENCE
  for (const [name, data] of list) {
    at[name] = end
    end = Math.ceil((end + data.byteLength / 4) / 16) * 16 + FENCE
  }
  const memory = new SharedArrayBuffer(end * 4)
  const arena = new Uint32Array(memory).fill(0x7fc0dead) // not a number: whoever computes with it shows it
  for (const [name, data] of list) arena.set(words(data), at[name])
  const { codes = 0, scales = 0 } = at
  const placed: PlacedWeight | undefined = weight && { layout: weight, codes, scales }
  return { memory, arena, at, placed }
}

/**
 * Runs a case on its kernel; what it left in the arguments, or null where the kernel does not fit.
 * @param together most heads per call
 */
function run(op: Op, args: ReferenceArgs, together: number): Record<string, Float32Array> | null {
  const { memory, arena, at, placed } = place(args)
  const before = arena.slice()
  const { params, step } = args
  const context = { params, at, weight: placed }
  const head: HeadKernel | null = createHeads(memory)[op.name]?.(context) ?? null
  const row: RowKernel | null = head ? null : (createRowKernels(memory)[op.name]?.(context) ?? null)
  const viewed = <View extends Float32Array | Uint32Array>(name: string, view: View): View =>
    new (view.constructor as new (memory: ArrayBufferLike, from: number, length: number) => View)(
      memory,
      at[name]! * 4,
      view.length,
    )
  const parts = createPictures(memory)[op.name]?.({
    params,
    tensors: Object.fromEntries(Object.entries(args.tensors).map(([name, view]) => [name, viewed(name, view)])),
    ids: args.ids && viewed('ids', args.ids),
    maskedEdges: args.maskedEdges && viewed('maskedEdges', args.maskedEdges),
    weight: placed && weightData(memory, placed),
  })
  if (!head && !row && !parts) return null
  for (let n = (parts?.parts(step) ?? 0) - 1; n >= 0; n--) parts!.run(n, step)
  for (let t = step.T - 1; t >= 0; t--) {
    row?.(t, step)
    if (!head) continue
    const H = params['H']!
    if (together === 1) for (let h = H - 1; h >= 0; h--) head(t, h, step)
    else for (let h = 0; h < H; h += together) head(t, h, step, Math.min(H, h + together))
  }
  const out: Record<string, Float32Array> = {}
  const F32 = new Float32Array(memory)
  for (const [name, { length }] of Object.entries(args.tensors)) {
    out[name] = F32.slice(at[name], at[name]! + length)
    if (op.args[name] !== 'read') before.set(arena.subarray(at[name], at[name]! + length), at[name])
  }
  let stray = -1
  for (let i = 0; i < arena.length && stray < 0; i++) if (arena[i] !== before[i]) stray = i
  expect(stray, 'a word outside of what the op writes').toBe(-1)
  return out
}

/** The worst NMSE of what the op writes. @param calls heads per call, tried one after the other */
function errorOf(op: Op, given: Case, format: StorageFormat | null, calls: readonly number[] = [1]): number | null {
  const want = makeInputs(op, given, format)
  const inputs = makeInputs(op, given, format)
  op.reference(want)
  const results = calls.map((together) => run(op, inputs, together))
  const other = results.findIndex(
    (got) => got && Object.keys(got).some((name) => nmse(got[name]!, results[0]![name]!) > 0),
  )
  expect(other, 'a call that computes other bits than one for each head').toBe(-1)
  const errors = results.map((got) => {
    return got && Math.max(...Object.keys(got).map((name) => nmse(got[name]!, want.tensors[name]!)))
  })
  return errors.includes(null) ? null : Math.max(...errors.map(Number))
}

test('every op has a kernel of rows, heads or parts, or is left to others by name', () => {
  const known = [
    ...Object.keys(createRowKernels(new ArrayBuffer(64))),
    ...Object.keys(createPictures(new ArrayBuffer(64))),
    ...heads,
    ...left,
  ]
  expect(known.sort()).toEqual(Object.keys(ops).sort())
})

describe('kernels of rows, heads and parts against references', () => {
  for (const op of Object.values(ops)) {
    if (left.has(op.name)) continue
    for (const format of op.args['weight'] ? storageFormats : [null]) {
      const cases = op.cases.filter(
        (given) => (!format || fitsFormat(format, given.weight!.cols)) && Object.values(given.sizes).every(fitsTest),
      )
      test(`${op.name}${format ? ` · ${format}` : ''} · ${cases.length} cases`, () => {
        for (const given of cases) {
          const calls = heads.has(op.name) ? [1, 2, 3, 4, 14] : [1]
          expect(errorOf(op, given, format, calls), given.name ?? 'first case').toBeLessThanOrEqual(given.nmse ?? 1e-11)
        }
      })
    }
  }
})

describe('attention', () => {
  const shape = (d: number, more: Partial<Case> = {}): Case => ({
    params: { ...attention.cases[0]!.params, H: 2, K: 1, d, C: 40, scale: d ** -0.5 },
    step: { T: 2, pos: 33, row: 0, prefix: 0 },
    sizes: { q: 4 * d, kCache: 40 * d, vCache: 40 * d, bias: 1, z: 4 * d, lse: 4 },
    ...more,
  })
  test.each([1, 3, 7, 80, 96, 128, 256, 1023, 1024])('heads of width %i', (d) => {
    expect(errorOf(attention, shape(d), null, [1, 2])).toBeLessThan(1e-12)
  })
  test('a wider head has no kernel', () => expect(errorOf(attention, shape(1025), null)).toBeNull())
  test('a key that is no number makes the result none, one that is not seen does not', () => {
    const given = shape(4)
    const args = makeInputs(attention, given, null)
    args.tensors['kCache']![5 * 4] = NaN
    const { z, lse } = run(attention, args, 2)!
    expect([...z!, ...lse!].every(Number.isNaN)).toBe(true)
    args.params['window'] = 20
    expect(run(attention, args, 2)!['z']!.every(Number.isFinite)).toBe(true)
  })
})

describe('quick activations', () => {
  test.each(Object.entries(quick))('%s', (name, f) => {
    const want = activations.find((one) => one.name === name)!.f
    let worst = 0
    for (let g = -130; g < 130; g += Math.abs(g) < 12 ? 0.001_37 : 0.1) {
      worst = Math.max(worst, Math.abs(f(g) - want(g)) / Math.max(1, Math.abs(g)))
    }
    expect(worst).toBeLessThan(1e-11)
    for (const g of [0, -0, 1e-30, -1e-30, 1e-38, 1e30, -1e30, NaN, Infinity]) {
      expect(Math.fround(f(g)) + 0, String(g)).toBe(Math.fround(want(g)) + 0)
    }
  })
})

describe('exp', () => {
  test('is near Math.exp from -700 to 700', () => {
    let worst = 0
    for (let x = -699.9; x < 700; x += 0.0371) worst = Math.max(worst, Math.abs(exp(x) / Math.exp(x) - 1))
    expect(worst).toBeLessThan(2e-13)
    let near = 0
    for (let x = -10; x < 10; x += 0.000_371) near = Math.max(near, Math.abs(exp(x) / Math.exp(x) - 1))
    expect(near).toBeLessThan(3e-15)
  })
  test('has an answer for everything', () => {
    expect([0, -0, -700, -701, -Infinity, 701, Infinity, NaN].map(exp)).toEqual([
      1,
      1,
      0,
      0,
      0,
      Infinity,
      Infinity,
      NaN,
    ])
    expect(exp(700) / Math.exp(700)).toBeCloseTo(1, 12)
    expect(exp(5e-324)).toBe(1)
  })
})
