// Four answers to one question: they grow side by side, one is chosen, the others stay as its versions.

import { ask, expect, hooks, openReady, test, waitForState } from './harness.ts'

test('four answers stand side by side, and the chosen one becomes the answer', async ({ page }) => {
  await openReady(page)
  await ask(page, 'Tom found a red ball in the garden. Tell me more.')
  await waitForState(page, 'ready')
  await page.getByTestId('write-several').click()
  const four = page.getByTestId('one-answer')
  await expect(four).toHaveCount(4)
  await waitForState(page, 'ready')
  const texts = await four.locator('p').allInnerTexts()
  expect(texts.every((text) => text.trim() !== '')).toBe(true)
  expect(new Set(texts).size).toBeGreaterThan(1)
  if (process.env['GLASSBOX_PICTURE']) {
    await page.screenshot({ path: `${process.env['GLASSBOX_PICTURE']}/several.png` })
    await page.setViewportSize({ width: 390, height: 800 })
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.screenshot({ path: `${process.env['GLASSBOX_PICTURE']}/several-narrow.png` })
    await page.setViewportSize({ width: 1280, height: 800 })
  }
  // by keyboard
  await four.nth(2).getByTestId('choose-answer').focus()
  await page.keyboard.press('Enter')
  await expect(page.getByTestId('several')).toHaveCount(0)
  await expect(hooks.answers(page).last()).toContainText(texts[2]!.trim().slice(0, 20))
  await expect(page.getByTestId('versions')).toContainText('4/5')
  await waitForState(page, 'ready')
  await page.reload()
  await expect(page.getByTestId('versions')).toContainText('4/5')
})
