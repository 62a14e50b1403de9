// A lesson from the first click to its end: a fresh visitor, betting wrong and right, by keyboard and by hand, in both
// languages, on a phone and with the server gone. The number that settles the bet is held against the engine's own.

import { readFileSync } from 'node:fs'
import type { BrowserContext, Page } from '@playwright/test'
import { lessonFile } from './lesson-file.ts'
import { overlaps } from './overlaps.ts'
import {
  accessibility,
  ask,
  expect,
  hooks,
  inOthers,
  open,
  test,
  waitForServiceWorker,
  waitForState,
} from './harness.ts'

test.use({ serviceWorkers: 'allow' })
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
const bet = async (page: Page, id: string): Promise<void> => {
  await phase(page, 'bet')
  await option(page, id).check()
  await page.getByTestId('lesson-place').click()
  await phase(page, 'act')
}
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
  await ask(page, 'Lily was in the kitchen.\n\nWhere was Lily?')
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
  await bet(page, 'own')
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
    'class,lesson,step,bet,expected,right',
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
  // whole once, over the sheet; the other screens are looked at whole on the desk, in light
  const fits = async (screen: string, only?: readonly string[]): Promise<void> => {
    expect(await accessibility(page, only), screen).toEqual([])
    expect(await overflow(page), screen).toEqual([0, 0])
    // the panel scrolls under the sheet
    const root = (await lesson(page).count()) > 0 ? '[data-testid="lesson"]' : 'body'
    expect(await overlaps(page, root), screen).toEqual([])
  }
  await page.getByTestId('first-lesson').click()
  await phase(page, 'bet')
  await fits('the bet', inOthers)
  await option(page, 'own').check()
  await page.getByTestId('lesson-place').click()
  await phase(page, 'act')
  // what was placed stays placed
  await page.reload()
  await phase(page, 'act')
  await expect(page.getByTestId('lesson-bet')).toContainText('花园')
  await expect(page.getByTestId('lesson-value')).toHaveCount(0)
  await fits('the turn')
  // it makes room, and comes back
  await page.getByTestId('lesson-fold').click()
  await expect(page.getByTestId('lesson-turn')).toHaveCount(0)
  await page.getByTestId('lesson-fold').click()
  await page.getByTestId('lesson-do').click()
  await phase(page, 'settled')
  await expect(page.getByTestId('lesson-result')).toHaveAttribute('data-holds', 'true')
  await expect(page.getByTestId('lesson-verdict')).toHaveAttribute('data-right', 'true')
  await fits('the number', inOthers)
  for (const _ of Array.from({ length: 12 })) {
    if ((await lesson(page).getAttribute('data-phase')) === 'end') break
    const next = page.getByTestId('lesson-next')
    if (!(await next.isVisible())) break
    await next.click()
  }
  await page.getByTestId('lesson-close').click()
  await hooks.nav(page, 'lessons').click()
  await expect(page.getByTestId('lesson-row').first()).toBeVisible()
  await fits('the list', inOthers)
})

/** On the list of lessons. */
async function taughtAndPrinted(page: Page, context: BrowserContext): Promise<void> {
  await waitForState(page, 'ready')
  await page.getByTestId('share').click()
  const opened = context.waitForEvent('page')
  await page.getByTestId('present').click()
  const board = await opened
  await page.keyboard.press('Escape')
  await page.getByTestId('start-l06').click()
  await phase(page, 'bet')
  const taught = board.getByTestId('follower-lesson')
  await expect(taught).toHaveAttribute('data-step', '1')
  await expect(taught).toContainText('where does head L1 · H6 look?')
  await expect(taught.locator('li')).toHaveCount(4)
  // the answer is the presenter's alone
  await page.getByTestId('presenter-notes').locator('summary').click()
  await expect(page.getByTestId('presenter-notes')).toContainText('in the story')
  await expect(board.getByTestId('presenter-notes')).toHaveCount(0)
  await option(page, 'own').check()
  await page.getByTestId('lesson-place').click()
  await phase(page, 'act')
  await page.getByTestId('lesson-do').click()
  await phase(page, 'settled')
  const values = await page.getByTestId('lesson-value').locator('output').allInnerTexts()
  await expect(taught.locator('dd')).toHaveText(values)

  await page.evaluate(() => {
    Object.assign(globalThis, {
      printed: 0,
      print: () => ((globalThis as unknown as { printed: number }).printed += 1),
    })
  })
  await hooks.nav(page, 'lessons').click()
  await page.getByTestId('print-l06').click()
  await expect.poll(() => page.evaluate(() => (globalThis as unknown as { printed: number }).printed)).toBe(1)
  const paper = page.getByTestId('handout')
  await expect(paper).toBeHidden()
  await page.emulateMedia({ media: 'print' })
  await expect(paper).toBeVisible()
  await expect(page.locator('#root')).toBeHidden()
  await expect(paper.locator('section')).toHaveCount(6) // five steps and the answers
  await expect(paper.locator('ol li').first()).toContainText(`gets nearly everything: ${values[0]}`)
  expect(
    await paper.locator('figure img').evaluate((image) => (image as HTMLImageElement).naturalWidth),
  ).toBeGreaterThan(100)
  const pages =
    (await page.pdf({ format: 'A4', path: 'test-results/handout.pdf' })).toString('latin1').match(/\/Type\s*\/Page\b/g)
      ?.length ?? 0
  expect(pages).toBeGreaterThan(1)
  await page.emulateMedia({ media: 'screen' })
  await page.evaluate(() => dispatchEvent(new Event('afterprint')))
  await expect(paper).toHaveCount(0)
  await board.close()
}

