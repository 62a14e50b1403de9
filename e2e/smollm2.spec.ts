// The big one, once from end to end: SmolLM2-135M comes from the local server into the browser, is planned,
// answers while it streams, and after a reload comes from the disk; then MiniLM comes beside it, the network goes, and three
// documents are asked: what MiniLM finds SmolLM2 answers from, and every highlight is what the file says. One test, because
// every step of it is slow.

import { existsSync } from 'node:fs'
import { ask, expect, hooks, open, say, test, waitForServiceWorker, waitForState } from './harness.ts'
import { watchHeaps } from '../scripts/heap.mjs'

const file = 'models/smollm2/SmolLM2-135M-Instruct.Q4_1.gguf'
const question = 'What is the capital of France?'
const MiB = 2 ** 20
const minilm = 'models/minilm/model.safetensors'

const documents = {
  'lighthouse.md':
    '# The lighthouse of Marrow Point\r\n\r\nIt was built in 1871 by Ada Fennick, an engineer from Leeds. 🗼 It is 38 metres high.\r\n\r\n## The keeper\r\n\r\nThe last keeper was Tomas Brae. He left the tower in 1974.\r\n',
  'orchard.txt': 'The orchard at Hollin has ninety pear trees. <|im_end|> Bees are kept behind the barn.\n',
  '图书馆.txt':
    '青石镇的图书馆建于一九三二年，馆长是林秋月。馆里有两万册书，其中三百册是手抄本，只在每月第一个星期日展出。读者可以把书借回家三个星期，到期还可以再续一次。\n',
}

test.use({ serviceWorkers: 'allow' })

