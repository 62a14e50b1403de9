// The tokenizer panel is right: its ids are those the model gets, every join is the lowest rank there is, other files
// cut as their reference does, and no character is ever shown broken.

import { existsSync, readFileSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { accessibility, expect, filesOf, openReady, test } from './harness.ts'

interface Fixture {
  tokenizer: object
  cases: { text: string; ids: number[]; plain: number[] }[]
}
const fixture = (name: string): Fixture =>
  JSON.parse(readFileSync(`fixtures/tokenizer/${name}.json`, 'utf8')) as Fixture
const panel = (page: Page) => page.getByTestId('tokenizer-panel')
const counts = (page: Page) => page.getByTestId('tokenizer-counts')

async function write(page: Page, text: string): Promise<void> {
  await page.getByTestId('tokenizer-text').fill(text)
  await expect(panel(page)).toHaveAttribute('data-ready', 'true', { timeout: 90_000 })
}
const idsOf = async (page: Page, which = 'data-ids'): Promise<number[]> =>
  ((await counts(page).getAttribute(which)) ?? '').split(' ').filter(Boolean).map(Number)

test('ids are those the model gets, and every join is the lowest rank; while a text is being cut, what is shown is the text before and says so; a text of 4,000 tokens is drawn page by page', async ({
  page,
}) => {
  test.setTimeout(240_000)
  await openReady(page, { panel: 'tokenizer' })
  await test.step('ids are those the model gets, and every join is the lowest rank', async () => {
    for (const text of [
      'Once upon a time there was a fox.',
      '今天天气不错，我们去公园吧。',
      '😀👩‍👩‍👧 unhappiness 3.14',
      'a\n\n  b\t',
    ]) {
      await write(page, text)
      const own = await page.evaluate(async (given) => (await globalThis.glassbox.client.tokenize(given)).ids, text)
      expect(await idsOf(page, 'data-full'), text).toEqual(own)
      await expect(counts(page)).toHaveAttribute('data-agrees', 'true')
      expect(await page.locator('main').innerText(), 'no replacement character').not.toContain('\ufffd')
    }

    // a character that is several tokens stands in one bracket, as hex
    await write(page, 'a 🌙')
    const moon = page.getByTestId('tokenizer-words').locator('[data-joined=true]').last()
    await expect(moon).toContainText('🌙')
    await expect(moon).toContainText('F0')

    // step by step: one piece less at every join, always the lowest rank of all pairs
    await write(page, '从前有一只小狐狸')
    const stepper = page.getByTestId('stepper'),
      pieces = page.getByTestId('bpe-pieces')
    await stepper.getByRole('button', { name: 'Back to the start' }).click()
    const steps = Number(await stepper.getAttribute('data-steps'))
    expect(steps).toBeGreaterThan(2)
    const now = async (): Promise<string[]> => JSON.parse((await pieces.getAttribute('data-pieces'))!) as string[]
    for (let step = 0; step < Math.min(steps, 5); step++) {
      await expect(stepper).toHaveAttribute('data-step', String(step))
      const before = await now()
      const ranks = await page.evaluate(
        async (list) => globalThis.glassbox.client.tokenizer.ranks('loaded', list),
        before,
      )
      const best = Math.min(...ranks.map((rank) => rank ?? Infinity))
      await expect(pieces.locator('[data-best=true]')).toHaveText(String(best))
      await stepper.getByRole('button', { name: 'One step on' }).click()
      await expect.poll(now).toHaveLength(before.length - 1)
    }

    // the vocabulary: search, close up, neighbours recomputed from the weights
    await page.getByTestId('vocab-search').fill('小')
    const truth = await page.evaluate(() => globalThis.glassbox.client.tokenizer.vocabulary('loaded', '小', 0, 5))
    await expect(page.getByTestId('vocab-total')).toHaveAttribute('data-total', String(truth.total))
    await page.getByTestId('vocab-list').locator(`[data-token="${truth.rows[0]!.id}"]`).click()
    await expect(page.getByTestId('vocab-token')).toHaveAttribute('data-token', String(truth.rows[0]!.id))
    await page.getByTestId('vocab-near-find').click()
    await expect(page.getByTestId('vocab-near')).toHaveAttribute('data-ready', 'true', { timeout: 120_000 })
    const near = await page
      .getByTestId('vocab-near')
      .locator('tr')
      .evaluateAll((rows) =>
        rows.map((row) => ({
          id: Number((row as HTMLElement).dataset['id']),
          cosine: Number((row as HTMLElement).dataset['cosine']),
        })),
      )
    expect(near.map((n) => n.cosine)).toEqual(near.map((n) => n.cosine).toSorted((a, b) => b - a))
    const cosines = await page.evaluate(
      async ({ own, list }) => {
        const { glass } = globalThis.glassbox.client
        const { hidden } = await glass.info()
        const tensor = (await glass.weights()).find((w) => w.cols === hidden && /embed/.test(w.tensor))!.tensor
        const row = async (id: number) => (await glass.weightTile(tensor, id, 0, 1, hidden)).values
        const a = await row(own)
        return Promise.all(
          list.map(async (id) => {
            const b = await row(id)
            return a.reduce((s, v, i) => s + v * b[i]!, 0) / Math.hypot(...a) / Math.hypot(...b)
          }),
        )
      },
      { own: truth.rows[0]!.id, list: near.slice(0, 3).map((n) => n.id) },
    )
    cosines.forEach((cosine, i) => expect(Math.abs(cosine - near[i]!.cosine)).toBeLessThan(1e-5))
  })
  await test.step('while a text is being cut, what is shown is the text before and says so', async () => {
    await write(page, 'one two')
    const before = await counts(page).locator('strong').innerText()
    await page.evaluate(() => {
      const lab = globalThis.glassbox.client.tokenizer as { explain: (...given: unknown[]) => Promise<unknown> }
      const own = lab.explain
      const waiting: (() => void)[] = []
      lab.explain = async (...given) => {
        await new Promise<void>((go) => {
          waiting.push(go)
        })
        return own(...given)
      }
      Object.assign(globalThis, {
        release: () => {
          lab.explain = own
          for (const go of waiting) go()
        },
      })
    })
    await page.getByTestId('tokenizer-text').fill('three four five six seven')
    await expect(counts(page)).toHaveAttribute('data-stale', 'true')
    await expect(counts(page)).not.toContainText('✓')
    await expect(counts(page)).toContainText('Still the text before')
    expect(await counts(page).locator('strong').innerText(), 'numbers of one text').toBe(before)
    await expect(page.getByTestId('tokenizer-words')).toContainText('two')
    await expect(page.getByTestId('stepper')).toHaveCount(0)
    await page.evaluate(() => {
      ;(globalThis as unknown as { release(): void }).release()
    })
    await expect(counts(page)).toHaveAttribute('data-stale', 'false')
    await expect(counts(page)).toContainText('✓')
    await expect(page.getByTestId('tokenizer-words')).toContainText('seven')
  })
  await test.step('a text of 4,000 tokens is drawn page by page', async () => {
    const elements = () => page.evaluate(() => document.querySelectorAll('*').length)
    await write(page, '1+'.repeat(2000))
    expect(await elements()).toBeLessThan(8000)
    const pages = page.getByTestId('words-pages')
    await expect(pages).toContainText(/^‹ Before1 to 120 of [\d,]+After ›$/)
    await pages.getByRole('button', { name: 'After' }).focus()
    await page.keyboard.press('Enter')
    await expect(pages).toContainText('121 to 240')
    await expect(pages.getByRole('button', { name: 'After' })).toBeFocused()
    await expect(page.getByTestId('tokenizer-words').locator('[data-word]').first()).toHaveAttribute('data-word', '120')
    // one word of very many pieces
    await write(page, '狐'.repeat(4000))
    expect(await elements()).toBeLessThan(8000)
    await page.getByTestId('stepper').getByRole('button', { name: 'Back to the start' }).click()
    await expect(page.getByTestId('bpe-pages')).toBeVisible()
    expect(await elements()).toBeLessThan(8000)
    expect(await accessibility(page)).toEqual([])
  })
})

test('another tokenizer.json is cut as its reference does, and compared; step views are right for each kind of file', async ({
  page,
}) => {
  test.setTimeout(240_000)
  await openReady(page, { panel: 'tokenizer' })
  await test.step('another tokenizer.json is cut as its reference does, and compared', async () => {
    await expect(panel(page)).toHaveAttribute('data-ready', 'true')
    await page
      .getByTestId('tokenizer-file')
      .setInputFiles({ name: 'broken.json', mimeType: 'application/json', buffer: Buffer.from('{') })
    await expect(page.locator('[data-code=TOKENIZER_INVALID]')).toBeVisible()

    for (const [name, step] of [
      ['qwen2', 'stepper'],
      ['wordpiece', 'wordpiece-window'],
      ['unigram', 'lattice'],
    ] as const) {
      const { tokenizer, cases } = fixture(name)
      await page
        .getByTestId('tokenizer-file')
        .setInputFiles({
          name: `${name}.json`,
          mimeType: 'application/json',
          buffer: Buffer.from(JSON.stringify(tokenizer)),
        })
      await expect(page.getByTestId('tokenizer-which')).toContainText(name)
      await page.getByTestId('tokenizer-which').getByRole('radio').nth(1).check()
      for (const { text, ids, plain } of cases
        .filter((c) => c.text.length > 8 && c.text.length < 80 && /^[ -~\u4e00-\u9fff]+$/.test(c.text))
        .slice(0, 2)) {
        await write(page, text)
        expect(await idsOf(page), text).toEqual(plain)
        expect(await idsOf(page, 'data-full'), text).toEqual(ids)
        await expect(page.getByTestId('compare-verdict')).toHaveAttribute('data-b', String(plain.length))
      }
      await expect(page.getByTestId(step)).toBeVisible()
    }
  })
  await test.step('step views are right for each kind of file: joins, windows, and the path with the highest sum', async () => {
    const open = async (name: string): Promise<void> => {
      await page
        .getByTestId('tokenizer-file')
        .setInputFiles({
          name: `${name}.json`,
          mimeType: 'application/json',
          buffer: Buffer.from(JSON.stringify(fixture(name).tokenizer)),
        })
      await expect(page.getByTestId('tokenizer-which')).toContainText(name)
      await page.getByTestId('tokenizer-which').getByRole('radio').nth(1).check()
      await expect(panel(page)).toHaveAttribute('data-ready', 'true')
    }
    const lattice = page.getByRole('region', { name: 'All edges' })
    await open('unigram')
    await write(page, 'the foxes')
    await page.getByText('All edges').click()
    const edges = await lattice.locator('tbody tr').evaluateAll((rows) =>
      rows.map((row) => {
        const [piece, from, to, score, on] = [...row.children].map((c) => c.textContent)
        return { piece, from: Number(from), to: Number(to), score: Number(score), on: on === '✓' }
      }),
    )
    const sum = Number(
      /(-?[\d.]+)\s*$/.exec((await page.getByTestId('lattice-score').innerText()).replace('−', '-'))![1],
    )
    expect(edges.filter((e) => e.on).reduce((total, e) => total + e.score, 0)).toBeCloseTo(sum, 1)
    // no other path through these edges is better: the best sum by plain dynamic programming
    const end = Math.max(...edges.map((e) => e.to)),
      best = [0, ...Array.from({ length: end }, () => -Infinity)]
    for (let at = 1; at <= end; at++) {
      for (const e of edges) if (e.to === at) best[at] = Math.max(best[at]!, best[e.from]! + e.score)
    }
    expect(best[end]).toBeCloseTo(sum, 1)

    await open('wordpiece')
    const { cases } = fixture('wordpiece')
    await write(page, cases.find((c) => /^[a-z ]{6,40}$/.test(c.text))?.text ?? 'the foxes')
    await expect(page.getByTestId('wordpiece-window')).toBeVisible()
    expect(await accessibility(page)).toEqual([])

    // tokens that never come back: as the engine says, shown one by one
    await page.getByTestId('survey-find').click()
    const survey = page.getByTestId('vocab-survey')
    await expect(survey).toHaveAttribute('data-complete', 'true', { timeout: 60_000 })
    const truth = await page.evaluate(async () => globalThis.glassbox.client.tokenizer.survey('other', 0, 1e6))
    expect([
      Number(await survey.getAttribute('data-unreachable')),
      Number(await survey.getAttribute('data-partial')),
    ]).toEqual([truth.unreachable.length, truth.partial.length])
    for (const { token } of truth.unreachable.slice(0, 3)) {
      const again = await page.evaluate(
        async (text) => (await globalThis.glassbox.client.tokenizer.explain('other', text)).ids,
        token.text,
      )
      expect(again).not.toContain(token.id)
    }
  })
})

test('the real SmolLM2 vocabulary: 49,152 tokens are searched, stepped through and surveyed', async ({ page }) => {
  const file = 'models/smollm2-st/tokenizer.json'
  test.skip(!existsSync(file), 'UNRUN: run npm run model smollm2-nf4')
  test.setTimeout(240_000)
  await openReady(page, { panel: 'tokenizer' })
  await page.getByTestId('tokenizer-file').setInputFiles(file)
  await page.getByTestId('tokenizer-which').getByRole('radio').nth(1).check()
  for (const text of [
    'Once upon a time, an unhappy fox said 你好 to the moon 🌙.',
    '今天天气不错，我们一起去公园吧！',
  ]) {
    await write(page, text)
    await expect(counts(page)).toHaveAttribute('data-agrees', 'true')
    expect(await page.locator('main').innerText()).not.toContain('�')
  }
  await expect(page.getByTestId('compare-verdict')).toBeVisible()
  const { npy, svg } = await filesOf(page, 'tokenizer-compare')
  expect([npy.shape, npy.values[0], npy.values[3]]).toEqual([
    [2, 3],
    Number(await page.getByTestId('compare-verdict').getAttribute('data-a')),
    Number(await page.getByTestId('compare-verdict').getAttribute('data-b')),
  ])
  expect(svg).toContain('</svg>')
  await expect(page.getByTestId('stepper')).toBeVisible()
  expect(await page.evaluate(() => document.querySelectorAll('*').length), 'elements').toBeLessThan(2000)
  await page.getByTestId('survey-find').click()
  await expect(page.getByTestId('vocab-survey')).toHaveAttribute('data-complete', 'true', { timeout: 120_000 })
})
