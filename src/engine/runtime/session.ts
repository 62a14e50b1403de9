// Plan + weights on a GPU. Every step is prepared at load; a forward only writes a few small buffers, records the
// steps into one compute pass, and submits once for each piece of logits that is read.

import type { Device } from '../gpu/device.ts'
import type { KernelCache } from '../gpu/kernel.ts'
import { Memory } from '../gpu/memory.ts'
import { Queue, type QueueCounters } from '../gpu/queue.ts'
import type { Plan } from '../model/plan.ts'
import type { StepValues } from '../ops/op.ts'
import { GpuInspection } from './inspect-gpu.ts'
import type { Inspection, Prepared } from './inspect.ts'
import { placePlan, type UploadProgress } from './placement.ts'
import { PlanRuntime } from './plan-runtime.ts'
import { RopeTables } from './rope-rows.ts'
import type { WeightProvider } from './runtime.ts'
import type { RuntimeSize } from './size.ts'
import { GpuSteps } from './steps-gpu.ts'

export interface SessionOptions {
  size: RuntimeSize
  /** variants that failed their self-check: `op/variant/format` */
  rejected?: ReadonlySet<string>
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
  { size, rejected = new Set(), maxBinding, signal, onProgress }: SessionOptions,
): Promise<Session> {
  const memory = new Memory(device, maxBinding)
  try {
    const tables = new RopeTables(plan, size.context)
    const placement = await placePlan(plan, tables, provider, size, memory, { signal, onProgress })
    const steps = new GpuSteps(device, memory, placement, size, kernels, rejected)
    const queue = new Queue(device, memory, 'logits', size.logitRows * plan.dims.V)
    return new Session(plan, size, tables, steps, queue, await steps.prepare(plan.steps))
  } catch (error) {
    memory.dispose()
    throw error
  }
}

export class Session extends PlanRuntime {
  private readonly body: readonly Prepared[]
  private readonly head: readonly Prepared[]
  private inside: Inspection | null = null

  constructor(
    plan: Plan,
    size: RuntimeSize,
    tables: RopeTables,
    private readonly steps: GpuSteps,
    private readonly queue: Queue,
    prepared: readonly Prepared[],
  ) {
    super(plan, size, tables)
    const { tokens, rows } = plan.programs.decode
    this.body = prepared.filter(({ step }) => step.part === tokens)
    this.head = prepared.filter(({ step }) => step.part === rows)
  }

  protected get work(): QueueCounters {
    return this.queue.counters
  }
  /** live bytes on the device */
  get bytes(): number {
    return this.steps.memory.bytes
  }
  inspection(): Inspection {
    return (this.inside ??= new GpuInspection(this, this.steps, [...this.body, ...this.head]))
  }

  /** Kernel launches of one forward. */
  launches(values: StepValues): number {
    return this.steps.launches([...this.body, ...this.head], values)
  }

  protected writeIds(ids: Uint32Array): void {
    this.steps.writeIds(ids)
  }
  protected writeTensor(name: string, offset: number, floats: Float32Array): void {
    this.steps.memory.write(this.steps.buffer(name), offset * 4, floats)
  }

  protected async runChunk(T: number, first: number): Promise<Float32Array[]> {
    const rows: Float32Array[] = []
    let row = first
    do {
      const count = Math.min(this.size.logitRows, T - row)
      const body = { T, pos: this.length, row: 0, prefix: this.prefix },
        head = { T: count, pos: this.length, row, prefix: this.prefix }
      const commands = this.queue.begin()
      this.steps.writeStep('body', body)
      this.steps.writeStep('head', head)
      if (row === first) this.steps.record(commands, this.body, body)
      if (count > 0) {
        this.steps.record(commands, this.head, head)
        const V = this.plan.dims.V
        const logits = { buffer: this.steps.buffer('logits'), offset: 0, count: count * V }
        const [data] = await this.queue.read([logits], 'results', commands)
        for (let i = 0; i < count; i++) rows.push(data!.subarray(i * V, (i + 1) * V))
      } else {
        this.queue.submit(commands)
        await this.queue.idle('a pass')
      }
      row += count
    } while (row < T)
    return rows
  }

  dispose(): void {
    this.steps.memory.dispose()
  }
}
