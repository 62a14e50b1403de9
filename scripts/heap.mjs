// JavaScript heaps of a page and its workers, over the DevTools protocol: used objects
// plus array buffers, in bytes. GPU memory is not in it.

/** Follows the page's workers from now on: call it before the page opens. */
export async function watchHeaps(context, page) {
  const session = await context.newCDPSession(page)
  const workers = new Set()
  const waiting = new Map()
  let next = 1
  session.on('Target.attachedToTarget', ({ sessionId, targetInfo }) => {
    if (targetInfo.type === 'worker') workers.add(sessionId)
  })
  session.on('Target.detachedFromTarget', ({ sessionId }) => workers.delete(sessionId))
  session.on('Target.receivedMessageFromTarget', ({ message }) => {
    const { id, result } = JSON.parse(message)
    waiting.get(id)?.(result ?? null)
    waiting.delete(id)
  })
  await session.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false, flatten: false })

  const ask = (sessionId, method) =>
    new Promise((resolve) => {
      const id = next++
      const timer = setTimeout(() => {
        waiting.delete(id)
        resolve(null)
      }, 5000)
      waiting.set(id, (result) => {
        clearTimeout(timer)
        resolve(result)
      })
      session
        .send('Target.sendMessageToTarget', { sessionId, message: JSON.stringify({ id, method }) })
        .catch(() => resolve(null))
    })
  const size = (usage) => (usage ? usage.usedSize + (usage.backingStorageSize ?? 0) : 0)

  async function now() {
    const all = await Promise.all([
      session.send('Runtime.getHeapUsage'),
      ...[...workers].map((worker) => ask(worker, 'Runtime.getHeapUsage')),
    ])
    return all.reduce((sum, usage) => sum + size(usage), 0)
  }
  return {
    now,
    async collect() {
      await session.send('HeapProfiler.collectGarbage')
      await Promise.all([...workers].map((worker) => ask(worker, 'HeapProfiler.collectGarbage')))
    },
    /** The largest size seen while `work` runs, asked for every 25 ms. */
    async peakDuring(work) {
      let peak = await now()
      let over = false
      const loop = (async () => {
        while (!over) {
          peak = Math.max(peak, await now())
          await new Promise((resolve) => setTimeout(resolve, 25))
        }
      })()
      const value = await work().finally(() => {
        over = true
      })
      await loop
      return { value, peak }
    },
  }
}