/** On the list of lessons. */
async function otherModels(page: Page): Promise<void> {
  const turn = async (): Promise<void> => {
    await page.locator('[data-testid^="option-"]').first().check()
    await page.getByTestId('lesson-place').click()
    await phase(page, 'act')
  }
  const settle = async (): Promise<void> => {
    await page.getByTestId('lesson-do').click()
    await phase(page, 'settled')
    await expect(page.getByTestId('lesson-result')).toHaveAttribute('data-holds', 'true')
  }
  // two tokenizers of public/lessons: one in the panel, all of them measured
  await page.getByTestId('start-l03').click()
  await phase(page, 'bet')
  await turn()
  await expect(page.getByTestId('tokenizer-which')).toContainText('BPE, 300')
  await settle()
  await expect(page.getByTestId('lesson-source')).toContainText('BPE, 300')
  await page.getByTestId('lesson-close').click()

  // another model takes the place of this one, and gives it back
  await hooks.nav(page, 'lessons').click()
  await page.getByTestId('start-l09').click()
  await phase(page, 'bet')
  await turn()
  await settle()
  await page.getByTestId('lesson-next').click()
  await phase(page, 'bet')
  await turn()
  await settle()
  await expect(page.getByTestId('lesson-source')).toContainText('Fill-in')
  await expect(page.getByTestId('figure-matrix')).toBeVisible()
  expect(await page.evaluate(async () => (await globalThis.glassbox.client.glass.info()).layers)).toBe(4)
  await page.getByTestId('lesson-close').click()

  // a state of another text: what is named in the one need not stand in the other
  await hooks.nav(page, 'lessons').click()
  await page.getByTestId('start-l14').click()
  await phase(page, 'bet')
  await turn()
  await page.getByTestId('lesson-do').click()
  await expect(page.getByTestId('lesson-turn')).toHaveAttribute('data-act', 'edit')
  await page.getByTestId('lesson-help').click()
  await page.getByTestId('lesson-for-me').click()
  await phase(page, 'settled')
  await expect(page.getByTestId('lesson-result')).toHaveAttribute('data-holds', 'true')
}

