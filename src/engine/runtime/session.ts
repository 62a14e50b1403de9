// Plan + weights on a GPU. Every step is prepared at load; a forward only writes a few small buffers, records the
// steps into one compute pass, and submits once for each piece of logits that is read; much work in several (work.ts).

import { EngineError } from '../errors.ts'
import { Ring } from '../gpu/ring.ts'
import type { Device } from '../gpu/device.ts'
import type { KernelCache } from '../gpu/kernel.ts'
import { Memory } from '../gpu/memory.ts'
import { Queue } from '../gpu/queue.ts'
import type { Part, Plan } from '../model/plan.ts'
import { placeOf, tensorOf } from '../model/sites.ts'
import type { StepValues } from '../ops/op.ts'
import { RECORD_WORDS } from '../ops/sample-record.ts'
import type { DrawAsk, NotDrawn } from './draw-ask.ts'
import type { KernelChecks } from './checks.ts'
import { DrawSteps, drawStep, drawsWith } from './draw-steps.ts'
import { Flight, MOST_IN_FLIGHT, type Deck, type Sent } from './flight.ts'
import { GpuInspection } from './inspect-gpu.ts'
import type { Inspection, Prepared } from './inspect.ts'
import { KEPT_ROWS, KeptRows } from './kept-rows.ts'
import { wantedGroups, type Fusion } from './fusion.ts'
import { PartOnGpu } from './part-gpu.ts'
import { placePlan, type UploadProgress } from './placement.ts'
import { PlanRuntime, type Stretch } from './plan-runtime.ts'
import { RopeTables } from './rope-rows.ts'
import type { Counters, WeightProvider } from './runtime.ts'
import type { RuntimeSize } from './size.ts'
import { GpuSteps, type Ready } from './steps-gpu.ts'
import type { Order } from './tuning/order.ts'
import { GpuTuner } from './tuning/tuner.ts'
import { WorkMeter } from './work.ts'

/** Tokens that the host draws before the device is made ready to. */
const PATIENCE = 8

export interface SessionOptions {
  size: RuntimeSize
  /** of the kernels that run the Plan; none: they are taken on trust */
  checks?: KernelChecks
  /** which of several kernels runs; default: the first of its op's list */
  order?: Order
  /** which groups of steps run at once; default 'auto' */
  fusion?: Fusion
  /** tests force small bindings to see weights split */
  maxBinding?: number
  signal?: AbortSignal
  /** whether tokens are drawn on the device, and whether its kernels draw right: asked before they are first used */
  drawing?: { ready: 'at once' | 'when wanted' | 'never'; prove(): Promise<boolean> }
  onProgress?: (p: UploadProgress) => void
}

export async function createSession(
  device: Device,
  kernels: KernelCache,
  plan: Plan,
  provider: WeightProvider,
  { size, checks, order, fusion = 'auto', maxBinding, signal, onProgress, drawing }: SessionOptions,
): Promise<Session> {
  const memory = new Memory(device, maxBinding)
  try {
    const tables = new RopeTables(plan, size.context)
    const placement = await placePlan(plan, tables, provider, size, memory, { signal, onProgress })
    const steps = new GpuSteps(device, memory, placement, size, kernels, checks)
    if (order) steps.order = order
    const queue = new Queue(device, memory, 'logits', size.logitRows * plan.outputs[0]!.width)
    const groups = steps.runnable(wantedGroups(plan, fusion, device.facts.kind))
    const prepared = await steps.prepare([...plan.steps, ...groups], true)
    const [own, grouped] = [prepared.slice(0, plan.steps.length), prepared.slice(plan.steps.length)]
    const session = new Session(plan, size, tables, steps, queue, own, grouped, drawing)
    if (drawing?.ready === 'at once') await session.readyToDraw()
    return session
  } catch (error) {
    memory.dispose()
    throw error
  }
}

export class Session extends PlanRuntime {
  private readonly body: PartOnGpu
  private readonly head: PartOnGpu
  private readonly encoder: readonly Prepared[]
  private readonly meter = new WorkMeter()
  private inside: Inspection | null = null
  private tuning: GpuTuner | null = null
  private drawer: DrawSteps | null = null
  private ring: Ring | null = null
  private rows: KeptRows | null = null
  private making: Promise<void> | null = null
  private asked = 0
  private isWrong = false

