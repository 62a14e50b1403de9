// How far an adapter moves the matrices of a model: Frobenius norms of W' - W and of W, W as it is kept. From the small
// matrices, in f64: |B A|² = Σ (Bᵀ B) ∘ (A Aᵀ). A matrix of the model's is read once, a row at a time; what depends on the
// strength is a formula of what was read then.

import type { Plan, WeightSpec } from '../model/plan.ts'
import { dequantRow, dequantize } from '../quants/weight.ts'
import type { WeightProvider } from '../runtime/runtime.ts'
import type { Changes, ModuleChange, VectorChange } from './adapter.ts'
import { held, pauses, rowOf, rowSums } from './row-sums.ts'

/** Squares of the two norms; `delta` at a strength, 0 off; NaN where it is not known. */
export interface Squares {
  base: number
  delta(strength: number): number
}
export interface ChangeNorm extends Squares {
  /** the module as the model calls it, or the tensor */
  at: string
  isVector: boolean
  /** -1: outside of the layers, or in several */
  layer: number
}

/** Rows between which others have their turn. */
const PAUSE = 512
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))
const sum = (values: ArrayLike<number>): number => {
  let total = 0
  for (let i = 0; i < values.length; i++) total += values[i]!
  return total
}

/** What an adapter changes, each module and vector once, however many steps compute with it. */
export async function changeNorms(plan: Plan, weights: WeightProvider, changes: Changes): Promise<ChangeNorm[]> {
  const byModule = new Map<string, Map<string, ModuleChange[]>>()
  const layers = new Map<string, Set<number>>()
  for (const one of changes.parts) {
    const own = byModule.get(one.module) ?? new Map<string, ModuleChange[]>()
    const key = JSON.stringify(one.part)
    const others = (own.get(key) ?? []).filter(({ change }) => change.how !== one.change.how)
    byModule.set(one.module, own.set(key, [...others, one]))
    layers.set(one.module, (layers.get(one.module) ?? new Set()).add(one.layer))
  }
  const found: ChangeNorm[] = []
  for (const [at, parts] of byModule) {
    const squares: Squares[] = []
    for (const all of parts.values()) squares.push(await partSquares(plan, weights, all))
    const own = [...layers.get(at)!]
    found.push({ at, isVector: false, layer: own.length === 1 ? own[0]! : -1, ...added(squares) })
  }
  for (const [at, squares] of await vectorSquares(weights, changes.vectors)) {
    found.push({ at, isVector: true, layer: layerOfVector(plan, at), ...squares })
  }
  return found
}

const added = (all: readonly Squares[]): Squares => ({
  base: sum(all.map(({ base }) => base)),
  delta: (strength) => sum(all.map((one) => one.delta(strength))),
})

/** A low-rank change may stand on a copy of the matrix that the file holds whole (PEFT saves embeddings so). */
async function partSquares(plan: Plan, weights: WeightProvider, all: readonly ModuleChange[]): Promise<Squares> {
  const [copy, low] = [
    all.find(({ change }) => change.how === 'instead'),
    all.find(({ change }) => change.how === 'low-rank'),
  ]
  const [one, ...others] = await Promise.all(all.map((change) => squaresOf(plan, weights, change)))
  if (!copy || !low || copy.change.how !== 'instead' || low.change.how !== 'low-rank') {
    if (others.length === 0) return one!
    // lengths and factors of a copy that is not the model's own: no sum of the two
    const known = all.every(({ change }, i) => change.how !== 'instead' || [one!, ...others][i]!.delta(1) === 0)
    return { base: one!.base, delta: known ? added([one!, ...others]).delta : (s) => (s === 0 ? 0 : NaN) }
  }
  const { a, b, by, isTable } = low.change
  const spec = (name: string): WeightSpec => plan.weights[name]!
  const [was, is, down, up] = [
    await rowsOf(weights, spec(copy.weight)),
    await rowsOf(weights, spec(copy.change.weight)),
    await allRows(weights, spec(a)),
    await allRows(weights, spec(b)),
  ]
  const wait = pauses(spec(b).cols * spec(copy.weight).cols)
  /** Σ (copy - W) ∘ B A */
  let product = 0
  for (let n = 0; n < copy.part.rows; n++) {
    const [x, y] = [was(copy.from + n), is(n)]
    for (let i = 0; i < x.length; i++) {
      const d = y[i]! - x[i]!
      if (d === 0) continue
      for (let k = 0; k < spec(b).cols; k++) {
        product += d * (isTable ? down[n]![k]! * up[i]![k]! : down[k]![i]! * up[n]![k]!)
      }
    }
    await wait()
  }
  return { base: one!.base, delta: (s) => Math.max(0, one!.delta(s) + others[0]!.delta(s) + 2 * s * by * product) }
}

