// Plan + weights on a device. Every step's kernels, parameters and bind groups are made at load; a forward only
// writes two small buffers, records the steps into one compute pass, and submits once.

import { EngineError } from '../errors.ts'
import type { Device } from '../gpu/device.ts'
import { bindByName, foldGrid, packParams, type Kernel, type KernelCache } from '../gpu/kernel.ts'
import { patience } from '../gpu/lost.ts'
import { contextOf } from '../gpu/selftest.ts'
import { Memory, type GpuBuffer } from '../gpu/memory.ts'
import type { RopeSpec } from '../model/rope.ts'
import type { Plan, PlanStep } from '../model/plan.ts'
import { ops } from '../ops/index.ts'
import type { Params, StepValues, Variant, VariantContext } from '../ops/op.ts'
import { checkFits } from './cache.ts'
import { SessionInspection } from './inspect-gpu.ts'
import type { Hooks, Inspection } from './inspect.ts'
import { placePlan, type Placement, type Segment, type UploadProgress } from './placement.ts'
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

export interface SessionOptions {
  size: RuntimeSize
  /** variants that failed their self-check: `op/variant/format` */
  rejected?: ReadonlySet<string>
  /** tests force small bindings to see weights split */
  maxBinding?: number
  signal?: AbortSignal
  onProgress?: (p: UploadProgress) => void
}

/** One kernel launch, ready to record. `slot` is its params' place in the arena it was packed into. */
interface Launch {
  kernel: Kernel
  bindings: GPUBindGroup
  params: Params
  workgroups: (params: Params, step: StepValues) => number
  slot: { arena: GpuBuffer; offset: number }
}
/** A step with every variant that may run it, in order of preference; one launch per pass and weight segment. */
export interface Ready {
  step: PlanStep
  variants: { variant: Variant; launches: Launch[] }[]
}

/** Hooks whose steps are this session's own. */
export interface SessionHooks extends Hooks {
  after: Map<string, Ready[]>
  instead: Map<string, Ready[]>
}

/** Byte offsets into the step uniform: one Step for each part, so that one submit can run them all. */
const stepSlots: Record<PlanStep['part'], number> = { body: 0, head: 256, probe: 512 }

export const variantKey = (op: string, variant: string, format: string | null): string =>
  `${op}/${variant}/${format ?? '-'}`

/**
 * The variants of a step's op that fit it on this device and were not rejected; the last ones are the plain fallbacks.
 */
export function usableVariants(step: PlanStep, context: VariantContext, rejected: ReadonlySet<string>): Variant[] {
  const variants = ops[step.op]!.variants.filter(
    (v) => v.fits(context) && !rejected.has(variantKey(step.op, v.name, context.format)),
  )
  if (variants.length === 0) {
    throw new EngineError(
      'KERNEL_FAILED',
      `Cannot run "${step.name}": no kernel for "${step.op}"${context.format ? ` with ${context.format} weights` : ''} works on this GPU.`,
      { kernel: step.op, shader: step.op, line: 0, found: 'no usable variant' },
    )
  }
  return variants
}

export async function createSession(
  device: Device,
  kernels: KernelCache,
  plan: Plan,
  rope: RopeSpec,
  provider: WeightProvider,
  options: SessionOptions,
): Promise<Session> {
  const memory = new Memory(device, options.maxBinding)
  try {
    const rows = new RopeRows(rope, options.size.context)
    const placement = await placePlan(plan, rows, provider, options.size, memory, options)
    const session = new Session(device, plan, options.size, memory, placement, rows)
    await session.prepare(kernels, options.rejected ?? new Set())
    return session
  } catch (error) {
    memory.dispose()
    throw error
  }
}

export class Session implements Runtime {
  length = 0
  readonly counters: Counters = { forwards: 0, dispatches: 0, submits: 0, readBytes: 0 }
  body: Ready[] = []
  head: Ready[] = []
  /** set by the inspector; null costs nothing */
  hooks: SessionHooks | null = null
  private kernels!: KernelCache
  private rejected: ReadonlySet<string> = new Set()
  private readonly ids: GpuBuffer
  /** the Step of body, head and probe, at stepSlots */
  private readonly stepUniform: GpuBuffer
  private readonly zero: GpuBuffer
  private readonly readback: GpuBuffer

