// Running single steps outside a forward: what the inspector does between tokens.
// Knows how to submit prepared steps, copy rows of tapes, and read results back in pieces.

import { EngineError } from '../errors.ts'
import type { GpuBuffer } from '../gpu/memory.ts'
import { CUT_WORDS } from '../ops/cuts.ts'
import type { Params, StepValues } from '../ops/op.ts'
import type { PlanStep } from '../model/plan.ts'
import type { Ready, Session } from '../runtime/session.ts'

/** Floats read back at a time: 4 MiB. */
const READ_FLOATS = 2 ** 20
/** Cuts that a layer's list holds. */
export const MAX_CUTS = 64

export class Machine {
  private readonly readback: GpuBuffer
  /** by layer: how many entries of its cut list are in force */
  readonly cuts = new Map<number, number>()
  private readonly prepared = new Map<string, Promise<Ready>>()

  constructor(readonly session: Session) {
    this.readback = session.memory.readback('glass', READ_FLOATS * 4)
  }

  /** A named tensor of the inspector's own, beside the Plan's; made once. */
  tensor(name: string, floats: number): GpuBuffer {
    const { tensors } = this.session.placement
    let buffer = tensors.get(name)
    if (!buffer) tensors.set(name, (buffer = this.session.memory.storage(name, floats * 4)))
    return buffer
  }

  /** The tensor of a layer's cuts: the forward and every picture of it read the same list. */
  cutList(layer: number): string {
    const name = `cuts.${layer}`
    this.tensor(name, MAX_CUTS * CUT_WORDS)
    return name
  }

  buffer(name: string): GpuBuffer {
    const buffer = this.session.placement.tensors.get(name)
    if (!buffer) throw new EngineError('INTERNAL', `There is no tensor "${name}".`, { name })
    return buffer
  }

  /** A step over named tensors, prepared the first time it is asked for. */
  step(name: string, op: string, args: Record<string, string>, params: Params, layer = -1, part: PlanStep['part'] = 'probe'): Promise<Ready> {
    let ready = this.prepared.get(name)
    if (!ready) {
      const step: PlanStep = { name, op, args, params, part, layer }
      this.prepared.set(name, (ready = this.session.prepareSteps([step]).then((list) => list[0]!)))
    }
    return ready
  }

  write(name: string, data: ArrayBufferView, floatOffset = 0): void {
    this.session.memory.write(this.buffer(name), floatOffset * 4, data)
  }

  /** Runs prepared probe steps in one submit. */
  run(steps: readonly Ready[], values: StepValues): void {
    this.session.writeStep('probe', values)
    const encoder = this.session.device.gpu.createCommandEncoder()
    const pass = encoder.beginComputePass()
    this.session.record(pass, steps, values)
    pass.end()
    this.session.device.gpu.queue.submit([encoder.finish()])
  }

  /** `count` floats of a buffer from `offset`, copied; as raw words when the plane holds words. */
  async read(source: string | GpuBuffer, offset: number, count: number): Promise<Float32Array> {
    const buffer = typeof source === 'string' ? this.buffer(source) : source
    const out = new Float32Array(count)
    for (let done = 0; done < count; done += READ_FLOATS) {
      const n = Math.min(READ_FLOATS, count - done)
      const encoder = this.session.device.gpu.createCommandEncoder()
      encoder.copyBufferToBuffer(buffer, (offset + done) * 4, this.readback, 0, n * 4)
      this.session.device.gpu.queue.submit([encoder.finish()])
      await this.session.device.presence.wait('a look inside', this.readback.mapAsync(1 /* GPUMapMode.READ */, 0, n * 4))
      // bytes, not floats: reading words through a float array could canonicalize NaN patterns
      new Uint8Array(out.buffer, done * 4, n * 4).set(new Uint8Array(this.readback.getMappedRange(0, n * 4)))
      this.readback.unmap()
    }
    return out
  }

  /** Several pieces of buffers in as few submits and maps as fit: a map costs milliseconds in a browser. */
  async readMany(pieces: readonly { buffer: string; offset: number; count: number }[]): Promise<Float32Array[]> {
    const out: Float32Array[] = []
    for (let from = 0; from < pieces.length;) {
      const encoder = this.session.device.gpu.createCommandEncoder()
      let used = 0, to = from
      for (; to < pieces.length && used + pieces[to]!.count <= READ_FLOATS; to++) {
        const { buffer, offset, count } = pieces[to]!
        encoder.copyBufferToBuffer(this.buffer(buffer), offset * 4, this.readback, used * 4, count * 4)
        used += count
      }
      this.session.device.gpu.queue.submit([encoder.finish()])
      await this.session.device.presence.wait('a look inside', this.readback.mapAsync(1 /* GPUMapMode.READ */, 0, used * 4))
      const data = new Float32Array(this.readback.getMappedRange(0, used * 4).slice(0))
      this.readback.unmap()
      for (let at = 0; from < to; from++) out.push(data.subarray(at, (at += pieces[from]!.count)))
    }
    return out
  }
}
