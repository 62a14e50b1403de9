// Opens one GPU device and says what it is.
//
// Asks for the adapter's own maxima of the limits that decide how large a model may be, yet
// every kernel runs on WebGPU's defaults. Knows no op and no model.

import { checkAborted, EngineError } from '../errors.ts'
import type { AdapterFacts } from '../types.ts'

export interface Device {
  gpu: GPUDevice
  facts: AdapterFacts
  /** resolves when the device is gone: unplugged, reset, or disposed by us (reason 'destroyed') */
  lost: Promise<{ reason: string; message: string }>
  /** every error WebGPU reported outside an error scope; empty unless we have a bug or memory ran out */
  errors: string[]
  dispose(): void
}

export interface OpenOptions {
  signal?: AbortSignal
  /** request no raised limits: what the smallest conforming device gives */
  forceDefaultLimits?: boolean
}

const raisedLimits = [
  'maxBufferSize', 'maxStorageBufferBindingSize', 'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup', 'maxComputeWorkgroupSizeX',
] as const

/** What the kernels were written for: WebGPU's default limits. A compatibility-mode adapter may give less. */
const required = {
  maxStorageBuffersPerShaderStage: 8, maxComputeWorkgroupStorageSize: 16384, maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupsPerDimension: 65535,
} as const

function factsOf(adapter: GPUAdapter, limits: GPUSupportedLimits): AdapterFacts {
  const { vendor, architecture, description, isFallbackAdapter } = adapter.info
  const fallback = isFallbackAdapter ?? false
  const software = fallback || /swiftshader|llvmpipe|lavapipe|\bwarp\b|basic render/i.test(`${vendor} ${architecture} ${description}`)
  const numbers: Record<string, number> = {}
  for (const name in limits) {
    const value = limits[name as keyof GPUSupportedLimits]
    if (typeof value === 'number') numbers[name] = value
  }
  return { vendor, architecture, description, fallback, kind: software ? 'software' : 'gpu', features: [...adapter.features].sort(), limits: numbers }
}

export async function openDevice(gpu: GPU | undefined, { signal, forceDefaultLimits = false }: OpenOptions = {}): Promise<Device> {
  checkAborted(signal)
  if (!gpu) {
    if (globalThis.isSecureContext === false) {
      throw new EngineError('INSECURE_CONTEXT', 'Cannot use the GPU: browsers give WebGPU only to pages from https:// or localhost, and this page came from elsewhere. Open it over https or from localhost.')
    }
    throw new EngineError('NO_WEBGPU', 'Cannot use the GPU: this browser has no WebGPU (navigator.gpu is missing). Use a current Chrome, Edge, Safari or Firefox.')
  }
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' })
  checkAborted(signal)
  if (!adapter) {
    throw new EngineError('NO_ADAPTER', 'Cannot use the GPU: the browser has WebGPU but offers no adapter (driver blocked or hardware acceleration off). Switch hardware acceleration on, or update the graphics driver.')
  }
  for (const [limit, need] of Object.entries(required)) {
    const has = adapter.limits[limit as keyof typeof required]
    if (has < need) {
      throw new EngineError('LIMIT_TOO_SMALL', `Cannot use the GPU "${adapter.info.description || adapter.info.vendor}": its limit ${limit} must be at least ${need}, it is ${has}.`, { limit, need, has })
    }
  }
  const requiredLimits: Record<string, number> = {}
  if (!forceDefaultLimits) for (const name of raisedLimits) requiredLimits[name] = adapter.limits[name]
  const device = await adapter.requestDevice({ label: 'glassbox', requiredLimits })
  const errors: string[] = []
  device.addEventListener('uncapturederror', (event) => errors.push(event.error.message))
  const opened: Device = {
    gpu: device,
    facts: factsOf(adapter, device.limits),
    lost: device.lost.then(({ reason, message }) => ({ reason, message })),
    errors,
    dispose: () => device.destroy(),
  }
  if (signal?.aborted) { opened.dispose(); checkAborted(signal) }
  return opened
}
