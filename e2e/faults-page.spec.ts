// What the page shows when the machine fails under it: the chat is kept and one click goes on.

import type { Page } from '@playwright/test'
import type { Client } from '../src/worker/client.ts'
import { ask, crashGpu, expect, hooks, openReady, test, waitForState } from './harness.ts'

test.use({ device: 'gpu' })

declare const glassbox: { client: Client }

/** The tokens of one seeded answer: the same model on the same numbers gives the same. */
const ids = (page: Page): Promise<number[]> =>
  page.evaluate(async () => {
    const all: number[] = []
    for await (const event of glassbox.client.generate([{ role: 'user', content: 'Tell me a story about Lily.' }], {
      maxTokens: 12,
      temperature: 0.9,
      seed: 7,
    })) {
      if (event.type === 'token') all.push(event.id)
    }
    return all
  })

// Compiles every kernel twice on the processor.
test.setTimeout(240_000)

test('the GPU dies: the page says so, keeps the chat, and goes on after a click', async ({
  page,
  browser,
  watched,
}) => {
  watched.allow(/WebGPU|device|GPU|context/i)
  await openReady(page)
  const first = await ask(page, 'Tell me a story about Lily.')
  await crashGpu(browser)
  await expect(hooks.error(page).first()).toHaveAttribute('data-code', /GPU_LOST|WORKER_DIED/)
  await waitForState(page, 'error')
  await expect(hooks.answers(page).first()).toHaveText(first)
  await page.getByRole('button', { name: 'Start the engine again' }).first().click()
  await waitForState(page, 'ready')
  expect(await ask(page, 'And then?')).not.toBe('')
  await expect(hooks.answers(page)).toHaveCount(2)
})

test('the GPU dies while the model loads: the page says so, no kernel is blamed, and one click goes on', async ({
  page,
  browser,
  watched,
}) => {
  watched.allow(/WebGPU|device|GPU|context/i)
  await openReady(page)
  const want = await ids(page)
  for (const after of [0, 400, 1500]) {
    await page.reload()
    await waitForState(page, 'loading')
    await page.waitForTimeout(after) // the moment is what is tried
    await crashGpu(browser)
    await expect(hooks.status(page)).toHaveAttribute('data-state', /ready|error/, { timeout: 90_000 })
    if ((await hooks.status(page).getAttribute('data-state')) === 'error') {
      await expect(hooks.error(page).first()).toHaveAttribute('data-code', 'GPU_LOST')
      await page.getByRole('button', { name: 'Start the engine again' }).first().click()
      await waitForState(page, 'ready')
    }
    expect(await ids(page)).toEqual(want)
  }
})

test('the engine’s thread ends three times in a row: noticed at once, and each start brings the model back', async ({
  page,
}) => {
  await openReady(page)
  const want = await ids(page)
  for (let turn = 0; turn < 3; turn++) {
    await page
      .workers()
      .find((worker) => worker.url().includes('engine'))!
      .evaluate(() => {
        globalThis.close()
      })
    await expect(hooks.error(page).first()).toHaveAttribute('data-code', 'WORKER_DIED', { timeout: 3000 })
    await page.getByRole('button', { name: 'Start the engine again' }).first().click()
    await waitForState(page, 'ready')
    expect(await ids(page)).toEqual(want)
  }
})