/** Beside a lesson that was done. */
async function ownLesson(page: Page): Promise<void> {
  await page.getByTestId('lesson-close').click()
  await hooks.nav(page, 'lessons').click()
  const give = (name: string, content: string): Promise<void> =>
    page
      .getByTestId('lesson-file')
      .setInputFiles({ name, mimeType: 'application/json', buffer: Buffer.from(content, 'utf8') })
  const text = JSON.stringify(lessonFile, null, 2)
  const line = text.slice(0, text.indexOf('p(there, plain) - p(there, cut)')).split('\n').length
  await give('broken.json', text.replace('p(there, plain) - p(there, cut) >= 0.5', 'p(there, plain) >> 0.5'))
  await expect(page.getByTestId('lesson-refused')).toContainText(`line ${line}`)
  await give('class.lesson.json', text)
  await expect(page.getByTestId('lesson-taken')).toBeVisible()
  await page.getByTestId('start-class-7b').click()
  await bet(page, 'other')

  // what is a part of it, and what is something else, is said to be that, and undone for nothing
  await expect(page.getByTestId('mask-edge-all')).toHaveAttribute('data-spotlight', '')
  await page.getByTestId('mask-edge').click()
  await expect(page.getByTestId('lesson-part')).toBeVisible()
  await page.getByTestId('silence-head').click()
  await expect(page.getByTestId('lesson-other')).toBeVisible()
  await page.getByTestId('undo').click()
  await expect(page.getByTestId('lesson-part')).toBeVisible()
  await expect(page.getByTestId('lesson-value')).toHaveCount(0)
  await page.getByTestId('undo').click()
  await expect(page.getByTestId('edit-bar')).toHaveCount(0)
  await page.getByTestId('mask-edge-all').click()
  await phase(page, 'settled')
  await expect(page.getByTestId('lesson-verdict')).toHaveAttribute('data-right', 'true')
  const { 'p(there, plain)': before, 'p(there, cut)': after } = await shown(page)
  expect(before! - after!).toBeGreaterThan(0.5)
  // what was measured beside it left the panel as the hand did it: its bar says the same two numbers
  const bar = page.getByTestId('effect')
  expect(Number(await bar.getAttribute('data-before'))).toBeCloseTo(before!, 3)
  expect(Number(await bar.getAttribute('data-after'))).toBeCloseTo(after!, 3)
  expect(await page.evaluate(async () => (await globalThis.glassbox.client.glass.info()).edits.length)).toBe(1)
  expect(await accessibility(page), 'a cut settled').toEqual([])

  await page.getByTestId('lesson-next').click()
  await phase(page, 'act')
  await expect(page.getByTestId('undo')).toHaveAttribute('data-spotlight', '')
  await page.getByTestId('undo').click()
  await phase(page, 'settled')
  expect((await shown(page))['p(there, plain)']).toBeCloseTo(before!, 5)

  // own words; what the model writes for it is a chat of its own
  await page.locator('main').focus()
  await page.keyboard.press('Enter')
  await phase(page, 'story')
  await page.getByTestId('story-name').fill('Emma')
  await page.getByTestId('story-place').fill('park')
  await page.getByTestId('story-go').click()
  await phase(page, 'act')
  await page.getByTestId('lesson-do').click()
  await phase(page, 'settled')
  await expect(page.getByTestId('lesson-result')).toContainText('park.')
  await page.getByTestId('lesson-next').click()
  await expect(page.getByTestId('lesson-end')).toContainText(lessonFile.text.en.takeaway)

  // in Chinese the same cut leaves another road: that is said with its value, not marked as wrong
  await page.getByTestId('lesson-list').click()
  await hooks.language(page).click()
  await page.getByTestId('start-class-7b').click()
  await bet(page, 'other')
  await page.getByTestId('lesson-help').click()
  await page.getByTestId('lesson-for-me').click()
  await phase(page, 'settled')
  await expect(page.getByTestId('lesson-not-here')).toContainText('0.5')
  await expect(page.getByTestId('lesson-verdict')).toHaveCount(0)
}

test('other models and texts are measured, the panel where the step says; one lesson of a teacher’s own; taught in a second window, handed out on paper', async ({
  page,
  context,
}) => {
  test.setTimeout(240_000)
  await open(page, { panel: 'lessons' })
  await test.step('a lesson is taught in a second window, and handed out on paper', () =>
    taughtAndPrinted(page, context))
  await test.step('other models and other texts are measured', () => otherModels(page))
  await test.step('a teacher’s lesson is refused by its line, cut by hand, undone, and told in own words', () =>
    ownLesson(page))
})

