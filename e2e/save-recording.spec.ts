// "Save this run as a recording": the file, opened again by the button and by dropping it, shows the numbers of the
// run.

import { readFileSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { cellAt, panel } from './attention-page.ts'
import { ask, expect, hooks, open, openReady, test, waitForState } from './harness.ts'

test.setTimeout(400_000)

/** What the matrix says about one cell. */
async function cell(page: Page, row: number, col: number, count: number): Promise<number> {
  const { x, y } = await cellAt(page, row, col, count)
  await page.mouse.move(0, 0)
  await page.mouse.move(x, y)
  await expect(page.getByTestId('cell-value')).toHaveText(/^\d/, { timeout: 60_000 })
  return Number(await page.getByTestId('cell-value').innerText())
}

async function drop(page: Page, name: string, bytes: Buffer): Promise<void> {
  await page.evaluate(
    ({ name: file, text }) => {
      const data = new DataTransfer()
      data.items.add(new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], file))
      document.body.dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: data }))
    },
    { name, text: bytes.toString('base64') },
  )
}

test('a saved run opens again, by the button and by dropping it, with the same numbers', async ({ page }, info) => {
  await openReady(page)
  await ask(page, 'Tom found a red ball in the garden. Where did Tom find the ball?')
  const pick = (n: number): number => crypto.getRandomValues(new Uint32Array(1))[0]! % n
  const { layers, heads, length } = await page.evaluate(async () => {
    await globalThis.glassbox.client.glass.tokens()
    return globalThis.glassbox.client.glass.info()
  })
  const [layer, head, row] = [pick(layers), pick(heads), 2 + pick(length - 2)]
  const col = 1 + pick(row)
  info.annotations.push({ type: 'cell', description: `L${layer} H${head} ${row} -> ${col} of ${length}` })
  const look = async (): Promise<number> => {
    await page.evaluate(
      ([l, h]) => {
        location.hash = `#/attention?l=${l}&h=${h}`
      },
      [layer, head],
    )
    await expect(panel(page)).toHaveAttribute('data-ready', 'true', { timeout: 120_000 })
    await expect(panel(page)).toHaveAttribute('data-layer', String(layer))
    await expect(panel(page)).toHaveAttribute('data-head', String(head))
    return cell(page, row, col, length)
  }
  const live = await look()
  const truth = await page.evaluate(
    async ([l, h, r, c]) =>
      (
        await globalThis.glassbox.client.glass.attention({
          layer: l!,
          heads: [h!],
          rows: [r!, r! + 1],
          cols: [c!, c! + 1],
          maxRows: 1,
          maxCols: 1,
        })
      ).values[0]!,
    [layer, head, row, col],
  )
  expect(live).toBeCloseTo(truth, 2)

  const download = page.waitForEvent('download', { timeout: 240_000 })
  await page.getByTestId('save-recording').click()
  const saved = await download
  expect(saved.suggestedFilename()).toBe('Storyteller.glasstrace')
  const bytes = readFileSync(await saved.path())
  expect(bytes.length).toBeGreaterThan(50_000)

  // another page, and one on which nothing has run
  await page.reload()
  await waitForState(page, 'ready')
  await page.evaluate(() => {
    location.hash = '#/lens'
  })
  await page
    .getByTestId('recording-file')
    .setInputFiles({ name: 'run.glasstrace', mimeType: 'application/octet-stream', buffer: bytes })
  await expect(page.getByTestId('recording')).toBeVisible()
  expect(await look()).toBe(live)
  await page.getByTestId('close-recording').click()
  await expect(page.getByTestId('recording')).toHaveCount(0)

  await page.evaluate(() => {
    location.hash = '#/models'
  })
  await drop(page, 'run.glasstrace', bytes)
  await expect(page.getByTestId('recording')).toBeVisible()
  expect(await look()).toBe(live)
})

test('a damaged recording gets the same sentence by the button and by dropping it, on any panel', async ({ page }) => {
  await open(page, { panel: 'attention' })
  await waitForState(page, 'ready')
  for (const lang of ['en', 'zh'] as const) {
    if (lang === 'zh') {
      await hooks.language(page).click()
      await hooks.nav(page, 'attention').click()
    }
    const broken = Buffer.from('no recording at all')
    await page
      .getByTestId('recording-file')
      .setInputFiles({ name: 'broken.glasstrace', mimeType: 'application/octet-stream', buffer: broken })
    const said = page.locator('main [data-code="FILE_FORMAT"]')
    await expect(said.locator('p').first()).not.toHaveText('FILE_FORMAT') // its words are on their way
    const sentence = await said.locator('p').first().innerText()
    await page.evaluate(() => {
      location.hash = '#/chat'
    })
    await drop(page, 'broken.glasstrace', broken)
    const refused = page.getByTestId('drop-refused')
    await expect(refused.locator('[data-code="FILE_FORMAT"] p').first()).toHaveText(sentence)
    expect(new URL(page.url()).hash).toMatch(/^#\/chat/)
    await refused.getByRole('button').last().click()
    await expect(refused).toHaveCount(0)
  }
})
