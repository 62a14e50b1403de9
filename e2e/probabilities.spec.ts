// How a token is drawn: the numbers on screen are the model's, sliders act on stored logits, and an answer goes on
// from any of its tokens without reading again what came before.

import type { Page } from '@playwright/test'
import type { Client, TokenEvent } from '../src/store/index.ts'
import { accessibility, ask, expect, filesOf, hooks, openReady, test, waitForState } from './harness.ts'

declare const glassbox: { client: Client }

const story = 'Tom found a red ball in the garden. Where did Tom find the ball?'
const sampling = {
  temperature: 0.9,
  topK: 0,
  topP: 1,
  minP: 0,
  repetitionPenalty: 1,
  presencePenalty: 0,
  frequencyPenalty: 0,
  seed: 7,
}
const settings = JSON.stringify({ state: { params: { ...sampling, randomSeed: false } }, version: 1 })

interface Row {
  id: number
  logit: number
  logprob: number
  probability: number
  removed: string
}
const rowsOf = (page: Page): Promise<Row[]> =>
  page
    .getByTestId('pipeline-table')
    .locator('tbody tr[data-id]')
    .evaluateAll((rows) =>
      rows.map((row) => {
        const { id, logit, logprob, probability, removed } = (row as HTMLElement).dataset
        return {
          id: Number(id),
          logit: Number(logit),
          logprob: Number(logprob),
          probability: Number(probability),
          removed: removed ?? '',
        }
      }),
    )
const logitsBefore = (page: Page, position: number): Promise<number[]> =>
  page.evaluate(
    async (at) => [...(await glassbox.client.glass.probe({ site: 'logits', position: at })).values],
    position - 1,
  )
const softmax = (logits: number[]): number[] => {
  const max = Math.max(...logits),
    e = logits.map((l) => Math.exp(l - max)),
    sum = e.reduce((a, b) => a + b, 0)
  return e.map((v) => v / sum)
}
const kept = (page: Page) => page.getByTestId('pipeline-table')
const slide = async (page: Page, name: string, value: number): Promise<void> => {
  await page.getByTestId('sampling-settings').getByRole('spinbutton', { name }).fill(String(value))
  await page.keyboard.press('Enter')
}
const openPanel = async (page: Page, position?: number): Promise<void> => {
  await hooks.nav(page, 'probabilities').click()
  await expect(page.getByTestId('views')).toHaveAttribute('data-fresh', 'true', { timeout: 90_000 })
  if (position !== undefined) await page.getByTestId('token-strip').locator(`[data-position="${position}"]`).click()
  await expect(page.getByTestId('views')).toHaveAttribute('data-fresh', 'true')
}

