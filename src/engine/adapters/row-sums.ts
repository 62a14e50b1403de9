// What the length of each row of W + c B A is made of, for any c: |w|², w · d and |d|² with d = B A. In f64; W is read once
// and held while it is; of B A one row at a time is formed, since its rank may be any. Of a table the same for its columns.

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
  const row = new Float32Array(cols)
  const pause = pauses(r * (isTable ? count : cols))
  if (isTable) {
    for (let v = 0; v < weight.rows; v++) {
      dequantRow(w, v, row)
      for (let n = 0; n < count; n++) {
        let d = 0
        for (let k = 0; k < r; k++) d += a[v * r + k]! * up[n * r + k]!
        add(n, row[n]!, d)
      }
      await pause()
    }
    return sums
  }
  const d = new Float64Array(cols)
  for (let n = 0; n < count; n++) {
    dequantRow(w, from + n, row)
    rowOf(a, up, n, r, d)
    for (let k = 0; k < cols; k++) add(n, row[k]!, d[k]!)
    await pause()
  }
  function add(n: number, x: number, y: number): void {
    sums.ww[n]! += x * x
    sums.wd[n]! += x * y
    sums.dd[n]! += y * y
  }
  return sums
}

/** Row n of B A, into `out`. @param a (r, columns) @param b (rows, r) */
export function rowOf(a: Float32Array, b: Float32Array, n: number, r: number, out: Float64Array): void {
  out.fill(0)
  for (let k = 0; k < r; k++) {
    const by = b[n * r + k]!,
      at = k * out.length
    for (let i = 0; i < out.length; i++) out[i]! += by * a[at + i]!
  }
}

/** Products between which others have their turn. */
const PAUSE = 2 ** 26
/** Call it after every so many products. */
export function pauses(products: number): () => Promise<void> | undefined {
  let done = 0
  return () => {
    done += products
    if (done < PAUSE) return undefined
    done = 0
    return new Promise((resolve) => setTimeout(resolve))
  }
}

/** A weight of the Plan, its planes in memory. */
export async function held(provider: WeightProvider, spec: WeightSpec, signal?: AbortSignal): Promise<WeightData> {
  const layout = provider.layout(spec)
  const planes = { codes: new Uint8Array(codesBytes(layout)), scales: new Uint8Array(scalesBytes(layout)) }
  for await (const { plane, bytes, offset } of provider.read(spec, signal)) planes[plane].set(bytes, offset)
  return { ...layout, codes: new Uint32Array(planes.codes.buffer), scales: new Uint32Array(planes.scales.buffer) }
}
