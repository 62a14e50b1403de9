// Models unlike the storyteller, as they lie beside the page: with experts, recurrent, encoders. A reader loads one after
// the other in one page; each answers, and every panel that looks inside opens on it: cards of its own, numbers that are the
// engine's, or a word of why a view does not apply. Nothing that is merely so is an alert, and no rounded number has a sign.

import type { Page } from '@playwright/test'
import { accessibility, ask, expect, hooks, openReady, test } from './harness.ts'

/** Loads the model in the page that is open, and asks it: a new chat, or a text for what has no chat. */
async function load(page: Page, id: string, text: string): Promise<void> {
  await hooks.nav(page, 'models').click()
  const card = page.getByTestId(`model-card-${id}`)
  await card.getByTestId('load-model').click()
  await expect(card).toHaveAttribute('data-state', 'loaded', { timeout: 60_000 })
  await hooks.nav(page, 'chat').click()
  // what reads a text as a whole has no chat
  const field = page.getByTestId('read-text')
  await expect(field.or(hooks.composer(page))).toBeVisible()
  if (await field.isVisible()) await read(page, text)
  else {
    const fresh = page.getByTestId('new-chat')
    if ((await hooks.answers(page).count()) > 0) await fresh.click()
    await expect(hooks.answers(page)).toHaveCount(0)
    expect((await ask(page, text)).length).toBeGreaterThan(0)
  }
}
async function read(page: Page, text: string): Promise<void> {
  await page.getByTestId('read-text').fill(text)
  await page.getByTestId('read-run').click()
  await expect(page.getByTestId('read-results')).toHaveAttribute('data-old', 'false')
}
const panels = ['attention', 'lens', 'probabilities', 'inside'] as const

