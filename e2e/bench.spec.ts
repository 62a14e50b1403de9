// The Speed panel: a run can be stopped and leaves the model as it was; a run that ends is shown, kept over a reload, and
// compared with the next.

import { accessibility, expect, openReady, test } from './harness.ts'

test('measures the model, keeps what it found, and puts the model back', async ({ page }) => {
  test.slow()
  await openReady(page, { lang: 'en', panel: 'bench' })
  const panel = page.getByTestId('bench-panel')
  await expect(page.getByTestId('bench-start')).toBeEnabled()
  await page.getByTestId('bench-start').press('Enter')
  await expect(panel).toHaveAttribute('data-state', 'running')
  await page.getByTestId('bench-stop').press('Enter')
  await expect(panel).toHaveAttribute('data-state', 'idle')
  await expect(page.getByTestId('bench-result')).toHaveCount(0)
  await expect(page.getByTestId('engine-status')).toHaveAttribute('data-state', 'ready')

  const run = async () => {
    await page.getByTestId('bench-start').click()
    await expect(panel).toHaveAttribute('data-state', 'running')
    await expect(panel).toHaveAttribute('data-state', 'idle', { timeout: 120_000 })
    await expect(page.getByTestId('engine-status')).toHaveAttribute('data-state', 'ready', { timeout: 30_000 })
  }
  await run()
  const rows = page.getByTestId('bench-times').locator('tbody tr')
  const names = await rows.evaluateAll((all) => all.map((row) => row.getAttribute('data-row')))
  expect(names).toEqual(
    expect.arrayContaining(['decode 0', 'prefill 64', 'first', 'none', 'listed', 'best', 'inside', 'cold', 'warm']),
  )
  for (const row of await rows.all()) expect(Number(await row.getAttribute('data-median'))).toBeGreaterThan(0)
  await expect(page.getByTestId('bench-counts')).toBeVisible()
  expect(await accessibility(page)).toEqual([])

  await page.reload()
  await expect(page.getByTestId('bench-history')).toHaveAttribute('data-count', '1')
  await expect(page.getByTestId('engine-status')).toHaveAttribute('data-state', 'ready', { timeout: 30_000 })
  await run()
  await expect(page.getByTestId('bench-history')).toHaveAttribute('data-count', '2')
  // beside the run before it, without being asked
  expect(Number(await rows.first().locator('[data-ratio]').getAttribute('data-ratio'))).toBeGreaterThan(0)
  await page.getByTestId('bench-compare').selectOption({ index: 0 })
  await expect(rows.first().locator('[data-ratio]')).toHaveCount(0)
  await page.getByTestId('bench-clear').click()
  await expect(page.getByTestId('bench-result')).toHaveCount(0)
})
