// A raw text: the model writes on in it, another token is put in its place, all of it is taken back, and stays over a reload;
// the panels that look inside see it.

import { accessibility, expect, hooks, openReady, test } from './harness.ts'

test('a text without turns is written on, changed, taken back, and looked into', async ({ page }) => {
  await openReady(page, { panel: 'complete', params: { temperature: '0' } })
  const text = page.getByTestId('complete-text')
  const begun = '<|im_start|>user\nTell me a story.<|im_end|>\n<|im_start|>assistant\n'
  await text.fill(begun)
  await page.getByTestId('complete-length').fill('12')
  await expect(page.getByTestId('complete-tokens').locator('[class*=special]').first()).toHaveText('<|im_start|>')
  await text.press('Control+Enter')
  const written = page.getByTestId('complete-tokens').locator('[data-i]')
  await expect(written).toHaveCount(12)
  const undo = page.getByTestId('complete-undo')
  await expect(undo).toBeEnabled()
  const first = await text.inputValue()
  expect(first.startsWith(begun)).toBe(true)
  expect(first.length).toBeGreaterThan(begun.length + 12)
  // another token in the place of the third
  await written.nth(2).click()
  const put = page.getByTestId('complete-put').first()
  const other = (await put.locator('code').textContent())!.replaceAll('␣', ' ')
  expect(await accessibility(page)).toEqual([])
  await put.click()
  await expect(written).toHaveCount(14)
  await expect(undo).toBeEnabled()
  const kept = (await Promise.all([0, 1].map((i) => written.nth(i).textContent())))
    .join('')
    .replaceAll('␣', ' ')
    .replaceAll('⏎', '\n')
  expect((await text.inputValue()).slice(begun.length)).toContain(`${kept}${other}`)
  await text.press('Control+z')
  await expect(text).toHaveValue(first)
  await text.press('Control+y')
  await expect(text).not.toHaveValue(first)
  const last = await text.inputValue()
  // the panel of probabilities looks at this very text
  await written.nth(5).click()
  await page.getByRole('link', { name: 'Probabilities' }).last().click()
  await expect(page.getByTestId('pipeline-table')).toBeVisible()
  expect(await page.evaluate(async () => (await glassbox.client.glass.tokens()).map((t) => t.text).join(''))).toContain(
    'Tell me a story.',
  )
  await page.reload()
  await hooks.nav(page, 'chat').click()
  await page.getByTestId('open-settings').click()
  await page.getByTestId('to-complete').click()
  await expect(text).toHaveValue(last)
})
