// Runs a Plan on the plain references, in Node or a worker: slow and readable, the measure of the GPU session.

import type { RopeSpec } from '../model/rope.ts'
import type { Plan, PlanStep } from '../model/plan.ts'
import type { StepValues } from '../ops/op.ts'
import { ops } from '../ops/index.ts'
import { codesBytes, scalesBytes, type WeightData } from '../tensor/format.ts'
import { checkFits } from './cache.ts'
import { RopeRows } from './rope-rows.ts'
import { outputsOf, placedParams, type Counters, type LogitRows, type Runtime, type RuntimeSize, type WeightProvider } from './runtime.ts'

export async function createCpuRuntime(plan: Plan, rope: RopeSpec, provider: WeightProvider, size: RuntimeSize): Promise<CpuRuntime> {
  const weights = new Map<string, WeightData>()
  for (const [name, spec] of Object.entries(plan.weights)) {
    const layout = provider.layout(spec)
    const planes = { codes: new Uint8Array(codesBytes(layout)), scales: new Uint8Array(scalesBytes(layout)) }
    for await (const chunk of provider.read(spec)) planes[chunk.plane].set(chunk.bytes, chunk.offset)
    weights.set(name, { ...layout, codes: new Uint32Array(planes.codes.buffer), scales: new Uint32Array(planes.scales.buffer) })
  }
  const tensors: Record<string, Float32Array> = {}
  for (const [name, spec] of Object.entries(plan.vectors)) tensors[name] = await provider.vector(spec)
  const rows = new RopeRows(rope, size.context)
  for (const name of Object.keys(plan.tables)) tensors[name] = rows.first()
  for (const [name, c] of Object.entries(plan.caches)) tensors[name] = new Float32Array(c.kvHeads * size.context * c.headDim)
  for (const [name, b] of Object.entries(plan.buffers)) tensors[name] = new Float32Array((b.rows === 'T' ? size.chunk : size.logitRows) * b.width)
  return new CpuRuntime(plan, weights, tensors, size, rows)
}

export class CpuRuntime implements Runtime {
  length = 0
  readonly counters: Counters = { forwards: 0, dispatches: 0, submits: 0, readBytes: 0 }

  /** called after every step, with `tensors` as it left them: how tests see inside */
  onStep: ((step: PlanStep, values: StepValues) => void) | null = null

  constructor(readonly plan: Plan, private readonly weights: Map<string, WeightData>,
    /** every tensor of the Plan by name, as the last forward left it */
    readonly tensors: Record<string, Float32Array>, private readonly size: RuntimeSize, private readonly ropeRows: RopeRows) {}

  get context(): number { return this.size.context }

  async forward(ids: readonly number[], logits: LogitRows, onChunk?: (done: number) => void): Promise<Float32Array[]> {
    checkFits(this.length, ids.length, this.context)
    const angles = this.ropeRows.renew(this.length, ids.length)
    if (angles) for (const name of Object.keys(this.plan.tables)) this.tensors[name]!.set(angles, this.length * angles.length / ids.length)
    const rows: Float32Array[] = []
    for (let start = 0; start < ids.length; start += this.size.chunk) {
      const chunk = Uint32Array.from(ids.slice(start, start + this.size.chunk))
      const step = { T: chunk.length, pos: this.length, row: 0 }
      for (const s of this.plan.steps) if (s.part === 'body') this.run(s, step, chunk)
      const last = start + chunk.length === ids.length
      const from = logits === 'all' ? 0 : logits === 'last' && last ? chunk.length - 1 : chunk.length
      for (let row = from; row < chunk.length; row++) {
        for (const s of this.plan.steps) if (s.part === 'head') this.run(s, { ...step, T: 1, row }, chunk)
        rows.push(this.tensors['logits']!.slice(0, this.plan.dims.V))
      }
      this.length += chunk.length
      this.counters.forwards++
      onChunk?.(start + chunk.length)
      await Promise.resolve()
    }
    return rows
  }

  private run(s: PlanStep, step: StepValues, ids: Uint32Array): void {
    const tensors: Record<string, Float32Array> = {}
    for (const [arg, name] of Object.entries(s.args)) if (this.tensors[name]) tensors[arg] = this.tensors[name]
    const weight = s.args['weight'] ? this.weights.get(s.args['weight'])! : undefined
    ops[s.op]!.reference({ tensors, ids, weight, params: placedParams(s.params, this.size), step })
    this.counters.dispatches++
    this.onStep?.(s, step)
  }

  findNonFinite(ids: readonly number[]): Promise<string | null> {
    this.length = 0
    for (const id of ids) {
      for (const s of this.plan.steps) {
        this.run(s, { T: 1, pos: this.length, row: 0 }, Uint32Array.of(id))
        for (const name of outputsOf(s)) {
          const width = this.plan.buffers[name]?.width ?? 0
          if (!this.tensors[name]!.subarray(0, width).every(Number.isFinite)) return Promise.resolve(s.name)
        }
      }
      this.length++
    }
    return Promise.resolve(null)
  }

  reusable(count: number, length: number): number { return this.ropeRows.reusable(count, length) }
  truncate(length: number): void { this.length = Math.min(this.length, length) }
  dispose(): void { this.weights.clear() }
}
