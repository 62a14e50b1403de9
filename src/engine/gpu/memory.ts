// GPU buffers: allocated at load inside error scopes, counted, freed together.

import { EngineError } from '../errors.ts'
import type { Device } from './device.ts'
import { patience } from './lost.ts'

export type GpuBuffer = GPUBuffer

const MiB = 2 ** 20

export class Memory {
  /** live bytes */
  bytes = 0
  /** calls of write() so far */
  writes = 0
  private readonly buffers: GPUBuffer[] = []
  private scoped = false
  private queued = 0

  /** @param maxBinding largest storage binding to use; tests force small ones to see tensors split */
  constructor(
    private readonly owner: Device,
    readonly maxBinding = Math.min(owner.gpu.limits.maxStorageBufferBindingSize, owner.gpu.limits.maxBufferSize),
  ) {}

  private get device(): GPUDevice {
    return this.owner.gpu
  }

  /** A zeroed storage buffer of at least `bytes`, rounded up to 16. */
  storage(label: string, bytes: number): GpuBuffer {
    const limit = this.device.limits.maxStorageBufferBindingSize
    if (bytes > limit) {
      throw new EngineError(
        'LIMIT_TOO_SMALL',
        `Cannot allocate "${label}": it needs ${bytes} bytes in one piece and this device binds at most ${limit}. Choose a shorter context or a smaller model.`,
        { limit: 'maxStorageBufferBindingSize', needed: bytes, found: limit },
      )
    }
    return this.create(
      label,
      bytes,
      GPUBufferUsageFlags.STORAGE | GPUBufferUsageFlags.COPY_DST | GPUBufferUsageFlags.COPY_SRC,
    )
  }

  uniform(label: string, bytes: number): GpuBuffer {
    return this.create(label, bytes, GPUBufferUsageFlags.UNIFORM | GPUBufferUsageFlags.COPY_DST)
  }
  /** Read as uniform by most kernels, written by one. */
  sharedUniform(label: string, bytes: number): GpuBuffer {
    const { UNIFORM, STORAGE, COPY_DST, COPY_SRC } = GPUBufferUsageFlags
    return this.create(label, bytes, UNIFORM | STORAGE | COPY_DST | COPY_SRC)
  }
  readback(label: string, bytes: number): GpuBuffer {
    return this.create(label, bytes, GPUBufferUsageFlags.MAP_READ | GPUBufferUsageFlags.COPY_DST)
  }

  private create(label: string, bytes: number, usage: number): GpuBuffer {
    this.owner.presence.check()
    const size = Math.max(16, Math.ceil(bytes / 16) * 16)
    if (size > this.device.limits.maxBufferSize) {
      throw new EngineError(
        'LIMIT_TOO_SMALL',
        `Cannot allocate "${label}": it needs ${size} bytes in one buffer and this device allows ${this.device.limits.maxBufferSize}. Choose a shorter context or a smaller model.`,
        { limit: 'maxBufferSize', needed: size, found: this.device.limits.maxBufferSize },
      )
    }
    if (!this.scoped) {
      this.scoped = true
      this.device.pushErrorScope('validation')
      this.device.pushErrorScope('out-of-memory')
    }
    this.bytes += size
    let buffer: GPUBuffer
    try {
      buffer = this.device.createBuffer({ label, size, usage })
    } catch (cause) {
      throw this.full(cause instanceof Error ? cause.message : String(cause), label, cause)
    }
    this.buffers.push(buffer)
    return buffer
  }

  private full(message: string, label?: string, cause?: unknown): EngineError {
    return new EngineError(
      'GPU_OUT_OF_MEMORY',
      `The GPU ran out of memory: ${Math.round(this.bytes / MiB)} MiB were asked for. Everything was freed; choose a shorter context or a smaller model. (${message})`,
      { bytes: this.bytes, message, ...(label !== undefined && { label }) },
      { cause },
    )
  }

  /** @throws GPU_LOST when the device is gone: a write into nothing reports no error */
  write(buffer: GpuBuffer, offset: number, data: ArrayBufferView): void {
    this.owner.presence.check()
    this.writes++
    this.device.queue.writeBuffer(buffer, offset, data.buffer as ArrayBuffer, data.byteOffset, data.byteLength)
  }

  /** Closes the error scopes of the allocations and writes so far; throws what they caught. */
  async check(): Promise<void> {
    if (!this.scoped) return
    this.scoped = false
    const [memory, validation] = await this.owner.presence.wait(
      'memory',
      Promise.all([this.device.popErrorScope(), this.device.popErrorScope()]),
      patience.compile,
    )
    if (memory) throw this.full(memory.message)
    if (validation) {
      throw new EngineError('GPU_VALIDATION', `The GPU refused a buffer: ${validation.message}`, {
        step: 'allocate',
        message: validation.message,
      })
    }
  }

  /** Waits for the queue every 64 MiB of uploads, so that staging memory stays bounded. */
  async backPressure(bytes: number): Promise<void> {
    this.queued += bytes
    if (this.queued < 64 * MiB) return
    this.queued = 0
    await this.owner.presence.wait('an upload', this.device.queue.onSubmittedWorkDone(), patience.compile)
  }

  /** Gives one buffer back. */
  free(buffer: GpuBuffer): void {
    const at = this.buffers.indexOf(buffer)
    if (at < 0) return
    this.buffers.splice(at, 1)
    this.bytes -= buffer.size
    buffer.destroy()
  }

  dispose(): void {
    for (const buffer of this.buffers) buffer.destroy() // also fine on a device that is gone
    this.buffers.length = 0
    this.bytes = 0
  }
}

/** The numbers of GPUBufferUsage: TypeScript 7's DOM library has the types but Node has no such global. */
const GPUBufferUsageFlags = { MAP_READ: 1, COPY_SRC: 4, COPY_DST: 8, UNIFORM: 64, STORAGE: 128 } as const
