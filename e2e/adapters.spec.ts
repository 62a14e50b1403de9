// Adapters in the page: dropped several at once, refused beside the one that does not fit, put on, turned down to the model
// itself while chatting, both sides of one prompt, back after a reload, removed after a question.

import { readFileSync } from 'node:fs'
import { accessibility, ask, expect, hooks, openReady, test, waitForState } from './harness.ts'
import { dropFiles, lora } from './adapter-files.ts'
import { overlaps } from './overlaps.ts'
import type { Page } from '@playwright/test'

const story = 'Tell me a story about Lily.'
const card = (page: Page, name: string) => page.locator('article[data-testid^="adapter-card-"]', { hasText: name })

/** On the panel, with one adapter on the model. */
async function withAdapter(page: Page): Promise<void> {
  await openReady(page, { panel: 'adapters' })
  await dropFiles(page, lora('loud'))
  await card(page, 'loud').getByTestId('put-adapter').click()
  await expect(card(page, 'loud')).toHaveAttribute('data-on', 'true')
  await waitForState(page, 'ready')
}

test('dropped, refused, put on, turned down to the model itself, kept, taken off, removed', async ({ page }) => {
  await openReady(page)
  const alone = await ask(page, story)
  // two at once, on another panel: theirs opens
  await dropFiles(page, [...lora('loud'), ...lora('foreign', { width: 128, base: 'other/model-7b' })])
  await expect(page.getByTestId('adapters-panel')).toBeVisible()
  await expect(page.getByTestId('adapters-added')).toContainText('foreign')
  await expect(card(page, 'foreign')).toContainText('made for other/model-7b')
  await card(page, 'foreign').getByTestId('put-adapter').click()
  await expect(card(page, 'foreign').getByTestId('error')).toHaveAttribute('data-code', 'ADAPTER_MISFIT')
  await expect(card(page, 'foreign').getByTestId('error')).toContainText('of “foreign” would have to be')
  await waitForState(page, 'ready')
  await card(page, 'loud').getByTestId('put-adapter').click()
  await expect(card(page, 'loud')).toHaveAttribute('data-on', 'true')
  await expect(card(page, 'loud')).toContainText('LoRA')
  await expect(card(page, 'loud')).toContainText(/rank 2.*4 modules/)
  await expect(card(page, 'loud').getByTestId('adapter-ignored')).toContainText('a_word_of_tomorrow')
  expect(await accessibility(page)).toEqual([])

  await hooks.nav(page, 'chat').click()
  await expect(page.getByTestId('adapter-bar')).toContainText('loud 1')
  await page.getByTestId('new-chat').click()
  await expect(hooks.answers(page)).toHaveCount(0)
  expect(await ask(page, story)).not.toBe(alone)
  // in the chat, with the keyboard: Home is the slider's end; its middle is 0
  await page.getByTestId('adapter-bar-change').click()
  await page.getByTestId('adapter-slider').press('Home')
  await expect(page.getByTestId('adapter-bar')).toContainText('loud -2')
  await page.getByTestId('adapter-slider').fill('0')
  await expect(page.getByTestId('adapter-bar')).toContainText('loud off')
  expect(await accessibility(page)).toEqual([])
  await page.getByTestId('new-chat').click()
  await expect(hooks.answers(page)).toHaveCount(0)
  expect(await ask(page, story)).toBe(alone)
  // below nothing, typed: the slider stands there, and its ends go on from it; and it comes back with the page
  await page.getByTestId('adapter-number').fill('-3')
  await page.getByTestId('adapter-number').press('Enter')
  await expect(page.getByTestId('adapter-slider')).toHaveValue('-3')
  await page.getByTestId('adapter-slider').press('Home')
  await expect(page.getByTestId('adapter-bar')).toContainText('loud -4')
  await page.getByTestId('adapter-number').fill('-1.5')
  await page.getByTestId('adapter-number').press('Enter')
  await expect(page.getByTestId('adapter-bar')).toContainText('loud -1.5')
  await page.getByTestId('new-chat').click()
  await expect(hooks.answers(page)).toHaveCount(0)
  expect(await ask(page, story)).not.toBe(alone)
  await page.reload()
  await waitForState(page, 'ready')
  await expect(page.getByTestId('adapter-bar')).toContainText('loud -1.5')

  await page.getByTestId('adapter-bar-link').click()
  await card(page, 'loud').getByTestId('take-adapter').click()
  await expect(card(page, 'loud')).toHaveAttribute('data-on', 'false')
  await waitForState(page, 'ready')
  await card(page, 'loud').getByTestId('remove-adapter').click()
  await expect(card(page, 'loud')).toContainText('its files must be added again')
  await card(page, 'loud').getByTestId('remove-adapter-confirm').click()
  await expect(card(page, 'loud')).toHaveCount(0)
})

