// One small model of each kind lies beside the page: offered with a click, fetched when asked for, kept for offline by
// nobody who did not ask.

import { readdirSync } from 'node:fs'
import { expect, openReady, test } from './harness.ts'

test.use({ serviceWorkers: 'allow' })
const kinds = ['caller', 'experts', 'fill-in', 'recurrent', 'sentence-vectors', 'translator']

test('one of each kind is offered in both languages, and fetched when it is asked for', async ({ page }) => {
  const asked: string[] = []
  page.on('request', (request) => {
    const { pathname } = new URL(request.url())
    if (kinds.some((id) => pathname.includes(`/models/${id}/`))) asked.push(pathname)
  })
  await openReady(page, { lang: 'en' })
  await page.goto('./?lang=zh#/models')
  const section = page.getByRole('region', { name: '每种模型一个' })
  await expect(section.locator('article')).toHaveCount(kinds.length)
  for (const id of kinds) {
    await expect(section.getByTestId(`model-card-${id}`)).toContainText(/[一-鿿]{8}/)
    await expect(section.getByTestId(`model-card-${id}`).getByTestId('tries')).toBeVisible()
  }
  const kept = await page.evaluate(async () => {
    const names = await caches.keys()
    const requests = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()))
    return requests.flat().map(({ url }) => new URL(url).pathname)
  })
  expect(kept.some((path) => kinds.some((id) => path.includes(`/models/${id}/`)))).toBe(false)
  expect(asked).toEqual([])

  const card = page.getByTestId('model-card-recurrent')
  await card.getByTestId('load-model').click()
  await expect(card).toHaveAttribute('data-state', 'loaded', { timeout: 60_000 })
  const files = readdirSync('public/models/recurrent').filter((name) => !/^(README|about)/.test(name))
  expect([...new Set(asked)].map((path) => path.split('/').at(-1)!).sort()).toEqual(files.sort())
})
