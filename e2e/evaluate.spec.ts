// Evaluation: the small set is asked of storyteller and scored, kept over a reload, and a row opens where its probabilities are.

import { accessibility, expect, openReady, test } from './harness.ts'

test('a set is asked, scored and kept, and a row opens in Probabilities', async ({ page }) => {
  await openReady(page, { lang: 'en', panel: 'evaluate' })
  const panel = page.getByTestId('evaluate-panel')
  await page.getByTestId('evaluate-paste').fill('{"prompt": "Where?"}')
  await page.getByTestId('evaluate-use').click()
  await expect(page.getByTestId('evaluate-set')).toContainText('Line 1')
  const gb18030 = Buffer.from([0xce, 0xca, 0xcc, 0xe2, 0x2c, 0xb4, 0xf0, 0xb0, 0xb8])
  await page.getByTestId('evaluate-file').setInputFiles({ name: 'set.csv', mimeType: 'text/csv', buffer: gb18030 })
  await expect(page.getByTestId('evaluate-set')).toContainText('UTF-8')
  await page.getByTestId('evaluate-example').press('Enter')
  await expect(page.getByTestId('evaluate-set')).toHaveAttribute('data-rows', '12')
  await page.getByTestId('evaluate-start').press('Enter')
  await expect(page.getByTestId('evaluate-history')).toHaveAttribute('data-count', '1', { timeout: 60_000 })
  await expect(panel).toHaveAttribute('data-state', 'idle')
  const value = async (metric: string): Promise<number> =>
    Number(await page.locator(`[data-metric=${metric}]`).getAttribute('data-value'))
  // the model was made for such questions
  expect(await value('contains')).toBeGreaterThan(0.8)
  expect(await value('choice')).toBeGreaterThan(0.6)
  expect(await value('perplexity')).toBeGreaterThan(1)
  expect(await accessibility(page)).toEqual([])

  await page.getByTestId('evaluate-open-1').press('Enter')
  await expect(page).toHaveURL(/#\/probabilities/)
  await expect(page.getByRole('main')).toContainText('Mia')
  await page.goto(page.url().replace(/#.*/, '#/evaluate'))
  await page.reload()
  await expect(page.getByTestId('evaluate-result')).toHaveAttribute('data-rows', '12')

  // two settings, one after the other: the second stands beside the first
  await page
    .getByTestId('evaluate-paste')
    .fill('{"prompt": "Mia was in the garden. Where was Mia?", "answer": "garden"}')
  await page.getByTestId('evaluate-use').click()
  await page.getByTestId('evaluate-two').locator('summary').click()
  await expect(page.getByTestId('evaluate-two-start')).toBeDisabled()
  await page.getByTestId('evaluate-b-maxTokens').fill('1')
  await page.getByTestId('evaluate-two-start').click()
  await expect(page.getByTestId('evaluate-history')).toHaveAttribute('data-count', '3')
  await expect(page.getByTestId('evaluate-two')).toHaveAttribute('data-at', 'none')
  await expect(page.locator('[data-metric=contains] [data-difference]')).toHaveAttribute('data-difference', '-1')
  expect(await accessibility(page)).toEqual([])
})
