// Models that read a whole text: their own examples, blanks that are filled and filled again, two texts, texts compared;
// by pointer and by keyboard, without findings of axe. A chat that was open when such a model came is kept.

import type { Page } from '@playwright/test'
import { accessibility, ask, expect, hooks, openReady, test } from './harness.ts'

const results = (page: Page) => page.getByTestId('read-results')
const text = (page: Page) => page.getByTestId('read-text')

/** Loads a model that lies beside the page, where a person would. */
async function load(page: Page, id: string): Promise<void> {
  await hooks.nav(page, 'models').click()
  const card = page.getByTestId(`model-card-${id}`)
  await card.getByTestId('load-model').click()
  await expect(card).toHaveAttribute('data-state', 'loaded', { timeout: 60_000 })
  await hooks.nav(page, 'chat').click()
}

test('blanks: the model’s own examples, candidates that take each other’s place, two texts', async ({ page }) => {
  await openReady(page, { model: 'fill-in' })
  await expect(page.getByTestId('read-example')).toContainText([/box/, /her hat/, /barked at Tom/])
  await page.getByTestId('read-example').nth(2).click()
  const first = page.getByTestId('candidate').first()
  await expect(first).toContainText('dog')
  await first.click()
  await expect(text(page)).toHaveValue('The dog barked at Tom.')
  await page.getByTestId('candidate').nth(1).press('Enter')
  await expect(text(page)).not.toHaveValue('The dog barked at Tom.')
  await expect(first).toHaveAttribute('aria-pressed', 'false')
  expect(await accessibility(page)).toEqual([])

  // the text is another one: what was said is of the text before
  await text(page).fill('Lily has a .')
  await expect(results(page)).toHaveAttribute('data-old', 'true')
  await expect(page.getByTestId('candidate')).toHaveCount(0)
  // a blank goes where the caret stands
  await text(page).press('End')
  await text(page).press('ArrowLeft')
  await page.getByTestId('read-blank').click()
  await expect(text(page)).toHaveValue('Lily has a [MASK].')
  await page.getByRole('button', { name: 'Add a second text' }).click()
  await page.getByTestId('read-pair').fill('She plays with the kite.')
  await page.getByTestId('read-pair').press('Control+Enter')
  await expect(first).toContainText('kite')
  await expect(results(page).locator('[data-segment="1"]').first()).toBeVisible()
})

test('texts compared: what means the same is near, in a table that a keyboard reaches', async ({ page }) => {
  await openReady(page, { model: 'sentence-vectors', lang: 'zh' })
  await page.getByTestId('read-example').click()
  const cell = (row: number, col: number) =>
    page.getByTestId('read-similar').locator('tbody tr').nth(row).locator('td').nth(col).innerText().then(Number)
  await expect(page.getByTestId('read-similar')).toBeVisible()
  expect(await cell(0, 0)).toBe(1)
  expect(await cell(0, 1)).toBeGreaterThan(0.8)
  expect(await cell(0, 2)).toBeLessThan(0.3)
  expect(await cell(2, 3)).toBeGreaterThan(0.8)
  await page.getByTestId('read-numbers').locator('summary').press('Enter')
  expect((await page.getByTestId('read-numbers').locator('code').innerText()).split(/\s+/)).toHaveLength(64)
  expect(await accessibility(page)).toEqual([])
  await page.setViewportSize({ width: 390, height: 800 })
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
})

test('a chat that was open is kept, shown, and goes on with the model that wrote it', async ({ page }) => {
  await openReady(page)
  await ask(page, 'Tell me a story about Lily.')
  await load(page, 'fill-in')
  await expect(page.getByTestId('chat-kept')).toContainText('Tell me a story about Lily.')
  // nothing was read yet: the views say so, and offer texts
  await hooks.nav(page, 'attention').click()
  await page.getByTestId('glass-starter').last().click()
  await expect(page.getByTestId('attention-panel')).toBeVisible()
  await expect(page.getByTestId('other-answer')).toHaveCount(0)
  await hooks.nav(page, 'chat').click()
  await page.getByTestId('show-chat').click()
  await expect(hooks.answers(page)).toHaveCount(1)
  await hooks.composer(page).fill('And then?')
  await expect(hooks.send(page)).toBeDisabled()
  await expect(page.getByTestId('regenerate')).toBeDisabled()
  expect(await accessibility(page)).toEqual([])
  await page.getByTestId('back-to-reading').click()
  await expect(text(page)).toBeVisible()
  await load(page, 'storyteller')
  await expect(hooks.answers(page)).toHaveCount(1)
  await hooks.composer(page).press('Enter')
  await expect(hooks.answers(page)).toHaveCount(2)
})
