// An ordinary browser whose graphics process crashes twice gives the page no adapter until its own reload button is
// pressed (measured: no reload, link or window that a page opens helps). The page says that, and the reload brings chat
// and model back. A file of its own: the other faults run with that limit off.

import { findChrome, launchArgs } from '../scripts/chrome.mjs'
import { ask, crashGpu, expect, hooks, openReady, test, waitForState } from './harness.ts'

test.use({ device: 'gpu' })

test.setTimeout(240_000)
test.use({ launchOptions: { executablePath: findChrome(), args: launchArgs() } })

test('two crashes: the page asks for a reload, and after it chat and model are there', async ({
  page,
  browser,
  watched,
}) => {
  watched.allow(/WebGPU|device|GPU|context/i)
  await openReady(page)
  const first = await ask(page, 'Tell me a story about Lily.')
  for (let crash = 0; crash < 2; crash++) {
    await crashGpu(browser)
    // the first time it comes back by itself; the second time the browser gives no adapter
    await expect(hooks.status(page)).toHaveAttribute('data-state', /loading|error/)
    await expect(hooks.status(page)).toHaveAttribute('data-state', /ready|error/, { timeout: 90_000 })
    if ((await hooks.status(page).getAttribute('data-state')) === 'error') break
  }
  await expect(hooks.error(page).first()).toHaveAttribute('data-code', 'GPU_LOST')
  await expect(hooks.error(page).first()).toContainText('browser’s own reload button')
  await expect(hooks.error(page).first()).not.toContainText(/hardware acceleration/i)
  await expect(page.getByTestId('on-processor')).toBeVisible()
  await page.reload() // as the browser's own button does it
  await waitForState(page, 'ready')
  await expect(hooks.answers(page).first()).toHaveText(first)
  expect(await ask(page, 'And then?')).not.toBe('')
})
