// Probabilities and Lens on a model of every shipped kind: they open where this kind of model has something to say, with the
// engine's numbers, or say in words why not. Nothing that is merely so is an alert, and no rounded number has a sign.

import type { Page } from '@playwright/test'
import { accessibility, ask, expect, hooks, openReady, test } from './harness.ts'

async function load(page: Page, id: string, lang: 'en' | 'zh' = 'en'): Promise<void> {
  await openReady(page, { lang })
  await hooks.nav(page, 'models').click()
  const card = page.getByTestId(`model-card-${id}`)
  await card.getByTestId('load-model').click()
  await expect(card).toHaveAttribute('data-state', 'loaded', { timeout: 60_000 })
  await hooks.nav(page, 'chat').click()
}
async function read(page: Page, text: string): Promise<void> {
  await page.getByTestId('read-text').fill(text)
  await page.getByTestId('read-run').click()
  await expect(page.getByTestId('read-results')).toBeVisible()
}
async function show(page: Page, panel: 'lens' | 'probabilities') {
  await hooks.nav(page, panel).click()
  const here = page.getByTestId(`${panel}-panel`)
  await expect(here).toBeVisible()
  return here
}
/** What must hold of any panel, whatever the model. */
async function calm(page: Page): Promise<void> {
  await expect(page.getByRole('alert')).toHaveCount(0)
  expect(await page.locator('main').innerText()).not.toMatch(/Infinity|NaN|[-−]0(\.0+)? (bits|%)/)
}
/** The likeliest token at a row of the head, and its chance, out of the engine's logits. */
const best = (page: Page, position: number): Promise<{ id: number; p: number }> =>
  page.evaluate(async (at) => {
    const { values } = await globalThis.glassbox.client.glass.probe({ site: 'logits', position: at })
    const id = values.indexOf(Math.max(...values))
    return { id, p: 1 / values.reduce((sum, v) => sum + Math.exp(v - values[id]!), 0) }
  }, position)
const readColumns = (page: Page) =>
  expect(page.getByTestId('lens-panel')).toHaveAttribute('data-ready', 'true', { timeout: 60_000 })

test('fill-in: both open on the first blank and speak of what stands there', async ({ page }) => {
  await load(page, 'fill-in')
  await read(page, 'Lily [MASK] the red ball and [MASK] home.')
  const odds = await show(page, 'probabilities')
  await expect(odds).toHaveAttribute('data-position', '2')
  const own = await best(page, 2)
  const first = odds.getByTestId('odds').locator('tbody tr').first()
  await expect(first).toHaveAttribute('data-id', String(own.id))
  expect(Math.abs(Number(await first.getAttribute('data-probability')) - own.p)).toBeLessThan(1e-5)
  await expect(odds.getByTestId('context')).toContainText('guess for this blank')
  await expect(odds.getByTestId('no-sampler')).toBeVisible()
  await expect(odds.getByTestId('sampling-settings')).toHaveCount(0)
  await page.keyboard.press('n')
  await expect(odds).toHaveAttribute('data-position', '7')
  await expect(odds.getByTestId('blank').nth(1)).toHaveAttribute('aria-pressed', 'true')
  await page.keyboard.press('j')
  await expect(odds.getByTestId('context')).toContainText('sees this token itself')
  await page.keyboard.press('n')
  await calm(page)
  expect(await accessibility(page)).toEqual([])

  const lens = await show(page, 'lens')
  await expect(lens).toHaveAttribute('data-position', '2')
  await readColumns(page)
  const check = page.getByTestId('lens-check')
  await expect(check).toHaveAttribute('data-good', 'true')
  const cell = lens.locator('[role=gridcell][data-layer="1"][data-position="2"]')
  await expect(cell).toHaveAttribute('data-id', String(own.id))
  expect(Math.abs(Number(await cell.getAttribute('data-p')) - own.p)).toBeLessThan(1e-5)
  await expect(page.getByTestId('lens-no-parts')).toBeVisible()
  await expect(page.getByTestId('lens-add')).toBeDisabled()
  await calm(page)
  expect(await accessibility(page)).toEqual([])
  // a residual of the other blank, put here: the model now says here what it said there
  const there = await best(page, 7)
  await lens.locator('[role=gridcell][data-layer="1"][data-position="7"]').click()
  await page.keyboard.press('c')
  await expect(page.getByTestId('lens-kept')).toBeVisible()
  await cell.click()
  await page.getByTestId('lens-put').click()
  await expect(cell).toHaveAttribute('data-id', String(there.id))
  // the bar of edits tells of the blank what was guessed there, not the blank's own chance
  await expect(page.getByTestId('effect')).toBeVisible()
  expect(await page.getByTestId('effect').locator('p').first().innerText()).not.toContain('[MASK]')
  await page.keyboard.press('u')
  await expect(cell).toHaveAttribute('data-id', String(own.id))
})

test('translator: the decoder’s layers, and pushes that add up with what came from the source', async ({ page }) => {
  await load(page, 'translator')
  await ask(page, 'reverse: 1 2 3 4 5 6 7')
  await show(page, 'probabilities')
  await expect(page.getByTestId('pipeline')).toBeVisible()
  await calm(page)
  await show(page, 'lens')
  await readColumns(page)
  await expect(page.getByTestId('lens-check')).toHaveAttribute('data-good', 'true')
  const rows = await page.getByTestId('lens-grid').getByRole('rowheader').allInnerTexts()
  expect(rows.join(' ')).toMatch(/L3[^]*L2[^]*embed/)
  expect(rows.join(' ')).not.toMatch(/L[01]\b/)
  const sum = page.getByTestId('lens-sum')
  const [logit, total] = [await sum.getAttribute('data-logit'), await sum.getAttribute('data-sum')].map(Number)
  expect(Math.abs(logit! - total!)).toBeLessThan(1e-3)
  await page.keyboard.press('l')
  await page.keyboard.press('l')
  await expect(page.getByTestId('lens-panel')).toHaveAttribute('data-layer', '-1')
  await calm(page)
})

test('sentence vectors: no tokens are said, and both say so at once', async ({ page }) => {
  await load(page, 'sentence-vectors', 'zh')
  await read(page, 'Lily found a ball.\nThe dog ran home.')
  for (const panel of ['probabilities', 'lens'] as const) {
    const here = await show(page, panel)
    await expect(here.getByTestId('view-absent')).toContainText('没有面向词表的输出层')
    expect((await here.innerText()).split('\n').filter(Boolean)).toHaveLength(4)
    await calm(page)
  }
  expect(await accessibility(page)).toEqual([])
})

test('recurrent: chances as ever; no running sum to read early', async ({ page }) => {
  await load(page, 'recurrent')
  await ask(page, 'Lily found')
  await show(page, 'probabilities')
  await expect(page.getByTestId('pipeline')).toBeVisible()
  await calm(page)
  const lens = await show(page, 'lens')
  await expect(lens.getByTestId('view-absent')).toContainText('recurrent layer')
  await calm(page)
})

test('experts: as of any model that writes', async ({ page }) => {
  await load(page, 'experts')
  await ask(page, 'Lily found a red ball in the kitchen.')
  await show(page, 'probabilities')
  await expect(page.getByTestId('pipeline')).toBeVisible()
  await show(page, 'lens')
  await readColumns(page)
  await expect(page.getByTestId('lens-check')).toHaveAttribute('data-good', 'true')
  const sum = page.getByTestId('lens-sum')
  const [logit, total] = [await sum.getAttribute('data-logit'), await sum.getAttribute('data-sum')].map(Number)
  expect(Math.abs(logit! - total!)).toBeLessThan(1e-3)
  await calm(page)
})