  constructor(
    readonly device: Device,
    readonly plan: Plan,
    readonly size: RuntimeSize,
    readonly memory: Memory,
    readonly placement: Placement,
    private readonly ropeRows: RopeRows,
  ) {
    this.ids = memory.storage('ids', size.chunk * 4)
    this.stepUniform = memory.uniform('step', 768)
    this.zero = memory.storage('zero', 16)
    this.readback = memory.readback('logits', Math.max(size.logitRows * plan.dims.V, 4096) * 4)
  }

  get context(): number {
    return this.size.context
  }
  get chunk(): number {
    return this.size.chunk
  }
  inspection(): Inspection {
    return (this.inside ??= new SessionInspection(this))
  }
  private inside: Inspection | null = null

  /** Compiles kernels and builds every parameter block and bind group of the Plan. */
  async prepare(kernels: KernelCache, rejected: ReadonlySet<string>): Promise<void> {
    this.kernels = kernels
    this.rejected = rejected
    const all = await this.prepareSteps(this.plan.steps)
    this.body = all.filter((r) => r.step.part === 'body')
    this.head = all.filter((r) => r.step.part === 'head')
  }

  /** Makes steps runnable: the Plan's own at load, the inspector's when it needs them. */
  async prepareSteps(steps: readonly PlanStep[]): Promise<Ready[]> {
    const made: { step: PlanStep; launch: Launch; segment: Segment | undefined }[] = []
    const compiling: Promise<void>[] = []
    let scratchBytes = 0
    const ready = steps.map((step): Ready => {
      const params = placedParams(step.params, this.size)
      const segments: (Segment | undefined)[] = step.args['weight']
        ? this.placement.weights.get(step.args['weight'])!
        : [undefined]
      const format = segments[0]?.layout.format ?? null
      const first = segments[0] ? segmentParams(step.op, params, segments[0]) : params
      return {
        step,
        variants: usableVariants(step, contextOf(this.device, first, format), this.rejected).map((variant) => {
          const launches: Launch[] = []
          scratchBytes = Math.max(scratchBytes, variant.scratchBytes?.(params, this.size.chunk) ?? 0)
          for (const segment of segments) {
            const own: Params = segment ? segmentParams(step.op, params, segment) : params
            for (const pass of variant.passes(contextOf(this.device, own, format))) {
              const launch: Launch = {
                kernel: null!,
                bindings: null!,
                params: own,
                workgroups: pass.workgroups,
                slot: null!,
              }
              launches.push(launch)
              made.push({ step, launch, segment })
              compiling.push(
                this.kernels.compile(pass.shader, format, pass.overrides).then((kernel) => {
                  launch.kernel = kernel
                }),
              )
            }
          }
          return { variant, launches }
        }),
      }
    })
    await Promise.all(compiling)

    const arena = this.memory.uniform('params', made.length * 256)
    const scratch = this.memory.storage('scratch', scratchBytes)
    const bytes = new Uint8Array(made.length * 256)
    this.device.gpu.pushErrorScope('validation')
    made.forEach(({ step, launch, segment }, i) => {
      launch.slot = { arena, offset: i * 256 }
      bytes.set(new Uint8Array(packParams(launch.kernel.reflection, launch.params, step.name)), i * 256)
      launch.bindings = bindByName(
        this.device,
        launch.kernel,
        this.buffersOf(step, segment, scratch, launch.slot),
        step.name,
      )
    })
    this.memory.write(arena, 0, bytes)
    const error = await this.device.presence.wait('bind', this.device.gpu.popErrorScope(), patience.compile)
    await this.memory.check()
    if (error) {
      throw new EngineError('GPU_VALIDATION', `The GPU refused a binding of this model: ${error.message}`, {
        step: 'bind',
        message: error.message,
      })
    }
    return ready
  }

