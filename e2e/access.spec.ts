// For everyone: no WCAG 2.2 AA finding on any screen, in both languages and themes; usable by
// keyboard; and nothing runs off a page.

import { readFileSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { overlaps } from './overlaps.ts'
import { accessibility, ask, expect, hooks, inOthers, open, openReady, test, waitForState } from './harness.ts'

/** How far the page is wider and taller than its window: only the middle of it scrolls. */
const overflow = (page: Page): Promise<number[]> =>
  page.evaluate(() => {
    const { scrollWidth, clientWidth, scrollHeight, clientHeight } = document.documentElement
    return [scrollWidth - clientWidth, scrollHeight - clientHeight]
  })

/** The ids of all tabs. */
const panels = (page: Page): Promise<string[]> =>
  page
    .locator('nav [data-testid^="nav-"]')
    .evaluateAll((tabs) => tabs.map((tab) => tab.getAttribute('data-testid')!.slice('nav-'.length)))

/** Controls that a finger would miss; links inside text are exempt (WCAG 2.5.8). */
const tooSmall = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('button, select, input, textarea, nav a')]
      .filter((element) => element.checkVisibility())
      .map((element) => ({ box: element.getBoundingClientRect(), name: element.outerHTML.slice(0, 80) }))
      .filter(({ box }) => box.width > 0 && (box.width < 24 || box.height < 24))
      .map(({ name }) => name),
  )

/** 853 is 1280 at 150 %, 640 the same at 200 %. English is the longer one; Chinese has the narrowest of each arrangement. */
const sizes = {
  en: [
    [320, 640],
    [390, 844],
    [640, 400],
    [853, 533],
    [1024, 768],
    [1920, 1080],
  ],
  zh: [
    [320, 640],
    [640, 400],
    [1024, 768],
  ],
} as const

test('no screen has a finding, light and dark, and no text lies on another, in any language at any width', async ({
  page,
}) => {
  test.setTimeout(300_000)
  await page.emulateMedia({ colorScheme: 'light' })
  await openReady(page)
  const findings = async (screen: string): Promise<void> => {
    await page.emulateMedia({ colorScheme: 'light' })
    expect(await accessibility(page), screen).toEqual([])
  }
  const atEveryWidth = async (screen: string, lang: keyof typeof sizes): Promise<void> => {
    for (const [width, height] of sizes[lang]) {
      await page.setViewportSize({ width, height })
      await page.evaluate(() => new Promise((done) => setTimeout(() => requestAnimationFrame(done), 120)))
      expect(await overlaps(page), `${screen}, ${lang}, at ${width}`).toEqual([])
      expect(await overflow(page), `${screen}, ${lang}, at ${width}`).toEqual([0, 0])
    }
    await page.setViewportSize({ width: 1280, height: 800 })
  }
  const everywhere = (screen: string): Promise<void> =>
    test.step(screen, async () => {
      await findings(screen)
      expect(await overflow(page), screen).toEqual([0, 0])
      await atEveryWidth(screen, 'en')
      // the other language in the other theme: what those can change
      await hooks.language(page).click()
      await page.emulateMedia({ colorScheme: 'dark' })
      await expect(page.locator('html')).toHaveAttribute('lang', /^zh/)
      expect(await accessibility(page, inOthers), `${screen}, zh, dark`).toEqual([])
      expect(await overflow(page), `${screen}, zh`).toEqual([0, 0])
      await atEveryWidth(screen, 'zh')
      await hooks.language(page).click()
    })
  await everywhere('first visit')
  const all = await panels(page)
  for (const panel of all) {
    await hooks.nav(page, panel).click()
    await expect(page.locator('h1'), `${panel}: one headline, also while there is nothing to see`).toHaveCount(1)
  }
  await hooks.nav(page, 'chat').click()
  await ask(page, 'Tell me a story about Lily.')
  const phone = { width: 360, height: 740 }
  await page.setViewportSize(phone)
  await page.getByTestId('open-settings').click()
  await findings('settings sheet')
  expect(await overflow(page), 'settings sheet').toEqual([0, 0])
  await page.keyboard.press('Escape')
  for (const panel of all) {
    await page.setViewportSize(phone)
    await hooks.nav(page, panel).click()
    await expect(page.locator('main [role=progressbar]')).toHaveCount(0)
    expect(await overflow(page), `${panel}, on a phone`).toEqual([0, 0])
    expect(await tooSmall(page), `${panel}: targets under 24 px`).toEqual([])
    await page.setViewportSize({ width: 1280, height: 800 })
    if (panel === 'models') await page.getByTestId('model-details').first().click()
    if (panel === 'models') await expect(page.getByTestId('plan').first()).toBeVisible()
    await expect(page.locator('h1'), panel).toHaveCount(1)
    await everywhere(panel)
  }
  // the drawers of the chat, beside it
  await hooks.nav(page, 'chat').click()
  for (const drawer of ['open-settings', 'open-history']) {
    await page.getByTestId(drawer).click()
    await findings(drawer)
    await page.emulateMedia({ colorScheme: 'dark' })
    expect(await accessibility(page, inOthers), `${drawer}, dark`).toEqual([])
  }
})

