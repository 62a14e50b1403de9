// The lens panel is right: its top row is the model's own output, its cells can be recomputed from the residuals and the
// weights, the pushes add up to the logit; and it can be used by pointer, keyboard and as a game.

import type { Page } from '@playwright/test'
import type { Client } from '../src/store/index.ts'
import { ask, expect, hooks, openReady, test } from './harness.ts'

declare global { var glassbox: { readonly client: Client } }

interface Drawn { layer: number; position: number; id: number; p: number }
const panel = (page: Page) => page.getByTestId('lens-panel')
const ready = (page: Page) => expect(panel(page)).toHaveAttribute('data-ready', 'true', { timeout: 90_000 })
/** Cells as they stand in the page. */
const drawn = (page: Page): Promise<Drawn[]> => page.getByTestId('lens-grid').locator('[data-state=read]').evaluateAll((cells) => cells.map((cell) => {
  const { layer, position, id, p } = (cell as HTMLElement).dataset
  return { layer: Number(layer), position: Number(position), id: Number(id), p: Number(p) }
}))

async function openLens(page: Page): Promise<void> {
  await openReady(page)
  await ask(page, 'Tell me a story about Lily.')
  await hooks.nav(page, 'lens').click()
  await ready(page)
}

test('every drawn number is the model’s', async ({ page }) => {
  test.setTimeout(300_000)
  await openLens(page)
  const cells = await drawn(page)
  const last = Math.max(...cells.map((c) => c.layer))
  const top = cells.filter((c) => c.layer === last)
  expect(top.length).toBeGreaterThan(3)

  // the top row is the logits' first choice and its probability
  const positions = [top[0]!, top[Math.floor(top.length / 2)]!, top.at(-1)!].map((c) => c.position)
  const own = await page.evaluate(async (list) => Promise.all(list.map(async (position) => {
    const { values } = await globalThis.glassbox.client.glass.probe({ site: 'logits', position })
    const id = values.indexOf(Math.max(...values))
    return { position, id, p: 1 / values.reduce((sum, v) => sum + Math.exp(v - values[id]!), 0) }
  })), positions)
  for (const { position, id, p } of own) {
    const cell = top.find((c) => c.position === position)!
    expect(cell.id).toBe(id)
    expect(Math.abs(cell.p - p)).toBeLessThan(1e-4)
  }
  await expect(page.getByTestId('lens-check')).toHaveAttribute('data-good', 'true')
  expect(Number(await page.getByTestId('lens-check').getAttribute('data-compared'))).toBeGreaterThan(0)
  expect(Number(await page.getByTestId('lens-check').getAttribute('data-off'))).toBeLessThan(5e-3)

  // cells anywhere: residual -> norm -> head, by hand, with weights read tile by tile
  const picked = cells.filter((_, i) => i % 11 === 3).slice(0, 8)
  const recomputed = await page.evaluate(async ({ picked, last }) => {
    const { glass } = globalThis.glassbox.client
    const { hidden: D } = await glass.info()
    const eps = (await glass.plan()).steps.find((s) => s.name === 'final_norm')!.params['eps']!
    const weights = await glass.weights()
    const head = weights.find((w) => /lm_head|^output\.weight/.test(w.tensor)) ?? weights.find((w) => w.cols === D && /embed/.test(w.tensor))!
    const normed = (x: Float32Array) => { const scale = 1 / Math.sqrt(x.reduce((s, v) => s + v * v, 0) / D + eps); return x.map((v) => v * scale) }
    // the gain is what turns the last residual's normed form into the final norm
    const gain = new Float32Array(D), sure = new Float32Array(D)
    for (const { position } of picked) {
      const x = normed((await glass.probe({ site: 'resid_post', layer: last, position })).values), y = (await glass.probe({ site: 'final_norm', position })).values
      x.forEach((v, i) => { if (Math.abs(v) > sure[i]!) { sure[i] = Math.abs(v); gain[i] = y[i]! / v } })
    }
    const rows = Math.floor(2 ** 16 / D), table: Float32Array[] = []
    for (let row = 0; row < head.rows; row += rows) table.push((await glass.weightTile(head.tensor, row, 0, rows, D)).values)
    const out = []
    for (const { layer, position } of picked) {
      const x = normed((await glass.probe(layer < 0 ? { site: 'embed', position } : { site: 'resid_post', layer, position })).values).map((v, i) => v * gain[i]!)
      const logits = table.flatMap((part) => Array.from({ length: part.length / D }, (_, r) => { let sum = 0; for (let i = 0; i < D; i++) sum += part[r * D + i]! * x[i]!; return sum }))
      const best = Math.max(...logits)
      out.push({ layer, position, id: logits.indexOf(best), p: 1 / logits.reduce((sum, v) => sum + Math.exp(v - best), 0) })
    }
    return out
  }, { picked, last })
  expect(recomputed.length).toBeGreaterThan(4)
  recomputed.forEach((truth, i) => {
    expect(picked[i]!.id, `layer ${truth.layer}, position ${truth.position}`).toBe(truth.id)
    expect(Math.abs(picked[i]!.p - truth.p)).toBeLessThan(2e-3)
  })

  // pushes add up to the logit the model gave
  const sum = page.getByTestId('lens-sum')
  await expect(sum).toBeVisible({ timeout: 60_000 })
  const { logit, sum: added } = await sum.evaluate((element) => ({ logit: Number((element as HTMLElement).dataset['logit']), sum: Number((element as HTMLElement).dataset['sum']) }))
  expect(Math.abs(logit - added)).toBeLessThan(2e-3)
  const at = Number(await panel(page).getAttribute('data-position'))
  const said = top.find((c) => c.position === at)!
  const own_ = await page.evaluate(async ({ position, id }) => (await globalThis.glassbox.client.glass.probe({ site: 'logits', position })).values[id]!, said)
  expect(Math.abs(logit - own_)).toBeLessThan(5e-3)

  // what a branch alone says is the engine's answer, and no row of it claims to be the output
  await page.getByTestId('lens-part').getByRole('radio').nth(2).check()
  await ready(page)
  await expect(page.getByTestId('lens-check')).toHaveCount(0)
  const parts = (await drawn(page)).slice(2, 5)
  const truth = await page.evaluate(async (list) => Promise.all(list.map(async ({ layer, position }) => (await globalThis.glassbox.client.glass.lens({ positions: [position], layers: [layer], part: 'mlp', topK: 1 }))[0]!.top[0]!)), parts)
  parts.forEach((cell, i) => { expect(cell.id).toBe(truth[i]!.id); expect(Math.abs(cell.p - Math.exp(truth[i]!.logprob))).toBeLessThan(1e-5) })
})

