// WebGPU in plain Node, for tests and scripts only: dawn.node (npm "webgpu") on the software Vulkan driver that Chrome
// brings along, or on Mesa's, where there is one.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { constants, homedir } from 'node:os'
import path from 'node:path'
import { softwareVulkan } from '../../../scripts/chrome.mjs'

/** Why the last nodeGpu() gave null. Tests print it beside UNRUN. */
export let noGpuReason = ''

/**
 * dawn.node reads the driver's place from the environment when it is loaded, and finds libvulkan if it is already in
 * the process.
 */
async function dawn(manifest?: string): Promise<typeof import('webgpu')> {
  const driver = softwareVulkan()
  if (manifest !== undefined) process.env['VK_ICD_FILENAMES'] = manifest
  else process.env['VK_ICD_FILENAMES'] ??= driver['VK_ICD_FILENAMES']
  // Mesa's cache takes a kernel for one that was compiled for another width of subgroups
  process.env['MESA_SHADER_CACHE_DISABLE'] = 'true'
  const library = driver['LD_LIBRARY_PATH']?.split(':').at(-1)
  if (library) keep(`${library}/libvulkan.so.1`)
  if (manifest !== undefined) keepNeeded(manifest)
  const webgpu = await import('webgpu')
  if (!waiting) waitQuietly()
  waiting = true
  return webgpu
}
let waiting = false

/**
 * While anything is pending, dawn.node asks for news by setImmediate, over and over: waiting keeps a core busy, which the
 * driver's threads and the tests beside want. Its calls (native functions) go on at once for a moment only, then once in a
 * millisecond.
 */
function waitQuietly(): void {
  const { setImmediate: atOnce, setTimeout: later } = globalThis
  let begun = 0,
    asking = false
  const ask = (callback: (...given: unknown[]) => void, ...given: unknown[]): unknown => {
    if (!Function.prototype.toString.call(callback).includes('[native code]')) return atOnce(callback, ...given)
    const now = performance.now()
    if (!asking) begun = now // else the last one found something still pending
    const again = (): void => {
      asking = true
      try {
        callback(...given)
      } finally {
        asking = false
      }
    }
    return now - begun < 0.3 ? atOnce(again) : later(again, 1)
  }
  globalThis.setImmediate = Object.assign(ask, atOnce) as typeof setImmediate
}

/** RTLD_NODELETE (0x1000 on Linux) keeps a library although it is no Node module: such an error says only that. */
function keep(library: string): boolean {
  try {
    process.dlopen({ exports: {} }, library, constants.dlopen.RTLD_NOW | 0x1000)
    return true
  } catch (error) {
    return !/cannot open shared object|undefined symbol/.test(String(error))
  }
}

/** A driver that was unpacked beside its libraries finds them when they are in the process already, whatever their order. */
function keepNeeded(manifest: string): void {
  const { ICD } = JSON.parse(readFileSync(manifest, 'utf8')) as { ICD?: { library_path?: string } }
  const driver = path.resolve(path.dirname(manifest), ICD?.library_path ?? '')
  if (!ICD?.library_path?.includes('/') || keep(driver)) return
  const folder = path.dirname(driver)
  let left = readdirSync(folder).filter((name) => /\.so(\.|$)/.test(name) && !name.startsWith('libvulkan_'))
  for (let before = -1; left.length !== before && !keep(driver);) {
    before = left.length
    left = left.filter((name) => !keep(path.join(folder, name)))
  }
}

/**
 * The manifest of Mesa's lavapipe: what LAVAPIPE_MANIFEST or VK_ADD_DRIVER_FILES names, else one that was unpacked at
 * ~/.cache/lavapipe/lvp.json, else in the folders of the freedesktop specification, where the Vulkan loader looks. null,
 * with noGpuReason set, where there is none.
 */
export function lavapipe(): string | null {
  const listed = (name: string, usual: string): string[] => (process.env[name] || usual).split(path.delimiter)
  const folders = [
    ...listed('XDG_CONFIG_HOME', path.join(homedir(), '.config')),
    ...listed('XDG_CONFIG_DIRS', '/etc/xdg'),
    '/etc',
    ...listed('XDG_DATA_HOME', path.join(homedir(), '.local/share')),
    ...listed('XDG_DATA_DIRS', '/usr/local/share:/usr/share'),
  ].map((folder) => path.join(folder, 'vulkan/icd.d'))
  const found = [
    ...listed('LAVAPIPE_MANIFEST', ''),
    ...listed('VK_ADD_DRIVER_FILES', ''),
    path.join(process.env['XDG_CACHE_HOME'] || path.join(homedir(), '.cache'), 'lavapipe/lvp.json'),
    ...folders.flatMap((folder) =>
      existsSync(folder) ? readdirSync(folder).map((name) => path.join(folder, name)) : [],
    ),
  ].find((file) => /^lvp(_icd)?\b.*\.json$/.test(path.basename(file)) && existsSync(file))
  if (!found) {
    noGpuReason = "no manifest of Mesa's lavapipe (lvp_icd*.json) was found: CONTRIBUTING says where one is looked for"
  }
  return found ?? null
}

/** dawn.node frees an instance that nobody holds, under the feet of its devices. */
const held: GPU[] = []

/**
 * What makes compiling cheaper. Workgroup memory is left as it was found instead of zeroed: kernels must not count on zeros,
 * and zeroing is nine tenths of what Chrome's driver spends on compiling them. An index is held within its array where it
 * is not known to stay there, instead of everywhere: a quarter of what is left.
 */
const features = 'disable_workgroup_init,enable_integer_range_analysis_in_robustness'

/**
 * WebGPU on the CPU, or null with noGpuReason set. The driver is chosen once for the whole process.
 * @param manifest of another Vulkan driver than Chrome's
 */
export async function nodeGpu(manifest?: string): Promise<GPU | null> {
  try {
    const gpu = (await dawn(manifest)).create(['backend=vulkan', `enable-dawn-features=${features}`])
    held.push(gpu)
    if (await gpu.requestAdapter()) return gpu
    noGpuReason = manifest
      ? `dawn does not take the driver of ${manifest}: it is too old (Mesa 25 is known to work), or its libraries are not found`
      : 'no Vulkan driver was found beside Chrome: install Chrome or Chromium, or set CHROME_PATH'
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
