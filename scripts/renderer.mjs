// Peak memory of a browser's largest renderer process: a page with all its workers, WebAssembly and shared buffers.
// What the GPU's process holds is not in it. Read from /proc, so Linux only: elsewhere peak() is null.
import { readFileSync } from 'node:fs'

const kiB = (text, name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? NaN) * 1024

const read = (file) => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return '' // the process has ended
  }
}

/**
 * Begins to watch a browser that has one page.
 * @returns `peak()` ends it and resolves to bytes: `rss`, the kernel's own high-water mark of all resident pages, and
 *   `pss`, where pages shared with other processes (most of Chrome's own code) count in parts, looked at every 100 ms
 */
export async function watchRenderer(browser) {
  if (process.platform !== 'linux') return { peak: () => Promise.resolve(null) }
  const session = await browser.newBrowserCDPSession()
  const status = (id) => read(`/proc/${id}/status`)
  async function largest() {
    const { processInfo } = await session.send('SystemInfo.getProcessInfo')
    return processInfo
      .filter(({ type }) => type === 'renderer')
      .map(({ id }) => ({ id, rss: kiB(status(id), 'VmHWM') || 0 }))
      .toSorted((a, b) => b.rss - a.rss)[0].id
  }
  let pss = 0
  let over = false
  const loop = (async () => {
    while (!over) {
      const id = await largest().catch(() => null)
      if (id === null) return // the browser was closed
      pss = Math.max(pss, kiB(read(`/proc/${id}/smaps_rollup`), 'Pss') || 0)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  })()
  return {
    async peak() {
      const rss = kiB(status(await largest()), 'VmHWM')
      over = true
      await loop
      return { rss, pss }
    },
  }
}