test('SmolLM2 is downloaded, loads in little memory, answers, and comes from the disk after a reload', async ({
  page,
  context,
}) => {
  test.skip(!existsSync(file), 'UNRUN: run npm run model smollm2')
  test.setTimeout(400_000)
  await page.addInitScript(() => {
    const params = { temperature: 0, randomSeed: false, maxTokens: 12 }
    localStorage.setItem(
      'glassbox.settings',
      JSON.stringify({ state: { params, load: { device: 'cpu' } }, version: 1 }),
    )
  })
  const asked: string[] = []
  page.on('request', (request) => {
    if (request.url().endsWith('.gguf') && request.method() === 'GET') asked.push(request.url())
  })
  const heaps = await watchHeaps(context, page)
  await open(page, { panel: 'models' })
  await waitForState(page, 'ready')

  const card = hooks.modelCard(page, 'local:smollm2')
  await card.scrollIntoViewIfNeeded()
  await heaps.collect()
  const idle = await heaps.now()
  const { peak } = await heaps.peakDuring(async () => {
    await card.getByTestId('load-model').click()
    await expect(card).toHaveAttribute('data-state', 'downloading')
    await expect(card.getByRole('progressbar')).toBeVisible()
    await expect(card).toContainText(/[\d.]+ MB of 98\.4 MB/)
    await expect(card).toHaveAttribute('data-state', 'loaded', { timeout: 90_000 })
  })
  // on the processor the model itself lies in JavaScript's memory: 197 MB of weights, cache and activations
  const kind = await page.getByTestId('device-running').getAttribute('data-kind')
  const room = 64 + (kind === 'cpu' ? 197e6 / MiB : 0)
  expect((peak - idle) / MiB, 'MiB of JavaScript heap above idle while downloading and loading').toBeLessThan(room)
  expect(asked.length, 'the download was seen').toBeGreaterThan(0)

  await card.getByTestId('model-details').click()
  const plan = card.getByTestId('plan')
  for (const part of [/Weights\s*96\.6\sMB/, /KV cache\s*94\.4\sMB/, /Together\s*197\sMB/]) {
    await expect(plan).toContainText(part)
  }

  await hooks.nav(page, 'chat').click()
  await page.evaluate(() => {
    const seen = new Set<string>()
    Object.assign(globalThis, { seen })
    new MutationObserver(() => {
      const answer = document.querySelector('[data-testid="message-assistant"][data-streaming="true"]')
      if (answer && !answer.querySelector('[class*=reading]')) seen.add(answer.textContent)
    }).observe(document.body, { subtree: true, childList: true, characterData: true })
  })
  const first = await ask(page, question)
  expect(first).toContain('Paris')
  expect(
    await page.evaluate(() => (globalThis as unknown as { seen: Set<string> }).seen.size),
    'pictures of a growing answer',
  ).toBeGreaterThan(3)
  await expect(hooks.decode(page)).toContainText(/\d+ tokens.*tok\/s/)

  asked.length = 0
  await page.reload()
  await waitForState(page, 'ready')
  await expect(hooks.modelSelect(page)).toHaveValue('local:smollm2')
  await page.getByTestId('new-chat').click()
  await say(page, question)
  await expect(hooks.answers(page).first()).toHaveAttribute('data-streaming', 'false', { timeout: 90_000 })
  expect((await hooks.answers(page).first().innerText()).trim()).toBe(first)
  expect(asked, 'weights asked for again').toEqual([])

  test.skip(!existsSync(minilm), 'UNRUN: run npm run model minilm; SmolLM2 alone was right')
  await hooks.nav(page, 'models').click()
  const sentences = hooks.modelCard(page, 'local:minilm')
  await sentences.getByTestId('load-model').click()
  await expect(sentences).toHaveAttribute('data-state', 'loaded', { timeout: 90_000 })
  await waitForServiceWorker(page)
  await context.setOffline(true)
  await page.goto(page.url().replace(/#.*/, '#/documents'))
  await page.reload()
  await waitForState(page, 'ready')
  const files = Object.entries(documents).map(([name, text]) => ({
    name,
    mimeType: 'text/plain',
    buffer: Buffer.from(text),
  }))
  await page.getByTestId('documents-file').setInputFiles(files)
  await page.getByTestId('documents-embed').click()
  await expect(page.getByTestId('documents-meaning')).toHaveAttribute('data-state', 'ready')
  // the Chinese one, of whose tokens MiniLM knows few, takes it from no other
  await expect(page.getByTestId('documents-meaning')).toContainText('of whose tokens this model knows too few: 1.')
  await page.getByTestId('documents-question').fill('Who was the last keeper?')
  await page.keyboard.press('Enter')
  await expect(page.getByTestId('documents-hit').first()).toContainText('by words: place 1 · by meaning: place 1')
  // the model that writes is brought by the answer, the model of sentences by the next question
  await expect(page.getByTestId('documents-answer')).toHaveText('Let smollm2 answer')
  await page.getByTestId('documents-answer').click()
  const answered = page.getByTestId('documents-answered')
  await expect(answered).toHaveAttribute('data-state', 'done', { timeout: 90_000 })
  await expect(page.getByTestId('documents-text')).toHaveText('The last keeper was Tomas Brae. [1]')
  await page.getByTestId('documents-cite').click()
  const mark = page.getByTestId('documents-shown').locator('mark')
  const marked = (): Promise<string> => mark.evaluate((node) => node.textContent)
  expect(await marked()).toBe('The last keeper was Tomas Brae.')
  const shares = page.getByTestId('documents-looks').locator('li')
  await expect(shares.first()).toBeVisible({ timeout: 60_000 })
  const all = await shares.evaluateAll((nodes) => nodes.map((node) => Number((node as HTMLElement).dataset['share'])))
  expect(Math.min(...all)).toBeGreaterThan(0)
  expect(all.reduce((sum, share) => sum + share)).toBeLessThan(1)

  await page.getByTestId('documents-question').fill('图书馆的馆长是谁？')
  await page.keyboard.press('Enter')
  await expect(page.getByTestId('documents-found')).toHaveAttribute('data-question', '图书馆的馆长是谁？')
  const hit = page.getByTestId('documents-hit').first()
  await expect(hit).toContainText('图书馆.txt')
  await expect(hooks.modelSelect(page)).toHaveValue('local:minilm')
  await hit.getByRole('button', { name: 'Show it in the document' }).click()
  await expect(mark).toContainText('林秋月')
  expect(documents['图书馆.txt']).toContain(await marked())
})
