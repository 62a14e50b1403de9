// Opens one GPU device and says what it is.
//
// Asks for the adapter's own maxima of the limits that decide how large a model may be, yet
// every kernel runs on WebGPU's defaults. Knows no op and no model.

import { forcedClass, forcedFeatures, readForce, type DeviceFeatures } from '../device-features.ts'
import { checkAborted, EngineError } from '../errors.ts'
import type { AdapterFacts } from '../types.ts'
import { lostError, notLongerThan, patience, Presence, stallError } from './lost.ts'

export interface Device {
  gpu: GPUDevice
  facts: AdapterFacts
  /** what kernels may ask of it; the same as `facts.kernels` */
  features: DeviceFeatures
  /** whether it is still there: every await and every piece of work on the device goes through it */
  presence: Presence
  /**
   * resolves with GPU_LOST when the device is gone: unplugged, reset, hung ('stalled'), or disposed by us ('destroyed')
   */
  lost: Promise<EngineError>
  /** every error WebGPU reported outside an error scope; empty unless we have a bug or memory ran out */
  errors: string[]
  /** kernels that were compiled for it, and when by performance.now(): a bench tells how long that took */
  compiled: { label: string; from: number; milliseconds: number }[]
  dispose(): void
}

export interface OpenOptions {
  signal?: AbortSignal
  /** LoadOptions.force */
  force?: string
}

const raisedLimits = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
] as const

/** What the kernels were written for: WebGPU's default limits. A compatibility-mode adapter may give less. */
const required = {
  maxStorageBuffersPerShaderStage: 8,
  maxComputeWorkgroupStorageSize: 16384,
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupsPerDimension: 65535,
} as const

/** What kernels may ask of it. The numbers of subgroups come with the adapter, dot products with the browser's WGSL. */
function featuresOf(gpu: GPU, { features, info }: GPUAdapter): DeviceFeatures {
  const { subgroupMinSize: min, subgroupMaxSize: max } = info
  return {
    subgroups: features?.has('subgroups') && min && max ? { min, max } : null,
    f16: features?.has('shader-f16') ?? false,
    dot4: gpu.wgslLanguageFeatures?.has('packed_4x8_integer_dot_product') ?? false,
  }
}
/** What the device must be asked for, so that shaders may `enable` it. */
const requested = ({ subgroups, f16 }: DeviceFeatures): GPUFeatureName[] => [
  ...(subgroups ? (['subgroups'] as const) : []),
  ...(f16 ? (['shader-f16'] as const) : []),
]

function factsOf(adapter: GPUAdapter, limits: GPUSupportedLimits, kernels: DeviceFeatures): AdapterFacts {
  const { vendor, architecture, description, isFallbackAdapter } = adapter.info
  const fallback = isFallbackAdapter ?? false
  const software =
    fallback || /swiftshader|llvmpipe|lavapipe|\bwarp\b|basic render/i.test(`${vendor} ${architecture} ${description}`)
  const numbers: Record<string, number> = {}
  for (const name in limits) {
    const value = limits[name as keyof GPUSupportedLimits]
    if (typeof value === 'number') numbers[name] = value
  }
  return {
    vendor,
    architecture,
    description,
    fallback,
    kind: software ? 'software' : 'gpu',
    features: [...adapter.features].sort(),
    kernels,
    forced: [],
    limits: numbers,
  }
}

/** @throws GPU_LOST when the browser does not answer: there is no device yet that could say it is lost */
async function answer<T>(what: string, work: Promise<T>): Promise<T> {
  let late = (_: EngineError): void => undefined
  const never = new Promise<never>((_, reject) => {
    late = reject
  })
  never.catch(() => undefined)
  return await notLongerThan(patience.open, Promise.race([work, never]), () => late(stallError(what, patience.open)))
}

/** Milliseconds that a GPU process takes to come back after a crash; until then there is no adapter (measured). */
const comingBack = 500
/** Asked and waited for before, in vain: where there is no GPU at all, loads need not wait for one. */
let noneBefore = false

