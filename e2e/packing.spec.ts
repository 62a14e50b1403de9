// What a model's weights become: the page says what the file holds, what each choice takes and how far it is from the file;
// the choice is the model's own, is loaded, and is still there after a visit.

import { readFileSync } from 'node:fs'
import { expect, openReady, test, waitForState } from './harness.ts'

const gguf = readFileSync('fixtures/golden/gguf_q4_0/model.gguf').toString('base64')

test('a packed file is packed anew as it was chosen, by model, and its memory and errors were said before', async ({
  page,
}) => {
  await openReady(page, { panel: 'models' })
  await page.evaluate((text) => {
    const data = new DataTransfer()
    data.items.add(new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], 'tiny.gguf'))
    for (const type of ['dragenter', 'dragover', 'drop']) {
      document.body.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }))
    }
  }, gguf)
  const pending = page.getByTestId('pending-model')
  await expect(pending.getByTestId('held')).toContainText(/Q4_0/)
  const linear = pending.getByTestId('packing-linear')
  await expect(linear.getByTestId('linear-keep')).toBeChecked()
  await expect(pending.getByTestId('packing-share')).toContainText('every number')
  await expect(linear.getByTestId('against-linear')).toContainText('rounded already')
  const rows = await linear.locator('tbody tr').allTextContents()
  expect(rows.map((row) => row.replace(/(?:[\d.,]+\s?[kM]B){2}/u, ' # '))).toEqual([
    expect.stringMatching(/^as in the fileusual # 0$/),
    expect.stringMatching(/^NF4, 4 bits # \d.*%$/),
    expect.stringMatching(/^int8, 8 bits # 0?\.?\d.*%$/),
    expect.stringMatching(/^F16, 16 bits # 0\.0\d+ %$/),
  ])
  const total = pending.locator('dd').first()
  const before = await total.textContent()
  await linear.getByTestId('linear-f16').check()
  await expect(total).not.toHaveText(before!)
  await expect(pending.getByTestId('held')).toContainText(/F16/)
  // what is wide scrolls in its box: the page stays as wide as the screen
  await pending.locator('details:has(pre) summary').click()
  for (const width of [390, 1280]) {
    await page.setViewportSize({ width, height: 800 })
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
    const card = (await pending.boundingBox())!,
      steps = (await pending.locator('pre').boundingBox())!
    expect(steps.x + steps.width).toBeLessThanOrEqual(card.x + card.width)
  }
  await pending.getByTestId('load-model').click()
  await waitForState(page, 'ready')
  /** of the running model's own weights */
  const formats = async (): Promise<string[]> => [
    ...new Set(
      (
        await page.evaluate(() =>
          (
            globalThis as unknown as { glassbox: { client: { glass: { weights(): Promise<{ format: string }[]> } } } }
          ).glassbox.client.glass.weights(),
        )
      ).map(({ format }) => format),
    ),
  ]
  // the model before it is ready until this one is stored, then none is for a while
  const soon = (error: unknown): string[] => {
    if (!/none is loaded/.test(String(error))) throw error
    return []
  }
  await expect.poll(async () => (await formats().catch(soon)).sort()).toEqual(['f16', 'q4_0'])

  await page.reload()
  await waitForState(page, 'ready')
  expect((await formats()).sort()).toEqual(['f16', 'q4_0'])
})
