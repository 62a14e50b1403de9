// Results that come back while more is submitted: a ring of small buffers, each mapped when its own work is done.

import { EngineError } from '../errors.ts'
import type { GpuBuffer, Memory } from './memory.ts'
import type { Commands, Queue, Stretch } from './queue.ts'

export class Ring {
  private readonly free: GpuBuffer[]

  /** @param words of one result @param slots results that may be on their way at once */
  constructor(
    private readonly queue: Queue,
    memory: Memory,
    label: string,
    private readonly words: number,
    slots: number,
  ) {
    this.free = Array.from({ length: slots }, (_, i) => memory.readback(`${label} ${i}`, words * 4))
  }

  /** results that may still be asked for now */
  get open(): number {
    return this.free.length
  }

  /**
   * Submits the commands and brings words back, whenever they are there; nothing waits for it.
   * @param what names the wait in errors
   * @throws GPU_LOST; GPU_VALIDATION with what the device reported meanwhile
   */
  read(commands: Commands, from: Omit<Stretch, 'count'>, what: string): Promise<Uint32Array> {
    const buffer = this.free.pop()
    if (!buffer) throw new EngineError('INTERNAL', 'Every slot of the ring is on its way.', {})
    commands.copy({ ...from, count: this.words }, buffer, 0)
    this.queue.submit(commands)
    const words = this.mapped(buffer, what)
    words.catch(() => undefined) // whoever asks hears of it; a result that nobody wants any more may fail in silence
    return words
  }

  private async mapped(buffer: GpuBuffer, what: string): Promise<Uint32Array> {
    const { device, counters } = this.queue
    await device.presence.wait(what, buffer.mapAsync(1 /* GPUMapMode.READ */))
    const words = new Uint32Array(buffer.getMappedRange(0, this.words * 4).slice(0))
    buffer.unmap()
    this.free.push(buffer)
    counters.readBytes += this.words * 4
    this.queue.checkErrors()
    return words
  }
}
