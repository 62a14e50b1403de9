// Models unlike the storyteller, as they lie beside the page: with experts, and recurrent. They answer, and every panel that
// looks inside opens on them: cards of their own, or a word of why a view does not apply.

import type { Page } from '@playwright/test'
import { ask, expect, hooks, openReady, test } from './harness.ts'

async function openKind(page: Page, id: string, question: string): Promise<void> {
  await openReady(page)
  await hooks.nav(page, 'models').click()
  const card = page.getByTestId(`model-card-${id}`)
  await card.getByTestId('load-model').click()
  await expect(card).toHaveAttribute('data-state', 'loaded', { timeout: 60_000 })
  await hooks.nav(page, 'chat').click()
  // what reads a text as a whole has no chat
  const read = page.getByTestId('read-text')
  await expect(read.or(hooks.composer(page))).toBeVisible()
  if (await read.isVisible()) {
    await read.fill(question)
    await page.getByTestId('read-run').click()
    await expect(page.getByTestId('read-results')).toBeVisible()
  } else expect((await ask(page, question)).length).toBeGreaterThan(0)
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
  // no hint leads to a view that does not apply
  await expect(page.getByTestId('hint-inside')).toBeVisible()
  await expect(page.getByTestId('hint-lens')).toHaveCount(0)
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
  // the pointer on a head of the other half: its own tokens, though fewer, and the weights among them
  await page.locator('[data-testid^="top-"][data-head^="2,"], [data-testid^="top-"][data-head^="3,"]').first().hover()
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
})

/** What Inside is made of in each kind: the titles of the cards of these parts, in order of the pass. */
const made: Record<
  string,
  { question: string; parts: [part: string, layer: number, titles: RegExp[]][]; never: RegExp }
> = {
  'fill-in': {
    question: 'Lily found a [MASK] ball in the kitchen.',
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
    question: 'reverse: 1 2 3 4 5 6 7',
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
    question: 'A cat sat on the mat.',
    parts: [
      ['attn', 0, [/^Attention$/, /LayerNorm of the sum/]],
      ['head', 1, [/^What the model gives$/]],
    ],
    never: /KV cache|softmax/,
  },
  recurrent: {
    question: 'Lily found',
    parts: [
      ['cell', 0, [/^Gates of the recurrent layer$/, /^New state$/]],
      ['head', 0, [/softmax$/]],
    ],
    never: /RMSNorm|LayerNorm|^Attention|KV cache|Back into/,
  },
}
for (const [id, { question, parts, never }] of Object.entries(made)) {
  test(`inside a ${id}: a map and cards of what there is, each with its numbers`, async ({ page }) => {
    await openKind(page, id, question)
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
  })
}
