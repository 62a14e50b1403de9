// Runs a Plan on the plain references, in Node or a worker: slow and readable, the measure of the GPU session.

import { stepsOf, weightOf, type Plan, type PlanStep } from '../model/plan.ts'
import { codesBytes, scalesBytes, type WeightData } from '../quants/weight.ts'
import { CpuInspection } from './inspect-cpu.ts'
import type { Inspection } from './inspect.ts'
import { PlanRuntime, type Stretch } from './plan-runtime.ts'
import { RopeTables } from './rope-rows.ts'
import type { Counters, WeightProvider } from './runtime.ts'
import type { RuntimeSize } from './size.ts'
import { CpuSteps } from './steps-cpu.ts'

export async function createCpuRuntime(plan: Plan, provider: WeightProvider, size: RuntimeSize): Promise<CpuRuntime> {
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
  for (const [name, spec] of Object.entries(plan.vectors)) {
    tensors[name] = await provider.vector(spec, undefined, weightOf(plan, spec))
  }
  const tables = new RopeTables(plan, size.context)
  for (const { table, values } of tables.first()) tensors[table] = values
  for (const [name, c] of Object.entries(plan.caches)) {
    tensors[name] = new Float32Array(c.kvHeads * size.context * c.headDim)
  }
  for (const [name, b] of Object.entries(plan.buffers)) {
    tensors[name] = new Float32Array((b.rows === 'T' ? size.chunk : size.logitRows) * b.width)
  }
  return new CpuRuntime(plan, size, tables, new CpuSteps(weights, tensors, size))
}

export class CpuRuntime extends PlanRuntime {
  private readonly body: readonly PlanStep[]
  private readonly head: readonly PlanStep[]
  private inside: Inspection | null = null

  constructor(
    plan: Plan,
    size: RuntimeSize,
    tables: RopeTables,
    readonly steps: CpuSteps,
  ) {
    super(plan, size, tables)
    this.body = stepsOf(plan, plan.programs.decode.tokens)
    this.head = stepsOf(plan, plan.programs.decode.rows)
  }

  protected get work(): Omit<Counters, 'forwards'> {
    return { dispatches: this.steps.dispatches, passes: 0, submits: 0, writes: 0, readBytes: 0, waits: 0 }
  }
  inspection(): Inspection {
    return (this.inside ??= new CpuInspection(this, this.steps))
  }

  protected writeIds(ids: Uint32Array<ArrayBuffer>): void {
    this.steps.ids = ids
  }
  protected writeTensor(name: string, offset: number, floats: Float32Array): void {
    this.steps.tensors[name]!.set(floats, offset)
  }

  protected leaveOut(off: ReadonlySet<string>): void {
    this.steps.off = off
  }

  protected async runChunk(T: number, stretches: readonly Stretch[]): Promise<Float32Array[]> {
    const step = { T, row: 0, ...this.place }
    const { name, width } = this.result
    const rows: Float32Array[] = []
    for (const s of this.body) this.steps.run(s, step)
    for (const { row, count } of stretches) {
      for (let i = 0; i < count; i++) {
        for (const s of this.head) this.steps.run(s, { ...step, T: 1, row: row + i })
        rows.push(this.steps.tensors[name]!.slice(0, width))
      }
    }
    await new Promise((resolve) => setTimeout(resolve)) // a worker hears Stop and answers its heartbeat in between
    return rows
  }

  protected runSource(T: number): Promise<void> {
    for (const s of stepsOf(this.plan, 'encode')) this.steps.run(s, { T, pos: 0, row: 0, prefix: T })
    return Promise.resolve()
  }

  dispose(): void {
    this.steps.weights.clear()
  }
}
