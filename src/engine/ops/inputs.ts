// Inputs of a known-answer case, made from a seed: the same numbers on every machine, every time.
//
// Weights are random codes under random scales, so every code and every scale index matters.
// Cache rows that the step must not see hold large garbage: a kernel that reads them gives itself away.

import { codesBytes, scalesBytes, type StorageFormat, type WeightData, type WeightLayout } from '../tensor/format.ts'
import { floatToBfloat, floatToHalf } from '../tensor/half.ts'
import { packCuts } from './cuts.ts'
import type { Case, Op, ReferenceArgs } from './op.ts'

export type Random = () => number

/** Uniform in [0, 1): mulberry32. */
export function seeded(seed: number): Random {
  let a = seed >>> 0
  return () => {
    a = (a + 0x6d2b79f5) >>> 0
    let t = Math.imul(a ^ (a >>> 15), a | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

const blocks: Record<StorageFormat, number> = { f32: 0, f16: 0, bf16: 0, nf4: 64, q4_0: 32, q4_1: 32, q8_0: 32, i8: 64 }

/** Can a matrix with this many columns be stored so? */
export const fitsFormat = (format: StorageFormat, cols: number): boolean => !format.startsWith('q') || cols % 32 === 0

export function randomWeight(
  format: StorageFormat,
  rows: number,
  cols: number,
  random: Random,
  block = 64,
): WeightData {
  const layout: WeightLayout = { format, rows, cols, block: format === 'nf4' ? block : blocks[format] }
  const codes = new Uint32Array(codesBytes(layout) / 4)
  const scales = new Uint32Array(scalesBytes(layout) / 4)
  const signed = (): number => random() * 2 - 1
  const magnitude = (): number =>
    (random() + 0.25) * (format === 'nf4' ? 0.1 : format === 'i8' || format === 'q8_0' ? 0.001 : 0.01)
  const pair = (low: number, high: number): number => (low | (high << 16)) >>> 0
  for (let i = 0; i < codes.length; i++) {
    if (format === 'f32') new Float32Array(codes.buffer)[i] = signed() * 0.1
    else if (format === 'f16') codes[i] = pair(floatToHalf(signed() * 0.1), floatToHalf(signed() * 0.1))
    else if (format === 'bf16') codes[i] = pair(floatToBfloat(signed() * 0.1), floatToBfloat(signed() * 0.1))
    else codes[i] = Math.floor(random() * 4294967296)
  }
  const floats = new Float32Array(scales.buffer)
  for (let i = 0; i < scales.length; i++) {
    if (format === 'nf4' || format === 'i8') floats[i] = magnitude()
    else scales[i] = pair(floatToHalf(magnitude()), floatToHalf(format === 'q4_1' ? -magnitude() * 8 : magnitude()))
  }
  return { ...layout, codes, scales }
}

/** Everything the case's op reads; 'write' tensors start as garbage, 'update' ones as input. */
export function makeInputs(op: Op, given: Case, format: StorageFormat | null, seed = 1): ReferenceArgs {
  const random = seeded(seed)
  const scale = given.scale ?? 1
  const tensors: Record<string, Float32Array> = {}
  for (const [name, count] of Object.entries(given.sizes)) {
    tensors[name] = Float32Array.from({ length: count }, () =>
      op.args[name] === 'write' ? 777 : (random() * 2 - 1) * scale,
    )
  }
  const { params, step, weight } = given
  const C = params['C']
  if (op.args['z'] && C) {
    for (const cache of [tensors['kCache']!, tensors['vCache']!]) {
      const width = cache.length / params['K']!
      for (let h = 0; h < params['K']!; h++) {
        cache.fill(1e30, h * width + (step.pos + step.T) * params['d']!, (h + 1) * width)
      }
    }
  }
  return {
    tensors,
    params,
    step,
    ids:
      op.args['ids'] &&
      Uint32Array.from(
        given.ids ??
          Array.from({ length: step.T }, () => Math.floor(random() * (weight!.rows + (params['rowStart'] ?? 0)))),
      ),
    cuts: op.args['cuts'] && packCuts(given.cuts ?? []),
    weight: weight && randomWeight(format!, weight.rows, weight.cols, random, params['block']),
  }
}

/** Normalized mean squared error: sum (got - want)^2 / sum want^2; Infinity when anything is not finite. */
export function nmse(got: Float32Array, want: Float32Array): number {
  let error = 0
  let power = 0
  for (let i = 0; i < want.length; i++) {
    error += (got[i]! - want[i]!) ** 2
    power += want[i]! ** 2
  }
  if (error === 0) return 0
  return Number.isFinite(error) ? error / Math.max(power, 1e-30) : Infinity
}
