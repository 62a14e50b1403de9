// Files from the reader's disk: a good one is planned, stored, loaded and answers;
// bad ones get their own sentence, and the model that was loaded goes on working.

import { readFileSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { ask, expect, hooks, openReady, test, waitForState } from './harness.ts'

const gguf = readFileSync('fixtures/golden/gguf_q4_0/model.gguf')

/** Drops files on the window, as the system does. */
async function drop(page: Page, files: { name: string; bytes: Uint8Array }[]): Promise<void> {
  const plain = files.map(({ name, bytes }) => ({ name, text: Buffer.from(bytes).toString('base64') }))
  await page.evaluate((given) => {
    const data = new DataTransfer()
    for (const { name, text } of given) {
      data.items.add(new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], name))
    }
    for (const type of ['dragenter', 'dragover', 'drop']) {
      document.body.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }))
    }
  }, plain)
}

/** The same model under another key for its chat template: as if it brought none. */
function untemplated(): Buffer {
  const bytes = Buffer.from(gguf)
  bytes.write('tokenizer.chat_templatX', bytes.indexOf('tokenizer.chat_template'), 'latin1')
  return bytes
}

test('a dropped GGUF shows its plan, loads and answers, also without a chat template', async ({ page }) => {
  await openReady(page)
  await drop(page, [{ name: 'tiny random.gguf', bytes: untemplated() }])
  const pending = page.getByTestId('pending-model')
  await expect(pending.getByTestId('plan')).toContainText('llama')
  await expect(pending.getByTestId('context-select')).toBeVisible()
  await pending.getByTestId('load-model').click()
  await expect(hooks.modelSelect(page)).toHaveValue(/^file:/)
  await waitForState(page, 'ready')
  await expect(page.getByTestId('no-template')).toBeVisible()
  await hooks.nav(page, 'chat').click()
  await page.getByTestId('open-settings').click()
  await page.getByRole('spinbutton', { name: 'Longest answer' }).fill('12')
  await page.keyboard.press('Enter')
  await ask(page, 'Hello')
  await expect(hooks.decode(page)).toContainText(/\d+ tokens?/)
  await expect(page.getByTestId('template-notice')).toHaveText(/brings no chat template\. The built-in ChatML format/)
  await hooks.language(page).click()
  await expect(page.getByTestId('template-notice')).toHaveText(/没有自带对话模板。已改用内置的 ChatML 格式/)
})

test('on the models’ page: the plan of a file of many types, the file button, and a model of whose words not all are computed with', async ({
  page,
}) => {
  await openReady(page, { panel: 'models' })
  await test.step('the plan of a file of many types says how many tensors and bytes are of each', async () => {
    await drop(page, [{ name: 'm.gguf', bytes: readFileSync('fixtures/golden/llama_blocks_gguf/model.gguf') }])
    const pending = page.getByTestId('pending-model')
    await expect(pending.getByTestId('held')).toContainText(/Q5_K4\s*68\skB\s*Q5_K/)
    await pending.getByTestId('discard-model').click()
  })
  await test.step('the file button does the same as dropping', async () => {
    const chooser = page.waitForEvent('filechooser')
    await page.getByTestId('pick-files').click()
    await (await chooser).setFiles('fixtures/golden/gguf_q4_0/model.gguf')
    await page.getByTestId('pending-model').getByTestId('store-model').click()
    const card = page.locator('[data-testid^="model-card-file:"]')
    await expect(card).toHaveAttribute('data-state', 'stored')
    await card.getByTestId('delete-model').click()
    await card.getByTestId('delete-model-confirm').click()
    await expect(card).toHaveCount(0)
  })
  await test.step('what a model says and nothing computes with is listed, and a longer context is chosen for it alone', async () => {
    const config = {
      ...(JSON.parse(readFileSync('fixtures/golden/llama/config.json', 'utf8')) as object),
      max_position_embeddings: 32,
      rope_theta: 10000,
      rope_scaling: { type: 'dynamic', factor: 2 },
      some_word: 7,
    }
    await drop(page, [
      { name: 'config.json', bytes: Buffer.from(JSON.stringify(config)) },
      { name: 'model.safetensors', bytes: readFileSync('fixtures/golden/llama/model.safetensors') },
      { name: 'tokenizer.json', bytes: readFileSync('fixtures/faults/st/adapter_only/tokenizer.json') },
    ])
    const pending = page.getByTestId('pending-model')
    await pending.getByTestId('plan-left').locator('summary').click()
    await expect(pending.getByTestId('plan-left')).toContainText('What is left aside (2)')
    await expect(pending.getByTestId('plan-left')).toContainText(
      'another key of the description wins: rope_parameters = {"rope_theta":10000,"rope_type":"default"}.',
    )
    await expect(pending.getByTestId('plan-left')).toContainText('no family known here reads it: some_word = 7.')
    await expect(pending.getByTestId('context-select')).toHaveValue('32')
    await pending.getByTestId('load-model').click()
    await waitForState(page, 'ready')
    const card = page.locator('[data-testid^="model-card-file:"]')
    await card.getByTestId('model-details').click()
    const context = card.getByTestId('context-select')
    await expect(context.locator('optgroup[label="Longer than it was trained for"] option')).toHaveText([
      '64 tokens',
      '128 tokens',
      '256 tokens',
    ])
    await context.selectOption('64')
    await expect(card.getByTestId('plan-notices')).toContainText(
      'The context is 64 tokens; the model was trained for 32. Its positions are scaled',
    )
    await card.getByRole('button', { name: 'Load again with these' }).click()
    await waitForState(page, 'ready')
    await expect(card.getByRole('button', { name: 'Load again with these' })).toHaveCount(0) // the plan is what runs
    await expect(context).toHaveValue('64')
    await hooks.language(page).click()
    await expect(card.getByTestId('plan-notices')).toContainText('上下文是 64 个词元，而模型是按 32 个训练的。')
    await expect(card.getByTestId('plan-left')).toContainText('没有用到的内容（2）')
  })
})

