// A lesson from the first click to its end: a fresh visitor, betting wrong and right, by keyboard and by hand, in both
// languages, on a phone and with the server gone. The number that settles the bet is held against the engine's own.

import { readFileSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { overlaps } from './overlaps.ts'
import { accessibility, ask, expect, hooks, open, test, waitForServiceWorker, waitForState } from './harness.ts'

const lesson = (page: Page) => page.getByTestId('lesson')
const phase = async (page: Page, now: string): Promise<void> => {
  await expect(lesson(page)).toHaveAttribute('data-phase', now, { timeout: 60_000 })
}
const option = (page: Page, id: string) => page.getByTestId(`option-${id}`)
const shown = async (page: Page): Promise<Record<string, number>> =>
  Object.fromEntries(
    await page
      .getByTestId('lesson-value')
      .evaluateAll((all) => all.map((one) => [one.getAttribute('data-what')!, Number(one.getAttribute('data-value'))])),
  )
/** How far the page is wider and taller than its window. */
const overflow = (page: Page): Promise<number[]> =>
  page.evaluate(() => {
    const { scrollWidth, clientWidth, scrollHeight, clientHeight } = document.documentElement
    return [scrollWidth - clientWidth, scrollHeight - clientHeight]
  })

test('a visitor bets wrong, then right, by keyboard; nothing of the chat is lost', async ({ page }) => {
  await open(page)
  // a chat with an answer, and something half written
  await waitForState(page, 'ready')
  await ask(page, 'Tell me a story about Lily.')
  const before = await hooks.answers(page).first().innerText()
  await hooks.composer(page).fill('half a')
  await page.getByRole('button', { name: 'New chat' }).first().click()
  // one click
  await page.getByTestId('first-lesson').click()
  await phase(page, 'bet')
  await expect(hooks.nav(page, 'probabilities')).toHaveAttribute('aria-current', 'page')
  await expect(page.getByTestId('lesson-told')).toContainText('Where was Mia?')
  // nothing is revealed before a choice
  await expect(page.getByTestId('lesson-value')).toHaveCount(0)
  await expect(page.getByTestId('lesson-place')).toBeDisabled()
  expect(await accessibility(page), 'the bet').toEqual([])

  // by keyboard: the first option is wrong
  await option(page, 'first').focus()
  await page.keyboard.press('Space')
  await page.keyboard.press('Enter')
  await phase(page, 'act')
  await expect(page.locator('[data-spotlight]')).toHaveCount(1)
  await expect(page.getByTestId('lesson-value')).toHaveCount(0)
  // the panel is live beside it: another one can be looked at, and the lesson stays and leads back
  await hooks.nav(page, 'attention').click()
  await expect(page.getByTestId('attention-panel')).toBeVisible({ timeout: 60_000 })
  await expect(lesson(page)).toHaveAttribute('data-phase', 'act')
  await page.getByTestId('lesson-go-there').click()
  await expect(page.getByTestId('views')).toBeVisible()
  await page.locator('main').focus()
  await page.keyboard.press('Space')
  await phase(page, 'settled')
  await expect(page.getByTestId('lesson-verdict')).toHaveAttribute('data-right', 'false')
  await expect(page.getByTestId('lesson-spoken')).not.toBeEmpty()
  await expect(page.getByTestId('lesson-source')).toContainText('Storyteller')
  expect(await accessibility(page), 'the number').toEqual([])

  // the number on screen is the engine's, and the panel stands at its place
  const { 'p(there, plain)': p } = await shown(page)
  const own = await page.evaluate(async () => {
    const { glass, tokenizer } = globalThis.glassbox.client
    const { length, layers } = await glass.info()
    const { id } = (await tokenizer.explain('loaded', ' garden')).tokens[0]!
    const [cell] = await glass.lens({
      positions: [length - 1],
      layers: [layers - 1],
      part: 'resid',
      topK: 1,
      targets: [id],
    })
    return Math.exp(cell!.targets[0]!.logprob)
  })
  expect(own).toBeGreaterThan(0.5)
  expect(p).toBeCloseTo(own, 3)

  // a word of the glossary opens where it is used
  await page.getByTestId('word').first().click()
  await expect(page.getByTestId('word-card')).toBeVisible()

  // once more, and right
  await page.getByTestId('lesson-redo').click()
  await phase(page, 'bet')
  await option(page, 'own').check()
  await page.getByTestId('lesson-place').click()
  await phase(page, 'act')
  await page.getByTestId('lesson-do').click()
  await phase(page, 'settled')
  await expect(page.getByTestId('lesson-verdict')).toHaveAttribute('data-right', 'true')

  // away, and everything is as it was
  await page.getByTestId('lesson-close').click()
  await expect(lesson(page)).toHaveCount(0)
  await hooks.nav(page, 'chat').click()
  await expect(hooks.composer(page)).toHaveValue('half a')
  await page.getByTestId('open-history').click()
  await expect(page.getByTestId('conversation')).toHaveCount(1)
  await page.getByTestId('conversation').getByRole('button').first().click()
  await expect(hooks.answers(page).first()).toContainText(before.slice(0, 20))

  // the bets can be taken along, and forgotten
  await hooks.nav(page, 'lessons').click()
  await expect(page.getByTestId('bet-count')).toHaveAttribute('data-bets', '2')
  await page.getByTestId('class-code').fill('7b')
  await page.getByTestId('class-keep').click()
  await expect(page.getByTestId('class-keep')).toBeDisabled()
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByTestId('bets-csv').click()])
  const lines = readFileSync(await file.path(), 'utf8')
    .trim()
    .split('\r\n')
  expect(lines.map((line) => line.split(',').slice(0, 6).join(','))).toEqual([
    '\uFEFFclass,lesson,step,bet,expected,right',
    '7b,l01,l01.1,first,own,false',
    '7b,l01,l01.1,own,own,true',
  ])
  await page.getByTestId('glossary').locator('summary').click()
  await page.getByTestId('glossary-find').fill('entropy')
  await expect(page.getByTestId('glossary-term').first()).toBeVisible()
  expect(await accessibility(page), 'the list').toEqual([])
  await page.reload()
  await expect(page.getByTestId('bet-count')).toHaveAttribute('data-bets', '2')
  await page.getByTestId('forget-me').click()
  await page.getByTestId('forget-me-confirm').click()
  await expect(page.getByTestId('bet-count')).toHaveAttribute('data-bets', '0')
})

