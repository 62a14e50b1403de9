// WebGPU in plain Node, for tests and scripts only: dawn.node (npm "webgpu") on the software
// Vulkan driver that Chrome brings along.

import { constants } from 'node:os'
import { softwareVulkan } from '../../../scripts/chrome.mjs'

/** Why the last nodeGpu() gave null. Tests print it beside UNRUN. */
export let noGpuReason = ''

/**
 * dawn.node reads the driver's place from the environment when it is loaded, and finds libvulkan if it is already in
 * the process.
 */
async function dawn(): Promise<typeof import('webgpu')> {
  const driver = softwareVulkan()
  process.env['VK_ICD_FILENAMES'] ??= driver['VK_ICD_FILENAMES']
  const library = driver['LD_LIBRARY_PATH']?.split(':').at(-1)
  // RTLD_NODELETE (0x1000 on Linux) keeps the library although it is no Node module; the throw says only that.
  if (library) {
    try {
      process.dlopen({ exports: {} }, `${library}/libvulkan.so.1`, constants.dlopen.RTLD_NOW | 0x1000)
    } catch {
      /* kept all the same */
    }
  }
  return await import('webgpu')
}

/** dawn.node frees an instance that nobody holds, under the feet of its devices. */
const held: GPU[] = []

/**
 * WebGPU on the CPU, or null with noGpuReason set. Workgroup memory is left as it was found instead of zeroed:
 * kernels must not count on zeros, and zeroing is nine tenths of what this driver spends on compiling them.
 */
export async function nodeGpu(): Promise<GPU | null> {
  try {
    const gpu = (await dawn()).create(['backend=vulkan', 'enable-dawn-features=disable_workgroup_init'])
    held.push(gpu)
    if (await gpu.requestAdapter()) return gpu
    noGpuReason = 'no Vulkan driver was found beside Chrome: install Chrome or Chromium, or set CHROME_PATH'
  } catch (error) {
    noGpuReason = `npm "webgpu" does not load here: ${String(error)}`
  }
  return null
}

/** A WebGPU that validates everything and computes nothing. */
export async function nullGpu(): Promise<GPU | null> {
  try {
    const gpu = (await dawn()).create(['backend=null'])
    held.push(gpu)
    return gpu
  } catch (error) {
    noGpuReason = `npm "webgpu" does not load here: ${String(error)}`
    return null
  }
}