test('a question can be asked by keyboard alone, the answer is announced in sentences, the focus never falls to the body', async ({
  page,
}) => {
  await openReady(page)
  await page.evaluate(() => {
    const region = document.querySelector('[aria-live="polite"][aria-atomic]')!
    const heard: string[] = []
    Object.assign(globalThis, { heard })
    new MutationObserver(() => {
      if (region.textContent) heard.push(region.textContent)
    }).observe(region, { childList: true, characterData: true, subtree: true })
  })
  await page.keyboard.press('Tab')
  await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused()
  for (
    let n = 0;
    n < 40 && !(await hooks.composer(page).evaluate((element) => element === document.activeElement));
    n++
  ) {
    await page.keyboard.press('Tab')
  }
  await expect(hooks.composer(page)).toBeFocused()
  await page.keyboard.type('Tell me a story about Lily.')
  await page.keyboard.press('Enter')
  await expect(hooks.answers(page).first()).toHaveAttribute('data-streaming', 'false', { timeout: 90_000 })
  await waitForState(page, 'ready')
  const heard = (): Promise<string[]> => page.evaluate(() => (globalThis as unknown as { heard: string[] }).heard)
  await expect.poll(async () => (await heard()).length).toBeGreaterThan(0)
  const tokens = Number(/\d+/.exec(await hooks.decode(page).innerText())?.[0])
  expect((await heard()).length, 'announcements are sentences, not tokens').toBeLessThan(Math.max(3, tokens / 3))

  // the focus
  const lost = async (after: string): Promise<void> => {
    // two frames and a little: what is taken away goes first
    await page.evaluate(
      () => new Promise((done) => setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(done)), 100)),
    )
    expect(
      await page.evaluate(() => document.activeElement !== null && document.activeElement !== document.body),
      after,
    ).toBe(true)
  }
  await page.getByTestId('edit-message').press('Enter')
  await page.keyboard.press('Escape')
  await lost('an edit that was given up')
  await page.getByTestId('answer-keys').press('Enter')
  await page.getByTestId('card-why-lens').press('Enter')
  await expect(hooks.nav(page, 'lens')).toHaveAttribute('aria-current', 'page')
  await lost('a way to another panel')
  for (const panel of await panels(page)) {
    await page.evaluate((to) => {
      location.hash = `#/${to}`
    }, panel)
    await expect(hooks.nav(page, panel)).toHaveAttribute('aria-current', 'page')
    await expect(page.locator('main h1')).toBeVisible()
    await page.locator('main').locator('button:not(:disabled), input').first().focus()
  }
  await hooks.nav(page, 'chat').press('Enter')
  for (const dialog of ['help', 'share']) {
    await page.getByTestId(dialog).press('Enter')
    await expect(page.locator('dialog:modal')).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(page.locator('dialog:modal')).toHaveCount(0)
    await lost(`the dialog ${dialog}`)
    await expect(page.getByTestId(dialog), `after ${dialog}`).toBeFocused()
  }
  for (const drawer of ['open-settings', 'open-history']) {
    await page.getByTestId(drawer).press('Enter')
    await page.locator('dialog[open] header button').press('Enter')
    await lost(`the drawer of ${drawer}`)
  }
  await page.getByTestId('new-chat').press('Enter')
  await lost('a new chat')
  await page.getByTestId('starter').first().press('Enter')
  await lost('a starter')
})