async function squaresOf(plan: Plan, weights: WeightProvider, one: ModuleChange): Promise<Squares> {
  const { weight, from, part, change } = one
  const spec = (name: string): WeightSpec => plan.weights[name]!
  if (change.how === 'lengths') {
    const { a, b, by, lengths, isTable } = change
    const count = lengths.length
    const sums = await rowSums(weights, { weight: spec(weight), from, count, a: spec(a), b: spec(b), isTable })
    const m = await weights.vector({ parts: [lengths], length: lengths.length })
    // (f - 1) w + f c d for each row
    const delta = (c: number): number => {
      let total = 0
      for (let i = 0; i < m.length; i++) {
        const [ww, wd, dd] = [sums.ww[i]!, sums.wd[i]!, sums.dd[i]!]
        const f = m[i]! / Math.sqrt(ww + 2 * c * wd + c * c * dd)
        total += (f - 1) ** 2 * ww + 2 * (f - 1) * f * c * wd + f * f * c * c * dd
      }
      return Math.max(0, total)
    }
    return { base: sum(sums.ww), delta: (s) => (s === 0 ? 0 : delta(s * by)) }
  }
  if (change.how === 'instead') {
    const own = await rowsOf(weights, spec(change.weight))
    let difference = 0
    const { rows } = await squareSums(weights, spec(weight), from, part.rows, (n, row) => {
      const other = own(n)
      for (let i = 0; i < row.length; i++) difference += (other[i]! - row[i]!) ** 2
    })
    return { base: sum(rows), delta: (s) => (s === 0 ? 0 : difference) }
  }
  const { rows, columns } = await squareSums(weights, spec(weight), from, part.rows)
  const base = sum(rows)
  if (change.how === 'factors') {
    const { factors, of } = change
    const shape = of === 'rows' ? [factors.length, 1] : [1, factors.length]
    const l = await weights.vector({ parts: [factors], length: factors.length, shape })
    const of1 = sum(Float64Array.from(of === 'rows' ? rows : columns, (square, i) => (l[i]! - 1) ** 2 * square))
    return { base, delta: (s) => s * s * of1 }
  }
  const { a, b, each, by, isTable } = change
  const r = spec(b).cols
  const e =
    each === undefined ? null : await weights.vector({ parts: [{ tensor: each, length: r }], length: r, shape: [r, 1] })
  const [down, up] = [dequantize(await held(weights, spec(a))), dequantize(await held(weights, spec(b)))]
  const square = await productSquare(isTable ? turned(down, r) : down, up, r, e)
  return { base, delta: (s) => (s * by) ** 2 * square }
}

/** |B diag(e) A|², in whichever way is less work: the rank may be any. @param a (r, columns) @param b (rows, r) */
async function productSquare(a: Float32Array, b: Float32Array, r: number, e: Float32Array | null): Promise<number> {
  const [rows, cols] = [b.length / r, a.length / r]
  const factor = (k: number): number => (e ? e[k]! : 1)
  let square = 0
  if ((r + 1) * (rows + cols) > 2 * rows * cols) {
    const scaled = e ? b.map((v, i) => v * factor(i % r)) : b
    const row = new Float64Array(cols),
      pause = pauses(r * cols)
    for (let n = 0; n < rows; n++) {
      rowOf(a, scaled, n, r, row)
      for (const v of row) square += v * v
      await pause()
    }
    return square
  }
  // Σ (Bᵀ B) ∘ (A Aᵀ)
  const columns = turned(b, r),
    pause = pauses(rows + cols)
  for (let i = 0; i < r; i++) {
    for (let j = 0; j <= i; j++) {
      square += (i === j ? 1 : 2) * dot(a, i, j, cols) * dot(columns, i, j, rows) * factor(i) * factor(j)
      await pause()
    }
  }
  return Math.max(0, square)
}

