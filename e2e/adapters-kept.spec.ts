// Adapters in the store of a real browser: a fixture's files, put on, back after a reload with the same numbers, at 0 the
// model itself; an answer, an export and a link say which were on.

import { readdirSync, readFileSync } from 'node:fs'
import { ask, expect, hooks, openReady, test, waitForState } from './harness.ts'
import { dropFiles, lora, type GivenFile } from './adapter-files.ts'
import { tinyTokenizer } from '../src/worker/testing/tokenizer.ts'
import type { Page } from '@playwright/test'

const filesIn = (folder: string, under: string): GivenFile[] =>
  readdirSync(folder)
    .filter((name) => name !== 'golden.json')
    .map((name) => ({ path: under + name, bytes: readFileSync(`${folder}/${name}`) }))
const model = [
  ...filesIn('fixtures/golden/llama', ''),
  { path: 'tokenizer.json', bytes: Buffer.from(JSON.stringify(tinyTokenizer())) },
]
const adapter = filesIn('fixtures/adapters/lora_two/adapter', 'mine/')
const ids = [5, 9, 17, 3, 44, 21, 8]

/** Adds files by the page's own client; the id. */
const add = (page: Page, what: 'models' | 'adapters', files: readonly GivenFile[]): Promise<string> =>
  page.evaluate(
    async ([room, given]) => {
      const list = given.map(({ path, text }) => new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], path))
      return (await window.glassbox.client[room].import(list, 'mine')).id
    },
    [what, files.map(({ path, bytes }) => ({ path, text: Buffer.from(bytes).toString('base64') }))] as const,
  )
/** A greedy answer, with the log-probability of each token, to the bit; loaded as given, or as it is. */
const answer = (page: Page, id: string, adapters: { id: string; scale: number }[] | null): Promise<number[][]> =>
  page.evaluate(
    async ([model, choices, prompt]) => {
      const { client } = window.glassbox
      if (choices) await client.load(model, { linear: 'keep', embedding: 'keep', device: 'cpu', adapters: choices })
      const said: number[][] = []
      for await (const event of client.generate({ ids: prompt }, { temperature: 0, maxTokens: 6 })) {
        if (event.type === 'token') said.push([event.id, event.logprob])
      }
      return said
    },
    [id, adapters, ids] as const,
  )

test('a fixture is back after a reload with the same numbers, and at 0 it is the model itself', async ({ page }) => {
  await openReady(page)
  const base = await add(page, 'models', model)
  const id = await add(page, 'adapters', adapter)
  const plain = await answer(page, base, [])
  const on = await answer(page, base, [{ id, scale: 1 }])
  expect(on).not.toEqual(plain)
  const set = (scale: number): Promise<unknown> =>
    page.evaluate(([one, now]) => window.glassbox.client.adapters.setScale(one, now), [id, scale] as const)
  await set(0)
  expect(await answer(page, base, null)).toEqual(plain)
  await page.reload()
  await waitForState(page, 'ready')
  expect(await page.evaluate(() => window.glassbox.client.adapters.list())).toMatchObject([{ id, kind: 'LoRA' }])
  expect((await page.evaluate(() => window.glassbox.client.models.list())).map((one) => one.id)).not.toContain(id)
  expect(await answer(page, base, [{ id, scale: 1 }])).toEqual(on)
  // nobody takes it away while it is read
  const both = await page.evaluate(
    async ([one, other]) => {
      const { client } = window.glassbox
      const lock = (): Promise<unknown> =>
        navigator.locks.request(`glassbox-model:${one}`, { mode: 'shared' }, () =>
          client.adapters.remove(one).then(
            () => 'removed',
            ({ code }: { code: string }) => code,
          ),
        )
      return [await lock(), (await client.load(other, { adapters: [{ id: one, scale: 1 }] })).adapters.length]
    },
    [id, base] as const,
  )
  expect(both).toEqual(['BUSY', 1])
})

/** As a visitor of this device: the link in a page that starts anew, which another address makes sure of. */
const openLink = async (page: Page, link: string, visit: string): Promise<void> => {
  await page.goto(link.replace('#', `?device=cpu&visit=${visit}#`))
}

test('an answer says what was on, on screen and in a link; after a reload it is written again', async ({ page }) => {
  await openReady(page, { panel: 'adapters' })
  await dropFiles(page, lora('loud'))
  const card = page.locator('article[data-testid^="adapter-card-"]', { hasText: 'loud' })
  await card.getByTestId('put-adapter').click()
  await expect(card).toHaveAttribute('data-on', 'true')
  await card.getByTestId('adapter-number').fill('0.5')
  await card.getByTestId('adapter-number').press('Enter')
  await expect(card).toHaveAttribute('data-scale', '0.5')
  await hooks.nav(page, 'chat').click()
  const said = await ask(page, 'Tell me a story about Lily.')
  await expect(page.getByTestId('adapted-mark')).toContainText('with loud × 0.5')
  await page.reload()
  await waitForState(page, 'ready')
  await expect(page.getByTestId('adapter-bar')).toContainText('loud 0.5')
  await page.getByTestId('new-chat').click()
  expect(await ask(page, 'Tell me a story about Lily.')).toBe(said)

  await page.getByTestId('share').click()
  await expect(page.getByTestId('share-dialog')).toContainText('loud × 0.5')
  const link = await page.getByTestId('share-link').inputValue()
  await page.keyboard.press('Escape')
  // the same device without the adapter: the answer of the link, and a word about what is lacking
  await hooks.nav(page, 'adapters').click()
  await card.getByTestId('take-adapter').click()
  await expect(card).toHaveAttribute('data-on', 'false')
  await waitForState(page, 'ready')
  await openLink(page, link, 'with')
  await expect(page.getByTestId('link-outcome')).toHaveAttribute('data-outcome', 'same')
  await expect(page.getByTestId('adapted-mark')).toContainText('with loud × 0.5')
  await page.getByTestId('link-close').click()
  await page.evaluate(() => window.glassbox.client.adapters.remove('adapter:loud'))
  await openLink(page, link, 'without')
  await expect(page.getByTestId('link-adapters')).toContainText('loud × 0.5')
  await expect(page.getByTestId('link-outcome')).toHaveAttribute('data-outcome', 'put')
  await expect(page.getByTestId('link-outcome')).not.toContainText('arithmetic')
  await expect(page.getByTestId('adapted-mark')).toContainText('with loud × 0.5')
})
