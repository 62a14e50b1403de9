// What the length of each row of W + c B A is made of, for any c: |w|², w · d and |d|² with d = B A. In f64; W is read once
// and held while it is, B A is never formed: w · d = b · (A w), |d|² = bᵀ (A Aᵀ) b. Of a table the same for its columns.

import type { WeightSpec } from '../model/plan.ts'
import { codesBytes, dequantRow, dequantize, scalesBytes, type WeightData } from '../quants/weight.ts'
import type { WeightProvider } from '../runtime/runtime.ts'

export interface RowSums {
  ww: Float64Array
  wd: Float64Array
  dd: Float64Array
}

interface Of {
  weight: WeightSpec
  from: number
  count: number
  a: WeightSpec
  b: WeightSpec
  isTable: boolean
}

/**
 * @param of rows [from, from + count) of `weight`; `a` (r, columns), `b` (count, r). Of a table: its `count` columns, `a`
 * (rows, r), `b` (columns, r)
 */
export async function rowSums(provider: WeightProvider, of: Of, signal?: AbortSignal): Promise<RowSums> {
  const { weight, from, count, isTable } = of
  const w = await held(provider, weight, signal)
  const [a, up] = [dequantize(await held(provider, of.a, signal)), dequantize(await held(provider, of.b, signal))]
  const r = of.b.cols,
    { cols } = weight
  const sums: RowSums = { ww: new Float64Array(count), wd: new Float64Array(count), dd: new Float64Array(count) }
  /** (r, r): A Aᵀ; (count, r): A w of each */
  const gram = new Float64Array(r * r),
    aw = new Float64Array(count * r)
  const row = new Float32Array(cols)
  if (isTable) {
    for (let v = 0; v < weight.rows; v++) {
      dequantRow(w, v, row)
      const own = a.subarray(v * r, (v + 1) * r)
      for (let i = 0; i < r; i++) {
        for (let j = 0; j < r; j++) gram[i * r + j]! += own[i]! * own[j]!
        for (let n = 0; n < count; n++) aw[n * r + i]! += own[i]! * row[n]!
      }
      for (let n = 0; n < count; n++) sums.ww[n]! += row[n]! * row[n]!
    }
  } else {
    const dot = (x: Float32Array, i: number, y: Float32Array, j: number): number => {
      let sum = 0
      for (let k = 0; k < cols; k++) sum += x[i * cols + k]! * y[j * cols + k]!
      return sum
    }
    for (let i = 0; i < r * r; i++) gram[i] = dot(a, Math.floor(i / r), a, i % r)
    for (let n = 0; n < count; n++) {
      dequantRow(w, from + n, row)
      sums.ww[n] = dot(row, 0, row, 0)
      for (let i = 0; i < r; i++) aw[n * r + i] = dot(a, i, row, 0)
    }
  }
  for (let n = 0; n < count; n++) {
    for (let i = 0; i < r; i++) {
      const bi = up[n * r + i]!
      sums.wd[n]! += bi * aw[n * r + i]!
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
