// Static hosts that are not ours: without headers, with a weak policy of their own, with a strict one. What the page
// and its workers may reach is the same everywhere, from the first visit on: the engine waits for the service worker that
// brings its policy.

import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import type { Page } from '@playwright/test'
import { resolveFile } from '../scripts/serve.mjs'
import { expect, test, waitForServiceWorker, waitForState } from './harness.ts'

test.use({ serviceWorkers: 'allow' })
test.setTimeout(240_000)
const types: Record<string, string> = {
  html: 'text/html',
  js: 'text/javascript',
  css: 'text/css',
  json: 'application/json',
  svg: 'image/svg+xml',
  webmanifest: 'application/manifest+json',
}

async function listen(server: Server): Promise<{ url: string; close(): void }> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
const staticHost = (headers: Record<string, string>) =>
  listen(
    createServer((request, response) => {
      const file = resolveFile('dist', request.url!.split('?')[0]!)
      if (!file) return response.writeHead(404).end()
      response
        .writeHead(200, {
          'content-type': types[path.extname(file).slice(1)] ?? 'application/octet-stream',
          ...headers,
        })
        .end(request.method === 'HEAD' ? undefined : readFileSync(file))
    }),
  )

/** 'sent' or 'blocked', asked from the page and from the engine's worker */
async function reach(page: Page, url: string): Promise<{ page: string; worker: string }> {
  const attempt = (to: string): Promise<string> =>
    fetch(to).then(
      () => 'sent',
      () => 'blocked',
    )
  await expect.poll(() => page.workers().length).toBeGreaterThan(0)
  return {
    page: await page.evaluate(attempt, `${url}page`),
    worker: await page.workers()[0]!.evaluate(attempt, `${url}worker`),
  }
}

for (const [name, headers] of Object.entries<Record<string, string>>({
  'no headers': {},
  'a weak policy of its own': { 'content-security-policy': "default-src * 'unsafe-inline' 'unsafe-eval' data: blob:" },
  'a policy that says something else': { 'content-security-policy': "frame-ancestors 'self'" },
})) {
  test(`a host with ${name}: nothing gets out`, async ({ page, watched }) => {
    watched.allow(/Content Security Policy/, /Refused to connect/, /Failed to fetch/)
    const asked: string[] = []
    const foreign = await listen(
      createServer((request, response) => {
        asked.push(request.url!)
        response.writeHead(200, { 'access-control-allow-origin': '*' }).end()
      }),
    )
    const host = await staticHost(headers)
    try {
      // without the service worker, which comes behind it, and with it
      for (const visit of [1, 2]) {
        await page.goto(`${host.url}?device=cpu`)
        await waitForState(page, 'ready')
        expect(await reach(page, foreign.url), `visit ${visit}`).toEqual({ page: 'blocked', worker: 'blocked' })
        expect(asked).toEqual([])
        await waitForServiceWorker(page)
      }
      expect(await page.evaluate(() => crossOriginIsolated)).toBe(true)
      const policy = await page.evaluate(() =>
        fetch('index.html').then(({ headers: got }) => got.get('content-security-policy')),
      )
      if (headers['content-security-policy']) expect(policy).toContain(headers['content-security-policy'])
      expect(policy).toContain("frame-ancestors 'none'")
    } finally {
      host.close()
      foreign.close()
    }
  })
}

test('a host that is stricter stays so', async ({ page, watched }) => {
  watched.allow(/Content Security Policy/, /Refused to connect/, /Failed to fetch/, /Failed to load resource/)
  const host = await staticHost({ 'content-security-policy': "connect-src 'self'; img-src 'none'" })
  try {
    for (const visit of [1, 2]) {
      await page.goto(`${host.url}?device=cpu`)
      await waitForState(page, 'ready')
      const refused = page.evaluate(
        () =>
          new Promise<string>((resolve) => {
            document.addEventListener('securitypolicyviolation', (event) => resolve(event.originalPolicy))
          }),
      )
      // one of the hosts that our own policy allows
      expect(
        await page.evaluate(() =>
          fetch('https://huggingface.co/x').then(
            () => 'sent',
            () => 'blocked',
          ),
        ),
        `visit ${visit}`,
      ).toBe('blocked')
      expect(await refused).toContain("img-src 'none'")
      await waitForServiceWorker(page)
    }
  } finally {
    host.close()
  }
})