test("the pipeline shows the model's own numbers, and sliders act on them @gpu", async ({ page }) => {
  test.setTimeout(240_000)
  await page.addInitScript((text) => localStorage.setItem('glassbox.settings', text), settings)
  await openReady(page)
  await ask(page, story)
  await openPanel(page)
  const length = await page.evaluate(async () => (await glassbox.client.glass.tokens()).length)
  // the last token of the question, one of the answer, and the one that ended it
  for (const position of [length - 4, length - 1, length]) {
    await page.getByTestId('token-strip').locator(`[data-position="${position}"]`).click()
    await expect(page.getByTestId('probabilities-panel')).toHaveAttribute('data-position', String(position))
    await expect(page.getByTestId('views')).toHaveAttribute('data-fresh', 'true')
    const logits = await logitsBefore(page, position)
    const own = softmax(logits),
      drawn = softmax(logits.map((l) => l / sampling.temperature))
    const rows = await rowsOf(page)
    expect(rows.length).toBe(14)
    // rows that no one chose: every third, whatever they are
    for (const row of rows.filter((_, i) => i % 3 === position % 3)) {
      expect(row.logit, `logit of ${row.id}`).toBeCloseTo(logits[row.id]!, 2)
      expect(Math.exp(row.logprob), `p of ${row.id}`).toBeCloseTo(own[row.id]!, 3)
      expect(row.probability, `chance of ${row.id}`).toBeCloseTo(drawn[row.id]!, 3)
    }
    const tail = page.getByTestId('tail')
    expect(Number(await tail.getAttribute('data-count'))).toBe(logits.length - rows.length)
    expect(Number(await tail.getAttribute('data-mass'))).toBeCloseTo(
      1 - rows.reduce((sum, row) => sum + own[row.id]!, 0),
      3,
    )
  }

  const vocab = (await logitsBefore(page, length - 1)).length
  await expect(kept(page)).toHaveAttribute('data-kept', String(vocab))
  await slide(page, 'Top-k', 5)
  await expect(kept(page)).toHaveAttribute('data-kept', '5')
  await slide(page, 'Temperature', 4)
  await slide(page, 'Top-p', 0.5)
  await expect.poll(async () => Number(await kept(page).getAttribute('data-kept'))).toBeLessThan(5)
  expect(
    (await rowsOf(page)).filter((row) => row.probability > 0).reduce((sum, row) => sum + row.probability, 0),
  ).toBeCloseTo(1, 6)
  expect(new Set((await rowsOf(page)).map((row) => row.removed))).toContain('top-k')
  await slide(page, 'Temperature', 0)
  await expect(kept(page)).toHaveAttribute('data-kept', '1')
  await expect(page.getByTestId('dice')).toContainText('At temperature 0 no die is thrown.')
  await page.getByTestId('plain').click()
  await expect(kept(page)).toHaveAttribute('data-kept', String(vocab))
  await slide(page, 'Repetition penalty', 1.8)
  await expect(page.getByTestId('pipeline-table')).toContainText('▼')

  // the dice: as in the chat, the number that was drawn falls on the token that came
  await page.getByTestId('as-chat').click()
  await page
    .getByTestId('token-strip')
    .locator(`[data-position="${length - 1}"]`)
    .click()
  await expect(page.getByTestId('dice')).toContainText(/The run drew u = 0\.\d+\. With these settings that is/)
  await page.getByTestId('throw').click()
  await expect(page.getByTestId('dice')).toContainText('Seed 8:')
  await expect(page.getByTestId('draws').locator('[data-fresh]')).toHaveAttribute('data-fresh', 'true')
  const counts = await page
    .getByTestId('draws')
    .locator('[data-count]')
    .evaluateAll((rows) => rows.reduce((sum, row) => sum + Number((row as HTMLElement).dataset['count']), 0))
  expect(counts).toBeGreaterThan(0)
  expect(counts).toBeLessThanOrEqual(100)

  await page.getByTestId('compare-on').check()
  await expect(page.getByTestId('compare').locator('tbody tr').first()).toBeVisible()
  await expect(page.getByTestId('sweep').locator('svg').last()).toBeVisible()
  expect(await accessibility(page)).toEqual([])
  expect(await page.evaluate(() => document.querySelectorAll('*').length), 'elements').toBeLessThan(2000)
  await page.setViewportSize({ width: 360, height: 740 })
  expect(
    await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth),
    'sideways',
  ).toBe(0)
  expect(await accessibility(page), 'phone').toEqual([])
})

