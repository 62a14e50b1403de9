// The attention panel on the models beside the page: its words follow what the layer at hand sees, rows add up to 1, and
// the picture is the run. One look into the source of a translator is cut, and the model changes.

import type { Page } from '@playwright/test'
import { ask, expect, hooks, openReady, test } from './harness.ts'

async function load(page: Page, id: string): Promise<void> {
  await hooks.nav(page, 'models').click()
  const card = page.getByTestId(`model-card-${id}`)
  await card.getByTestId('load-model').click()
  await expect(card).toHaveAttribute('data-state', 'loaded', { timeout: 60_000 })
}
async function read(page: Page, text: string): Promise<void> {
  await hooks.nav(page, 'chat').click()
  await page.getByTestId('read-text').fill(text)
  await page.getByTestId('read-run').click()
  await expect(page.getByTestId('read-results')).toBeVisible()
}
async function look(page: Page): Promise<void> {
  await hooks.nav(page, 'attention').click()
  // layer and picture are one choice for all models: from the beginning again
  await page.evaluate(() => {
    location.hash = '#/attention?l=0&h=0'
  })
  await expect(page.getByTestId('attention-panel')).toHaveAttribute('data-ready', 'true', { timeout: 60_000 })
  await page.getByTestId('mode').getByRole('radio').first().check({ force: true })
}
/** P·V against the kernel, as the panel prints it. */
async function near(page: Page): Promise<void> {
  const line = page.getByTestId('attention-error')
  await expect(line).toBeVisible()
  expect(Number(/\d+e[-+]\d+$/.exec(await line.innerText())![0])).toBeLessThan(1e-4)
}
/** The weights of one row of the layer and head at hand, asked of the engine. */
const sumOf = (page: Page, branch: 'attn' | 'cross' = 'attn') =>
  page.evaluate(async (kind) => {
    const { glass } = globalThis.glassbox.client
    const { dataset } = document.querySelector<HTMLElement>('[data-testid="attention-panel"]')!
    const [layer, head, at] = [Number(dataset['layer']), Number(dataset['head']), Number(dataset['position'])]
    const { length, encoder } = await glass.info()
    const cols = encoder && (kind === 'cross' || layer < encoder.layers) ? encoder.tokens.length : length
    const { values } = await glass.attention({
      ...{ layer, branch: kind, heads: [head], rows: [at, at + 1], cols: [0, cols], maxRows: 1, maxCols: cols },
    })
    return values.reduce((sum, v) => sum + (Number.isNaN(v) ? 0 : v), 0)
  }, branch)

test('translator, experts, and texts that are read both ways', async ({ page }) => {
  await openReady(page)
  await test.step('translator: the encoder reads both ways, the decoder writes, and a look into the source is cut', async () => {
    await load(page, 'translator')
    await hooks.nav(page, 'chat').click()
    await ask(page, 'reverse: 1 2 3 4 5 6 7')
    await look(page)
    const figure = page.getByTestId('figure-matrix')
    await expect(figure).toContainText('everyone sees everyone')
    await near(page)
    expect(await sumOf(page)).toBeCloseTo(1, 4)
    await page.keyboard.press('l')
    await page.keyboard.press('l')
    await expect(figure).toContainText('Nothing stands above the diagonal')
    await near(page)
    await page.getByTestId('mode').getByRole('radio', { name: 'Source' }).check({ force: true })
    const cross = page.getByTestId('figure-cross')
    await expect(cross).toContainText('a token of the source')
    await expect(cross).toContainText('P·V')
    await near(page)
    expect(await sumOf(page, 'cross')).toBeCloseTo(1, 4)
    await page.getByTestId('cross').getByRole('application').click()
    await cross.getByTestId('mask-edge').click()
    await expect(page.getByTestId('edit-bar')).toContainText('of the source cut')
    await near(page)
    expect(await sumOf(page, 'cross')).toBeCloseTo(1, 4)
  })
  await test.step('experts: causal, with the words of a text that is written on', async () => {
    await load(page, 'experts')
    await hooks.nav(page, 'chat').click()
    await page.getByTestId('new-chat').click()
    await expect(hooks.answers(page)).toHaveCount(0)
    await ask(page, 'Lily found a red ball in the kitchen.')
    await look(page)
    await expect(page.getByTestId('attention-panel')).toContainText('Nothing stands above the diagonal')
    await near(page)
    expect(await sumOf(page)).toBeCloseTo(1, 4)
  })
  for (const [id, text] of [
    ['fill-in', 'The cat sat on the [MASK].'],
    ['sentence-vectors', 'A dog runs in the park.'],
  ] as const) {
    await test.step(`${id}: a text that is read both ways`, async () => {
      await load(page, id)
      await read(page, text)
      await look(page)
      const panel = page.getByTestId('attention-panel')
      await expect(panel).toContainText('before it and after it')
      await expect(panel).not.toContainText(/earlier tokens|above the diagonal|the answer/)
      await expect(page.getByTestId('lookup')).toHaveCount(0)
      await near(page)
      expect(await sumOf(page)).toBeCloseTo(1, 4)
      // no head is spread over more than there is
      const spread = await page.evaluate(
        async () => (await globalThis.glassbox.client.glass.headStats()).relativeEntropy,
      )
      for (const value of Object.values(spread)) expect(value).toBeLessThanOrEqual(1.0001)
      await page.getByTestId('mode').getByRole('radio', { name: 'q · k' }).check({ force: true })
      await expect(page.getByTestId('row-steps')).toBeVisible()
      await expect(page.getByTestId('rope')).toHaveCount(0)
    })
  }
})