test('adapters, a preference, a recorded run, notes, a letter that runs nothing, scored answers: by hand, without WebGPU', async ({
  page,
}) => {
  test.setTimeout(240_000)
  await page.addInitScript(() => {
    Object.defineProperty(navigator, 'gpu', { value: undefined })
    // in the middle of lesson 22, as a reload is
    sessionStorage.setItem('glassbox.lesson', sessionStorage.getItem('begin') ?? 'l22 4')
  })
  const right = async (): Promise<void> => {
    await phase(page, 'settled')
    await expect(page.getByTestId('lesson-result')).toHaveAttribute('data-holds', 'true')
    await expect(page.getByTestId('lesson-verdict')).toHaveAttribute('data-right', 'true')
  }
  const goTo = async (step: string): Promise<void> => {
    await page.evaluate((at) => sessionStorage.setItem('begin', at), step)
    await page.reload()
  }
  await open(page, { panel: 'adapters' })
  await bet(page, 'exact')
  const strength = page.locator('main [data-spotlight]')
  await expect(strength).toHaveAttribute('data-value', '1')
  await strength.getByTestId('adapter-switch').uncheck()
  await right()
  const { 'delta(logits(plain), logits(on))': on, 'delta(logits(plain), logits(zero))': zero } = await shown(page)
  expect(on).toBeGreaterThan(1)
  expect(zero).toBeLessThan(0.001)

  // of two equal answers neither is preferred; the adapter at 0 moved none
  await page.getByTestId('preference-prompt').fill('Tell me a story about Mia.')
  await page.getByTestId('preference-a').fill('Mia was in the park.')
  await page.getByTestId('preference-b').fill('Mia was sad.')
  await page.getByTestId('preference-run').click()
  await expect(page.getByTestId('preference-chance')).toHaveAttribute('data-value', '0.5', { timeout: 60_000 })
  await page.getByTestId('preference-like-a').click()
  await expect(page.getByTestId('preference-result')).toHaveAttribute('data-liked', 'a')

  await goTo('l17 3')
  await bet(page, 'rises')
  await page.getByTestId('lesson-do').click()
  await right()
  await expect(page.getByTestId('lesson-source')).toContainText('recorded run of SmolLM2')

  // notes, a letter, scores: each by hand in its own panel
  await page.getByTestId('lesson-close').click()
  await page.evaluate(() => {
    location.hash = '#/documents'
  })
  const own = { name: 'own.txt', mimeType: 'text/plain', buffer: Buffer.from('Max was in the harbour.') }
  await page.getByTestId('documents-file').setInputFiles(own)
  await expect(page.getByTestId('documents-meaning')).toBeVisible()
  await goTo('l25 1')
  await bet(page, 'near')
  // the reader's own are put aside
  await expect(page.getByRole('heading', { name: '50 documents' })).toBeVisible()
  await expect(page.getByTestId('documents-question')).toHaveAttribute('data-spotlight', '')
  await page.getByTestId('documents-question').fill('Where was Lily?')
  await page.keyboard.press('Enter')
  await expect(page.getByTestId('documents-hit').first()).toBeVisible()
  await expect(lesson(page)).toHaveAttribute('data-phase', 'act')
  await page.getByTestId('documents-question').fill('Where was Max?')
  await page.keyboard.press('Enter')
  await right()
  await expect(page.getByTestId('lesson-source')).toContainText('no model was asked')
  const hits = await page.getByTestId('documents-hit').locator('blockquote').allInnerTexts()
  expect(await shown(page)).toMatchObject({
    'foundAt(found)': hits.findIndex((hit) => hit.includes('Max was in the park.')) + 1,
  })

  await page.getByTestId('lesson-close').click()
  await expect(page.getByRole('heading', { name: '1 document' })).toBeVisible()
  await goTo('l25 6')
  await bet(page, 'follow')
  await page.getByTestId('documents-question').fill('Where was Max?')
  await page.keyboard.press('Enter')
  await expect(page.getByTestId('documents-answer')).toHaveAttribute('data-spotlight', '')
  await page.getByTestId('documents-answer').click()
  await expect(page.getByTestId('documents-hit').first().getByRole('button')).toHaveAttribute('data-spotlight', '')
  await page.getByTestId('documents-hit').first().getByRole('button').click()
  await right()
  const marked = await page.getByTestId('documents-shown').locator('mark').innerText()
  await expect(page.getByTestId('lesson-result')).toContainText(marked)

  await page.getByTestId('lesson-next').click()
  await bet(page, 'clicked')
  await page.getByTestId('agent-demo-start').click()
  await expect(page.getByTestId('agent-once')).toHaveAttribute('data-spotlight', '')
  expect(await accessibility(page)).toEqual([])
  await page.getByTestId('agent-once').click()
  await right()
  await expect(page.getByTestId('agent-call')).toHaveCount(1)
  // a step of an agent that was recorded
  await page.getByTestId('lesson-next').click()
  await bet(page, 'tool')
  await expect(page.getByTestId('agent-result')).toContainText('4183')
  await page.getByTestId('lesson-do').click()
  await right()

  await goTo('l26 2')
  await bet(page, 'wrong')
  await expect(page.getByTestId('evaluate-set')).toHaveAttribute('data-rows', '7')
  await page.getByTestId('evaluate-start').click()
  await right()
  const f1 = Number(await page.locator('[data-metric=f1]').getAttribute('data-value'))
  expect((await shown(page))['metric("f1")']).toBeCloseTo(f1, 9)
  await page.getByTestId('lesson-close').click()
  // nothing of the lesson's is kept there
  await expect(page.getByTestId('evaluate-set')).toHaveAttribute('data-rows', '0')
  await expect(page.getByTestId('evaluate-history')).toHaveCount(0)
})