test('a model that reads is read twice, and its candidates stand side by side', async ({ page }) => {
  await openReady(page, { model: 'fill-in', panel: 'adapters' })
  await dropFiles(page, lora('other-words', { model: 'fill-in' }))
  await card(page, 'other-words').getByTestId('put-adapter').click()
  await expect(card(page, 'other-words')).toHaveAttribute('data-on', 'true')
  await page.getByTestId('ab-prompt').fill('The dog [MASK] at Tom.')
  await page.getByTestId('ab-run').click()
  const barked = page.getByTestId('ab-readings').locator('tr', { hasText: 'barked' }).locator('td')
  await expect(barked).toHaveCount(2)
  const [a, b] = await barked.allInnerTexts()
  expect(a).toMatch(/^\d+(\.\d+)? %$/)
  expect(a).not.toBe(b)
  await expect(card(page, 'other-words')).toHaveAttribute('data-scale', '1')
  expect(await accessibility(page)).toEqual([])
})

test('a file that proves to be an adapter is sent to where adapters are', async ({ page }) => {
  await openReady(page, { panel: 'models' })
  await dropFiles(page, [{ path: 'a.gguf', bytes: readFileSync('fixtures/adapters/gguf_q4_0/adapter/adapter.gguf') }])
  await page.getByTestId('add-as-adapter').click()
  await expect(card(page, 'LoRA').getByTestId('put-adapter')).toBeVisible()
  await expect(page.getByTestId('adapters-added')).not.toBeEmpty()
  // and what is none is refused by name, beside what was added
  await dropFiles(page, [{ path: 'notes/notes.txt', bytes: Buffer.from('none') }])
  await expect(page.getByTestId('adapter-refused')).toContainText('“notes” was not added')
})

test('one prompt on both sides: A is the model itself, they part at a token, the chat is left alone; a phone in Chinese shows the panel without sideways scrolling', async ({
  page,
}) => {
  await withAdapter(page)
  await page.getByTestId('ab-prompt').fill(story)
  await page.getByTestId('ab-length').fill('40')
  await page.getByTestId('ab-run').click()
  await expect(page.getByTestId('ab-b')).toHaveAttribute('data-state', 'done')
  await expect(page.getByTestId('ab-said')).toHaveText(/They part at token \d+/)
  const [a, b] = await Promise.all(['a', 'b'].map((side) => page.getByTestId(`ab-text-${side}`).innerText()))
  expect(a).not.toBe(b)
  await expect(page.getByTestId('ab-mark-a')).not.toHaveText(await page.getByTestId('ab-mark-b').innerText())
  await expect(page.getByTestId('ab-parting').locator('tbody tr').first()).toContainText('%')
  await expect(card(page, 'loud')).toHaveAttribute('data-scale', '1')
  expect(await accessibility(page)).toEqual([])
  // the same on both sides gives the same
  await page.getByTestId('ab-strength-b').fill('0')
  await page.getByTestId('ab-strength-b').press('Enter')
  await page.getByTestId('ab-run').click()
  await expect(page.getByTestId('ab-said')).toHaveText('Both are the same, token by token.')
  await expect(page.getByTestId('ab-text-a')).toHaveText(a!)
  await hooks.nav(page, 'chat').click()
  await expect(hooks.answers(page)).toHaveCount(0)
  await hooks.nav(page, 'adapters').click()
  await page.setViewportSize({ width: 390, height: 844 })
  await hooks.language(page).click()
  await page.getByTestId('ab-prompt').fill('讲一个关于小明的故事。')
  await page.getByTestId('ab-length').fill('12')
  await page.getByTestId('ab-run').click()
  await expect(page.getByTestId('ab-b')).toHaveAttribute('data-state', 'done')
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
  await hooks.nav(page, 'models').click()
  await hooks.nav(page, 'adapters').click()
  await expect(page.getByTestId('ab-b')).toHaveAttribute('data-state', 'done')
  expect(await overlaps(page)).toEqual([])
  expect(await accessibility(page)).toEqual([])
})
