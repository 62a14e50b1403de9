// The page as a thing that is installed, cut off and attacked: offline with the server
// gone, updates that wait, and a policy that holds in page and worker alike.

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, hooks, test, waitForServiceWorker } from './harness.ts'

test.use({ serviceWorkers: 'allow' })
/** A foreign origin that answers everything and remembers what was asked. */
async function trap(): Promise<{ url: string; asked: string[]; close(): void }> {
  const asked: string[] = []
  const server: Server = createServer((request, response) => {
    asked.push(request.url ?? '')
    response.writeHead(200, { 'access-control-allow-origin': '*' }).end('caught')
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () => {
      server.close()
    },
  }
}

test('a first visit: little JavaScript before a message can be written, a manifest with its icons, page and worker reach no host that is not listed, no text becomes code', async ({
  page,
  request,
  watched,
}) => {
  watched.allow(
    /Content Security Policy/,
    /Refused to connect/,
    /Failed to fetch/,
    /Trusted/,
    /unsafe-eval/,
    /wasm-eval/,
  )
  await page.goto('./')
  await test.step('the first visit needs little JavaScript before a message can be written', async () => {
    await expect(hooks.composer(page)).toBeVisible()
    // what this window fetched: the engine's worker fetches its own beside it, and never holds it up
    const files = await page.evaluate(() => [
      ...[...document.scripts].map(({ src }) => src),
      ...performance.getEntriesByType('resource').map(({ name }) => name),
    ])
    // the worker's first script is asked for by the window, and what checks a load's options comes with it
    const named = [...new Set(files.map((file) => new URL(file, 'http://x').pathname))].filter(
      (file) => file.endsWith('.js') && !/engine\.worker|hub\.worker|\/sw\.js|\/options-/.test(file),
    )
    const bytes = named.reduce(
      (sum, file) => sum + gzipSync(readFileSync(path.join('dist', file)), { level: 9 }).length,
      0,
    )
    expect(named.length).toBeGreaterThan(0)
    expect(bytes).toBeLessThan(130 * 1024)
  })
  await test.step('the manifest and its icons are there', async () => {
    const href = await page.locator('link[rel=manifest]').getAttribute('href')
    const manifest = (await (await request.get(href!)).json()) as {
      name: string
      start_url: string
      display: string
      icons: { src: string; sizes: string; purpose: string; type: string }[]
    }
    expect(manifest).toMatchObject({ name: 'Glassbox', display: 'standalone' })
    for (const icon of manifest.icons) {
      const answer = await request.get(icon.src)
      expect(answer.status(), icon.src).toBe(200)
      expect(answer.headers()['content-type'], icon.src).toBe(icon.type)
    }
    expect(manifest.icons.some(({ sizes, purpose }) => sizes === '512x512' && purpose === 'maskable')).toBe(true)
  })
  await test.step('page and worker reach no host that is not listed', async () => {
    const foreign = await trap()
    try {
      const leak = (where: string) => `${foreign.url}/${where}`
      expect(
        await page.evaluate(
          (url) =>
            fetch(url).then(
              () => 'sent',
              () => 'blocked',
            ),
          leak('page'),
        ),
      ).toBe('blocked')
      expect(await page.evaluate((url) => navigator.sendBeacon(url, 'secret'), leak('beacon'))).toBeDefined()
      await page.evaluate(
        (url) =>
          new Promise((resolve) => {
            const image = new Image()
            for (const end of ['load', 'error']) image.addEventListener(end, resolve)
            image.src = url
          }),
        leak('image'),
      )
      // The engine's own worker script, evaluated in: what it may reach is what any worker of ours may reach.
      await expect.poll(() => page.workers().length).toBeGreaterThan(0)
      expect(
        await page.workers()[0]!.evaluate(
          (url) =>
            fetch(url).then(
              () => 'sent',
              () => 'blocked',
            ),
          leak('worker'),
        ),
      ).toBe('blocked')
      expect(foreign.asked).toEqual([])
    } finally {
      foreign.close()
    }
  })
  await test.step('no text becomes code', async () => {
    const outcome = await page.evaluate(async () => {
      // A debugger's evaluation may eval; a task of the page may not.
      await new Promise((resolve) => {
        setTimeout(resolve, 0)
      })
      const attempt = (work: () => unknown) => {
        try {
          work()
          return 'ran'
        } catch {
          return 'refused'
        }
      }
      return {
        // oxlint-disable-next-line no-new-func, typescript/no-implied-eval -- the very thing that must be refused
        eval: attempt(() => new Function('return 1')()),
        html: attempt(() => {
          document.createElement('div').innerHTML = '<img src=x onerror=alert(1)>'
        }),
        worker: attempt(() => new Worker('data:text/javascript,1')),
        script: attempt(() => {
          document.createElement('script').src = 'https://evil.example/x.js'
        }),
        policy: attempt(() =>
          (
            globalThis as unknown as { trustedTypes: { createPolicy(name: string, rules: object): void } }
          ).trustedTypes.createPolicy('mine', {}),
        ),
        wasm: await WebAssembly.compile(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])).then(
          () => 'ran',
          () => 'refused',
        ),
        isolated: crossOriginIsolated,
      }
    })
    expect(outcome).toEqual({
      eval: 'refused',
      html: 'refused',
      worker: 'refused',
      script: 'refused',
      policy: 'refused',
      wasm: 'refused',
      isolated: true,
    })
  })
})

