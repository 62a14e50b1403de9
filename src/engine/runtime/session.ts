// Plan + weights on a GPU. Every step is prepared at load; a forward only writes a few small buffers, records the
// steps into one compute pass, and submits once for each piece of logits that is read.

import type { Device } from '../gpu/device.ts'
import type { KernelCache } from '../gpu/kernel.ts'
import { Memory } from '../gpu/memory.ts'
import { Queue } from '../gpu/queue.ts'
import type { Part, Plan } from '../model/plan.ts'
import { placeOf, tensorOf } from '../model/sites.ts'
import type { StepValues } from '../ops/op.ts'
import { GpuInspection } from './inspect-gpu.ts'
import type { Inspection, Prepared } from './inspect.ts'
import { wantedGroups, type Fusion } from './fusion.ts'
import { PartOnGpu } from './part-gpu.ts'
import { placePlan, type UploadProgress } from './placement.ts'
import { PlanRuntime, type Stretch } from './plan-runtime.ts'
import { RopeTables } from './rope-rows.ts'
import type { Counters, WeightProvider } from './runtime.ts'
import type { RuntimeSize } from './size.ts'
import { GpuSteps } from './steps-gpu.ts'

export interface SessionOptions {
  size: RuntimeSize
  /** variants that failed their self-check: `op/variant/format` */
  rejected?: ReadonlySet<string>
  /** which groups of steps run at once; default 'auto' */
  fusion?: Fusion
  /** tests force small bindings to see weights split */
  maxBinding?: number
  signal?: AbortSignal
  onProgress?: (p: UploadProgress) => void
}

export async function createSession(
  device: Device,
  kernels: KernelCache,
  plan: Plan,
  provider: WeightProvider,
  { size, rejected = new Set(), fusion = 'auto', maxBinding, signal, onProgress }: SessionOptions,
): Promise<Session> {
  const memory = new Memory(device, maxBinding)
  try {
    const tables = new RopeTables(plan, size.context)
    const placement = await placePlan(plan, tables, provider, size, memory, { signal, onProgress })
    const steps = new GpuSteps(device, memory, placement, size, kernels, rejected)
    const queue = new Queue(device, memory, 'logits', size.logitRows * plan.outputs[0]!.width)
    const groups = steps.runnable(wantedGroups(plan, fusion, device.facts.kind))
    const prepared = await steps.prepare([...plan.steps, ...groups])
    const [own, grouped] = [prepared.slice(0, plan.steps.length), prepared.slice(plan.steps.length)]
    return new Session(plan, size, tables, steps, queue, own, grouped)
  } catch (error) {
    memory.dispose()
    throw error
  }
}

export class Session extends PlanRuntime {
  private readonly body: PartOnGpu
  private readonly head: PartOnGpu
  private readonly encoder: readonly Prepared[]
  private inside: Inspection | null = null

  constructor(
    plan: Plan,
    size: RuntimeSize,
    tables: RopeTables,
    private readonly steps: GpuSteps,
    private readonly queue: Queue,
    prepared: readonly Prepared[],
    groups: readonly Prepared[],
  ) {
    super(plan, size, tables)
    const { decode, encode } = plan.programs,
      { tokens, rows } = decode
    this.encoder = prepared.filter(({ step }) => step.part === encode?.tokens)
    const results = new Set(plan.outputs.map(({ site }) => tensorOf(plan, placeOf(plan, site))))
    const part = (name: Part | null): PartOnGpu =>
      new PartOnGpu(
        steps,
        prepared.filter(({ step }) => step.part === name),
        groups,
        results,
      )
    this.body = part(tokens)
    this.head = part(rows)
  }

  protected get work(): Omit<Counters, 'forwards'> {
    return { ...this.queue.counters, writes: this.steps.memory.writes }
  }
  /** live bytes on the device */
  get bytes(): number {
    return this.steps.memory.bytes
  }
  inspection(): Inspection {
    return (this.inside ??= new GpuInspection(this, this.steps, [
      ...this.encoder,
      ...this.body.prepared,
      ...this.head.prepared,
    ]))
  }

  /** Kernel launches of one forward. */
  launches(values: StepValues): number {
    return this.body.launches(values) + this.head.launches(values)
  }

  protected writeIds(ids: Uint32Array): void {
    this.steps.writeIds(ids)
  }
  protected writeTensor(name: string, offset: number, floats: Float32Array): void {
    this.steps.memory.write(this.steps.buffer(name), offset * 4, floats)
  }

  protected leaveOut(off: ReadonlySet<string>): void {
    this.steps.off = off
  }

  protected async runChunk(T: number, stretches: readonly Stretch[]): Promise<Float32Array[]> {
    const rows: Float32Array[] = []
    const body = { T, row: 0, ...this.place }
    const { name, width } = this.result
    for (let n = 0; n < Math.max(1, stretches.length); n++) {
      const stretch = stretches[n]
      const commands = this.queue.begin()
      if (n === 0) {
        this.steps.writeStep('body', body)
        this.body.record(commands, body)
      }
      if (stretch) {
        const { row, count } = stretch,
          head = { T: count, row, ...this.place }
        this.steps.writeStep('head', head)
        this.head.record(commands, head)
        const result = { buffer: this.steps.buffer(name), offset: 0, count: count * width }
        const [data] = await this.queue.read([result], 'results', commands)
        for (let i = 0; i < count; i++) rows.push(data!.subarray(i * width, (i + 1) * width))
      } else {
        this.queue.submit(commands)
        await this.queue.idle('a pass')
      }
    }
    return rows
  }

  protected async runSource(T: number): Promise<void> {
    const values = { T, pos: 0, row: 0, prefix: T }
    const commands = this.queue.begin()
    this.steps.writeStep('encode', values)
    this.steps.record(commands, this.encoder, values)
    this.queue.submit(commands)
    await this.queue.idle('a source')
  }

  dispose(): void {
    this.steps.memory.dispose()
  }
}
