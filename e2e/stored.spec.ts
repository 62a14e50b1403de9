// What lies in the browser's store may be damaged, cut off or of another version: the page heals it, or says what to do
// and that works. And files that are no model, dropped on the page, in both languages.

import { readFileSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { ask, expect, hooks, openReady, test, waitForState } from './harness.ts'

const read = (place: string): Buffer => readFileSync(`fixtures/${place}`)
/** Its head says to be IQ3_S: behind its name stand the number of dimensions, both of them, and the type. */
function withIq3Head(file: Buffer): Buffer {
  const name = 'output.weight'
  file.writeUInt32LE(21, file.lastIndexOf(name) + name.length + 4 + 2 * 8)
  return file
}
const drop = async (page: Page, files: Record<string, Buffer>): Promise<void> => {
  await hooks
    .fileInput(page)
    .setInputFiles(Object.entries(files).map(([name, buffer]) => ({ name, mimeType: '', buffer })))
}
/** Changes a row of the page's own database. `change` is the body of a function of the row. */
const alter = (page: Page, store: string, key: string | (string | number)[], change: string): Promise<void> =>
  page.evaluate(
    async ([from, at, body]) => {
      const db = await new Promise<IDBDatabase>((resolve, reject) => {
        const open = indexedDB.open('glassbox')
        open.onsuccess = () => resolve(open.result)
        open.onerror = () => reject(open.error!)
      })
      const tx = db.transaction(from, 'readwrite')
      const rows = tx.objectStore(from)
      const got = await new Promise<unknown>((resolve) => {
        const request = rows.get(at)
        request.onsuccess = () => resolve(request.result)
      })
      const value =
        body === 'noise'
          ? new Uint8Array((got as Blob).size ?? 1000).fill(7).buffer
          : { ...(got as object), ...(JSON.parse(body) as object) }
      if (rows.keyPath === null) rows.put(value, at)
      else rows.put(value)
      await new Promise((resolve) => {
        tx.oncomplete = resolve
      })
      db.close()
    },
    [store, key, change] as const,
  )

test('damage to files from this computer says to add them again, and adding them works', async ({ page }) => {
  await openReady(page)
  const gguf = read('golden/gguf_q4_0/model.gguf')
  await drop(page, { 'tiny.gguf': gguf })
  await page.getByTestId('pending-model').getByTestId('store-model').click()
  const card = hooks.modelCard(page, 'file:tiny.gguf')
  await expect(card).toHaveAttribute('data-state', 'stored')
  await alter(page, 'chunks', ['file:tiny.gguf', 'tiny.gguf', 0], 'noise')
  await card.getByTestId('load-model').click()
  const error = hooks.error(page).first()
  await expect(error).toContainText('“tiny.gguf” is not what was written: part 1 of 1 changed or is gone.')
  await expect(error).toContainText('add the model’s files again')
  await expect(error.getByRole('button', { name: 'Try again' })).toHaveCount(0)
  await expect(card.getByTestId('cut-import')).toContainText('add them again')
  const chooser = page.waitForEvent('filechooser')
  await error.getByRole('button', { name: 'Add its files again' }).click()
  await (await chooser).setFiles({ name: 'tiny.gguf', mimeType: '', buffer: gguf })
  await page.getByTestId('pending-model').getByTestId('load-model').click()
  await waitForState(page, 'ready')
  await expect(hooks.modelSelect(page)).toHaveValue('file:tiny.gguf')
  await expect(page.locator('[data-testid^="model-card-file:"]')).toHaveCount(1)
})

test('what is dropped and is no model is said as what it is; a GGUF that does not say how it cuts text says so in its plan, on its card and in the chat', async ({
  page,
}) => {
  await openReady(page)
  for (const lang of ['en', 'zh'] as const) {
    if (lang === 'zh') await hooks.language(page).click()
    const said: [Record<string, Buffer>, string, string][] = [
      [
        { 'MyModel-Q4_0.gguf': withIq3Head(read('faults/gguf/MyModel-Q4_0.gguf')) },
        'stored as IQ3_S ("output.weight"), though its name says Q4_0',
        '以 IQ3_S 存储（"output.weight"），尽管文件名写的是 Q4_0',
      ],
      [{ 'moe.gguf': read('faults/gguf/moe.gguf') }, 'a mixture of experts (8)', '混合专家模型（8 个专家'],
      [{ 'holiday.jpg': Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16]) }, 'it is a JPEG picture', ' JPEG 图片'],
      [
        { 'a-00001-of-00002.gguf': read('golden/gguf_q4_0/model.gguf') },
        'The model lies in 2 files; 1 of them is missing (“a-00002-of-00002.gguf”)',
        '模型分为 2 个文件，缺少其中 1 个',
      ],
    ]
    for (const [files, en, zh] of said) {
      await drop(page, files)
      await expect(page.getByTestId('pending-model').getByTestId('error')).toContainText(lang === 'en' ? en : zh)
      await page.getByTestId('discard-model').click()
    }
    await drop(page, { 'no_pre.gguf': read('faults/gguf/no_pre.gguf') })
    const words = lang === 'en' ? '“default” is assumed, as llama.cpp does' : '这里和 llama.cpp 一样按“default”处理'
    await expect(page.getByTestId('pending-model').getByTestId('plan-notices')).toContainText(words)
    await page.getByTestId('pending-model').getByTestId('load-model').click()
    await expect(hooks.modelSelect(page)).toHaveValue('file:no_pre.gguf')
    await waitForState(page, 'ready')
    await expect(page.getByTestId('model-notices')).toContainText(words)
    await hooks.nav(page, 'chat').click()
    await expect(page.getByTestId('chat-notices')).toContainText(words)
  }
})

test('a damaged part of the model that came with the page is fetched again by itself, and a stored model whose description or parts are damaged, too', async ({
  page,
}) => {
  await openReady(page)
  await alter(page, 'chunks', ['storyteller', 'model.safetensors', 0], 'noise')
  await page.reload()
  await waitForState(page, 'ready')
  await expect(hooks.error(page)).toHaveCount(0)
  expect((await ask(page, 'Tell me a story about Lily.')).length).toBeGreaterThan(0)
  for (const [store, key, change] of [
    ['models', 'storyteller', '{"origin":7}'],
    ['files', ['storyteller', 'model.safetensors'], '{"hashes":{}}'],
  ] as const) {
    await alter(page, store, typeof key === 'string' ? key : [...key], change)
    await page.reload()
    await waitForState(page, 'ready')
    await expect(hooks.error(page)).toHaveCount(0)
  }
})
