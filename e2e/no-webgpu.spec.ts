// A browser without WebGPU, and a page opened over plain http: each says what is the matter and
// what to do, in both languages, and the rest of the page stays usable.

import { test as plain } from '@playwright/test'
import { findChrome, launchArgs } from '../scripts/chrome.mjs'
import { accessibility, ask, expect, hooks, open, test, waitForState } from './harness.ts'

const withoutGpu = launchArgs().filter((arg) => !/webgpu|vulkan/i.test(arg))
const launchOptions = { executablePath: findChrome(), args: [...withoutGpu, '--disable-blink-features=WebGPU'] }
test.use({ launchOptions })
plain.use({ launchOptions })

test('no WebGPU: says so, offers the processor, and answers on it', async ({ page }) => {
  await open(page)
  await waitForState(page, 'error')
  await expect(hooks.error(page)).toHaveAttribute('data-code', /NO_WEBGPU|NO_ADAPTER/)
  await expect(hooks.error(page)).toContainText('Chrome')
  expect(await accessibility(page)).toEqual([])
  await hooks.language(page).click()
  await expect(hooks.error(page)).toContainText('浏览器')
  await hooks.nav(page, 'models').click()
  await expect(page.getByTestId('model-card-storyteller')).toBeVisible()
  await page.getByTestId('on-processor').click()
  await waitForState(page, 'ready')
  await hooks.nav(page, 'chat').click()
  expect(await ask(page, '讲一个关于小明的故事。')).not.toBe('')
})

// Not the harness's test: its watch takes every host but this machine's for a leak.
plain('plain http: says that the page must be secure', async ({ page, request, baseURL }) => {
  const elsewhere = 'http://glassbox.test/'
  await page.route(`${elsewhere}**`, async (route) => {
    await route.fulfill({ response: await request.get(route.request().url().replace(elsewhere, baseURL!)) })
  })
  await open(page, { base: elsewhere })
  await waitForState(page, 'error')
  await expect(hooks.error(page)).toHaveAttribute('data-code', 'INSECURE_CONTEXT')
  await expect(hooks.error(page)).toContainText('https')
})
