// A model is taught in the page: pairs are written, it learns on this machine, its adapter is stored and on, survives a reload,
// and turned off the model is itself again. Stopped in the middle, what it had learnt by then is kept. Merged it is a model of its
// own, which says the same without an adapter.

import { accessibility, ask, expect, hooks, openReady, test, waitForState } from './harness.ts'
import { overlaps } from './overlaps.ts'

test('taught, asked, kept over a reload; stopped in the middle', async ({ page }) => {
  test.setTimeout(240_000)
  await openReady(page, { panel: 'adapters' })
  await page.getByTestId('to-teach').click()
  const panel = page.getByTestId('teach-panel')
  await page
    .getByTestId('teach-file')
    .setInputFiles({
      name: 'rows.jsonl',
      mimeType: 'application/json',
      buffer: Buffer.from('{"prompt":"Where was Zoe?","completion":"Zoe was in the castle."}\n{"prompt":"x"}\n'),
    })
  await expect(panel.getByRole('alert')).toContainText('Line 2')
  await expect(panel.getByLabel('Answer 1')).toHaveValue('Zoe was in the castle.')
  // a table that Excel saved in GB18030 is refused: nothing of it is taken for letters
  const gb18030 = Buffer.from([0xce, 0xca, 0xcc, 0xe2, 0x2c, 0xb4, 0xf0, 0xb0, 0xb8])
  await page.getByTestId('teach-file').setInputFiles({ name: 'rows.csv', mimeType: 'text/csv', buffer: gb18030 })
  await expect(panel.getByRole('alert')).toContainText('UTF-8')
  await expect(panel.getByLabel('Answer 1')).toHaveValue('Zoe was in the castle.')
  // what was there before comes back, and the file's rows again after that
  await page.getByTestId('teach-undo').click()
  await expect(panel.getByLabel('Answer 20')).toBeVisible()
  await panel.getByRole('button', { name: 'Begin with none' }).click()
  await panel.getByLabel('Question 1').fill('Where was Zoe?')
  await panel.getByLabel('Answer 1').fill('Zoe was in the castle.')
  await panel.getByRole('button', { name: 'Add a pair' }).click() // one that is not whole is not learnt
  await panel.getByRole('checkbox').uncheck()
  await expect(page.getByTestId('teach-targets').locator('span').last()).toHaveText('<|im_end|>')
  const settings = panel.getByRole('region', { name: 'Settings' })
  await settings.locator('summary').click()
  await settings.getByLabel('Updates').last().fill('10')
  await settings.getByLabel('Updates').last().blur()
  // a learning rate that may destroy it is warned of before the start
  const rate = settings.getByLabel('Learning rate').last()
  const usual = await rate.inputValue()
  await expect(page.getByTestId('teach-high')).toHaveCount(0)
  await rate.fill('0.02')
  await rate.blur()
  await expect(page.getByTestId('teach-high')).toContainText('may forget')
  await rate.fill(usual)
  await rate.blur()
  await expect(page.getByTestId('teach-high')).toHaveCount(0)
  expect(await accessibility(page)).toEqual([])
  // the recipe as a link: offered, and used by a click
  await page.getByTestId('teach-share').click()
  const link = await page.getByTestId('teach-link').inputValue()
  await panel.getByLabel('Answer 1').fill('Zoe was at sea.')
  await page.goto(link)
  await expect(page.getByTestId('teach-offered')).toContainText('Pairs: 1. Updates: 10')
  await expect(panel.getByLabel('Answer 1')).toHaveValue('Zoe was at sea.')
  await page.getByTestId('teach-use').click()
  await expect(panel.getByLabel('Answer 1')).toHaveValue('Zoe was in the castle.')
  await page.getByTestId('teach-start').click()
  await expect(page.getByTestId('teach-run')).toHaveAttribute('data-ended', 'done', { timeout: 120_000 })
  await expect(panel).toHaveAttribute('data-phase', 'idle', { timeout: 60_000 })
  await expect(page.getByTestId('teach-samples')).toContainText('Zoe was in the castle.')
  expect(await accessibility(page)).toEqual([])
  // what changed inside, from before the first update on; and what it says without and with what it was taught
  await expect(page.getByTestId('teach-film')).toHaveAttribute('data-frames', '3')
  await page.getByTestId('teach-scrub').fill('0')
  await expect(page.getByTestId('teach-moves').locator('td').first()).toHaveText('0 %')
  await page.getByTestId('teach-scrub').fill('2')
  await expect(page.getByTestId('teach-moves').locator('td').first()).not.toHaveText('0 %')
  await page.getByTestId('teach-ask').fill('Where was Zoe?')
  await page.getByTestId('teach-compare').click()
  await expect(page.getByTestId('teach-after')).toHaveText('Zoe was in the castle.')
  await expect(page.getByTestId('teach-before')).not.toHaveText('Zoe was in the castle.')
  // merged into a model in f16: measured against the adapter, and stored
  await page.getByTestId('teach-merge').click()
  const merged = page.getByTestId('teach-merged')
  await expect(merged).toContainText('Stored among the models', { timeout: 60_000 })
  const [, name, off] = /“(.+?)”.+ off by at most ([\d.]+) nats/.exec(await merged.innerText())!
  expect(Number(off)).toBeLessThan(0.05)
  await page.setViewportSize({ width: 390, height: 844 })
  expect(await overlaps(page, '[data-testid=teach-panel]')).toEqual([])
  await page.setViewportSize({ width: 1280, height: 800 })

  await page.reload()
  await waitForState(page, 'ready')
  await hooks.nav(page, 'chat').click()
  await expect(page.getByTestId('adapter-bar')).toContainText('homes 1')
  expect(await ask(page, 'Where was Zoe?')).toBe('Zoe was in the castle.')

  // what was taught stands there still; a run that is cut goes on behind the reload, and its curve with it
  await page.goto('#/teach')
  await expect(panel.getByLabel('Answer 1')).toHaveValue('Zoe was in the castle.')
  await expect(page.getByTestId('teach-samples')).toContainText('Zoe was in the castle.')
  await page.getByTestId('teach-start').click()
  await expect(panel).toHaveAttribute('data-phase', 'learning', { timeout: 60_000 })
  await page.getByTestId('teach-stop').click()
  await expect(page.getByTestId('teach-run')).toHaveAttribute('data-ended', 'asked', { timeout: 60_000 })
  await expect(panel).toHaveAttribute('data-phase', 'idle', { timeout: 60_000 })
  await page.reload()
  await waitForState(page, 'ready')
  await expect(page.getByTestId('teach-kept')).toContainText('of 10 updates')
  await page.getByTestId('teach-go-on').click()
  await expect(page.getByTestId('teach-run')).toHaveAttribute('data-ended', 'done', { timeout: 60_000 })
  await expect(panel).toHaveAttribute('data-phase', 'idle', { timeout: 60_000 })
  await expect(page.getByTestId('teach-kept')).toHaveCount(0)

  // the merged model, alone
  await page.goto('#/models')
  const card = page.locator('[data-testid^=model-card-]', { hasText: name! })
  await card.getByTestId('load-model').click()
  await expect(card).toHaveAttribute('data-state', 'loaded', { timeout: 60_000 })
  await hooks.nav(page, 'chat').click()
  await expect(page.getByTestId('adapter-bar')).toHaveCount(0)
  await page.getByTestId('new-chat').click()
  expect(await ask(page, 'Where was Zoe?')).toBe('Zoe was in the castle.')
})
