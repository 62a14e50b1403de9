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
 * @returns `peak()` ends it and resolves to bytes: `rss`, all resident pages, the kernel's own high-water mark or, where
 *   that missed a peak (it does not see all that is given back), what was seen every 50 ms; `pss`, where pages shared
 *   with other processes (most of Chrome's own code) count in parts; `now`, what is resident at the end
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
  const peaks = new Map()
  let over = false
  const loop = (async () => {
    while (!over) {
      for (const id of await renderers().catch(() => [])) {
        const text = read(`/proc/${id}/smaps_rollup`)
        const { rss, pss } = peaks.get(id) ?? { rss: 0, pss: 0 }
        peaks.set(id, { rss: Math.max(rss, kiB(text, 'Rss') || 0), pss: Math.max(pss, kiB(text, 'Pss') || 0) })
      }
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  })()
  return {
    async peak() {
      const ids = await renderers()
      over = true
      await loop
      const [id] = ids.toSorted((a, b) => status(b, 'VmRSS') - status(a, 'VmRSS'))
      const { rss, pss } = peaks.get(id)
      return { rss: Math.max(rss, status(id, 'VmHWM')), pss, now: status(id, 'VmRSS') }
    },
  }
}