test('the trap works: an allowed host is reached, and a cached page obeys the policy of today; with the server gone the page still opens, at every address', async ({
  page,
  ownServer,
  watched,
}) => {
  watched.allow(/ERR_CONNECTION_REFUSED|Failed to load resource|ERR_INTERNET_DISCONNECTED/)
  await page.goto(ownServer.url)
  await waitForServiceWorker(page)
  await test.step('a cached page obeys the policy of today', async () => {
    const foreign = await trap()
    try {
      await ownServer.start({ hosts: [foreign.url] })
      await page.reload()
      expect(
        await page.evaluate((url) => fetch(url).then((response) => response.text()), `${foreign.url}/allowed`),
      ).toBe('caught')
    } finally {
      foreign.close()
    }
  })
  await test.step('with the server gone the page still opens, at every address', async () => {
    await ownServer.stop()
    for (const address of ['', '?lang=zh#/models', 'index.html']) {
      await page.goto(`${ownServer.url}${address}`)
      await expect(hooks.status(page)).toBeAttached()
      expect(await page.evaluate(() => crossOriginIsolated), 'the headers are kept').toBe(true)
    }
    const model = await page.evaluate(() => fetch('models/storyteller/config.json').then((response) => response.status))
    expect(model).toBe(200)
    const part = await page.evaluate(async () => {
      const response = await fetch('models/storyteller/model.safetensors', { headers: { range: 'bytes=8-15' } })
      return [
        response.status,
        (await response.arrayBuffer()).byteLength,
        response.headers.get('content-range')?.replace(/\d+$/, ''),
      ]
    })
    expect(part).toEqual([206, 8, 'bytes 8-15/'])
  })
})

test('a new version waits for a click and then replaces the old one', async ({ page, ownServer }) => {
  const dir = mkdtempSync(path.join(tmpdir(), 'glassbox-update-'))
  try {
    cpSync('dist', dir, { recursive: true })
    await ownServer.start({ dir })
    await page.goto(ownServer.url)
    await waitForServiceWorker(page)
    await page.evaluate(() => {
      Object.assign(globalThis, { kept: true })
    })
    const edit = (file: string, change: (text: string) => string) =>
      writeFileSync(path.join(dir, file), change(readFileSync(path.join(dir, file), 'utf8')))
    edit('index.html', (text) => text.replace('<head>', '<head><meta name="build" content="new">'))
    edit('sw.js', (text) => text.replace(/"version":"\w+"/, '"version":"ffffffffffff"'))
    await page.evaluate(async () => {
      await (await navigator.serviceWorker.ready).update()
    })
    const reload = page.getByRole('button', { name: 'Reload' })
    await expect(reload).toBeVisible()
    expect(await page.evaluate(() => 'kept' in globalThis), 'nothing reloads by itself').toBe(true)
    await expect(page.locator('meta[name=build]')).toHaveCount(0)
    await reload.click()
    await expect(page.locator('meta[name=build]')).toHaveCount(1)
    expect(await page.evaluate(() => caches.keys())).toContain('shell-ffffffffffff')
  } finally {
    rmSync(dir, { recursive: true })
  }
})
