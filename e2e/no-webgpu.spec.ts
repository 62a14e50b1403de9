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

test('no WebGPU: every panel looks inside a run on the processor', async ({ page }, info) => {
  test.setTimeout(300_000)
  await open(page, { panel: 'attention' })
  await waitForState(page, 'error')
  await page.getByTestId('on-processor').click()
  await waitForState(page, 'ready')
  await page.getByTestId('glass-starter').first().click()
  const from = Date.now()
  await expect(page.getByTestId('attention-panel')).toHaveAttribute('data-ready', 'true', { timeout: 120_000 })
  info.annotations.push({
    type: 'measured',
    description: `question to all pictures on the processor: ${((Date.now() - from) / 1000).toFixed(1)} s`,
  })
  await expect(page.getByTestId('attention-error')).toBeVisible()
  // the head that looked the answer up, by the weights themselves
  await page.getByTestId('find-lookup').click()
  const first = page.getByTestId('lookup-ranking').getByRole('button').first()
  await expect(first).toHaveAttribute('aria-pressed', 'true', { timeout: 60_000 })
  expect(Number(await first.getAttribute('data-weight'))).toBeGreaterThan(0.5)
  await page.getByTestId('mask-all-lookups').click()
  const effect = page.getByTestId('lookup').getByTestId('lookup-effect')
  await expect(effect).toBeVisible({ timeout: 60_000 })
  const [before, after] = [
    Number(await effect.getAttribute('data-before')),
    Number(await effect.getAttribute('data-after')),
  ]
  expect(before - after).toBeGreaterThan(0.5)
  await page.getByTestId('undo-all').click()
  await expect(page.getByTestId('edit-bar')).toHaveCount(0, { timeout: 60_000 })
  await hooks.nav(page, 'probabilities').click()
  await expect(page.getByTestId('views')).toHaveAttribute('data-fresh', 'true', { timeout: 60_000 })
  await hooks.nav(page, 'lens').click()
  await expect(page.getByTestId('lens-panel')).toHaveAttribute('data-ready', 'true', { timeout: 60_000 })
  await hooks.nav(page, 'inside').click()
  await expect(page.getByTestId('inside-norm')).toHaveAttribute('data-fresh', 'true', { timeout: 60_000 })
  expect(Number(await page.getByTestId('weights-sum').getAttribute('data-value'))).toBeCloseTo(1, 3)
})

test('no WebGPU: the error can be closed, and does not cover a recording', async ({ page }) => {
  await open(page, { panel: 'attention' })
  await waitForState(page, 'error')
  await expect(hooks.error(page)).toBeVisible()
  await page.getByTestId('recording-en').click()
  await expect(page.getByTestId('attention-panel')).toHaveAttribute('data-ready', 'true')
  await expect(hooks.error(page)).toHaveCount(0)
  await hooks.nav(page, 'chat').click() // the chat has no recording: here the live model is what matters
  await expect(hooks.error(page)).toBeVisible()
  await page.getByTestId('close-error').click()
  await expect(hooks.error(page)).toHaveCount(0)
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