  constructor(
    plan: Plan,
    size: RuntimeSize,
    tables: RopeTables,
    private readonly steps: GpuSteps,
    private readonly queue: Queue,
    prepared: readonly Prepared[],
    private readonly groups: readonly Prepared[],
    private readonly drawing?: SessionOptions['drawing'],
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

  override get mostStrands(): number {
    const count = super.mostStrands
    const values = { T: count, row: 0, ...this.place, strands: { from: this.length, count } }
    // its variants may have failed their self-check
    return this.body.prepared.every((step) => this.steps.accepts(step, values)) ? count : 1
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

  override tuner(): GpuTuner {
    const place = () => ({ length: this.place.pos, prefix: this.prefix, context: this.size.context })
    const prepared = [...this.body.prepared, ...this.head.prepared] as Ready[]
    const { rows } = this.plan.programs.decode
    return (this.tuning ??= new GpuTuner(
      this.steps,
      this.queue,
      prepared,
      this.groups as Ready[],
      rows,
      this.size,
      place,
    ))
  }

  /** Kernel launches of one forward. */
  launches(values: StepValues): number {
    return this.body.launches(values) + this.head.launches(values)
  }

  protected writeIds(ids: Uint32Array): void {
    this.steps.writeIds(ids)
  }
  protected writeTensor(name: string, offset: number, floats: Float32Array): void {
    this.steps.write(name, offset, floats)
  }

  protected leaveOut(off: ReadonlySet<string>): void {
    this.steps.off = off
  }

  protected async runChunk(T: number, stretches: readonly Stretch[]): Promise<Float32Array[]> {
    const rows: Float32Array[] = []
    const started = performance.now()
    const body = { T, row: 0, ...this.place }
    const { name, width } = this.result
    for (let n = 0; n < Math.max(1, stretches.length); n++) {
      const stretch = stretches[n]
      let commands = this.queue.begin()
      if (n === 0) {
        this.steps.writeStep('body', body)
        this.meter.begin()
        commands = this.body.record(commands, body, (given, { params }) => {
          if (!this.meter.isFull(params, body)) return given
          this.queue.submit(given)
          return this.queue.begin()
        })
      }
      if (stretch) {
        const { row, count } = stretch,
          head = { T: count, row, ...this.place }
        this.steps.writeStep('head', head)
        this.head.record(commands, head)
        const result = { ...this.steps.place(name), count: count * width }
        const [data] = await this.queue.read([result], 'results', commands)
        for (let i = 0; i < count; i++) rows.push(data!.subarray(i * width, (i + 1) * width))
      } else {
        this.queue.submit(commands)
        await this.queue.idle('a pass')
      }
      if (n === 0) this.meter.took(T, performance.now() - started)
    }
    return rows
  }

  /** Makes the kernels that draw tokens ready, once; where they are wrong here, nothing is drawn. */
  readyToDraw(): Promise<void> {
    const step = drawStep(this.plan, this.result.name)
    if (!step || !this.drawing) return Promise.resolve()
    return (this.making ??= (async () => {
      if (!(await this.drawing!.prove())) {
        this.isWrong = true
        return
      }
      const ring = new Ring(this.queue, this.steps.memory, 'drawn', RECORD_WORDS, MOST_IN_FLIGHT)
      this.drawer = await DrawSteps.create(this.steps, step)
      this.ring = ring
    })())
  }

  draw(ask: DrawAsk): Flight | NotDrawn {
    const step = drawStep(this.plan, this.result.name)
    if (!step) return 'model'
    if (!this.drawing) return 'kernels'
    if (this.drawing.ready === 'never') return 'software'
    if (ask.keeps && !this.rows) return 'watched'
    const V = this.result.width
    if (!drawsWith(ask.params, this.size.context)) return 'settings'
    const { drawer, ring } = this
    if (!drawer || !ring) {
      // compiling them takes a moment, and many an answer is over before
      if (++this.asked === PATIENCE) this.readyToDraw().catch(() => undefined)
      return this.isWrong ? 'kernels' : 'soon'
    }
    drawer.begin(ask)
    const room = (): number => this.context - this.length
    const deck: Deck = {
      get room() {
        return room()
      },
      get open() {
        return ring.open
      },
      send: (ahead, n, id) => this.send(this.length + ahead, n, id, ask.keeps ? this.rows : null),
      arrived: () => {
        this.length++
      },
    }
    return new Flight(deck, V, ask.most)
  }

  async keepRows(bytes: number): Promise<void> {
    const { memory, placement } = this.steps,
      { width } = this.result
    const slots = Math.min(this.size.context, Math.floor(bytes / (4 * width)))
    const draws = drawStep(this.plan, this.result.name) && this.drawing && this.drawing.ready !== 'never'
    if (this.rows || !draws || slots < 1) return
    try {
      const buffer = memory.storage(KEPT_ROWS, slots * width * 4)
      await memory.check()
      placement.tensors.set(KEPT_ROWS, buffer)
      this.rows = new KeptRows(this.inspection(), buffer, slots, width)
    } catch (error) {
      if (!(error instanceof EngineError && ['GPU_OUT_OF_MEMORY', 'LIMIT_TOO_SMALL'].includes(error.code))) throw error
    }
  }

  /**
   * Runs the text's token at `index` and draws the next one.
   * @param id of the token, where the device does not know it
   * @param rows keep the one it is drawn from
   */
  private send(index: number, n: number, id: number | null, rows: KeptRows | null): Sent {
    const values = { T: 1, row: 0, ...this.placeOf(index) }
    this.turnOne(index)
    if (id !== null) {
      this.writeIds(Uint32Array.of(id))
      this.steps.writeStep('body', values)
      this.steps.writeStep('head', values)
    }
    this.drawer!.supply(n)
    const commands = this.queue.begin()
    this.body.record(commands, values)
    this.head.record(commands, values)
    this.steps.launch(commands, this.drawer!.step, values)
    this.forwards++
    const row = rows && rows.keep(commands, this.steps.place(this.result.name))
    return {
      record: this.ring!.read(commands, { buffer: this.steps.buffer('draw.record'), offset: 0 }, 'a token'),
      row,
    }
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
