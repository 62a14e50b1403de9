// What fails while a model is taught, in the real page: a second tab that opens, a page that is frozen, the engine's end, the tab's
// own, a disk that is full. It goes on, or waits where it can go on; what was learnt is there.

import type { Page } from '@playwright/test'
import { expect, open, openReady, test, waitForState } from './harness.ts'
import { beginTeaching, phase } from './teaching-rows.ts'

test.setTimeout(120_000)

const engineOf = (page: Page) => page.workers().find((worker) => worker.url().includes('engine.worker'))!

test('a second tab opens, the page is frozen, the engine ends: it learns on; the tab itself ends: the other one can go on', async ({
  page,
  context,
}) => {
  await openReady(page, { panel: 'teach' })
  await beginTeaching(page, 100)
  const other = await context.newPage()
  await open(other, { panel: 'teach' })
  // the model that learns is its model, too, and it may not teach it meanwhile
  await waitForState(other, 'ready', 20_000)
  await expect(other.getByTestId('teach-elsewhere')).toBeVisible()
  await expect(other.getByTestId('teach-start')).toBeDisabled()
  const session = await context.newCDPSession(page)
  await session.send('Page.setWebLifecycleState', { state: 'frozen' })
  await new Promise((resolve) => {
    setTimeout(resolve, 300)
  })
  await session.send('Page.setWebLifecycleState', { state: 'active' })
  await engineOf(page).evaluate(() => {
    globalThis.close()
  })
  const run = page.getByTestId('teach-run')
  await expect(run).toContainText('goes on from its last state', { timeout: 30_000 })
  await expect(run).toContainText(/\d \/ 100/, { timeout: 30_000 })
  await expect(other.getByTestId('teach-elsewhere')).toBeVisible()
  await expect(other.getByTestId('teach-go-on')).toHaveCount(0)
  await page.close()
  await other.getByTestId('teach-go-on').click({ timeout: 30_000 })
  await expect(other.getByTestId('teach-run')).toContainText(/\d \/ 100/, { timeout: 30_000 })
})

test('measured first; on a disk that is full it is said, and ends nothing', async ({ page }) => {
  await openReady(page, { panel: 'teach' })
  await page.getByTestId('teach-measure').click()
  await expect(page.getByTestId('teach-cost')).toHaveAttribute('data-known', 'true', { timeout: 60_000 })
  await expect(page.getByTestId('teach-cost')).toContainText(/About .+ on this machine/)
  await engineOf(page).evaluate(() => {
    const { put } = IDBObjectStore.prototype
    IDBObjectStore.prototype.put = function (value: { id?: string }, ...key) {
      if (value.id === 'state' && 'state' in value && value.state !== null) {
        throw new DOMException('full', 'QuotaExceededError')
      }
      return put.call(this, value, ...key)
    }
  })
  await beginTeaching(page, 10)
  await expect(page.getByTestId('teach-run')).toHaveAttribute('data-ended', 'done', { timeout: 60_000 })
  await expect(page.getByTestId('teach-run').getByRole('alert')).toContainText('could not be stored')
  await phase(page, 'idle')
  await expect(page.getByTestId('teach-samples')).toContainText('Zoe was in the castle.')
})
