// Peak memory of a browser's largest renderer process: a page with all its workers, WebAssembly and shared buffers.
// What the GPU's process holds is not in it. Read from /proc, so Linux only: elsewhere peak() is null.
import { readFileSync, writeFileSync } from 'node:fs'

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
 * @returns `peak()` ends it and resolves to bytes: `rss`, the kernel's own high-water mark of all resident pages;
 *   `pss`, where pages shared with other processes (most of Chrome's own code) count in parts, looked at every 100 ms;
 *   `now`, what is resident at the end
 */
export async function watchRenderer(browser) {
  if (process.platform !== 'linux') return { peak: () => Promise.resolve(null) }
  const session = await browser.newBrowserCDPSession()
  const status = (id, name) => kiB(read(`/proc/${id}/status`), name) || 0
  async function renderers() {
    const { processInfo } = await session.send('SystemInfo.getProcessInfo')
    return processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id)
  }
  for (const id of await renderers()) {
    // a process that lives on from another page begins anew with what it holds now
    try {
      writeFileSync(`/proc/${id}/clear_refs`, '5')
    } catch {
      // it has ended
    }
  }
  const pss = new Map()
  let over = false
  const loop = (async () => {
    while (!over) {
      for (const id of await renderers().catch(() => [])) {
        pss.set(id, Math.max(pss.get(id) ?? 0, kiB(read(`/proc/${id}/smaps_rollup`), 'Pss') || 0))
      }
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  })()
  return {
    async peak() {
      const ids = await renderers()
      over = true
      await loop
      const [id] = ids.toSorted((a, b) => status(b, 'VmRSS') - status(a, 'VmRSS'))
      return { rss: status(id, 'VmHWM'), pss: pss.get(id) ?? 0, now: status(id, 'VmRSS') }
    },
  }
}
