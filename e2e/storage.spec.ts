// The storage page, as a person goes: what is kept adds up, a damaged part is found and fetched again alone, a model goes
// out as one file and comes in elsewhere, and a browser that emptied its storage is not taken for a first visit.

import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import { accessibility, expect, hooks, openReady, test, waitForState } from './harness.ts'

const parts = (page: Page): Promise<number[]> =>
  page
    .getByTestId('storage-parts')
    .locator('tr td:last-child')
    .allInnerTexts()
    .then((all) => all.map((text) => Number(text.replace(/\D/g, ''))))
const item = (page: Page, id: string) => page.getByTestId(`stored-${id}`)
const picture = async (page: Page, name: string): Promise<void> => {
  const folder = process.env['GLASSBOX_PICTURE']
  if (!folder) return
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme })
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 900 })
      await page.screenshot({ path: `${folder}/storage-${name}-${scheme}-${width}.png`, fullPage: true })
    }
  }
  await page.setViewportSize({ width: 1280, height: 720 })
  await page.emulateMedia({ colorScheme: 'light' })
}

test('what is stored adds up, is checked, mended, saved and taken in again', async ({ page }) => {
  await openReady(page)
  await hooks.nav(page, 'models').click()
  await page.getByTestId('to-storage').click()
  await expect(hooks.nav(page, 'models')).toHaveAttribute('aria-current', 'page')
  const own = item(page, 'storyteller')
  await expect(own).toHaveAttribute('data-whole', 'true')
  // it is the one that is loaded
  await expect(own).not.toContainText('not loaded yet')
  await hooks.language(page).click()
  await expect(own).not.toContainText('还没有加载过')
  await hooks.language(page).click()
  await expect(page.getByTestId('storage-parts')).toBeVisible()
  const numbers = await parts(page)
  const sum = numbers.pop()!
  expect(numbers.reduce((total, bytes) => total + bytes, 0)).toBe(sum)
  expect(numbers[0]).toBeGreaterThan(1e6)

  await own.getByTestId('verify').click()
  await expect(own.getByTestId('reading')).toHaveAttribute('data-bad', 'false')
  expect(await accessibility(page)).toEqual([])
  await picture(page, 'en')
  const [saved] = await Promise.all([page.waitForEvent('download'), own.getByTestId('save-model').click()])
  const file = await readFile(await saved.path())
  expect(file.length).toBeGreaterThan(numbers[0]!)
  expect(file.subarray(257, 262).toString()).toBe('ustar')

  // in another tab's words: something changed a part of it on the disk
  await page.evaluate(async () => {
    const db = await new Promise<IDBDatabase>((resolve) => {
      const open = indexedDB.open('glassbox')
      open.onsuccess = () => resolve(open.result)
    })
    const tx = db.transaction('chunks', 'readwrite')
    tx.objectStore('chunks').put(new Uint8Array(1000).fill(7).buffer, ['storyteller', 'tokenizer.json', 0])
    await new Promise((resolve) => {
      tx.oncomplete = resolve
    })
    db.close()
  })
  await own.getByTestId('verify').click()
  await expect(own.getByTestId('reading')).toHaveAttribute('data-bad', 'true')
  await expect(own).toHaveAttribute('data-whole', 'false')
  await own.getByTestId('mend').click()
  await expect(own).toHaveAttribute('data-whole', 'true')

  await hooks.fileInput(page).setInputFiles({ name: saved.suggestedFilename(), mimeType: '', buffer: file })
  await page.getByTestId('pending-model').getByTestId('store-model').click()
  const copy = hooks.modelCard(page, 'file:Storyteller')
  await expect(copy).toHaveAttribute('data-state', 'stored')
  await page.goto('#/storage')
  await item(page, 'file:Storyteller').getByTestId('delete-stored').click()
  await expect(item(page, 'file:Storyteller').getByRole('group')).toContainText(/MB/)
  await item(page, 'file:Storyteller').getByTestId('delete-stored-confirm').click()
  await expect(item(page, 'file:Storyteller')).toHaveCount(0)
  // the loaded one is closed first
  await own.getByTestId('delete-stored').click()
  await expect(own.getByRole('group')).toContainText('Close')
  await hooks.language(page).click()
  await expect(own.getByRole('group')).toContainText('关闭')
  await own.getByTestId('delete-stored-confirm').click()
  await expect(own).toHaveCount(0)
  await waitForState(page, 'idle')
})

test('a browser that emptied its storage is told apart from a first visit', async ({ page, watched }) => {
  watched.allow(/404/) // a bare file has no icon of its own
  await openReady(page)
  await expect(page.getByTestId('data-removed')).toHaveCount(0)
  await page.goto('./manifest.webmanifest') // no page of ours holds the database open
  const client = await page.context().newCDPSession(page)
  const origin = new URL(test.info().project.use.baseURL!).origin
  await client.send('Storage.clearDataForOrigin', { origin, storageTypes: 'indexeddb,file_systems' })
  await page.goto('/')
  await expect(page.getByTestId('data-removed')).toContainText('This is not your first visit')
  await picture(page, 'removed')
  await waitForState(page, 'ready')
  await expect(page.getByTestId('data-removed')).toBeVisible()
  await page.reload()
  await waitForState(page, 'ready')
  await expect(page.getByTestId('data-removed')).toHaveCount(0)
})

test('a folder is opened where it lies: no copy, again after a reload, and a changed file is said to be one', async ({
  page,
}) => {
  // the browser's own folder stands in for one on the disk: the same handles, and no dialog that a test could not answer
  await page.addInitScript(() => {
    Object.assign(globalThis, {
      showDirectoryPicker: async () =>
        (await navigator.storage.getDirectory()).getDirectoryHandle('tiny', { create: true }),
    })
  })
  await openReady(page)
  const write = (bytes: number[]): Promise<void> =>
    page.evaluate(async (data) => {
      const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('tiny', { create: true })
      const file = await (await folder.getFileHandle('model.gguf', { create: true })).createWritable()
      await file.write(new Uint8Array(data))
      await file.close()
    }, bytes)
  const model = [...(await readFile('fixtures/golden/gguf_q4_0/model.gguf'))]
  await write(model)
  await hooks.nav(page, 'models').click()
  await page.getByTestId('pick-folder').click()
  await page.getByTestId('load-in-place').click()
  await expect(hooks.modelSelect(page)).toHaveValue('place:tiny')
  await waitForState(page, 'ready') // of this one: before the click another was
  await expect(hooks.modelCard(page, 'place:tiny')).toContainText('Lies on your disk')
  await page.goto('#/storage')
  const chunks = (): Promise<number> =>
    page.evaluate(
      () =>
        new Promise((resolve) => {
          const open = indexedDB.open('glassbox')
          open.onsuccess = () => {
            const all = open.result.transaction('models').objectStore('models').getAllKeys()
            all.onsuccess = () => {
              open.result.close()
              resolve(all.result.length)
            }
          }
        }),
    )
  expect(await chunks(), 'only the page’s own model is stored').toBe(1)
  await picture(page, 'place')
  await page.reload()
  await waitForState(page, 'ready')
  await expect(hooks.modelSelect(page)).toHaveValue('place:tiny')
  await write([...model, 0])
  await page.reload()
  await waitForState(page, 'error')
  await expect(hooks.error(page).first()).toContainText('“model.gguf” of “tiny” was changed since it was opened')
})
