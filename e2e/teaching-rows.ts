// Rows of what is taught, as the page finds them in its storage when it opens.

import type { Page } from '@playwright/test'

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
