// Inputs of a known-answer case, made from a seed: the same numbers on every machine, every time.
//
// Weights are random codes under random scales, so every code and every scale index matters.
// Cache rows that the step must not see hold large garbage: a kernel that reads them gives itself away.

import { quantOf, type StorageFormat, type WeightData, type WeightLayout } from '../quants/weight.ts'
import { cacheFormatOf, roundedRows } from './cache-format.ts'
import { packMaskedEdges } from './masked-edges.ts'
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

/** Can a matrix with this many columns be stored so? */
export const fitsFormat = (format: StorageFormat, cols: number): boolean => quantOf(format).fits(cols)

/** @param block elements per scale, for the formats whose files say */
export function randomWeight(
  format: StorageFormat,
  rows: number,
  cols: number,
  random: Random,
  block?: number,
): WeightData {
  const quant = quantOf(format)
  const layout: WeightLayout = { format, rows, cols, block: (quant.anyBlock && block) ?? quant.block }
  const codes = new Uint32Array(quant.codesBytes(layout) / 4).map(() => quant.example.code(random))
  const scales = new Uint32Array(quant.scalesBytes(layout) / 4).map((_, i) => quant.example.scale(random, i))
  const shared = quant.example.shared?.(random, layout)
  if (shared) scales.set(shared)
  return { ...layout, codes, scales }
}

/** Everything the case's op reads; 'write' tensors start as garbage, 'update' ones as input. */
export function makeInputs(op: Op, given: Case, format: StorageFormat | null, seed = 1): ReferenceArgs {
  const random = seeded(seed)
  const { scale = 1, shift = 0 } = given
  const tensors: Record<string, Float32Array> = {}
  for (const [name, count] of Object.entries(given.sizes)) {
    tensors[name] = Float32Array.from({ length: count }, () =>
      op.args[name] === 'write' ? 777 : (random() * 2 - 1) * scale + shift,
    )
  }
  for (const [name, words] of Object.entries(given.words ?? {})) {
    tensors[name] = new Float32Array(words().slice().buffer)
  }
  const { params, step, weight } = given
  const C = params['C']
  if (op.args['z'] && C) {
    const keys = Math.max(params['causal'] === 0 ? 0 : step.pos + step.T, step.prefix)
    for (const cache of [tensors['kCache']!, tensors['vCache']!]) {
      const width = cache.length / params['K']!
      for (let h = 0; h < params['K']!; h++) {
        cache.fill(1e30, h * width + Math.min(keys, C) * params['d']!, (h + 1) * width)
      }
    }
  }
  const cache = cacheFormatOf(params)
  for (const name of ['kCache', 'vCache']) {
    if (tensors[name] && cache !== 'f32') tensors[name] = roundedRows(cache, params['d']!, tensors[name])
  }
  if (op.args['chosen'] === 'read') {
    tensors['chosen'] = tensors['chosen']!.map(() => Math.floor(random() * params['E']!))
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
    maskedEdges: op.args['maskedEdges'] && packMaskedEdges(given.maskedEdges ?? []),
    weight: weight && randomWeight(format!, weight.rows, weight.cols, random, params['block']),
  }
}

/** Normalized mean squared error: sum (got - want)^2 / sum want^2; Infinity when anything is not finite. */
export function nmse(got: ArrayLike<number>, want: ArrayLike<number>): number {
  let error = 0
  let power = 0
  for (let i = 0; i < want.length; i++) {
    error += (got[i]! - want[i]!) ** 2
    power += want[i]! ** 2
  }
  if (error === 0) return 0
  return Number.isFinite(error) ? error / Math.max(power, 1e-30) : Infinity
}
