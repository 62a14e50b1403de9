// What adapters change, in the page: norms by layer and module, the text coloured by it, both distributions at a place,
// layers, heads and one head's picture; followed by a slider, with the keyboard, on a phone.

import { accessibility, ask, expect, hooks, openReady, test, waitForState } from './harness.ts'
import { dropFiles, lora } from './adapter-files.ts'
import { overlaps } from './overlaps.ts'
import type { Page } from '@playwright/test'

const card = (page: Page) => page.locator('article[data-testid^="adapter-card-"]', { hasText: 'quiet' })
async function settled(page: Page): Promise<void> {
  await expect(page.getByTestId('change-state')).toHaveAttribute('data-ready', 'true')
  await expect(page.getByTestId('change-picture')).toHaveAttribute('data-ready', 'true')
  await expect(page.getByTestId('change-lens')).toHaveAttribute('data-ready', 'true')
}
/** A text has been written with an adapter on the model, and the section has compared it. */
async function compared(page: Page): Promise<void> {
  await openReady(page, { panel: 'adapters' })
  await dropFiles(page, lora('quiet', { strength: 0.02 }))
  await card(page).getByTestId('put-adapter').click()
  await expect(card(page)).toHaveAttribute('data-on', 'true')
  await waitForState(page, 'ready')
  await hooks.nav(page, 'chat').click()
  await ask(page, 'Tell me a story about Lily.')
  await hooks.nav(page, 'adapters').click()
  await settled(page)
}

test('weights, places, layers and heads; a slider is followed; the chat goes on as if nobody had looked; a phone in Chinese, in the dark', async ({
  page,
}) => {
  const picture = (id: string) => page.getByTestId(id).getByRole('application')
  await compared(page)
  expect(await accessibility(page)).toEqual([])
  // with the keyboard: a cell of the weights says its numbers
  await picture('norm-map').focus()
  await page.keyboard.press('ArrowDown')
  await expect(page.getByTestId('norm-cell')).toHaveText(/L\d self_attn\.o_proj [\d.]+ %: ‖ΔW‖ [\d.]+ of ‖W‖ [\d.]+/)
  await expect(page.getByTestId('change-of')).toHaveAttribute('data-of', 'chat')
  const at = page.getByTestId('change-at')
  const kl = Number(await at.getAttribute('data-kl'))
  expect(kl).toBeGreaterThan(0)
  // another place: its own distributions, and its own way through the layers
  await page.getByTestId('figure-change-tokens').locator('[data-position="3"]').click()
  await expect(at).toHaveAttribute('data-position', '3')
  await expect(page.getByTestId('change-lens')).toHaveAttribute('data-position', '3')
  await settled(page)
  const lens = page.getByTestId('change-lens').locator('tbody tr')
  await expect(lens).toHaveCount(5)
  for (const side of ['a', 'b']) {
    const first = page.getByTestId(`change-top-${side}`).locator('tbody tr').first()
    await expect(lens.last()).toContainText(await first.locator('th').innerText())
    await expect(lens.last()).toContainText(await first.locator('output').innerText())
  }
  // a head of the first layer looks as before: the adapter changes what attention gives
  await picture('change-head-map').focus()
  for (let i = 0; i < 4; i++) await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Enter')
  await expect(page.getByTestId('change-picture')).toHaveAttribute('data-layer', '0')
  await settled(page)
  await picture('change-attention-map').focus()
  await page.keyboard.press('ArrowUp')
  await expect(page.getByTestId('change-picture-cell')).toContainText(/ 0 points|not seen/)
  // stronger moves more; off, nothing differs
  await card(page).getByTestId('adapter-number').fill('3')
  await card(page).getByTestId('adapter-number').press('Enter')
  await page.getByTestId('figure-change-tokens').locator('[data-position="13"]').click()
  await expect.poll(async () => Number(await at.getAttribute('data-kl'))).toBeGreaterThan(kl)
  await card(page).getByTestId('adapter-number').fill('0')
  await card(page).getByTestId('adapter-number').press('Enter')
  await expect(page.getByTestId('change-state')).toContainText('Nothing differs')
  await expect(page.getByTestId('figure-change-tokens')).toHaveCount(0)
  await card(page).getByTestId('adapter-number').fill('1')
  await card(page).getByTestId('adapter-number').press('Enter')
  await settled(page)
  await hooks.nav(page, 'chat').click()
  await ask(page, 'And then?')
  await hooks.nav(page, 'adapters').click()
  await settled(page)
  expect(await accessibility(page)).toEqual([])
  await page.setViewportSize({ width: 390, height: 844 })
  await page.emulateMedia({ colorScheme: 'dark' })
  await hooks.language(page).click()
  await settled(page)
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
  expect(await overlaps(page)).toEqual([])
  expect(await accessibility(page)).toEqual([])
})
