// Looking inside a GPU session: buffers by name, single steps in submits of their own, results read back in pieces.

import { EngineError } from '../errors.ts'
import type { GpuBuffer } from '../gpu/memory.ts'
import type { Params, StepValues } from '../ops/op.ts'
import type { Plan, PlanStep } from '../model/plan.ts'
import { codesBytes, scalesBytes, type WeightData, type WeightLayout } from '../tensor/format.ts'
import { rowStretch, type Hooks, type Inspection, type Piece, type Prepared, type Work } from './inspect.ts'
import type { RuntimeSize } from './runtime.ts'
import type { Ready, Session, SessionHooks } from './session.ts'

/** Floats read back at a time: 4 MiB. */
const READ_FLOATS = 2 ** 20

export class SessionInspection implements Inspection {
  private readonly readback: GpuBuffer

  constructor(private readonly session: Session) {
    this.readback = session.memory.readback('glass', READ_FLOATS * 4)
  }

  get plan(): Plan {
    return this.session.plan
  }
  get size(): RuntimeSize {
    return this.session.size
  }
  get context(): number {
    return this.session.context
  }
  get length(): number {
    return this.session.length
  }
  get steps(): readonly Prepared[] {
    return [...this.session.body, ...this.session.head]
  }
  get hooks(): Hooks | null {
    return this.session.hooks
  }
  set hooks(hooks: Hooks | null) {
    this.session.hooks = hooks as SessionHooks | null
  }

  tensor(name: string, floats: number): void {
    const { tensors } = this.session.placement
    if (!tensors.has(name)) tensors.set(name, this.session.memory.storage(name, floats * 4))
  }

  private buffer(name: string): GpuBuffer {
    const buffer = this.session.placement.tensors.get(name)
    if (!buffer) throw new EngineError('INTERNAL', `There is no tensor "${name}".`, { name })
    return buffer
  }

  prepare(steps: readonly PlanStep[]): Promise<Prepared[]> {
    return this.session.prepareSteps(steps)
  }
  setParams(prepared: Prepared, params: Params): void {
    this.session.setParams(prepared as Ready, params)
  }
  write(name: string, data: ArrayBufferView, offset = 0): void {
    this.session.memory.write(this.buffer(name), offset * 4, data)
  }

  /** As few submits and maps as fit: a map costs milliseconds in a browser. */
  async readMany(pieces: readonly Piece[]): Promise<Float32Array[]> {
    return this.readBuffers(pieces.map(({ tensor, offset, count }) => ({ buffer: this.buffer(tensor), offset, count })))
  }

  private async readBuffers(
    pieces: readonly { buffer: GpuBuffer; offset: number; count: number }[],
  ): Promise<Float32Array[]> {
    const out = pieces.map(({ count }) => new Float32Array(count))
    /** where the next float to read stands */
    let piece = 0,
      done = 0
    while (piece < pieces.length) {
      const encoder = this.session.device.gpu.createCommandEncoder()
      const moved: { piece: number; done: number; at: number; count: number }[] = []
      let used = 0
      while (piece < pieces.length && used < READ_FLOATS) {
        const { buffer, offset, count } = pieces[piece]!
        const n = Math.min(count - done, READ_FLOATS - used)
        encoder.copyBufferToBuffer(buffer, (offset + done) * 4, this.readback, used * 4, n * 4)
        moved.push({ piece, done, at: used, count: n })
        used += n
        done += n
        if (done === count) {
          piece++
          done = 0
        }
      }
      this.session.device.gpu.queue.submit([encoder.finish()])
      await this.session.device.presence.wait(
        'a look inside',
        this.readback.mapAsync(1 /* GPUMapMode.READ */, 0, used * 4),
      )
      // bytes, not floats: reading words through a float array could canonicalize NaN patterns
      const bytes = new Uint8Array(this.readback.getMappedRange(0, used * 4))
      for (const m of moved) {
        new Uint8Array(out[m.piece]!.buffer, m.done * 4, m.count * 4).set(
          bytes.subarray(m.at * 4, (m.at + m.count) * 4),
        )
      }
      this.readback.unmap()
    }
    return out
  }

  submit(part: PlanStep['part'], values: StepValues, work: readonly Work[]): void {
    const { session } = this
    session.writeStep(part, values)
    const encoder = session.device.gpu.createCommandEncoder()
    let pass: GPUComputePassEncoder | null = null
    for (const item of work) {
      if ('run' in item) session.record((pass ??= encoder.beginComputePass()), [item.run as Ready], values)
      else {
        pass?.end()
        pass = null
        encoder.copyBufferToBuffer(
          this.buffer(item.copy),
          item.at * 4,
          this.buffer(item.to),
          item.toAt * 4,
          item.count * 4,
        )
      }
    }
    pass?.end()
    session.device.gpu.queue.submit([encoder.finish()])
  }

  layouts(weight: string): WeightLayout[] {
    return this.session.placement.weights.get(weight)!.map((s) => s.layout)
  }

  async weightRows(weight: string, row: number): Promise<{ weight: WeightData; from: number }> {
    const segment = this.session.placement.weights
      .get(weight)!
      .find((s) => row >= s.rowStart && row < s.rowStart + s.layout.rows)!
    const { from, rows } = rowStretch(segment.layout, row - segment.rowStart)
    const before = { ...segment.layout, rows: from },
      part = { ...segment.layout, rows }
    const words = async (buffer: GpuBuffer, offset: number, bytes: number): Promise<Uint32Array> =>
      new Uint32Array(
        (await this.readBuffers([{ buffer, offset: offset / 4, count: Math.ceil(bytes / 4) }]))[0]!.buffer,
      )
    return {
      from: segment.rowStart + from,
      weight: {
        ...part,
        codes: await words(segment.codes, codesBytes(before), codesBytes(part)),
        scales: segment.scales
          ? await words(segment.scales, scalesBytes(before), scalesBytes(part))
          : new Uint32Array(0),
      },
    }
  }

  during<T>(work: () => Promise<T>): Promise<T> {
    return this.session.device.presence.during(work)
  }

  async time(prepared: Prepared | null, values: StepValues, repeats: number): Promise<number> {
    const { session } = this,
      { queue } = session.device.gpu
    session.writeStep('body', values)
    session.writeStep('head', values)
    await session.device.presence.wait('timings', queue.onSubmittedWorkDone())
    const started = performance.now()
    const encoder = session.device.gpu.createCommandEncoder(),
      pass = encoder.beginComputePass()
    const { hooks } = session
    session.hooks = null
    if (prepared) for (let i = 0; i < repeats; i++) session.record(pass, [prepared as Ready], values)
    session.hooks = hooks
    pass.end()
    queue.submit([encoder.finish()])
    await session.device.presence.wait('timings', queue.onSubmittedWorkDone())
    return performance.now() - started
  }
}