test('on a phone, in Chinese, in the dark, with the server gone', async ({ page, ownServer, watched }) => {
  watched.allow(/ERR_CONNECTION_REFUSED|Failed to load resource|ERR_INTERNET_DISCONNECTED/)
  await page.setViewportSize({ width: 390, height: 844 })
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' })
  await open(page, { lang: 'zh', base: ownServer.url })
  await waitForServiceWorker(page)
  await waitForState(page, 'ready')
  await ownServer.stop()
  await page.reload()
  await waitForState(page, 'ready')
  const fits = async (screen: string): Promise<void> => {
    expect(await accessibility(page), screen).toEqual([])
    expect(await overflow(page), screen).toEqual([0, 0])
    expect(await overlaps(page), screen).toEqual([])
  }
  await page.getByTestId('first-lesson').tap?.()
  await page.getByTestId('first-lesson').click()
  await phase(page, 'bet')
  await fits('the bet')
  await option(page, 'unsure').check()
  await page.getByTestId('lesson-place').click()
  await phase(page, 'act')
  await fits('the turn')
  // it makes room, and comes back
  await page.getByTestId('lesson-fold').click()
  await expect(page.getByTestId('lesson-turn')).toHaveCount(0)
  await page.getByTestId('lesson-fold').click()
  await page.getByTestId('lesson-do').click()
  await phase(page, 'settled')
  await expect(page.getByTestId('lesson-result')).toHaveAttribute('data-holds', 'true')
  await fits('the number')
  for (const _ of Array.from({ length: 12 })) {
    if ((await lesson(page).getAttribute('data-phase')) === 'end') break
    const next = page.getByTestId('lesson-next')
    if (!(await next.isVisible())) break
    await next.click()
  }
  await page.getByTestId('lesson-close').click()
  await hooks.nav(page, 'lessons').click()
  await expect(page.getByTestId('lesson-row').first()).toBeVisible()
  await fits('the list')
})