  private buffersOf(
    step: PlanStep,
    segment: Segment | undefined,
    scratch: GpuBuffer,
    slot: Launch['slot'],
  ): Record<string, GPUBufferBinding | GPUBuffer> {
    const buffers: Record<string, GPUBufferBinding | GPUBuffer> = {
      params: { buffer: slot.arena, offset: slot.offset, size: 256 },
      step: { buffer: this.stepUniform, offset: stepSlots[step.part], size: 16 },
      ids: this.ids,
      scratch,
      bias: this.zero, // a step's own `ids` argument goes before the token ids
    }
    if (segment) {
      buffers['codes'] = segment.codes
      buffers['scales'] = segment.scales ?? this.zero
    }
    for (const [arg, name] of Object.entries(step.args)) {
      const buffer = this.placement.tensors.get(name)
      // a segment of a split weight sees its own slice of the bias; 64 rows keep the 256-byte alignment
      if (buffer) {
        buffers[arg] =
          arg === 'bias' && segment ? { buffer, offset: segment.rowStart * 4, size: segment.layout.rows * 4 } : buffer
      }
    }
    return buffers
  }

  /** Kernel launches of one forward: a step costs as many as its variant has passes and its weight segments. */
  launches(values: StepValues): number {
    return [...this.body, ...this.head].reduce((n, ready) => n + chosen(ready, values).launches.length, 0)
  }

  /** Gives a prepared step other constants, for the next submit: the inspector's requests differ call by call. */
  setParams(ready: Ready, params: Params): void {
    for (const { launches } of ready.variants) {
      for (const launch of launches) {
        launch.params = { ...launch.params, ...params }
        this.memory.write(
          launch.slot.arena,
          launch.slot.offset,
          new Uint8Array(packParams(launch.kernel.reflection, launch.params, ready.step.name)),
        )
      }
    }
  }

  async forward(
    ids: readonly number[],
    logits: LogitRows,
    turnedFor: TurnedFor = this.length + ids.length,
  ): Promise<Float32Array[]> {
    checkFits(this.length, ids.length, this.context)
    const angles = turnedFor === 'kept' ? null : this.ropeRows.renew(this.length, ids.length, turnedFor)
    if (angles) {
      for (const name of Object.keys(this.plan.tables)) {
        this.memory.write(this.placement.tensors.get(name)!, (this.length * angles.byteLength) / ids.length, angles)
      }
    }
    const rows: Float32Array[] = []
    for (let start = 0; start < ids.length; start += this.size.chunk) {
      const chunk = ids.slice(start, start + this.size.chunk)
      const T = chunk.length
      const last = start + T === ids.length
      const first = logits === 'all' ? 0 : logits === 'last' && last ? T - 1 : T
      this.memory.write(this.ids, 0, Uint32Array.from(chunk))
      let row = first
      do {
        const count = Math.min(this.size.logitRows, T - row)
        const encoder = this.device.gpu.createCommandEncoder()
        const pass = encoder.beginComputePass()
        const body = { T, pos: this.length, row: 0 },
          head = { T: count, pos: this.length, row }
        this.writeStep('body', body)
        this.writeStep('head', head)
        if (row === first) this.record(pass, this.body, body)
        if (count > 0) this.record(pass, this.head, head)
        pass.end()
        rows.push(...(await this.submit(encoder, count)))
        row += count
      } while (row < T)
      this.length += T
      this.counters.forwards++
    }
    return rows
  }

  /** Sets the Step that the steps of `part` see from the next submit on. */
  writeStep(part: PlanStep['part'], { T, pos, row }: StepValues): void {
    this.memory.write(this.stepUniform, stepSlots[part], Uint32Array.of(T, pos, row, 0))
  }

  record(pass: GPUComputePassEncoder, steps: readonly Ready[], values: StepValues): void {
    for (const ready of steps) {
      const instead = this.hooks?.instead.get(ready.step.name)
      if (instead) this.record(pass, instead, values)
      else this.launch(pass, ready, values)
      const after = this.hooks?.after.get(ready.step.name)
      if (after) this.record(pass, after, values)
    }
  }