test('every figure leaves the page as picture, drawing, numbers and array; an answer goes on from one of its tokens: what came before is kept; a banned token is not drawn again', async ({
  page,
}) => {
  test.setTimeout(240_000)
  await page.addInitScript((text) => localStorage.setItem('glassbox.settings', text), settings)
  await openReady(page)
  const first = await ask(page, story)
  await test.step('every figure leaves the page as picture, drawing, numbers and array', async () => {
    await openPanel(page)
    await page.getByTestId('compare-on').check()
    await slide(page, 'Temperature', 5) // many tokens share the bar, all of them listed
    await slide(page, 'Top-k', 12)
    await expect(page.getByTestId('views')).toHaveAttribute('data-fresh', 'true')
    await page.getByTestId('throw').click()
    await expect(page.getByTestId('dice')).toContainText('Seed 8:')
    await expect(page.getByTestId('draws').locator('[data-fresh]')).toHaveAttribute('data-fresh', 'true')
    // the thrown number stands on the token it fell on
    const thrown = Number(await page.getByTestId('thrown').getAttribute('data-u')),
      landed = Number(await page.getByTestId('dice').locator('[data-landed]').first().getAttribute('data-landed'))
    const shapes: Record<string, number[]> = {}
    for (const figure of ['position', 'pipeline', 'dice', 'draws', 'compare', 'entropy', 'sweep']) {
      const { png, svg, json, npy } = await filesOf(page, figure)
      expect([...png.subarray(0, 4)], figure).toEqual([0x89, 0x50, 0x4e, 0x47])
      expect(png.length, figure).toBeGreaterThan(1500)
      expect(svg, figure).toMatch(/^<svg [^]*<text[^]*<\/svg>\s*$/)
      expect(json, figure).toHaveProperty('model')
      expect(npy.values.length, figure).toBe(npy.shape.reduce((a, b) => a * b, 1))
      expect(
        npy.values.every((v, i) => Number.isFinite(v) || (figure === 'position' && i < 3)),
        figure,
      ).toBe(true) // the first token was predicted by nothing
      shapes[figure] = npy.shape
      if (figure === 'dice') {
        const [, from, to] = Array.from({ length: npy.shape[0]! }, (_, i) => npy.values.slice(3 * i, 3 * i + 3)).find(
          ([id]) => id === landed,
        )!
        expect(thrown).toBeGreaterThanOrEqual(from!)
        expect(thrown).toBeLessThan(to!)
      }
      if (figure === 'draws') expect(npy.values.filter((_, i) => i % 2 === 1).reduce((a, b) => a + b, 0)).toBe(100)
      if (figure === 'pipeline') {
        const rows = await rowsOf(page)
        expect(npy.values.slice(0, 5)[0]).toBe(rows[0]!.id)
        expect(npy.values.slice(0, 5)[4]).toBeCloseTo(rows[0]!.probability, 9)
      }
    }
    expect(shapes).toMatchObject({ entropy: [3], sweep: [5, 21] })
    await page.getByTestId('dice').locator('summary').last().click()
    expect(await accessibility(page)).toEqual([])
  })
  await page.getByTestId('as-chat').click()
  await hooks.nav(page, 'chat').click()
  await test.step('an answer goes on from one of its tokens: what came before is kept, and it is what the model would write', async () => {
    await page.getByTestId('token-colours').selectOption('surprisal')
    const chips = page.getByTestId('token-text').locator('[data-i]')
    await chips.nth(1).click()
    const card = page.getByTestId('token-card')
    await expect(card).toBeVisible()
    expect(await accessibility(page)).toEqual([])
    const position = Number(await card.getAttribute('data-position'))
    const ids = await page.evaluate(async () => (await glassbox.client.glass.tokens()).map((t) => t.id))
    const logits = await logitsBefore(page, position)
    expect(Number(await card.getAttribute('data-logprob'))).toBeCloseTo(Math.log(softmax(logits)[ids[position]!]!), 2)

    const other = card.locator('li[data-mine="false"]').nth(1)
    const id = Number(await other.getAttribute('data-id'))
    await other.getByTestId('card-branch').click()
    await expect(hooks.answers(page).last()).toHaveAttribute('data-streaming', 'false', { timeout: 90_000 })
    await waitForState(page, 'ready')
    await expect(page.getByTestId('branch-item')).toHaveCount(2)
    await expect(hooks.prefill(page)).toContainText(/^1 token \+ \d+ kept/)
    const after = await page.evaluate(async () => (await glassbox.client.glass.tokens()).map((t) => t.id))
    expect(after.slice(0, position)).toEqual(ids.slice(0, position))
    expect(after[position]).toBe(id)

    // the same ids, read anew by an empty cache
    const fresh = await page.evaluate(
      async ({ prefix, options }) => {
        for await (const _ of glassbox.client.generate({ ids: [prefix.at(-1)!] }, { maxTokens: 1 })) {
          /* takes the place of the run */
        }
        const events: TokenEvent[] = []
        let reused = -1
        for await (const event of glassbox.client.generate({ ids: prefix }, { ...options, maxTokens: 512 })) {
          if (event.type === 'prompt') reused = event.reused
          if (event.type === 'token') events.push(event)
        }
        return { reused, ids: events.map((event) => event.id) }
      },
      { prefix: [...ids.slice(0, position), id], options: sampling },
    )
    expect(fresh.reused).toBeLessThan(2)
    expect(fresh.ids.slice(0, after.length - position - 1)).toEqual(after.slice(position + 1))

    await page.getByTestId('branch-item').first().getByRole('button').first().click()
    await waitForState(page, 'ready')
    await page.getByTestId('token-colours').selectOption('off')
    expect((await hooks.answers(page).last().innerText()).trim()).toBe(first)
    await page.getByTestId('remove-branch').last().click()
    await page.getByTestId('remove-branch-confirm').click()
    // it can be brought back; what is on show is the one that is left
    await expect(page.getByTestId('branch-item')).toHaveCount(1)
    expect((await hooks.answers(page).last().innerText()).trim()).toBe(first)
  })
  await page.getByTestId('new-chat').click()
  await expect(hooks.answers(page)).toHaveCount(0)
  expect(await ask(page, story), 'one seed, one answer').toBe(first)
  await test.step('a banned token is not drawn again, branches have names and are compared, and a token says why', async () => {
    await page.getByTestId('token-colours').selectOption('surprisal')
    const card = page.getByTestId('token-card'),
      chips = page.getByTestId('token-text').locator('[data-i]')
    await chips.nth(1).focus()
    await page.keyboard.press('Enter')
    const position = Number(await card.getAttribute('data-position'))
    const ids = await page.evaluate(async () => (await glassbox.client.glass.tokens()).map((t) => t.id))
    await card.getByTestId('card-ban').click()
    await expect(page.getByTestId('branch-item')).toHaveCount(2)
    await waitForState(page, 'ready')
    await expect(hooks.answers(page).last()).toHaveAttribute('data-streaming', 'false', { timeout: 90_000 })
    const now = await page.evaluate(async () => (await glassbox.client.glass.tokens()).map((t) => t.id))
    expect(now.slice(0, position)).toEqual(ids.slice(0, position))
    expect(now.slice(position)).not.toContain(ids[position])
    await expect(page.getByTestId('ban-count')).toContainText('1')

    // the sampler's own table says so, and draws nothing on it
    await openPanel(page, position)
    const row = page.getByTestId('pipeline-table').locator(`tr[data-id="${ids[position]}"]`)
    await expect(row).toContainText('⊘')
    await expect(row).toHaveAttribute('data-probability', '0')
    await hooks.nav(page, 'chat').click()

    // names and words that differ
    const second = page.getByTestId('branch-item').nth(1)
    await second.locator('[data-show]').focus()
    await page.keyboard.press('F2')
    await page.getByTestId('branch-name').fill('without it')
    await page.keyboard.press('Enter')
    await expect(second).toContainText('without it')
    await page.getByTestId('compare-branches').click()
    const parts = page.getByTestId('branch-difference')
    expect(
      await parts.evaluate((element) =>
        [...element.children]
          .filter((c) => c.tagName !== 'INS')
          .map((c) => c.textContent)
          .join(''),
      ),
    ).toBe(first)
    await expect(parts.locator('ins').first()).toBeVisible()
    await second.locator('[data-show]').focus()
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('Enter')
    await waitForState(page, 'ready')
    await expect(page.getByTestId('branch-item').first()).toHaveAttribute('data-active', 'true')
    expect(await accessibility(page)).toEqual([])
    await page.setViewportSize({ width: 390, height: 844 })
    expect(
      await page.getByTestId('branches').evaluate((element) => {
        const wide: string[] = []
        for (let e: Element | null = element; e; e = e.parentElement) {
          if (getComputedStyle(e).overflowX !== 'visible' && e.scrollWidth > e.clientWidth) wide.push(e.className)
        }
        return wide
      }),
      'nothing is wider than a phone',
    ).toEqual([])
    await page.setViewportSize({ width: 1280, height: 800 })

    // allowed again, from the settings
    await page.getByTestId('open-settings').click()
    const bans = page.getByTestId('bans').locator('[data-never]')
    await bans.getByRole('button').click()
    await expect(bans).toHaveCount(0)
    await expect(page.getByTestId('ban-count')).toHaveCount(0)
    // a token of the vocabulary, raised by hand: the panel's table says by how much
    await page.getByTestId('bias-search').fill(`#${ids[position]}`)
    await page.getByTestId('bias-found').getByRole('button').click()
    await page.getByTestId('bias-of').fill('7.5')
    await expect(bans).toHaveAttribute('data-id', String(ids[position]))
    expect(await accessibility(page)).toEqual([])
    await page.getByTestId('open-settings').click()
    await openPanel(page, position)
    await expect(row.locator('[data-bias]')).toHaveAttribute('data-bias', /^\+7\.5/)
    await hooks.nav(page, 'chat').click()
    await page.getByTestId('open-settings').click()
    await bans.getByRole('button').click()
    await expect(bans).toHaveCount(0)
    await page.getByTestId('open-settings').click()

    await chips.nth(1).click()
    await card.getByTestId('card-why-lens').click()
    await expect(page.getByTestId('lens-panel')).toHaveAttribute('data-position', String(position - 1), {
      timeout: 60_000,
    })
  })
})
