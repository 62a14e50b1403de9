// Work for a device: recorded, submitted, waited for, read back.
//
// Commands are filled with launches and copies and submitted once; neighbouring launches share one compute pass.
// Offsets and counts are in 4-byte words. Knows no step and no model.

import { EngineError } from '../errors.ts'
import type { Device } from './device.ts'
import { foldGrid, type Bound } from './kernel.ts'
import { patience } from './lost.ts'
import type { GpuBuffer, Memory } from './memory.ts'

/** What was asked of the device so far. */
export interface QueueCounters {
  dispatches: number
  /** compute passes */
  passes: number
  submits: number
  readBytes: number
  /** waits with nothing left for the device to do meanwhile */
  waits: number
}

/** `count` words of a buffer. */
export interface Stretch {
  buffer: GpuBuffer
  offset: number
  count: number
}

/** What one submit does, in order. */
export class Commands {
  dispatches = 0
  passes = 0
  private readonly encoder: GPUCommandEncoder
  private pass: GPUComputePassEncoder | null = null

  constructor(device: Device) {
    this.encoder = device.gpu.createCommandEncoder()
  }

  /** Opens the compute pass that the next launch would open, for a timing that must not count it. */
  openPass(): GPUComputePassEncoder {
    if (!this.pass) this.passes++
    return (this.pass ??= this.encoder.beginComputePass())
  }
  private closePass(): GPUCommandEncoder {
    this.pass?.end()
    this.pass = null
    return this.encoder
  }

  launch({ kernel, group }: Bound, workgroups: number): void {
    const pass = this.openPass()
    pass.setPipeline(kernel.pipeline)
    pass.setBindGroup(0, group)
    pass.dispatchWorkgroups(...foldGrid(workgroups))
    this.dispatches++
  }

  copy({ buffer, offset, count }: Stretch, to: GpuBuffer, toOffset: number): void {
    this.closePass().copyBufferToBuffer(buffer, offset * 4, to, toOffset * 4, count * 4)
  }

  finish(): GPUCommandBuffer {
    return this.closePass().finish()
  }
}

/** Submits commands in order and owns the one buffer through which their results come back: one read at a time. */
export class Queue {
  readonly counters: QueueCounters = { dispatches: 0, passes: 0, submits: 0, readBytes: 0, waits: 0 }
  private readonly readback: GpuBuffer

  /** @param words that one map brings back; larger reads take several */
  constructor(
    readonly device: Device,
    memory: Memory,
    label: string,
    readonly words: number,
  ) {
    this.readback = memory.readback(label, words * 4)
  }

  begin(): Commands {
    return new Commands(this.device)
  }

  submit(commands: Commands): void {
    this.device.gpu.queue.submit([commands.finish()])
    this.counters.submits++
    this.counters.dispatches += commands.dispatches
    this.counters.passes += commands.passes
  }

  /** Waits until all that was submitted is done. @param what names the wait in errors */
  async idle(what: string): Promise<void> {
    this.counters.waits++
    await this.device.presence.wait(what, this.device.gpu.queue.onSubmittedWorkDone())
  }

  /**
   * Submits `first`, if any, and reads the stretches, copied, in as few submits and maps as fit: a map costs milliseconds in
   * a browser. Raw bits, also where they are no floats.
   * @param what names the wait in errors
   * @throws GPU_LOST; GPU_VALIDATION with what the device reported since the last read
   */
  async read(stretches: readonly Stretch[], what: string, first?: Commands): Promise<Float32Array[]> {
    const out = stretches.map(({ count }) => new Float32Array(count))
    /** where the next word to read stands */
    let [index, done] = [0, 0]
    for (let given = first; index < stretches.length; given = undefined) {
      const commands = given ?? this.begin()
      const moved: { index: number; done: number; at: number; count: number }[] = []
      let used = 0
      while (index < stretches.length && used < this.words) {
        const { buffer, offset, count } = stretches[index]!
        const n = Math.min(count - done, this.words - used)
        commands.copy({ buffer, offset: offset + done, count: n }, this.readback, used)
        moved.push({ index, done, at: used, count: n })
        used += n
        done += n
        if (done === count) [index, done] = [index + 1, 0]
      }
      this.submit(commands)
      await this.map(used * 4, what, (mapped) => {
        for (const m of moved) {
          // bytes, not floats: reading words through a float array could canonicalize NaN patterns
          new Uint8Array(out[m.index]!.buffer, m.done * 4, m.count * 4).set(
            mapped.subarray(m.at * 4, (m.at + m.count) * 4),
          )
        }
      })
    }
    return out
  }

  private async map(bytes: number, what: string, take: (mapped: Uint8Array) => void): Promise<void> {
    this.counters.waits++
    await this.device.presence
      .wait(what, this.readback.mapAsync(1 /* GPUMapMode.READ */, 0, bytes))
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
    take(new Uint8Array(this.readback.getMappedRange(0, bytes)))
    this.readback.unmap()
    this.counters.readBytes += bytes
    this.checkErrors()
  }

  /** @throws GPU_VALIDATION with what the device reported since it was last asked */
  checkErrors(): void {
    if (this.device.errors.length) {
      const message = this.device.errors.splice(0).join('; ')
      throw new EngineError('GPU_VALIDATION', `The GPU reported an error while running: ${message}`, {
        step: 'forward',
        message,
      })
    }
  }
}

/**
 * Runs `work` and asks the device what it has against it.
 * @returns the device's words, or null
 * @param what names the wait in errors
 */
export async function refusalOf(device: Device, what: string, work: () => void): Promise<string | null> {
  device.gpu.pushErrorScope('validation')
  work()
  const error = await device.presence.wait(what, device.gpu.popErrorScope(), patience.compile)
  return error?.message ?? null
}
