// Inside: what the cards say is what the Glass answers, on the run that the chat just made; and the pass can be walked by
// keyboard, played and timed.

import type { Page } from '@playwright/test'
import { ask, expect, hooks, openReady, test } from './harness.ts'
import type { Client, GlassInfo, PlanStepInfo, ProbeRequest, WeightTile } from '../src/worker/protocol.ts'

declare const glassbox: { client: Client }
const values = (page: Page, request: ProbeRequest): Promise<number[]> => page.evaluate(async (r) => [...(await glassbox.client.glass.probe(r)).values], request)
const number = async (page: Page, id: string, name = 'value'): Promise<number> => Number(await page.getByTestId(id).getAttribute(`data-${name}`))
const at = async (page: Page): Promise<number> => Number(await page.getByTestId('inside-panel').getAttribute('data-position'))

async function openInside(page: Page): Promise<void> {
  await openReady(page)
  await ask(page, 'Tell me a story about Lily.')
  await hooks.nav(page, 'inside').click()
  await expect(page.locator('[data-testid="inside-map"] [data-complete="true"]')).toBeVisible()
}

test('every card shows what the Glass answers, computed again', async ({ page }) => {
  await openInside(page)
  await page.locator('[data-testid="token-strip"] [data-position="9"]').click()
  await page.locator('[data-testid="inside-map"] button[data-part="attn"][data-layer="1"]').click()
  await expect(page.getByTestId('inside-norm')).toHaveAttribute('data-fresh', 'true')
  const info: GlassInfo = await page.evaluate(() => glassbox.client.glass.info())
  const steps: PlanStepInfo[] = await page.evaluate(async () => (await glassbox.client.glass.plan()).steps)

  const x = await values(page, { site: 'resid_post', layer: 0, position: 9 })
  const mean = x.reduce((sum, v) => sum + v * v, 0) / info.hidden
  const eps = steps.find((s) => s.name === 'blocks.1.attn.norm')!.params['eps']!
  expect(await number(page, 'mean-square')).toBeCloseTo(mean, 6)
  expect(await number(page, 'inverse-rms') * Math.sqrt(mean + eps)).toBeCloseTo(1, 6)
  await expect(page.getByTestId('mean-square')).toHaveText(mean < 1e-3 ? mean.toExponential(2).replace('-', '−') : mean.toPrecision(4))

  // RoPE as drawn (angle = position × speed) is RoPE as the kernel computed it
  expect(await number(page, 'rope-off')).toBeLessThan(1e-3)
  expect(await number(page, 'weights-sum')).toBeCloseTo(1, 3)
  const probs = await values(page, { site: 'probs', layer: 1, head: 0, position: 9 })
  const best = page.locator('[data-testid="attention-row"] [data-key]').first()
  expect(Number(await best.getAttribute('data-weight'))).toBeCloseTo(Math.max(...probs), 6)
  expect(probs[Number(await best.getAttribute('data-key'))]).toBe(Math.max(...probs))

  await page.getByTestId('inside-weight').getByLabel('Column').fill('5')
  await page.getByTestId('inside-weight').getByLabel('Row').fill('3')
  const tensor = await page.getByTestId('inside-weight').locator('select').inputValue()
  expect(tensor).toContain('layers.1.self_attn')
  const tile: WeightTile = await page.evaluate((name) => glassbox.client.glass.weightTile(name, 0, 0, 8, 64), tensor)
  const i = 3 * tile.tile.cols + 5
  await expect(page.getByTestId('weight-sum')).toHaveAttribute('data-value', String(tile.values[i]))
  expect(await number(page, 'weight-code')).toBe(tile.codes![i])
  const entry = await number(page, 'weight-sum', 'entry'), scale = await number(page, 'weight-sum', 'scale')
  expect(entry).toBe(tile.table![tile.codes![i]!])
  expect(entry * scale).toBeCloseTo(tile.values[i]!, 6)
  if (tile.nested) {
    const [map, absmax, offset] = await Promise.all(['map', 'absmax', 'offset'].map((name) => number(page, 'weight-chain', name)))
    expect(map! * absmax! + offset!).toBeCloseTo(await number(page, 'weight-chain', 'scale'), 6)
  }

  await page.locator('[data-testid="inside-map"] button[data-part="head"]').click()
  const logits = await values(page, { site: 'logits', position: 9 })
  const top = page.locator('[data-testid="inside-softmax"] tr[data-id]').first()
  const id = Number(await top.getAttribute('data-id')), max = Math.max(...logits)
  expect(logits[id]).toBe(max)
  expect(Number(await top.getAttribute('data-p'))).toBeCloseTo(1 / logits.reduce((sum, v) => sum + Math.exp(v - max), 0), 6)
})

test('the pass is walked by keys, and its steps are timed on demand', async ({ page }) => {
  await openInside(page)
  const panel = page.getByTestId('inside-panel')
  const before = await at(page)
  await page.locator('[data-testid="inside-map"] button[data-part="embed"]').click()
  await page.locator('main').focus()
  await page.keyboard.press('.')
  await expect(panel).toHaveAttribute('data-op', 'norm')
  await page.keyboard.press('.')
  await expect(panel).toHaveAttribute('data-op', 'qkv')
  await page.keyboard.press('l')
  await expect(panel).toHaveAttribute('data-layer', '1')
  await page.keyboard.press('k')
  expect(await at(page)).toBe(before - 1)
  await page.keyboard.press(' ')
  await expect(panel).toHaveAttribute('data-op', 'rope', { timeout: 15_000 })
  await page.keyboard.press(' ')
  await page.getByTestId('plan-time').click()
  await expect(page.getByTestId('plan-steps')).toContainText('µs', { timeout: 90_000 })
  await expect(page.getByTestId('inside-plan')).toContainText('slower than a real token')
})