/** Opens each panel; what broke on the way. */
async function broken(page: Page): Promise<string[]> {
  const errors: string[] = []
  const note = (error: Error) => void errors.push(String(error))
  page.on('pageerror', note)
  for (const panel of panels) {
    await hooks.nav(page, panel).click()
    const id = panel === 'attention' ? /^attention-(panel|none)$/ : new RegExp(`^${panel}-panel$`)
    await expect(page.getByTestId(id)).toBeVisible()
  }
  page.off('pageerror', note)
  return errors
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

/** What Inside is made of in each kind: the titles of the cards of these parts, in order of the pass. */
const made: Record<string, { parts: [part: string, layer: number, titles: RegExp[]][]; never: RegExp }> = {
  'fill-in': {
    parts: [
      [
        'attn',
        0,
        [/^Query, key, value$/, /^Attention$/, /^Back into the sum$/, /^LayerNorm of the sum after attention$/],
      ],
      ['mlp', 1, [/^Units, bent by gelu$/, /^LayerNorm of the sum after the MLP$/]],
      ['head', 1, [/^Layer before the vocabulary$/, /softmax$/]],
    ],
    never: /KV cache|RoPE|before attention/,
  },
  translator: {
    parts: [
      ['source', 0, [/^Token → embedding row$/]],
      ['attn', 0, [/^RMSNorm before attention$/, /^Attention$/]],
      ['mlp', 1, [/^RMSNorm before the MLP$/]],
      ['read', 1, [/^Final RMSNorm of the encoder$/]],
      ['attn', 3, [/^RMSNorm before attention$/, /^KV cache$/]],
      ['cross', 3, [/^RMSNorm before cross-attention$/, /^Query for the source$/, /^Attention$/]],
      ['head', 3, [/^Final RMSNorm$/, /softmax$/]],
    ],
    never: /RoPE/,
  },
  'sentence-vectors': {
    parts: [
      ['attn', 0, [/^Attention$/, /LayerNorm of the sum/]],
      ['head', 1, [/^What the model gives$/]],
    ],
    never: /KV cache|softmax/,
  },
  recurrent: {
    parts: [
      ['cell', 0, [/^Gates of the recurrent layer$/, /^New state$/]],
      ['head', 0, [/softmax$/]],
    ],
    never: /RMSNorm|LayerNorm|^Attention|KV cache|Back into/,
  },
}
/** A map and cards of what there is, each with its numbers. */
async function insideOf(page: Page, id: string): Promise<void> {
  const { parts, never } = made[id]!
  await hooks.nav(page, 'inside').click()
  await expect(page.locator('[data-testid="inside-map"] [data-complete="true"]')).toBeVisible()
  const panel = page.getByTestId('inside-panel')
  for (const [part, layer, titles] of parts) {
    // a press on what is chosen goes closer: back to the whole first
    await page.getByTestId('crumb-model').click()
    await expect(page.getByTestId('map-window')).toHaveAttribute('data-level', 'model')
    const at = `button[data-part="${part}"][data-layer="${layer}"]`
    await page.getByTestId('inside-map').locator(at).first().click({ timeout: 10_000 })
    await expect(panel).toHaveAttribute('data-part', part)
    for (const title of titles) await expect(panel.getByRole('heading', { name: title }).first()).toBeVisible()
    await expect(panel.locator('[data-testid^="inside-"][data-fresh="false"]')).toHaveCount(0)
    expect((await panel.getByRole('heading').allInnerTexts()).filter((title) => never.test(title))).toEqual([])
    expect(await panel.innerText()).not.toMatch(/Cannot|cannot be used|does not apply|undefined|NaN/)
    await expect(panel.getByTestId('inside-plan').locator('tbody tr').first()).toBeVisible()
  }
}

test('models of other kinds, one after the other in one page, seen by every panel', async ({ page }) => {
  test.setTimeout(300_000)
  await openReady(page)
  await test.step('recurrent', async () => {
    await load(page, 'recurrent', 'Lily found')
    await test.step('the gates, and why there is no attention', async () => {
      // no hint leads to a view that does not apply
      await expect(page.getByTestId('hint-inside')).toBeVisible()
      await expect(page.getByTestId('hint-lens')).toHaveCount(0)
      expect(await broken(page)).toEqual([])
      await expect(page.getByTestId('inside-gates')).toHaveAttribute('data-fresh', 'true')
      await expect(page.getByTestId('gate')).toHaveCount(4)
      await hooks.nav(page, 'attention').click()
      await expect(page.getByTestId('attention-none')).toContainText('no attention')
    })
    await test.step('chances as ever; no running sum to read early', async () => {
      await show(page, 'probabilities')
      await expect(page.getByTestId('pipeline')).toBeVisible()
      await calm(page)
      const lens = await show(page, 'lens')
      await expect(lens.getByTestId('view-absent')).toContainText('recurrent layer')
      await calm(page)
    })
    await test.step('inside', () => insideOf(page, 'recurrent'))
  })

  await test.step('experts', async () => {
    await load(page, 'experts', 'Lily found a red ball in the kitchen.')
    await test.step('who was wanted and who was chosen, at this token and in this layer', async () => {
      expect(await broken(page)).toEqual([])
      await page.locator('[data-testid="inside-map"] button[data-part="mlp"][data-layer="1"]').click()
      await expect(page.getByTestId('inside-router')).toHaveAttribute('data-fresh', 'true')
      const rows = page.getByTestId('router-layer')
      await expect(rows).toHaveCount(2)
      expect(await rows.first().getAttribute('data-chosen')).toMatch(/^\d \d$/)
    })
    await test.step('chances and lens as of any model that writes', async () => {
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
  })

  await test.step('fill-in', async () => {
    await load(page, 'fill-in', 'Lily [MASK] the red ball and [MASK] home.')
    await test.step('chances and lens open on the first blank and speak of what stands there', async () => {
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
    await test.step('inside', async () => {
      await hooks.nav(page, 'chat').click()
      await read(page, 'Lily found a [MASK] ball in the kitchen.')
      await insideOf(page, 'fill-in')
    })
  })

  await test.step('translator', async () => {
    await load(page, 'translator', 'reverse: 1 2 3 4 5 6 7')
    await test.step('the layer chooses whose tokens are shown, and the answer looks into the source', async () => {
      expect(await broken(page)).toEqual([])
      await hooks.nav(page, 'attention').click()
      const tokens = page.getByTestId('figure-tokens')
      await expect(tokens).toContainText('reverse')
      // the pointer on a head of the other half: its own tokens, though fewer, and the weights among them
      await page
        .locator('[data-testid^="top-"][data-head^="2,"], [data-testid^="top-"][data-head^="3,"]')
        .first()
        .hover()
      await expect(tokens).not.toContainText('reverse')
      await expect(page.getByTestId('looks-sentence')).toContainText('%')
      await page.mouse.move(2, 2)
      await expect(tokens).toContainText('reverse')
      await page.getByTestId('mode').getByRole('radio', { name: 'Source' }).check({ force: true })
      await expect(page.getByTestId('cross-none')).toBeVisible()
      await page.keyboard.press('l')
      await page.keyboard.press('l')
      await expect(page.getByTestId('figure-cross')).toBeVisible()
      await expect(tokens).not.toContainText('reverse')
      // the layer as it was: it is one for all panels
      await page.evaluate(() => {
        location.hash = '#/attention?l=0'
      })
      await expect(tokens).toContainText('reverse')
    })
    await test.step('the decoder’s layers, and pushes that add up with what came from the source', async () => {
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
    await test.step('inside', () => insideOf(page, 'translator'))
  })

  await test.step('sentence vectors', async () => {
    await load(page, 'sentence-vectors', 'A cat sat on the mat.')
    await test.step('inside', () => insideOf(page, 'sentence-vectors'))
    await test.step('no tokens are said, and chances and lens both say so at once', async () => {
      await hooks.language(page).click()
      await hooks.nav(page, 'chat').click()
      await read(page, 'Lily found a ball.\nThe dog ran home.')
      for (const panel of ['probabilities', 'lens'] as const) {
        const here = await show(page, panel)
        await expect(here.getByTestId('view-absent')).toContainText('没有面向词表的输出层')
        expect((await here.innerText()).split('\n').filter(Boolean)).toHaveLength(4)
        await calm(page)
      }
      expect(await accessibility(page)).toEqual([])
    })
  })
})
