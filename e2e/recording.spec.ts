// A browser without WebGPU still has something true to show: the recorded runs that come with the page.

import { findChrome, launchArgs } from '../scripts/chrome.mjs'
import { accessibility, expect, hooks, open, test, waitForState } from './harness.ts'

test.use({
  device: 'auto',
  launchOptions: {
    executablePath: findChrome(),
    args: [...launchArgs().filter((arg) => !/webgpu|vulkan/i.test(arg)), '--disable-blink-features=WebGPU'],
  },
})

test('no WebGPU: a recorded run shows attention, the pass and the words; one token has one number on every panel; a dropped recording opens, a damaged one is refused in words; the whole pipeline acts on its logits', async ({
  page,
}) => {
  await open(page, { lang: 'zh', panel: 'attention' })
  await waitForState(page, 'ready')
  for (const lang of ['zh', 'en'] as const) {
    if (lang === 'en') {
      await hooks.language(page).click()
      await hooks.nav(page, 'attention').click()
    }
    await page.getByTestId(`recording-${lang}`).click()
    await expect(page.getByTestId('attention-panel')).toHaveAttribute('data-ready', 'true')
    await expect(page.getByTestId('recording')).toBeVisible()
    const last = (await page.getByTestId('token-strip').locator('[data-position]').count()) - 1
    for (const at of [last - 1, last]) {
      // the recording holds every site of its last tokens
      const name = lang === 'en' ? new RegExp(`\\btoken ${at}\\b`) : new RegExp(`词元 ${at}(?!\\d)`)
      for (const name_ of ['attention', 'probabilities', 'lens', 'inside']) {
        await page.evaluate(
          ([panel, p]) => {
            location.hash = `#/${panel}?p=${p}`
          },
          [name_, at] as const,
        )
        const place = {
          attention: page.getByTestId('cell'),
          probabilities: page.getByTestId('position'),
          lens: page.getByTestId('lens-panel'),
          inside: page.getByTestId('inside-panel'),
        }[name_]!
        // the cursor starts in the row of this token
        if (name_ === 'attention') await page.getByTestId('matrix').getByRole('application').press('ArrowRight')
        await expect(place, name_).toContainText(name)
        await expect(place, `${name_}: no neighbour's number`).not.toContainText(
          lang === 'en' ? new RegExp(`\\btoken ${at + 1}\\b`) : new RegExp(`词元 ${at + 1}(?!\\d)`),
        )
      }
    }
    await hooks.nav(page, 'inside').click()
    await expect(page.getByTestId('inside-norm')).toHaveAttribute('data-fresh', 'true')
    expect(Number(await page.getByTestId('weights-sum').getAttribute('data-value'))).toBeCloseTo(1, 3)
    expect(Number(await page.getByTestId('rope-off').getAttribute('data-value'))).toBeLessThan(1e-3)
    expect(await accessibility(page)).toEqual([])
    await hooks.nav(page, 'lens').click()
    await expect(page.getByTestId('lens-panel')).toHaveAttribute('data-ready', 'true')
    await page.getByTestId('close-recording').click()
    await expect(page.getByTestId('recordings')).toBeVisible()
  }
  await hooks.nav(page, 'attention').click()
  await test.step('a dropped recording opens; a damaged one is refused in words', async () => {
    await page
      .getByTestId('recording-file')
      .setInputFiles({
        name: 'broken.glasstrace',
        mimeType: 'application/octet-stream',
        buffer: Buffer.from('no recording'),
      })
    await expect(page.locator('main [data-code="FILE_FORMAT"]')).toBeVisible()
    await page.evaluate(async () => {
      const bytes = await (await fetch('traces/en.glasstrace')).arrayBuffer()
      const data = new DataTransfer()
      data.items.add(new File([bytes], 'en.glasstrace'))
      document.body.dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: data }))
    })
    await expect(page.getByTestId('attention-panel')).toHaveAttribute('data-ready', 'true')
  })
  await test.step('a recording has the whole pipeline too: sliders act on its logits', async () => {
    const views = page.getByTestId('views'),
      table = page.getByTestId('pipeline-table')
    const rows = () =>
      table
        .locator('tbody tr[data-id]')
        .evaluateAll((list) =>
          list.map((row) => ({
            logprob: Number((row as HTMLElement).dataset['logprob']),
            probability: Number((row as HTMLElement).dataset['probability']),
          })),
        )
    await hooks.nav(page, 'probabilities').click()
    await expect(views).toHaveAttribute('data-fresh', 'true')
    await page.getByTestId('plain').click()
    await expect
      .poll(async () => (await rows()).every((row) => Math.abs(row.probability - Math.exp(row.logprob)) < 1e-5))
      .toBe(true)
    await page.getByTestId('sampling-settings').getByRole('spinbutton', { name: 'Top-k' }).fill('3')
    await page.keyboard.press('Enter')
    await expect(table).toHaveAttribute('data-kept', '3')
    expect((await rows()).reduce((sum, row) => sum + row.probability, 0)).toBeCloseTo(1, 6)
    await expect(page.getByTestId('draws').locator('[data-count]').first()).toBeVisible()
    await expect(page.getByTestId('sweep').locator('svg').last()).toBeVisible()
    expect(await accessibility(page)).toEqual([])
  })
})
