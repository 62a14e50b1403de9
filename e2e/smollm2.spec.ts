// The big one, once from end to end: SmolLM2-135M comes from the local server into the browser, is planned,
// answers while it streams, and after a reload comes from the disk. One test, because every step of it is slow.

import { existsSync } from 'node:fs'
import { ask, expect, hooks, open, say, test, waitForState } from './harness.ts'
import { watchHeaps } from '../scripts/heap.mjs'

const file = 'models/smollm2/SmolLM2-135M-Instruct.Q4_1.gguf'
const question = 'What is the capital of France?'
const MiB = 2 ** 20

test('SmolLM2 is downloaded, loads in little memory, answers, and comes from the disk after a reload', async ({
  page,
  context,
}) => {
  test.skip(!existsSync(file), 'UNRUN: run npm run model smollm2')
  test.setTimeout(240_000)
  await page.addInitScript(() => {
    const params = { temperature: 0, randomSeed: false, maxTokens: 12 }
    localStorage.setItem('glassbox.settings', JSON.stringify({ state: { params }, version: 1 }))
  })
  const asked: string[] = []
  page.on('request', (request) => {
    if (request.url().endsWith('.gguf') && request.method() === 'GET') asked.push(request.url())
  })
  const heaps = await watchHeaps(context, page)
  await open(page, { panel: 'models' })
  await waitForState(page, 'ready')

  const card = hooks.modelCard(page, 'local:smollm2')
  await card.scrollIntoViewIfNeeded()
  await heaps.collect()
  const idle = await heaps.now()
  const { peak } = await heaps.peakDuring(async () => {
    await card.getByTestId('load-model').click()
    await expect(card).toHaveAttribute('data-state', 'downloading')
    await expect(card.getByRole('progressbar')).toBeVisible()
    await expect(card).toContainText(/[\d.]+ MB of 98\.4 MB/)
    await expect(card).toHaveAttribute('data-state', 'loaded', { timeout: 90_000 })
  })
  // on the processor the model itself lies in JavaScript's memory: 197 MB of weights, cache and activations
  const kind = await page.getByTestId('device-running').getAttribute('data-kind')
  const room = 64 + (kind === 'cpu' ? 197e6 / MiB : 0)
  expect((peak - idle) / MiB, 'MiB of JavaScript heap above idle while downloading and loading').toBeLessThan(room)
  expect(asked.length, 'the download was seen').toBeGreaterThan(0)

  await card.getByTestId('model-details').click()
  const plan = card.getByTestId('plan')
  for (const part of [/Weights\s*96\.6\sMB/, /KV cache\s*94\.4\sMB/, /Together\s*197\sMB/]) {
    await expect(plan).toContainText(part)
  }

  await hooks.nav(page, 'chat').click()
  await page.evaluate(() => {
    const seen = new Set<string>()
    Object.assign(globalThis, { seen })
    new MutationObserver(() => {
      const answer = document.querySelector('[data-testid="message-assistant"][data-streaming="true"]')
      if (answer && !answer.querySelector('[class*=reading]')) seen.add(answer.textContent)
    }).observe(document.body, { subtree: true, childList: true, characterData: true })
  })
  const first = await ask(page, question)
  expect(first).toContain('Paris')
  expect(
    await page.evaluate(() => (globalThis as unknown as { seen: Set<string> }).seen.size),
    'pictures of a growing answer',
  ).toBeGreaterThan(3)
  await expect(hooks.decode(page)).toContainText(/\d+ tokens.*tok\/s/)

  asked.length = 0
  await page.reload()
  await waitForState(page, 'ready')
  await expect(hooks.modelSelect(page)).toHaveValue('local:smollm2')
  await page.getByTestId('new-chat').click()
  await say(page, question)
  await expect(hooks.answers(page).first()).toHaveAttribute('data-streaming', 'false', { timeout: 90_000 })
  expect((await hooks.answers(page).first().innerText()).trim()).toBe(first)
  expect(asked, 'weights asked for again').toEqual([])
})
