// What leaves the page as a file says what it is, and holds what its name says.

import { readFileSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { expect, open, test } from './harness.ts'

test.setTimeout(180_000)
async function take(page: Page, figure: string, what: string): Promise<{ name: string; data: Buffer }> {
  const box = page.getByTestId(figure)
  await box.locator('summary').first().click()
  const [download] = await Promise.all([page.waitForEvent('download'), box.getByRole('button', { name: what }).click()])
  return { name: download.suggestedFilename(), data: readFileSync(await download.path()) }
}
function npy(data: Buffer): { shape: number[]; values: Float32Array } {
  const length = data.readUInt16LE(8),
    header = data.toString('latin1', 10, 10 + length)
  expect(header).toContain("'descr': '<f4'")
  const bytes = Uint8Array.prototype.slice.call(data, 10 + length)
  return {
    shape: /\(([^)]*)\)/
      .exec(header)![1]!
      .split(',')
      .filter((n) => n.trim())
      .map(Number),
    values: new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4),
  }
}

for (const lang of ['en', 'zh'] as const) {
  test(`figures take their words along, arrays are whole (${lang})`, async ({ page }, info) => {
    await page.emulateMedia({ colorScheme: lang === 'en' ? 'light' : 'dark' })
    await open(page, { lang, panel: 'attention' })
    await page.getByTestId(`recording-${lang}`).click({ timeout: 60_000 })
    // a recording that opens puts its own place into the address
    await expect(page.getByTestId('attention-panel')).toHaveAttribute('data-ready', 'true', { timeout: 60_000 })
    await page.evaluate(() => {
      location.hash = '#/attention?p=30&l=1&h=2'
    })
    await expect(page.getByTestId('matrix-state')).toHaveAttribute('data-tile', '1,2')
    const svg = (await take(page, 'figure-matrix', 'SVG')).data.toString()
    for (const text of [await page.getByTestId('figure-matrix').locator('h2').innerText(), 'storyteller']) {
      expect(svg).toContain(text)
    }
    expect(svg, 'the name of the file is not a caption').not.toContain('attention-1-2')
    expect(svg.match(/<rect/g)!.length, 'a colour bar').toBeGreaterThan(20)
    // the first column is left out on screen, and the picture says so
    expect(svg).toContain(lang === 'en' ? 'First token (the sink) · left out' : '首个词元（注意力汇） · 不计')
    const heads = (await take(page, 'figure-heads', 'SVG')).data.toString()
    expect(heads.match(/<rect/g)!.length, 'a colour bar').toBeGreaterThan(20)
    await info.attach('matrix.png', { body: (await take(page, 'figure-matrix', 'PNG')).data, contentType: 'image/png' })
    await info.attach('heads.png', { body: (await take(page, 'figure-heads', 'PNG')).data, contentType: 'image/png' })

    const one = await take(page, 'figure-matrix', 'npy'),
      matrix = npy(one.data),
      T = lang === 'en' ? 42 : 36
    expect(one.name).toBe('attention-1-2.npy')
    expect(matrix.shape).toEqual([T, T])
    // every row is all of its weight, the first column included
    for (let r = 0; r < T; r++) {
      expect(matrix.values.slice(r * T, r * T + r + 1).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 4)
    }
    const all = npy((await take(page, 'figure-heads', 'npy')).data)
    expect(all.shape).toEqual([4, 8, T, T])
    expect(all.values.slice((1 * 8 + 2) * T * T, (1 * 8 + 3) * T * T)).toEqual(matrix.values)
  })
}
