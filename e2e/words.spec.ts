// The first answer can be opened: its words by mouse and by keyboard with no colours on, and the hints under it lead to
// the panels with the right token chosen. They stay away when put away, and come back from the help.

import type { Page } from '@playwright/test'
import { accessibility, ask, expect, hooks, openReady, test } from './harness.ts'

const story = {
  en: { text: 'Mia was in the garden. Tom was in the library. Mia lost a key.\n\nWhere was Mia?', word: 'garden' },
  zh: { text: '小明在厨房。小红在花园。小虎在图书馆。\n\n小红在哪里？', word: '花园' },
}

/** The middle of a word in the answer, on the page. */
const place = (page: Page, word: string): Promise<{ x: number; y: number }> =>
  page.evaluate((word) => {
    const walker = document.createTreeWalker(
      document.querySelector('[data-testid="message-assistant"]')!,
      NodeFilter.SHOW_TEXT,
    )
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const at = node.nodeValue!.indexOf(word)
      if (at < 0) continue
      const range = document.createRange()
      range.setStart(node, at)
      range.setEnd(node, at + word.length)
      const { left, top, width, height } = range.getBoundingClientRect()
      return { x: left + width / 2, y: top + height / 2 }
    }
    throw new Error(`"${word}" is not in the answer`)
  }, word)

test('every word of an answer can be pressed, in both languages, and hints lead on', async ({ page }) => {
  await openReady(page, { lang: 'zh' })
  for (const lang of ['zh', 'en'] as const) {
    const { text, word } = story[lang]
    if (lang === 'en') {
      await hooks.language(page).click()
      await page.getByTestId('new-chat').click()
      await expect(hooks.answers(page)).toHaveCount(0)
    }
    expect(await ask(page, text)).toContain(word)
    await expect(page.getByTestId('hints')).toBeVisible()
    const card = page.getByTestId('token-card')
    // a plain paragraph stands there until what can be pressed is loaded, each part by itself
    await expect(page.getByTestId('answer-words').locator('[data-src]').first()).toBeVisible()
    // once it stays where it is: what came below the answer may have moved it
    let at = await place(page, word)
    await expect
      .poll(async () => {
        const before = at
        at = await place(page, word)
        return at.x === before.x && at.y === before.y
      })
      .toBe(true)
    const { x, y } = at
    await page.mouse.click(x, y)
    await expect(card.locator('code').first()).toHaveText(new RegExp(word))
    expect(await accessibility(page), 'with a card').toEqual([])
    const position = Number(await card.getAttribute('data-position'))
    await page.mouse.click(x, y)
    await expect(card).toHaveCount(0)

    // one stop by keyboard: the last word but one of the answer is the one that was clicked
    const keys = page.getByTestId('answer-keys')
    await keys.focus()
    await page.keyboard.press('End')
    await page.keyboard.press('ArrowLeft')
    await expect(keys).toHaveAttribute('aria-valuetext', new RegExp(word))
    await page.keyboard.press('Enter')
    await expect(card).toHaveAttribute('data-position', String(position))
    await page.keyboard.press('Escape')
    await expect(card).toHaveCount(0)
    await expect(keys).toBeFocused()

    await page.getByTestId('hint-other').click()
    await expect(card).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(page.getByTestId('hint-why')).toContainText(word)
    if (lang === 'zh') continue
    for (const [way, panel] of [
      ['why', 'attention'],
      ['lens', 'lens'],
      ['inside', 'inside'],
    ] as const) {
      await hooks.nav(page, 'chat').click()
      await page.getByTestId(`hint-${way}`).click()
      await expect(page).toHaveURL(new RegExp(`#/${panel}\\?.*p=${position - 1}(&|$)`))
    }

    // away for good, and back from the help
    await hooks.nav(page, 'chat').click()
    await page.getByTestId('hints-dismiss').click()
    await expect(page.getByTestId('hints')).toHaveCount(0)
    expect(await page.evaluate(() => document.activeElement !== document.body), 'the focus stays in the answer').toBe(
      true,
    )
    await page.reload()
    await hooks.nav(page, 'chat').click()
    await expect(hooks.status(page)).toHaveAttribute('data-state', 'ready', { timeout: 90_000 })
    await ask(page, text)
    await expect(page.getByTestId('answer-words').last()).toBeVisible()
    await expect(page.getByTestId('hints')).toHaveCount(0)
    await page.getByTestId('help').click()
    await page.getByTestId('hints-again').click()
    await page.keyboard.press('Escape')
    await expect(page.getByTestId('hints')).toBeVisible()
  }
})
