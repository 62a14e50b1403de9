// What the page shows when the machine fails under it: the chat is kept and one click goes on.

import { ask, crashGpu, expect, hooks, openReady, test, waitForState } from './harness.ts'

// Compiles every kernel twice on the processor.
test.setTimeout(240_000)

test('the GPU dies: the page says so, keeps the chat, and goes on after a click', async ({ page, browser, watched }) => {
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