test('reduced motion stops every animation; the help leads to pages without a tab and back; ? shows the keys, and digits open the tabs', async ({
  page,
}) => {
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await open(page)
  const longest = await page.evaluate(() =>
    Math.max(
      0,
      ...document.getAnimations().map((animation) => Number(animation.effect?.getComputedTiming().duration ?? 0)),
    ),
  )
  expect(longest).toBeLessThan(1)
  await page.emulateMedia({ reducedMotion: null })

  // pages without a tab are found from the help, and lead back to the panel they belong to
  const source = readFileSync('src/app/panels.ts', 'utf8')
  const under = [...source.matchAll(/id: '(\w+)',(?:(?!id: ')[^}])*under: '(\w+)'/g)]
  expect(under.length).toBe(source.match(/under: '/g)!.length)
  for (const [, panel, parent] of under) {
    await page.getByTestId('help').click()
    await page.getByTestId('help-dialog').locator(`a[href="#/${panel}"]`).click()
    await expect(page.getByTestId('help-dialog')).toHaveCount(0)
    await expect(page).toHaveURL(new RegExp(`#/${panel}$`))
    await page.getByTestId('back').press('Enter')
    await expect(page).toHaveURL(new RegExp(`#/${parent}$`))
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.localName), `focus, back from ${panel}`)
      .not.toBe('body')
  }

  await hooks.nav(page, 'chat').click()
  const composer = hooks.composer(page)
  await composer.fill('')
  await composer.press('?')
  await composer.press('2')
  await expect(composer, 'a field keeps its letters').toHaveValue('?2')
  await composer.fill('')
  const all = await panels(page)
  // in the chat every key is text, wherever the focus is
  await page.locator('main').focus()
  await page.keyboard.press('2')
  await expect(composer).toHaveValue('2')
  await composer.fill('')
  await hooks.nav(page, all.at(-1)!).click()
  await page.locator('main').focus()
  for (const [i, panel] of [...all.entries()].slice(1)) {
    await page.keyboard.press(String((i + 1) % 10))
    await expect(hooks.nav(page, panel)).toHaveAttribute('aria-current', 'page')
  }
  await page.keyboard.press('?')
  const dialog = page.getByTestId('help-dialog')
  await expect(dialog).toBeVisible()
  await expect(dialog.locator('kbd').first()).toHaveText(`1–${all.length % 10}`)
  expect(
    await dialog.locator('dd').evaluateAll((words) => words.filter((word) => !word.textContent).length),
    'keys without a word',
  ).toBe(0)
  expect(await accessibility(page), 'help').toEqual([])
  // the page behind it is out of reach, and its keys rest
  for (let n = 0; n < 6; n++) {
    await page.keyboard.press('Tab')
    expect(
      await page.evaluate(
        () => document.activeElement === document.body || document.activeElement?.closest('dialog') !== null,
      ),
    ).toBe(true)
  }
  await page.keyboard.press('1')
  await expect(hooks.nav(page, all.at(-1)!)).toHaveAttribute('aria-current', 'page')
  await page.keyboard.press('Escape')
  await expect(dialog).toHaveCount(0)
  await page.getByTestId('help').click()
  await expect(dialog).toBeVisible()
  await page.getByTestId('single-keys').uncheck()
  await page.keyboard.press('Escape')
  await expect(page.getByTestId('help'), 'the focus comes back').toBeFocused()
  // switched off, single keys do nothing
  await page.locator('main').focus()
  await page.keyboard.press('2')
  await page.keyboard.press('?')
  await expect(hooks.nav(page, all.at(-1)!)).toHaveAttribute('aria-current', 'page')
  await expect(dialog).toHaveCount(0)
})

test('forced colours keep what colours say; paper shows all of a chat, dark on white, and a figure of a panel', async ({
  page,
}) => {
  await page.emulateMedia({ forcedColors: 'active' })
  await openReady(page)
  await ask(page, 'Mia was in the garden. Tom was in the library.\n\nWhere was Mia?')
  // the tab that is open is told from the others
  const underline = (panel: string) => hooks.nav(page, panel).evaluate((tab) => getComputedStyle(tab).borderBottomColor)
  expect(await underline('chat')).not.toBe(await underline('lens'))
  await page.getByTestId('token-colours').selectOption('entropy')
  await expect(page.getByTestId('token-text')).toBeVisible()
  const grounds = await page
    .locator('[data-testid="token-text"] [data-value]')
    .evaluateAll((chips) => new Set(chips.map((chip) => getComputedStyle(chip).backgroundColor)).size)
  expect(grounds, 'tokens keep their colours').toBeGreaterThan(1)
  for (const panel of ['attention', 'probabilities', 'lens'] as const) {
    await hooks.nav(page, panel).click()
    // a legend is a bar that is not of one colour
    const bar = page.locator('main [style*="linear-gradient"]').first()
    await expect(bar, `${panel}: the legend`).toBeVisible()
    // the panel may draw it anew while it is looked at
    await expect(bar).toHaveCSS('background-image', /linear-gradient/)
    await expect(bar).toHaveCSS('forced-color-adjust', 'none')
  }
  // what is painted by hand is not black on black: the map has light boxes under dark words
  await hooks.nav(page, 'inside').click()
  const map = page.locator('main figure canvas').first()
  await expect(map).toBeVisible()
  await expect
    .poll(
      () =>
        map.evaluate((canvas: HTMLCanvasElement) => {
          const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height)
          let dark = 0,
            painted = 0
          for (let i = 0; i < data.length; i += 4) {
            if (data[i + 3]! > 200) {
              painted++
              if (data[i]! + data[i + 1]! + data[i + 2]! < 150) dark++
            }
          }
          return painted > 0 && dark / painted
        }),
      { message: 'share of what is painted that is nearly black' },
    )
    .toBeLessThan(0.3)

  // paper
  await page.emulateMedia({ forcedColors: null, colorScheme: 'dark' })
  await hooks.nav(page, 'chat').click()
  for (let n = 0; n < 2; n++) await ask(page, 'Tell me a story about Lily.')
  const scroller = page.locator('[role=log]').locator('xpath=ancestor::*[@tabindex="0"][1]')
  await page.setViewportSize({ width: 1000, height: 420 })
  expect(await scroller.evaluate((box) => box.scrollHeight > box.clientHeight), 'on the screen it scrolls').toBe(true)
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
  expect(await scroller.evaluate((box) => box.scrollHeight <= box.clientHeight), 'on paper it does not').toBe(true)
  expect(await page.evaluate(() => document.documentElement.scrollHeight > innerHeight)).toBe(true)
  await expect(hooks.composer(page)).toBeHidden()
  expect(
    await hooks
      .answers(page)
      .last()
      .evaluate((element) => Number(/[\d.]+/.exec(getComputedStyle(element).color)?.[0])),
    'lightness of the ink',
  ).toBeLessThan(40)
  await page.emulateMedia({ media: 'screen', colorScheme: 'dark' })
  await hooks.nav(page, 'attention').click()
  await expect(page.getByTestId('figure-tokens')).toBeVisible()
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
  expect(await page.locator('main').evaluate((main) => main.scrollHeight <= main.clientHeight)).toBe(true)
  expect(
    await page.getByTestId('token-strip').evaluate((strip) => strip.scrollHeight <= strip.clientHeight),
    'the strip of tokens is whole',
  ).toBe(true)
  const pages = (await page.pdf({ format: 'A4' })).toString('latin1').match(/\/Type\s*\/Page\b/g)?.length ?? 0
  expect(pages).toBeGreaterThan(1)
})
