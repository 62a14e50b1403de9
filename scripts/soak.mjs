// npm run soak: many answers in one page, and what stays behind of each.
//
//   npm run soak -- [--generations 2000] [--model recurrent] [--device cpu|gpu] [--leak]
//
// Answers of 16 tokens; some of them are stopped, left, held to a form or written under an edit, and the model is unloaded
// and loaded again now and then. Measured in between, after a garbage collection: the JavaScript heaps of page and workers,
// memory (RSS) of the page's process and of the GPU's, live GPU buffers (counted at the device's own calls). Printed: the
// slope of each over the last three quarters, and whether it is within its bound; exit code 1 where one is not.
// At least 200 answers: over the first 50 or so code is compiled and caches fill. --leak plants one of 64 kB an answer, and a GPU buffer: the bounds must see it.
import { readFileSync } from 'node:fs'
import { openPage, waitReady } from './drive.mjs'
import { watchHeaps } from './heap.mjs'
import { readOptions, wholeNumber } from './options.mjs'
import { main, Problem } from './setup.mjs'

/** Bytes per answer that each may grow; resident memory is noisier over few answers (measured). */
const bounds = (generations) => ({
  heap: 1024,
  page: generations >= 2000 ? 8 * 1024 : 32 * 1024,
  gpu: generations >= 2000 ? 4 * 1024 : 16 * 1024,
  buffers: 0,
})

/** Least squares: what is added per step of x. */
function slope(points) {
  const n = points.length
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / n
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / n
  const above = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0)
  return above / points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0)
}

const resident = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024

/** Counts the buffers that are made and not destroyed from now on. Runs in the engine's worker. */
function countBuffers() {
  const alive = new WeakSet()
  globalThis.liveBuffers = 0
  const { GPUDevice: device, GPUBuffer: buffer } = globalThis
  if (!device) return
  const { createBuffer } = device.prototype
  const { destroy } = buffer.prototype
  device.prototype.createBuffer = function (...args) {
    const made = createBuffer.apply(this, args)
    alive.add(made)
    globalThis.liveBuffers++
    globalThis.anyDevice = this
    return made
  }
  buffer.prototype.destroy = function () {
    if (alive.delete(this)) globalThis.liveBuffers--
    destroy.call(this)
  }
}

/** Answers `from` to `to`; runs in the page. */
async function answers({ from, to, leak, model, options }) {
  const { client } = globalThis.glassbox
  for (let i = from; i < to; i++) {
    const given = {
      maxTokens: 16,
      temperature: 1,
      seed: i + 1,
      ...(i % 20 === 3 && { constraint: { pattern: '[a-z ]{4,12}' } }),
    }
    if (i % 20 === 7) await client.glass.setEdits([{ kind: 'skip', layer: 0, part: 'mlp' }]).catch(() => undefined)
    if (i % 20 === 8) await client.glass.setEdits([]).catch(() => undefined)
    if (i % 25 === 24) {
      await client.unload()
      await client.load(model, options)
    }
    const stop = new AbortController()
    let tokens = 0
    for await (const event of client.generate('Once upon a time', { ...given, signal: stop.signal })) {
      if (event.type !== 'token') continue
      tokens++
      if (i % 10 === 5 && tokens === 4) stop.abort()
      if (i % 10 === 6 && tokens === 4) break
    }
    if (leak) (globalThis.leaked ??= []).push(new Uint8Array(65_536).fill(1))
  }
}

main(async () => {
  const { values } = readOptions(import.meta.url, {
    options: {
      generations: { type: 'string' },
      model: { type: 'string', default: 'recurrent' },
      device: { type: 'string', default: 'cpu' },
      leak: { type: 'boolean', default: false },
    },
  })
  const generations = wholeNumber(values, 'generations', { min: 200, fallback: 2000 })
  if (!['cpu', 'gpu'].includes(values.device)) throw new Problem(`--device is cpu or gpu, not "${values.device}".`)
  const opened = await openPage({ software: true, device: 'gpu', port: 4620 })
  try {
    const { browser, context, page, url } = opened
    const heaps = await watchHeaps(context, page)
    await page.goto(`${url}?lang=en&model=${encodeURIComponent(values.model)}&device=${values.device}#/chat`)
    await waitReady(page, 120_000)
    const worker = page.workers().find((one) => one.url().includes('engine.worker'))
    await worker.evaluate(countBuffers)
    const options = { device: values.device }
    const model = await page.evaluate(async (given) => {
      const [{ id }] = (await glassbox.client.models.list()).toSorted((a, b) => b.usedAt - a.usedAt)
      await glassbox.client.unload()
      await glassbox.client.load(id, given)
      return id
    }, options)
    const system = await browser.newBrowserCDPSession()
    const { processInfo } = await system.send('SystemInfo.getProcessInfo')
    const gpu = processInfo.find(({ type }) => type === 'GPU').id
    const renderer = processInfo
      .filter(({ type }) => type === 'renderer')
      .map(({ id }) => id)
      .toSorted((a, b) => resident(b) - resident(a))[0]
    const taken = []
    const step = Math.ceil(generations / 40)
    const began = performance.now()
    for (let at = 0; at < generations; at += step) {
      const to = Math.min(at + step, generations)
      await page.evaluate(answers, { from: at, to, leak: values.leak, model, options })
      if (values.leak && values.device === 'gpu') {
        await worker.evaluate(() => globalThis.anyDevice.createBuffer({ size: 65_536, usage: 128 }))
      }
      await heaps.collect()
      await heaps.collect()
      taken.push({
        at: to,
        heap: await heaps.now(),
        page: resident(renderer),
        gpu: resident(gpu),
        buffers: await worker.evaluate(() => globalThis.liveBuffers),
      })
      const { at: count, ...now } = taken.at(-1)
      const words = Object.entries(now).map(
        ([name, n]) => `${name} ${name === 'buffers' ? n : `${(n / 1e6).toFixed(2)} MB`}`,
      )
      console.error(`${count}: ${words.join(', ')}`)
    }
    const seconds = (performance.now() - began) / 1000
    const last = taken.slice(Math.floor(taken.length / 4))
    let grown = 0
    console.log(`${generations} answers of "${values.model}" on the ${values.device}, ${seconds.toFixed(0)} s`)
    for (const [name, bound] of Object.entries(bounds(generations))) {
      const per = slope(last.map((one) => [one.at, one[name]]))
      const good = per <= bound
      if (!good) grown++
      const unit = name === 'buffers' ? 'buffers' : 'bytes'
      console.log(
        `  ${name}: ${per.toFixed(name === 'buffers' ? 4 : 0)} ${unit} per answer, at most ${bound}${good ? '' : ': IT GROWS'}`,
      )
    }
    process.exitCode = grown > 0 ? 1 : 0
  } finally {
    await opened.close()
  }
})
