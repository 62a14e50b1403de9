// An induction head's first updates in the page, with no model loaded: measured before and after, kept among the models.

import { accessibility, expect, test } from './harness.ts'

test('two layers of attention learn from nothing, and are put among the models', async ({ page }) => {
  await page.goto('/#/teach')
  const birth = page.getByTestId('birth')
  await birth.locator('summary').click()
  await birth.getByLabel('Updates').last().fill('5')
  await birth.getByLabel('Updates').last().blur()
  await page.getByTestId('birth-start').click()
  await expect(page.getByTestId('birth-store')).toBeVisible({ timeout: 60_000 })
  const rows = page.getByTestId('birth-table').locator('tbody tr')
  await expect(rows).toHaveCount(2)
  expect(Number(await rows.first().locator('td').first().textContent())).toBeGreaterThan(3)
  expect(await accessibility(page)).toEqual([])
  await page.getByTestId('birth-store').click()
  await expect(page.getByTestId('birth-stored')).toContainText('Induction head (seed 0)')
})