async function requestAdapter(gpu: GPU): Promise<GPUAdapter> {
  const ask = (): Promise<GPUAdapter | null> =>
    answer('an adapter', gpu.requestAdapter({ powerPreference: 'high-performance' })).catch((cause: unknown) => {
      throw unopened(cause)
    })
  let adapter = await ask()
  if (!adapter && !noneBefore) {
    await new Promise((resolve) => setTimeout(resolve, comingBack))
    adapter = await ask()
  }
  noneBefore = !adapter
  if (!adapter) {
    throw new EngineError(
      'NO_ADAPTER',
      'Cannot use the GPU: the browser has WebGPU but offers no adapter. Reload the page with the browser’s own reload button: a browser whose graphics process has crashed gives none until then. If that does not help, the driver is blocked or hardware acceleration is off: switch it on, or update the graphics driver.',
    )
  }
  return adapter
}

/** An adapter dies with the GPU process it came from, between being given and being used: one more is asked for. */
async function requestDevice(gpu: GPU, adapter: GPUAdapter, descriptor: GPUDeviceDescriptor): Promise<GPUDevice> {
  try {
    return await answer('a device', adapter.requestDevice(descriptor))
  } catch (error) {
    if (error instanceof EngineError) throw error
    const another = await requestAdapter(gpu)
    return await answer('a device', another.requestDevice(descriptor)).catch((cause: unknown) => {
      throw unopened(cause)
    })
  }
}

const unopened = (cause: unknown): EngineError =>
  cause instanceof EngineError ? cause : lostError('unopened', cause instanceof Error ? cause.message : String(cause))

export async function openDevice(gpu: GPU | undefined, { signal, force = '' }: OpenOptions = {}): Promise<Device> {
  checkAborted(signal)
  const { words: forced } = readForce(force)
  if (!gpu) {
    if (globalThis.isSecureContext === false) {
      throw new EngineError(
        'INSECURE_CONTEXT',
        'Cannot use the GPU: browsers give WebGPU only to pages from https:// or localhost, and this page came from elsewhere. Open it over https or from localhost.',
      )
    }
    throw new EngineError(
      'NO_WEBGPU',
      'Cannot use the GPU: this browser has no WebGPU (navigator.gpu is missing). Use a current Chrome, Edge, Safari or Firefox.',
    )
  }
  const adapter = await requestAdapter(gpu)
  checkAborted(signal)
  for (const [limit, need] of Object.entries(required)) {
    const has = adapter.limits[limit as keyof typeof required]
    if (has < need) {
      throw new EngineError(
        'LIMIT_TOO_SMALL',
        `Cannot use the GPU "${adapter.info.description || adapter.info.vendor}": its limit ${limit} must be at least ${need}, it is ${has}.`,
        { limit, need, has },
      )
    }
  }
  const requiredLimits: Record<string, number> = {}
  if (!forced.includes('limits=default')) for (const name of raisedLimits) requiredLimits[name] = adapter.limits[name]
  const features = forcedFeatures(featuresOf(gpu, adapter), forced)
  const requiredFeatures = requested(features)
  const device = await requestDevice(gpu, adapter, { label: 'glassbox', requiredLimits, requiredFeatures })
  const own = factsOf(adapter, device.limits, features)
  const facts = { ...own, kind: forcedClass(forced) ?? own.kind, forced }
  const presence = new Presence(device, own.kind === 'software')
  const errors: string[] = []
  device.addEventListener('uncapturederror', (event) => errors.push(event.error.message))
  const opened: Device = {
    gpu: device,
    facts,
    features,
    presence,
    lost: presence.lost,
    errors,
    compiled: [],
    dispose: () => device.destroy(),
  }
  if (signal?.aborted) {
    opened.dispose()
    checkAborted(signal)
  }
  return opened
}