const flipped = Buffer.from(gguf)
flipped[16] = 0xff // the number of keys
flipped[23] = 0xff
const broken: { what: string; name: string; bytes: Uint8Array; code: string; en: string; zh: string }[] = [
  {
    what: 'truncated',
    name: 'cut.gguf',
    bytes: gguf.subarray(0, gguf.length - 20_000),
    code: 'FILE_TRUNCATED',
    en: 'The file is cut short',
    zh: '文件不完整',
  },
  {
    what: 'damaged',
    name: 'flipped.gguf',
    bytes: flipped,
    code: 'FILE_HEADER',
    en: 'The file is damaged',
    zh: '文件已损坏',
  },
  {
    what: 'a ZIP',
    name: 'pytorch_model.gguf',
    bytes: Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), Buffer.alloc(2000)]),
    code: 'FILE_FORMAT',
    en: 'This is not a model file',
    zh: '这不是模型文件',
  },
  {
    what: 'a saved web page',
    name: 'model.gguf',
    bytes: Buffer.from('<!doctype html><title>Log in</title>'),
    code: 'FILE_FORMAT',
    en: 'This is not a model file',
    zh: '这不是模型文件',
  },
  {
    what: 'a web page named as weights',
    name: 'model.safetensors',
    bytes: Buffer.from('<!doctype html><title>Log in</title>'),
    code: 'FILE_FORMAT',
    en: 'This is not a model file',
    zh: '这不是模型文件',
  },
  {
    what: 'weights alone',
    name: 'model.safetensors',
    bytes: readFileSync('fixtures/golden/llama/model.safetensors'),
    code: 'FILE_MISSING',
    en: 'A file of the model is missing',
    zh: '模型缺少文件',
  },
]

test('bad files get their sentence, in both languages, and the loaded model goes on', async ({ page }) => {
  await openReady(page)
  for (const lang of ['en', 'zh'] as const) {
    if (lang === 'zh') await hooks.language(page).click()
    for (const file of broken) {
      await drop(page, [file])
      const pending = page.getByTestId('pending-model')
      const error = pending.getByTestId('error')
      await expect(error, file.what).toHaveAttribute('data-code', file.code)
      await expect(error).toContainText(file[lang])
      await expect(error).toContainText('Storyteller')
      await expect(pending.getByTestId('load-model')).toBeDisabled()
      await pending.getByTestId('discard-model').click()
      await expect(pending).toHaveCount(0)
    }
  }
  await waitForState(page, 'ready')
  await hooks.nav(page, 'chat').click()
  expect((await ask(page, 'Tell me a story about Lily.')).length).toBeGreaterThan(0)
})
