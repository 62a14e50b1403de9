// A disk that is full while a model is taught, in the real page: it is said, and what was learnt is there.

import type { Page } from '@playwright/test'
import { expect, openReady, test } from './harness.ts'

test.setTimeout(120_000)

const engineOf = (page: Page) => page.workers().find((worker) => worker.url().includes('engine.worker'))!
const phase = (page: Page, name: string) =>
  expect(page.getByTestId('teach-panel')).toHaveAttribute('data-phase', name, { timeout: 60_000 })

/** One pair, so many updates. */
async function begin(page: Page, updates: number): Promise<void> {
  const panel = page.getByTestId('teach-panel')
  await panel.getByRole('button', { name: 'Begin with none' }).click()
  await panel.getByLabel('Question 1').fill('Where was Zoe?')
  await panel.getByLabel('Answer 1').fill('Zoe was in the castle.')
  await panel.getByRole('checkbox').first().uncheck()
  const settings = panel.getByRole('region', { name: 'Settings' })
  await settings.locator('summary').click()
  await settings.getByLabel('Updates').last().fill(String(updates))
  await settings.getByLabel('Updates').last().blur()
  await page.getByTestId('teach-start').click()
  await phase(page, 'learning')
}

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
  await begin(page, 10)
  await expect(page.getByTestId('teach-run')).toHaveAttribute('data-ended', 'done', { timeout: 60_000 })
  await expect(page.getByTestId('teach-run').getByRole('alert')).toContainText('could not be stored')
  await phase(page, 'idle')
  await expect(page.getByTestId('teach-samples')).toContainText('Zoe was in the castle.')
})