test('hover previews, click and Enter select for every panel, and the game keeps its secret', async ({ page }) => {
  test.setTimeout(240_000)
  await openLens(page)
  const grid = page.getByTestId('lens-grid')
  const detail = page.getByTestId('lens-detail').locator('table')
  const some = (await drawn(page)).filter((c) => c.layer === 1)[2]!
  const cell = grid.locator(`[data-layer="${some.layer}"][data-position="${some.position}"]`)
  await cell.hover()
  await expect(detail).toHaveAttribute('data-position', String(some.position))
  await expect(detail.locator('tbody tr').first()).toHaveAttribute('data-id', String(some.id))
  expect(await detail.locator('tbody tr').count()).toBe(10)
  await cell.click()
  const address = new URLSearchParams(new URL(page.url()).hash.split('?')[1])
  expect([address.get('p'), address.get('l')]).toEqual([String(some.position), '1'])

  await grid.focus()
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('ArrowLeft')
  await expect(detail).toHaveAttribute('data-layer', '2')
  await page.keyboard.press('Enter')
  await expect(panel(page)).toHaveAttribute('data-layer', '2')
  await expect(panel(page)).toHaveAttribute('data-position', String(some.position - 1))

  await page.getByTestId('lens-game-start').click()
  const game = page.getByTestId('lens-game'), choices = game.locator('[data-id]')
  await expect(choices).toHaveCount(4)
  const ids = await choices.evaluateAll((buttons) => buttons.map((b) => Number((b as HTMLElement).dataset['id'])))
  expect(ids).toEqual(ids.toSorted((a, b) => a - b))
  const asked = grid.locator(`[data-layer="2"][data-position="${some.position - 1}"]`)
  await expect(asked).toHaveText('?')
  expect(await asked.getAttribute('data-id')).toBeNull()
  await choices.first().click()
  await expect(game.locator('[data-state=right]')).toHaveCount(1)
  const right = Number(await game.locator('[data-state=right]').getAttribute('data-id'))
  await expect(asked).toHaveAttribute('data-id', String(right))
  await page.getByTestId('lens-game-next').click()
  await expect(panel(page)).toHaveAttribute('data-layer', '3')
})
