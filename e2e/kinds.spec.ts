// Models unlike the storyteller, as they lie beside the page: with experts, and recurrent. They answer, and every panel that
// looks inside opens on them: cards of their own, or a word of why a view does not apply.

import type { Page } from '@playwright/test'
import { ask, expect, hooks, openReady, test } from './harness.ts'

test.use({ device: 'cpu' })

async function openKind(page: Page, id: string, question: string): Promise<void> {
  await openReady(page)
  await hooks.nav(page, 'models').click()
  const card = page.getByTestId(`model-card-${id}`)
  await card.getByTestId('load-model').click()
  await expect(card).toHaveAttribute('data-state', 'loaded', { timeout: 60_000 })
  await hooks.nav(page, 'chat').click()
  expect((await ask(page, question)).length).toBeGreaterThan(0)
}
const panels = ['attention', 'lens', 'probabilities', 'inside'] as const

/** Opens each panel; what broke on the way. */
async function broken(page: Page): Promise<string[]> {
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(String(error)))
  for (const panel of panels) {
    await hooks.nav(page, panel).click()
    const id = panel === 'attention' ? /^attention-(panel|none)$/ : new RegExp(`^${panel}-panel$`)
    await expect(page.getByTestId(id)).toBeVisible()
  }
  return errors
}

test('experts: who was wanted and who was chosen, at this token and in this layer', async ({ page }) => {
  await openKind(page, 'experts', 'Lily found a red ball in the kitchen.')
  expect(await broken(page)).toEqual([])
  await page.locator('[data-testid="inside-map"] button[data-part="mlp"][data-layer="1"]').click()
  await expect(page.getByTestId('inside-router')).toHaveAttribute('data-fresh', 'true')
  const rows = page.getByTestId('router-layer')
  await expect(rows).toHaveCount(2)
  expect(await rows.first().getAttribute('data-chosen')).toMatch(/^\d \d$/)
})

test('recurrent: the gates, and why there is no attention', async ({ page }) => {
  await openKind(page, 'recurrent', 'Lily found')
  expect(await broken(page)).toEqual([])
  await expect(page.getByTestId('inside-gates')).toHaveAttribute('data-fresh', 'true')
  await expect(page.getByTestId('gate')).toHaveCount(4)
  await hooks.nav(page, 'attention').click()
  await expect(page.getByTestId('attention-none')).toContainText('no attention')
})

test('an encoder–decoder: the layer chooses whose tokens are shown, and the answer looks into the source', async ({
  page,
}) => {
  await openKind(page, 'translator', 'reverse: 1 2 3 4 5 6 7')
  expect(await broken(page)).toEqual([])
  await hooks.nav(page, 'attention').click()
  const tokens = page.getByTestId('figure-tokens')
  await expect(tokens).toContainText('reverse')
  await page.getByTestId('mode').getByRole('radio', { name: 'Source' }).check({ force: true })
  await expect(page.getByTestId('cross-none')).toBeVisible()
  await page.keyboard.press('l')
  await page.keyboard.press('l')
  await expect(page.getByTestId('figure-cross')).toBeVisible()
  await expect(tokens).not.toContainText('reverse')
})
