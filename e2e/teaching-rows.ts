// Rows of what is taught, as the page finds them in its storage when it opens; and a run of one pair that is begun in the panel.

import type { Page } from '@playwright/test'
import { expect } from './harness.ts'

/** Waits until the panel is in this phase. */
export const phase = (page: Page, name: string) =>
  expect(page.getByTestId('teach-panel')).toHaveAttribute('data-phase', name, { timeout: 60_000 })

/** Reads a row, or puts one in the place of that with its id. The page has opened its storage once. */
export const row = (page: Page, given: string | { id: string; [key: string]: unknown }): Promise<unknown> =>
  page.evaluate(
    (one) =>
      new Promise((resolve, reject) => {
        const opened = indexedDB.open('glassbox')
        opened.onerror = () => reject(new Error('no storage'))
        opened.onsuccess = () => {
          const tx = opened.result.transaction('teaching', 'readwrite')
          const asked =
            typeof one === 'string' ? tx.objectStore('teaching').get(one) : tx.objectStore('teaching').put(one)
          tx.oncomplete = () => {
            opened.result.close()
            resolve(typeof one === 'string' ? asked.result : null)
          }
        }
      }),
    given,
  )

/** One pair, so many updates. */
export async function beginTeaching(page: Page, updates: number): Promise<void> {
  const panel = page.getByTestId('teach-panel')
  await panel.getByRole('button', { name: 'Begin with none' }).click()
  await panel.getByLabel('Question 1').fill('Where was Zoe?')
  await panel.getByLabel('Answer 1').fill('Zoe was in the castle.')
  await panel.getByRole('checkbox').first().uncheck()
  const settings = panel.getByRole('region', { name: 'Settings' })
  await settings.locator('summary').click()
  await settings.getByLabel('Updates').last().fill(String(updates))
  await settings.getByLabel('Updates').last().blur()
  await page.getByTestId('teach-start').click()
  await phase(page, 'learning')
}
