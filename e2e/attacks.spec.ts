// Texts made to harm: links and chats that froze the page, and links that say another address than they lead to.

import { readFileSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { expect, hooks, openReady, test, waitForState } from './harness.ts'

test.setTimeout(180_000)
/** The longest time (ms) that the page answered nobody. */
const watchTasks = (page: Page) =>
  page.addInitScript(() => {
    const seen = { longest: 0 }
    Object.assign(globalThis, { seen })
    new PerformanceObserver((list) => {
      for (const task of list.getEntries()) seen.longest = Math.max(seen.longest, task.duration)
    }).observe({ type: 'longtask', buffered: true })
  })
const longest = (page: Page): Promise<number> =>
  page.evaluate(() => (globalThis as unknown as { seen: { longest: number } }).seen.longest)
const shown = async (page: Page): Promise<void> => {
  await expect(hooks.answers(page).first()).toContainText('www.a_www.a_', { timeout: 30_000 })
  // 45 s and more before; a busy test machine stretches every task
  expect(await longest(page)).toBeLessThan(2000)
}

test('a link whose answer costs a parser minutes opens at once', async ({ page, watched }) => {
  watched.allow(/CONTEXT_FULL/)
  await watchTasks(page)
  await page.goto(`./${readFileSync('fixtures/faults/attacks/freeze-link.txt', 'utf8').trim()}`)
  await shown(page)
  await page
    .getByTestId('link-close')
    .or(page.getByTestId('link-failed').getByRole('button').last())
    .first()
    .click({ timeout: 60_000 })
})

test('where a link leads is seen before the click; a stored chat like that costs no later visit', async ({ page }) => {
  await watchTasks(page)
  await openReady(page)
  await page.getByTestId('open-history').click()
  await test.step('where a link leads is seen before the click', async () => {
    await page.getByTestId('import-chats').setInputFiles('fixtures/faults/attacks/spoof-chats.json')
    const chat = page.getByTestId('conversation').filter({ hasText: 'U+202E' })
    await expect(chat).toHaveCount(1)
    await chat.getByRole('button').first().click()
    for (const i of [0, 1]) {
      const answer = hooks.answers(page).nth(i)
      await expect(answer).toContainText('→ evil.example')
      await expect(answer.locator('a')).toHaveCount(0)
      await answer.getByRole('button', { name: /bank\.example/ }).click()
      await expect(answer.getByRole('alert')).toContainText('it leads to evil.example')
      await expect(answer.locator('a')).toHaveAttribute(
        'href',
        i === 0 ? 'https://evil.example/steal?x=1' : 'https://evil.example/',
      )
    }
  })
  await test.step('a stored chat like that costs no later visit', async () => {
    await page.getByTestId('import-chats').setInputFiles('fixtures/faults/attacks/brick-chats.json')
    await page.getByTestId('conversation').filter({ hasText: 'hello' }).getByRole('button').first().click()
    await shown(page)
    await page.reload()
    await waitForState(page, 'ready')
    await shown(page)
  })
})
