// Compiles kernels and binds buffers to them by name.
//
// A kernel is one shader in one weight format under one set of override constants and parts. Bind group
// layouts come from the WGSL's own declarations (reflect.ts), so a binding a variant never reads is legal.

import { EngineError } from '../errors.ts'
import type { StorageFormat } from '../quants/weight.ts'
import type { Device } from './device.ts'
import { patience } from './lost.ts'
import type { GpuBuffer } from './memory.ts'
import { reflect, type BindingKind, type Reflection } from './reflect.ts'
import { shaderSource, type Parts } from './shaders.ts'

export interface Kernel {
  label: string
  pipeline: GPUComputePipeline
  layout: GPUBindGroupLayout
  reflection: Reflection
}

/** What a kernel's binding sees: a whole buffer, or some bytes of it. */
export type Binding = GpuBuffer | GPUBufferBinding

/** A kernel with its buffers, ready to be launched any number of times (queue.ts). */
export interface Bound {
  kernel: Kernel
  group: GPUBindGroup
}

const bufferTypes: Record<BindingKind, GPUBufferBindingType> = {
  'storage-read': 'read-only-storage',
  'storage-rw': 'storage',
  uniform: 'uniform',
}

/** Kernels that are compiled at once: the wait for one counts from then on, not from when it was asked for. */
const AT_ONCE = 8

export class KernelCache {
  private readonly compiled = new Map<string, Promise<Kernel>>()
  private begun = 0
  /** those that wait for their turn */
  private readonly turns: (() => void)[] = []
  /** @param source where WGSL comes from: tests put broken shaders in */
  constructor(
    readonly device: Device,
    readonly source: typeof shaderSource = shaderSource,
  ) {}

  /** Compiles once per shader, format, overrides and parts. Throws KERNEL_FAILED with the compiler's words. */
  compile(
    shader: string,
    format: StorageFormat | null,
    overrides: Record<string, number> = {},
    parts: Parts = {},
  ): Promise<Kernel> {
    const key = kernelKey(shader, format, overrides, parts)
    let kernel = this.compiled.get(key)
    if (!kernel) this.compiled.set(key, (kernel = this.begin(key, shader, format, overrides, parts)))
    return kernel
  }

  private async begin(
    label: string,
    shader: string,
    format: StorageFormat | null,
    overrides: Record<string, number>,
    parts: Parts,
  ): Promise<Kernel> {
    const code = this.source(shader, format, parts)
    return await this.inTurn(() => this.build(label, shader, code, overrides))
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.begun >= AT_ONCE) await new Promise<void>((resolve) => this.turns.push(resolve))
    else this.begun++
    try {
      return await work()
    } finally {
      const next = this.turns.shift()
      if (next) next()
      else this.begun--
    }
  }

  private async build(label: string, shader: string, code: string, overrides: Record<string, number>): Promise<Kernel> {
    const from = performance.now()
    const reflection = reflect(code)
    const { gpu, presence } = this.device
    presence.check()
    gpu.pushErrorScope('validation')
    const module = gpu.createShaderModule({ label, code })
    const layout = gpu.createBindGroupLayout({
      label,
      entries: reflection.bindings.map(({ binding, kind }) => ({
        binding,
        visibility: 4 /* GPUShaderStage.COMPUTE */,
        buffer: { type: bufferTypes[kind] },
      })),
    })
    const pipelineLayout = gpu.createPipelineLayout({ label, bindGroupLayouts: [layout] })
    const constants = Object.fromEntries(Object.entries(overrides).filter(([name]) => name in reflection.overrides))
    const told = Promise.all([gpu.popErrorScope(), module.getCompilationInfo()])
    // asked for at once: while this thread does something long, the driver compiles
    const made = (async () =>
      gpu.createComputePipelineAsync({
        label,
        layout: pipelineLayout,
        compute: { module, entryPoint: 'main', constants },
      }))()
    made.catch(() => undefined) // what a broken module fails with; its own words are better
    const [error, info] = await presence.wait(label, told, patience.compile)
    const worst = info.messages.find((message) => message.type === 'error')
    if (worst || error) {
      const line = worst?.lineNum ?? 0
      const found = worst?.message ?? error!.message
      throw new EngineError(
        'KERNEL_FAILED',
        `Cannot compile kernel "${label}": ${found} (line ${line}: ${(code.split('\n')[line - 1] ?? '').trim()})`,
        { kernel: label, shader, line, found },
      )
    }
    try {
      const pipeline = await presence.wait(label, made, patience.compile)
      this.device.compiled.push({ label, from, milliseconds: performance.now() - from })
      return { label, pipeline, layout, reflection }
    } catch (cause) {
      if (cause instanceof EngineError) throw cause // the kernel is not to blame for a device that is gone
      const found = cause instanceof Error ? cause.message : String(cause)
      throw new EngineError(
        'KERNEL_FAILED',
        `Cannot build kernel "${label}": ${found}`,
        { kernel: label, shader, line: 0, found },
        { cause },
      )
    }
  }
}

/** matmul-rows+outputs-gated.nf4[rows=2] */
export function kernelKey(
  shader: string,
  format: StorageFormat | null,
  overrides: Record<string, number> = {},
  parts: Parts = {},
): string {
  const settings = Object.keys(overrides)
    .sort()
    .map((name) => `${name}=${overrides[name]}`)
    .join(',')
  const put = Object.values(parts)
    .map((part) => `+${part}`)
    .join('')
  return shader + put + (format ? `.${format}` : '') + (settings && `[${settings}]`)
}

/** Binds buffers by the names the WGSL gives them; names the kernel does not declare are ignored. */
export function bindByName(
  device: Device,
  kernel: Kernel,
  buffers: Record<string, Binding>,
  label = kernel.label,
): Bound {
  const entries = kernel.reflection.bindings.map(({ binding, name }) => {
    const resource = buffers[name]
    if (!resource) {
      throw new EngineError(
        'INTERNAL',
        `Kernel "${kernel.label}" needs a buffer named "${name}"; given: ${Object.keys(buffers).join(', ')}.`,
        { kernel: kernel.label, name },
      )
    }
    return { binding, resource: 'buffer' in resource ? resource : { buffer: resource } }
  })
  return { kernel, group: device.gpu.createBindGroup({ label, layout: kernel.layout, entries }) }
}

/** The constant uniform of a step, by field name. Its length is a multiple of 16. */
export function packParams({ params }: Reflection, values: Record<string, number>, label = ''): ArrayBuffer {
  const buffer = new ArrayBuffer(Math.max(16, Math.ceil(params.length / 4) * 16))
  const view = new DataView(buffer)
  for (const { name, type, offset } of params) {
    const value = values[name]
    if (value === undefined) {
      throw new EngineError(
        'INTERNAL',
        `Step "${label}" lacks the parameter "${name}"; it has: ${Object.keys(values).join(', ')}.`,
        { step: label, name },
      )
    }
    if (type === 'f32') view.setFloat32(offset, value, true)
    else if (type === 'u32') view.setUint32(offset, value, true)
    else view.setInt32(offset, value, true)
  }
  return buffer
}

const maxPerDimension = 65535

/**
 * n workgroups as a grid no dimension of which is over 65,535. x*y >= n: kernels ignore what is beyond (lib/grid.wgsl).
 */
export function foldGrid(n: number): [x: number, y: number, z: 1] {
  if (n <= maxPerDimension) return [n, 1, 1]
  const y = Math.ceil(n / maxPerDimension)
  return [Math.ceil(n / y), y, 1]
}
