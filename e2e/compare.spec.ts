// Two settings beside each other as a person compares them: written in turns, parted where they differ, one token close up,
// and both reading the same text.

import { accessibility, expect, openReady, test } from './harness.ts'

test('two settings on one prompt: where they part, a token of both, the same text read by both', async ({ page }) => {
  await openReady(page, { panel: 'compare' })
  const panel = page.getByTestId('compare-panel')
  await page.getByTestId('compare-prompt').fill('Tell me a story about a cat.')
  await page.getByTestId('compare-temperature-a').fill('0')
  await page.getByTestId('compare-temperature-b').fill('2')
  await page.getByTestId('compare-length').fill('24')
  await page.getByTestId('compare-run').click()
  await expect(page.getByTestId('compare-b')).toHaveAttribute('data-state', 'done', { timeout: 30_000 })
  await expect(panel).toHaveAttribute('data-running', 'no')
  const parting = page.getByTestId('compare-parting')
  await expect(parting).toHaveAttribute('data-kind', 'parted')
  const at = await parting.getAttribute('data-at')
  await page.getByTestId('compare-a').locator(`[data-position="${at}"]`).click()
  await expect(page.getByTestId('compare-token')).toHaveAttribute('data-shared', 'true')
  await page.getByTestId('compare-read-a').click()
  await expect(page.getByTestId('compare-map')).toHaveAttribute('data-shown', 'difference', { timeout: 30_000 })
  // one model: it looks at the same places, whatever is drawn of what it says
  await expect(page.getByTestId('compare-map')).toHaveAttribute('data-most', '0.000001')
  await expect(panel).toHaveAttribute('data-running', 'no')
  expect(await accessibility(page)).toEqual([])
})
