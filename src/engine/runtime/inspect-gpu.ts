// Looking inside a GPU session: buffers by name, single steps in submits of their own, results read back in pieces
// through a buffer of its own, so that a look and a forward do not wait for each other's.

import { Queue, type Commands, type Stretch } from '../gpu/queue.ts'
import type { Params, StepValues } from '../ops/op.ts'
import type { PlanStep } from '../model/plan.ts'
import { planePieces, type WeightData, type WeightLayout } from '../quants/weight.ts'
import {
  floatsName,
  joined,
  rowStretch,
  RunFacts,
  type Hooks,
  type Inspection,
  type PartWork,
  type Piece,
  type Prepared,
  type Work,
} from './inspect.ts'
import type { PlanRuntime } from './plan-runtime.ts'
import type { GpuSteps } from './steps-gpu.ts'

/** Floats read back at a time: 4 MiB. */
const READ_FLOATS = 2 ** 20
/** names the reading in errors */
const LOOK = 'a look inside'

type Run = Pick<PlanRuntime, 'plan' | 'size' | 'context' | 'length' | 'prefix' | 'shift'>

export class GpuInspection extends RunFacts<Run> implements Inspection {
  private readonly queue: Queue
  private reading: Promise<unknown> | null = null

  constructor(
    runtime: Run,
    private readonly gpu: GpuSteps,
    readonly steps: readonly Prepared[],
  ) {
    super(runtime)
    this.queue = new Queue(gpu.device, gpu.memory, 'glass', READ_FLOATS)
  }

  get hooks(): Hooks | null {
    return this.gpu.hooks
  }
  setHooks(hooks: Hooks | null): void {
    this.gpu.hooks = hooks
  }

  tensor(name: string, floats: number): void {
    const { tensors } = this.gpu.placement,
      { memory } = this.gpu
    const there = tensors.get(name)
    if (there && there.size >= floats * 4) return
    if (there) memory.free(there)
    tensors.set(name, memory.storage(name, floats * 4))
  }

  floatsOf(weight: string): string {
    const name = floatsName(weight, this.layouts(weight))
    this.gpu.placement.tensors.set(name, this.gpu.placement.weights.get(weight)![0]!.codes)
    return name
  }

  prepare(steps: readonly PlanStep[]): Promise<Prepared[]> {
    return this.gpu.prepare(steps)
  }
  setParams(prepared: Prepared, params: Params): void {
    this.gpu.setParams(prepared, params)
  }
  write(name: string, data: ArrayBufferView, offset = 0): void {
    this.gpu.write(name, offset, data)
  }

  async readMany(pieces: readonly Piece[]): Promise<Float32Array[]> {
    const found = await this.read(
      pieces.map(({ tensor, offset, count }) => {
        const { buffer, offset: begin } = this.gpu.place(tensor)
        const words = this.gpu.wordsOf(tensor, offset, count)
        return { buffer, offset: begin + words.offset, count: words.count }
      }),
    )
    return found.map((words, i) => this.gpu.floatsOf(pieces[i]!.tensor, words))
  }

  /** At once where nobody reads: what is asked for later must not be seen. Else in turn: all share the memory it is read by. */
  private async read(stretches: readonly Stretch[]): Promise<Float32Array[]> {
    while (this.reading) await this.reading
    const run = this.queue.read(stretches, LOOK)
    this.reading = run.catch(() => undefined)
    try {
      return await run
    } finally {
      this.reading = null
    }
  }

  override copied(tensor: string, words: Float32Array): Float32Array {
    return this.gpu.floatsOf(tensor, words.subarray(0, this.gpu.wordsOf(tensor, 0, words.length).count))
  }

  submit(part: PlanStep['part'], values: StepValues, work: readonly Work[]): void {
    this.submitAll([{ part, values, work }])
  }

  submitAll(parts: readonly PartWork[]): void {
    const commands = this.queue.begin()
    parts.forEach((one, i) => this.record(commands, one, i))
    this.queue.submit(commands)
  }

  private record(commands: Commands, { part, values, work }: PartWork, i: number): void {
    const giveBack = this.gpu.lendStep(commands, part, values, i)
    for (const item of work) {
      if ('run' in item) this.gpu.record(commands, [item.run], values)
      else {
        const [from, to] = [this.gpu.place(item.copy), this.gpu.place(item.to)]
        const taken = this.gpu.wordsOf(item.copy, item.at, item.count)
        const put = this.gpu.wordsOf(item.to, item.toAt, item.count)
        const count = Math.min(taken.count, put.count)
        commands.copy({ ...from, offset: from.offset + taken.offset, count }, to.buffer, to.offset + put.offset)
      }
    }
    giveBack()
  }

  layouts(weight: string): WeightLayout[] {
    return this.gpu.placement.weights.get(weight)!.map((s) => s.layout)
  }

  async weightRows(weight: string, row: number): Promise<{ weight: WeightData; from: number }> {
    const segment = this.gpu.placement.weights
      .get(weight)!
      .find((s) => row >= s.rowStart && row < s.rowStart + s.layout.rows)!
    const { from, rows } = rowStretch(segment.layout, row - segment.rowStart)
    const words = async (plane: 'codes' | 'scales'): Promise<Uint32Array> => {
      const buffer = segment[plane]
      if (!buffer) return new Uint32Array(0)
      const stretches = planePieces(segment.layout, plane, from, rows).map(({ offset, bytes }) => ({
        buffer,
        offset: offset / 4,
        count: bytes / 4,
      }))
      return joined((await this.read(stretches)).map(({ buffer: read }) => new Uint32Array(read)))
    }
    const [codes, scales] = [await words('codes'), await words('scales')]
    return { from: segment.rowStart + from, weight: { ...segment.layout, rows, codes, scales } }
  }

  during<T>(work: () => Promise<T>): Promise<T> {
    return this.gpu.device.presence.during(work)
  }

  async time(prepared: Prepared | null, values: StepValues, repeats: number): Promise<number> {
    this.gpu.writeStep('encode', values)
    this.gpu.writeStep('body', values)
    this.gpu.writeStep('head', values)
    await this.queue.idle('timings')
    const started = performance.now()
    const commands = this.queue.begin()
    commands.openPass()
    if (prepared) for (let i = 0; i < repeats; i++) this.gpu.launch(commands, prepared, values)
    this.queue.submit(commands)
    await this.queue.idle('timings')
    return performance.now() - started
  }
}
