// A GPU in plain Node, for scripts: dawn.node (npm "webgpu") on a real one, or on the software driver that Chrome brings.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { softwareVulkan } from './chrome.mjs'

/** Shared libraries are found by the environment at process start: begins the script again with it. */
function restartWithDriver(url, hardware) {
  const env = hardware ? {} : softwareVulkan()
  if (process.env.GLASSBOX_DRIVER || !Object.keys(env).length) return
  const { status } = spawnSync(process.execPath, [fileURLToPath(url), ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, ...env, GLASSBOX_DRIVER: '1' },
  })
  process.exit(status ?? 1)
}

/**
 * To be called before anything long: the script may begin again. @param url the script's import.meta.url
 * @returns navigator.gpu's like, or null where there is none
 */
export async function openGpu(url, hardware) {
  restartWithDriver(url, hardware)
  try {
    const { create, globals } = await import('webgpu')
    Object.assign(globalThis, globals)
    const gpu = create(hardware ? [] : ['backend=vulkan'])
    return (await gpu.requestAdapter()) ? gpu : null
  } catch (error) {
    console.error(`No GPU in Node: ${error.message}`)
    return null
  }
}
