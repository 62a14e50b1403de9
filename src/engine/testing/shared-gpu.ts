// One device for all loads of a test process, and every pipeline compiled once: compiling for Chrome's software driver is
// most of what a load of a tiny model costs. It has no subgroups, whose kernels take three times as long to compile:
// ops/kernels.test.ts runs each of them, runtime/session.test.ts models of each family with them. For tests that do not ask
// what happens to a device.

import { setMaxListeners } from 'node:events'
import { nodeGpu } from './gpu.ts'

/**
 * WebGPU on the CPU as nodeGpu() gives it, whose adapter gives the same device to all that ask for the same limits and
 * features. Nobody's `destroy()` ends it, and it gives a pipeline again where WGSL, constants and bindings are the same.
 */
export const sharedGpu = (): Promise<GPU | null> => (shared ??= open())
let shared: Promise<GPU | null> | null = null

async function open(): Promise<GPU | null> {
  const gpu = await nodeGpu()
  const adapter = await gpu?.requestAdapter()
  if (!gpu || !adapter) return null
  const devices = new Map<string, Promise<GPUDevice>>()
  const requestDevice = (descriptor: GPUDeviceDescriptor = {}): Promise<GPUDevice> => {
    const key = JSON.stringify([descriptor.requiredLimits, descriptor.requiredFeatures])
    let device = devices.get(key)
    if (!device) {
      // an adapter gives one device
      device = gpu.requestAdapter().then(async (own) => thrifty(await own!.requestDevice(descriptor)))
      devices.set(key, device)
    }
    return device
  }
  const { info, limits } = adapter
  const features = new Set([...adapter.features].filter((name) => name !== 'subgroups'))
  return { requestAdapter: () => Promise.resolve({ info, limits, features, requestDevice }) } as unknown as GPU
}

function thrifty(device: GPUDevice): GPUDevice {
  setMaxListeners(0, device) // every load listens for its errors
  const code = new WeakMap<GPUShaderModule, string>(),
    bindings = new WeakMap<GPUBindGroupLayout | GPUPipelineLayout, string>(),
    pipelines = new Map<string, Promise<GPUComputePipeline>>()
  const original = {
    module: device.createShaderModule.bind(device),
    group: device.createBindGroupLayout.bind(device),
    layout: device.createPipelineLayout.bind(device),
    pipeline: device.createComputePipelineAsync.bind(device),
  }
  return Object.assign(device, {
    destroy: () => undefined,
    createShaderModule: (given: GPUShaderModuleDescriptor) => {
      const module = original.module(given)
      code.set(module, given.code)
      return module
    },
    createBindGroupLayout: (given: GPUBindGroupLayoutDescriptor) => {
      const layout = original.group(given)
      bindings.set(layout, JSON.stringify([...given.entries]))
      return layout
    },
    createPipelineLayout: (given: GPUPipelineLayoutDescriptor) => {
      const layout = original.layout(given)
      bindings.set(layout, [...given.bindGroupLayouts].map((group) => bindings.get(group!)).join())
      return layout
    },
    createComputePipelineAsync: (given: GPUComputePipelineDescriptor) => {
      const { layout, compute } = given
      const key = JSON.stringify([
        code.get(compute.module),
        compute.constants,
        bindings.get(layout as GPUPipelineLayout),
      ])
      let pipeline = pipelines.get(key)
      if (!pipeline) pipelines.set(key, (pipeline = original.pipeline(given)))
      return pipeline
    },
  })
}