/** Rows i and j of a matrix. */
function dot(x: Float32Array, i: number, j: number, width: number): number {
  let total = 0
  for (let k = 0; k < width; k++) total += x[i * width + k]! * x[j * width + k]!
  return total
}

/** (n, r) as (r, n). */
function turned(x: Float32Array, r: number): Float32Array {
  const n = x.length / r
  return Float32Array.from(x, (_, i) => x[(i % n) * r + Math.floor(i / n)]!)
}

/** A weight's rows; each call overwrites what the one before gave. */
async function rowsOf(weights: WeightProvider, spec: WeightSpec): Promise<(n: number) => Float32Array> {
  const data = await held(weights, spec)
  const row = new Float32Array(spec.cols)
  return (n) => {
    dequantRow(data, n, row)
    return row
  }
}

/** The same all at once, of a small matrix. */
async function allRows(weights: WeightProvider, spec: WeightSpec): Promise<Float32Array[]> {
  const row = await rowsOf(weights, spec)
  return Array.from({ length: spec.rows }, (_, n) => row(n).slice())
}

/** Sums of squares of rows [from, from + count) of a weight, by row and by column. */
async function squareSums(
  weights: WeightProvider,
  spec: WeightSpec,
  from: number,
  count: number,
  look: (n: number, row: Float32Array) => void = () => undefined,
): Promise<{ rows: Float64Array; columns: Float64Array }> {
  const row = await rowsOf(weights, spec)
  const rows = new Float64Array(count),
    columns = new Float64Array(spec.cols)
  for (let n = 0; n < count; n++) {
    const values = row(from + n)
    look(n, values)
    for (let i = 0; i < values.length; i++) {
      const square = values[i]! * values[i]!
      rows[n]! += square
      columns[i]! += square
    }
    if (n % PAUSE === PAUSE - 1) await pause()
  }
  return { rows, columns }
}

/** By tensor: a vector may be stacked from several, of which some stay as they are. */
async function vectorSquares(weights: WeightProvider, vectors: readonly VectorChange[]): Promise<Map<string, Squares>> {
  const seen = new Map<string, Map<string, Squares>>()
  for (const { tensor, base, other } of vectors) {
    for (const [i, part] of base.parts.entries()) {
      if (part.tensor !== tensor) continue
      const read = (from: typeof part, { shape }: typeof base): Promise<Float32Array> =>
        weights.vector({ parts: [from], length: from.length, ...(shape && { shape }) })
      const [was, is] = [await read(part, base), await read(other.parts[i]!, other)]
      const difference = sum(Float64Array.from(was, (v, n) => (is[n]! - v) ** 2))
      const own = seen.get(tensor) ?? new Map<string, Squares>()
      const squares = {
        base: sum(Float64Array.from(was, (v) => v * v)),
        delta: (s: number) => (s === 0 ? 0 : difference),
      }
      seen.set(tensor, own.set(JSON.stringify(part), squares))
    }
  }
  return new Map([...seen].map(([tensor, parts]) => [tensor, added([...parts.values()])]))
}

/** The layer of the steps that compute with a tensor of the model's; -1: of none, or of several. */
function layerOfVector({ steps, vectors }: Plan, tensor: string): number {
  const names = new Set(
    Object.entries(vectors).flatMap(([name, { parts }]) =>
      parts.some((part) => part.tensor === tensor) ? [name] : [],
    ),
  )
  const layers = new Set(
    steps.flatMap(({ args, layer }) => (Object.values(args).some((name) => names.has(name)) ? [layer] : [])),
  )
  return layers.size === 1 ? [...layers][0]! : -1
}
