// The road of InstructGPT in the page, on the small mixture of experts, whose answers are quick: two answers to each story, thumbs,
// preferences (DPO), a reward model and what it tells apart, and rewards by it, held to what it was. What is drawn is what
// the live engine says of its run; seeds are fixed, so that numbers are.

import type { Page } from '@playwright/test'
import { accessibility, expect, openReady, test } from './harness.ts'
import { row } from './teaching-rows.ts'

const prompts = ['Lily was', 'Tom was', 'Mia was', 'Sam was', 'Lily was in', 'Tom was in']
const pairs = prompts.map((prompt) => ({ prompt, a: '', b: '', liked: null }))
const road = { way: 'pairs', pairs, plus: 'e', minus: 'o', beta: 0.1, kl: 0, learner: 'model', by: 'rule' }

/** Starts what is set, and waits for its end. */
async function learn(page: Page, updates: number): Promise<void> {
  const steps = page.getByTestId('road-settings').getByLabel('Updates').last()
  await steps.fill(String(updates))
  await steps.blur()
  await page.getByTestId('road-start').click()
  await expect(page.getByTestId('teach-panel')).toHaveAttribute('data-phase', 'learning', { timeout: 60_000 })
  await expect(page.getByTestId('teach-panel')).toHaveAttribute('data-phase', 'idle', { timeout: 90_000 })
  await expect(page.getByTestId('teach-run')).toHaveAttribute('data-ended', 'done')
}
const last = async (page: Page, chart: string): Promise<number> =>
  Number(await page.getByTestId(`road-chart-${chart}`).getAttribute('data-last'))

test('two answers, thumbs, preferences, a reward model, and rewards by it', async ({ page }) => {
  test.setTimeout(240_000)
  await openReady(page, { model: 'experts', panel: 'models' })
  await row(page, { id: 'draft', road })
  await page.goto('#/teach')
  await expect(page.getByTestId('road-decided')).toContainText('0')
  await page.getByTestId('road-write').click()
  await expect(page.getByTestId('road-judge')).toBeEnabled({ timeout: 60_000 })
  await page.getByTestId('road-judge').click()
  const decided = Number(/\d+/.exec(await page.getByTestId('road-decided').innerText())![0])
  expect(decided).toBeGreaterThanOrEqual(4)
  // a thumb turns round, and back
  const liked = page.locator('[data-liked=true]').first()
  const text = await liked.innerText()
  await page.locator('[data-liked=false]').first().getByRole('button').click()
  await expect(liked).not.toHaveText(text)
  await page.getByTestId('road-judge').click()
  await expect(liked).toHaveText(text)

  await learn(page, 3)
  expect(await last(page, 'margin')).toBeGreaterThan(0)
  await page.getByTestId('road-learner').getByRole('radio', { name: 'A reward model' }).check()
  await learn(page, 12)
  expect(await last(page, 'right')).toBe(1)
  const run = page.getByTestId('teach-run')
  await expect(run).toContainText(`Of ${Math.floor(decided / 4)} that it never learnt from`)
  const told = Number(/it tells (\d+) apart/.exec(await run.innerText())![1])
  expect(told).toBe(Math.round((await last(page, 'unseen')) * Math.floor(decided / 4)))
  expect(await accessibility(page)).toEqual([])
  // it judges, and says nothing itself
  await expect(page.getByTestId('teach-sides')).toHaveCount(0)

  await page.getByTestId('teach-ways').getByRole('radio', { name: /^3/ }).check()
  await page.getByTestId('road-by').getByRole('radio', { name: 'The reward model' }).check()
  await expect(page.getByTestId('road-judged')).toContainText(`${decided - Math.floor(decided / 4)} pairs`)
  const held = page.getByTestId('road-settings').getByLabel(/KL/).last()
  await held.fill('0.3')
  await held.blur()
  await learn(page, 3)
  for (const chart of ['reward', 'rule', 'sense', 'kl']) {
    expect(Number.isFinite(await last(page, chart)), chart).toBe(true)
  }
  expect(await last(page, 'kl')).toBeGreaterThan(0)
  expect(await accessibility(page)).toEqual([])
})
