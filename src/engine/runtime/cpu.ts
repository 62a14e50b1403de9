// Runs a Plan on the plain references, in Node or a worker: slow and readable, the measure of the GPU session.

import type { RopeSpec } from '../model/rope.ts'
import type { Plan, PlanStep } from '../model/plan.ts'
import type { StepValues } from '../ops/op.ts'
import { ops } from '../ops/index.ts'
import { codesBytes, scalesBytes, type WeightData } from '../tensor/format.ts'
import { checkFits } from './cache.ts'
import { CpuInspection } from './inspect-cpu.ts'
import type { Hooks, Inspection, Prepared } from './inspect.ts'
import { RopeRows } from './rope-rows.ts'
import {
  outputsOf,
  placedParams,
  type Counters,
  type LogitRows,
  type Runtime,
  type RuntimeSize,
  type TurnedFor,
  type WeightProvider,
} from './runtime.ts'

export async function createCpuRuntime(
  plan: Plan,
  rope: RopeSpec,
  provider: WeightProvider,
  size: RuntimeSize,
): Promise<CpuRuntime> {
  const weights = new Map<string, WeightData>()
  for (const [name, spec] of Object.entries(plan.weights)) {
    const layout = provider.layout(spec)
    const planes = { codes: new Uint8Array(codesBytes(layout)), scales: new Uint8Array(scalesBytes(layout)) }
    for await (const chunk of provider.read(spec)) planes[chunk.plane].set(chunk.bytes, chunk.offset)
    weights.set(name, {
      ...layout,
      codes: new Uint32Array(planes.codes.buffer),
      scales: new Uint32Array(planes.scales.buffer),
    })
  }
  const tensors: Record<string, Float32Array> = {}
  for (const [name, spec] of Object.entries(plan.vectors)) tensors[name] = await provider.vector(spec)
  const rows = new RopeRows(rope, size.context)
  for (const name of Object.keys(plan.tables)) tensors[name] = rows.first()
  for (const [name, c] of Object.entries(plan.caches)) {
    tensors[name] = new Float32Array(c.kvHeads * size.context * c.headDim)
  }
  for (const [name, b] of Object.entries(plan.buffers)) {
    tensors[name] = new Float32Array((b.rows === 'T' ? size.chunk : size.logitRows) * b.width)
  }
  return new CpuRuntime(plan, weights, tensors, size, rows)
}

export class CpuRuntime implements Runtime {
  length = 0
  readonly counters: Counters = { forwards: 0, dispatches: 0, submits: 0, readBytes: 0 }
  readonly steps: readonly Prepared[]
  /** set by the inspector; null costs nothing */
  hooks: Hooks | null = null
  /** called after every step, with `tensors` as it left them: how tests see inside */
  onStep: ((step: PlanStep, values: StepValues) => void) | null = null
  /** the tokens that run now */
  private ids = new Uint32Array(0)

  constructor(
    readonly plan: Plan,
    readonly weights: ReadonlyMap<string, WeightData>,
    /** every tensor of the Plan by name, as the last forward left it, and the inspector's */
    readonly tensors: Record<string, Float32Array>,
    readonly size: RuntimeSize,
    private readonly ropeRows: RopeRows,
  ) {
    this.steps = [...plan.steps.filter((s) => s.part === 'body'), ...plan.steps.filter((s) => s.part === 'head')].map(
      (step) => ({ step }),
    )
  }

  get context(): number {
    return this.size.context
  }
  get chunk(): number {
    return this.size.chunk
  }
  inspection(): Inspection {
    return (this.inside ??= new CpuInspection(this))
  }
  private inside: Inspection | null = null

  async forward(
    ids: readonly number[],
    logits: LogitRows,
    turnedFor: TurnedFor = this.length + ids.length,
  ): Promise<Float32Array[]> {
    checkFits(this.length, ids.length, this.context)
    const angles = turnedFor === 'kept' ? null : this.ropeRows.renew(this.length, ids.length, turnedFor)
    if (angles) {
      for (const name of Object.keys(this.plan.tables)) {
        this.tensors[name]!.set(angles, (this.length * angles.length) / ids.length)
      }
    }
    const rows: Float32Array[] = []
    for (let start = 0; start < ids.length; start += this.size.chunk) {
      const chunk = (this.ids = Uint32Array.from(ids.slice(start, start + this.size.chunk)))
      const step = { T: chunk.length, pos: this.length, row: 0 }
      for (const s of this.plan.steps) if (s.part === 'body') this.run(s, step)
      const last = start + chunk.length === ids.length
      const from = logits === 'all' ? 0 : logits === 'last' && last ? chunk.length - 1 : chunk.length
      for (let row = from; row < chunk.length; row++) {
        for (const s of this.plan.steps) if (s.part === 'head') this.run(s, { ...step, T: 1, row })
        rows.push(this.tensors['logits']!.slice(0, this.plan.dims.V))
      }
      this.length += chunk.length
      this.counters.forwards++
      await new Promise((resolve) => setTimeout(resolve)) // a worker hears Stop and answers its heartbeat in between
    }
    return rows
  }

  /** One step with its hooks, on the tensors as they are. */
  run(s: PlanStep, values: StepValues): void {
    const instead = this.hooks?.instead.get(s.name)
    if (instead) for (const { step } of instead) this.run(step, values)
    else this.compute(s, values)
    const after = this.hooks?.after.get(s.name)
    if (after) for (const { step } of after) this.run(step, values)
  }

  private compute(s: PlanStep, values: StepValues): void {
    const { reference, args: kinds } = ops[s.op]!
    const tensors: Record<string, Float32Array> = {},
      words: { ids: Uint32Array; cuts?: Uint32Array } = { ids: this.ids }
    for (const [arg, name] of Object.entries(s.args)) {
      const data = this.tensors[name]
      if (!data) continue
      if (kinds[arg] === 'ids') {
        words[arg as 'ids' | 'cuts'] = new Uint32Array(data.buffer, data.byteOffset, data.length)
      } else tensors[arg] = data
    }
    const weight = s.args['weight'] ? this.weights.get(s.args['weight'])! : undefined
    reference({
      tensors,
      ...words,
      weight,
      params: { ...placedParams(s.params, this.size), ...(weight && { rowStart: 0 }) },
      step: values,
    })
    this.counters.dispatches++
    this.onStep?.(s, values)
  }

  findNonFinite(ids: readonly number[]): Promise<string | null> {
    this.length = 0
    for (const id of ids) {
      this.ids = Uint32Array.of(id)
      for (const s of this.plan.steps) {
        this.run(s, { T: 1, pos: this.length, row: 0 })
        for (const name of outputsOf(s)) {
          const width = this.plan.buffers[name]?.width ?? 0
          if (!this.tensors[name]!.subarray(0, width).every(Number.isFinite)) return Promise.resolve(s.name)
        }
      }
      this.length++
    }
    return Promise.resolve(null)
  }

  reusable(count: number, length: number): number {
    return this.ropeRows.reusable(count, length)
  }
  truncate(length: number): void {
    this.length = Math.min(this.length, length)
  }
  dispose(): void {
    ;(this.weights as Map<string, WeightData>).clear()
  }
}
