// What the length of each row of W + c B A is made of, for any c: |w|², w · d and |d|² with d = B A. In f64; W is read once
// and held while it is, B A is never formed: w · d = b · (A w), |d|² = bᵀ (A Aᵀ) b.

import type { WeightSpec } from '../model/plan.ts'
import { codesBytes, dequantRow, dequantize, scalesBytes, type WeightData } from '../quants/weight.ts'
import type { WeightProvider } from '../runtime/runtime.ts'

export interface RowSums {
  ww: Float64Array
  wd: Float64Array
  dd: Float64Array
}

/** @param of rows [from, from + count) of `weight`; `a` (r, columns), `b` (count, r) */
export async function rowSums(
  provider: WeightProvider,
  { weight, from, count, a, b }: { weight: WeightSpec; from: number; count: number; a: WeightSpec; b: WeightSpec },
  signal?: AbortSignal,
): Promise<RowSums> {
  const w = await held(provider, weight, signal)
  const [down, up] = [dequantize(await held(provider, a, signal)), dequantize(await held(provider, b, signal))]
  const [r, cols] = [a.rows, weight.cols]
  const dot = (x: Float32Array, i: number, y: Float32Array, j: number): number => {
    let sum = 0
    for (let k = 0; k < cols; k++) sum += x[i * cols + k]! * y[j * cols + k]!
    return sum
  }
  const gram = Float64Array.from({ length: r * r }, (_, i) => dot(down, Math.floor(i / r), down, i % r))
  const sums: RowSums = { ww: new Float64Array(count), wd: new Float64Array(count), dd: new Float64Array(count) }
  const row = new Float32Array(cols)
  for (let n = 0; n < count; n++) {
    dequantRow(w, from + n, row)
    sums.ww[n] = dot(row, 0, row, 0)
    for (let i = 0; i < r; i++) {
      const bi = up[n * r + i]!
      sums.wd[n]! += bi * dot(down, i, row, 0)
      for (let j = 0; j < r; j++) sums.dd[n]! += bi * gram[i * r + j]! * up[n * r + j]!
    }
  }
  return sums
}

/** A weight of the Plan, its planes in memory. */
export async function held(provider: WeightProvider, spec: WeightSpec, signal?: AbortSignal): Promise<WeightData> {
  const layout = provider.layout(spec)
  const planes = { codes: new Uint8Array(codesBytes(layout)), scales: new Uint8Array(scalesBytes(layout)) }
  for await (const { plane, bytes, offset } of provider.read(spec, signal)) planes[plane].set(bytes, offset)
  return { ...layout, codes: new Uint32Array(planes.codes.buffer), scales: new Uint32Array(planes.scales.buffer) }
}
