// A page that finds a graphics chip which only runs on the processor: it is tried, loses, is not used, and is not tried
// again; by name it computes all the same. And a page whose server does not let it share memory works with one thread.

import type { Page } from '@playwright/test'
import type { Client, ModelInfo } from '../src/store/index.ts'
import { ask, expect, hooks, openReady, test } from './harness.ts'

declare const glassbox: { client: Client }

test.use({ device: 'auto' })

/** Loads the embedded model anew. @returns what runs, and the phases of the load */
const load = (page: Page, options: object = {}): Promise<{ info: ModelInfo; phases: string[] }> =>
  page.evaluate(async (given) => {
    const phases = new Set<string>()
    const info = await glassbox.client.load('storyteller', given, { onProgress: (p) => phases.add(p.phase) })
    return { info, phases: [...phases] }
  }, options)

test('the faster device computes, is found out once, and is not the only one', async ({ page }) => {
  await openReady(page)
  await expect(hooks.device(page)).toHaveText(/^processor/)
  const again = await load(page)
  expect(again.phases).not.toContain('self-check')
  const { device } = again.info
  expect(device).toMatchObject({ kind: 'cpu', why: 'measured', refused: null, references: [] })
  expect(device!.speeds!.cpu).toBeGreaterThan(device!.speeds!.gpu)
  expect((await load(page, { device: 'gpu' })).info).toMatchObject({
    adapter: { kind: 'software' },
    device: { kind: 'gpu', why: 'asked', speeds: null },
  })
})

test('without shared memory: one thread, the same text, and it is said why', async ({ page, browser, watched }) => {
  watched.allow(/Service Worker/i)
  await openReady(page)
  const text = await ask(page, 'Tell me a story about Lily.')
  const context = await browser.newContext({ serviceWorkers: 'block' })
  await context.route('**/*', async (route) => {
    const response = await route.fetch()
    const shared = /^cross-origin-(opener|embedder)-policy$/
    const headers = Object.fromEntries(Object.entries(response.headers()).filter(([name]) => !shared.test(name)))
    await route.fulfill({ response, headers })
  })
  const alone = await context.newPage()
  await openReady(alone, { params: { device: 'auto' } })
  expect(await alone.evaluate(() => crossOriginIsolated)).toBe(false)
  await expect(hooks.device(alone)).toHaveText(/^processor/)
  expect(await ask(alone, 'Tell me a story about Lily.')).toBe(text)
  const { info } = await load(alone, { device: 'cpu' })
  expect(info.device).toMatchObject({ threads: 1, single: 'not-isolated' })
  expect(info.notices).toContainEqual({ code: 'PROCESSOR_ONE_THREAD', facts: { why: 'not-isolated' } })
  // what is still on its way needs no answer
  await context.unrouteAll({ behavior: 'ignoreErrors' })
  await context.close()
})