  private launch(pass: GPUComputePassEncoder, ready: Ready, values: StepValues): void {
    for (const launch of chosen(ready, values).launches) {
      pass.setPipeline(launch.kernel.pipeline)
      pass.setBindGroup(0, launch.bindings)
      pass.dispatchWorkgroups(...foldGrid(launch.workgroups(launch.params, values)))
      this.counters.dispatches++
    }
  }

  /** Submits; reads back `count` rows of logits when there are any, else just waits for the queue. */
  private async submit(encoder: GPUCommandEncoder, count: number): Promise<Float32Array[]> {
    const V = this.plan.dims.V
    const bytes = count * V * 4
    if (count > 0) encoder.copyBufferToBuffer(this.placement.tensors.get('logits')!, 0, this.readback, 0, bytes)
    this.device.gpu.queue.submit([encoder.finish()])
    this.counters.submits++
    if (count === 0) {
      await this.device.presence.wait('a pass', this.device.gpu.queue.onSubmittedWorkDone())
      return []
    }
    const data = await this.map(bytes)
    return Array.from({ length: count }, (_, i) => data.subarray(i * V, (i + 1) * V))
  }

  /** The first `bytes` of the read-back buffer, copied. */
  private async map(bytes: number): Promise<Float32Array> {
    await this.device.presence
      .wait('results', this.readback.mapAsync(1 /* GPUMapMode.READ */, 0, bytes))
      .catch((error: unknown) => {
        throw error instanceof EngineError
          ? error
          : new EngineError(
              'GPU_VALIDATION',
              `Cannot read results from the GPU: ${String(error)}`,
              { step: 'read', message: String(error) },
              { cause: error },
            )
      })
    const data = new Float32Array(this.readback.getMappedRange(0, bytes).slice(0))
    this.readback.unmap()
    this.counters.readBytes += bytes
    if (this.device.errors.length) {
      const message = this.device.errors.splice(0).join('; ')
      throw new EngineError('GPU_VALIDATION', `The GPU reported an error while running: ${message}`, {
        step: 'forward',
        message,
      })
    }
    return data
  }

  async findNonFinite(ids: readonly number[]): Promise<string | null> {
    this.length = 0
    for (const id of ids) {
      this.memory.write(this.ids, 0, Uint32Array.of(id))
      this.writeStep('body', { T: 1, pos: this.length, row: 0 })
      this.writeStep('head', { T: 1, pos: this.length, row: 0 })
      for (const ready of [...this.body, ...this.head]) {
        let encoder = this.device.gpu.createCommandEncoder()
        const pass = encoder.beginComputePass()
        this.record(pass, [ready], { T: 1, pos: this.length, row: 0 })
        pass.end()
        for (const name of outputsOf(ready.step)) {
          const width = this.plan.buffers[name]?.width
          if (!width || width > this.readback.size / 4) continue
          encoder.copyBufferToBuffer(this.placement.tensors.get(name)!, 0, this.readback, 0, width * 4)
          this.device.gpu.queue.submit([encoder.finish()])
          if (!(await this.map(width * 4)).every(Number.isFinite)) return ready.step.name
          encoder = this.device.gpu.createCommandEncoder()
        }
        this.device.gpu.queue.submit([encoder.finish()])
      }
      this.length++
    }
    return null
  }

  reusable(count: number, length: number): number {
    return this.ropeRows.reusable(count, length)
  }
  truncate(length: number): void {
    this.length = Math.min(this.length, length)
  }
  dispose(): void {
    this.memory.dispose()
  }
}

/** The first variant of a step that runs so many rows at such a place. */
function chosen({ step, variants }: Ready, values: StepValues): Ready['variants'][number] {
  const found = variants.find(({ variant }) => variant.accepts(values, step.params))
  if (!found) {
    throw new EngineError('INTERNAL', `No variant of "${step.op}" runs ${values.T} rows.`, {
      step: step.name,
      rows: values.T,
    })
  }
  return found
}

/** A segment's own share of a step: which rows of the weight it holds and where its results go. */
function segmentParams(op: string, params: Params, { rowStart, layout }: Segment): Params {
  const shared = { ...params, block: layout.block, rowStart, rows: layout.rows }
  return op === 'matmul' ? { ...shared, N: layout.rows, yOffset: params['yOffset']! + rowStart } : shared
}
