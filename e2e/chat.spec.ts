// A conversation from the first visit on: the model loads itself, answers stream, stop, repeat,
// survive a reload, and are asked again without the network.

import { ask, expect, hooks, open, openReady, say, test, waitForState } from './harness.ts'

const story = 'Tom found a red ball in the garden. Where did Tom find the ball?'

test.describe('a visit as people have it', () => {
  test.use({ serviceWorkers: 'allow' })

  test('the first visit loads the storyteller, the cost of an answer is shown, the next one reuses the memory, and stop and Esc end one and keep what was written @gpu', async ({
    page,
  }) => {
    await open(page)
    await waitForState(page, 'ready')
    await expect(page.getByRole('heading', { name: 'Ask it, then see how it answered' })).toBeVisible()
    await expect(page.getByTestId('starter').first()).toBeEnabled()
    await page.getByTestId('starter').first().click()
    await expect(hooks.userMessages(page)).toHaveCount(1)
    await expect(hooks.answers(page).first()).toHaveAttribute('data-streaming', 'false', { timeout: 90_000 })
    expect((await hooks.answers(page).first().innerText()).trim()).not.toBe('')
    await waitForState(page, 'ready')
    await expect(hooks.prefill(page)).toContainText(/\d+ tokens?.*tok\/s/)
    await expect(hooks.decode(page)).toContainText(/\d+ tokens?/)
    await ask(page, 'Who found the ball?')
    await expect(hooks.prefill(page)).toContainText(/\+ \d+ kept/)
    await test.step('an answer streams; stop and Esc end it and keep what was written', async () => {
      // near chance the model hardly ever finds its end token: the answer is long
      await page.getByTestId('open-settings').click()
      for (const [name, value] of Object.entries({ Temperature: '3', 'Top-k': '0', 'Top-p': '1', 'Min-p': '0' })) {
        await page.getByRole('spinbutton', { name }).fill(value)
        await page.keyboard.press('Enter')
      }
      await page.getByTestId('open-settings').click()
      for (const [n, stop] of [() => hooks.stop(page).click(), () => page.keyboard.press('Escape')].entries()) {
        await say(page, 'Tell me a story about Lily.')
        const answer = hooks.answers(page).nth(2 + n)
        await waitForState(page, 'generating')
        await expect(answer).toHaveAttribute('data-streaming', 'true')
        await expect(page.getByText(/^\d+ tokens?/).last()).toBeVisible()
        await stop()
        await expect(answer).toHaveAttribute('data-streaming', 'false')
        await waitForState(page, 'ready')
      }
      await expect(page.getByText('Stopped.')).toHaveCount(2)
    })
  })

  test('after a reload the chat is there and the weights come from the disk', async ({ page }) => {
    await openReady(page)
    await page.getByTestId('open-settings').click()
    await page.getByTestId('random-seed').uncheck()
    await page.getByTestId('seed').fill('7')
    const first = await ask(page, story)
    const asked: string[] = []
    page.on('request', (request) => {
      if (request.url().includes('/models/storyteller/')) asked.push(new URL(request.url()).pathname)
    })
    await page.reload()
    await waitForState(page, 'ready')
    await expect(hooks.answers(page)).toHaveCount(1)
    expect((await hooks.answers(page).first().innerText()).trim()).toBe(first)
    expect(
      asked.filter((name) => /safetensors|tokenizer/.test(name)),
      'weights asked for again',
    ).toEqual([])
    await page.getByTestId('new-chat').click()
    await expect(hooks.answers(page)).toHaveCount(0)
  })
})

test('an address asks a fresh chat: system, numbers and question, and nothing of it stays in the address', async ({
  page,
  baseURL,
}) => {
  const asked = new URLSearchParams({ system: 'Be short.', temperature: '0', seed: '7', lang: 'en', q: story })
  await page.goto(`${baseURL}?${asked}`)
  await expect(hooks.userMessages(page)).toHaveText([story], { timeout: 60_000 })
  await expect(hooks.answers(page).first()).toHaveAttribute('data-streaming', 'false', { timeout: 90_000 })
  expect(new URL(page.url()).search).toBe('')
  await page.reload()
  await waitForState(page, 'ready')
  await expect(hooks.userMessages(page)).toHaveCount(1)
  // a model that would have to be downloaded is the reader's click: the question waits in the composer
  await page.goto(`${baseURL}?model=not-here&q=Who%3F`)
  await expect(page).toHaveURL(/#\/models$/)
  await page.goto(`${new URL(page.url()).origin}/#/chat`)
  await expect(hooks.composer(page)).toHaveValue('Who?')
})

test('the theme follows the system until it is chosen; both languages speak, and the choice is kept; Enter that confirms a Chinese candidate does not send', async ({
  page,
}) => {
  await page.emulateMedia({ colorScheme: 'dark' })
  await openReady(page, { lang: 'zh' })
  expect(new URL(page.url()).search, 'parameters are taken out of the address').toBe('')
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN')
  await expect(page.getByRole('heading', { name: '问它，再看它是怎么答的' })).toBeVisible()
  const composer = hooks.composer(page)
  await composer.fill('讲一个故事')
  for (const init of [
    { isComposing: true, keyCode: 13 },
    { isComposing: false, keyCode: 229 },
  ]) {
    await composer.evaluate((element, detail) => {
      element.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true, ...detail }))
    }, init)
  }
  await composer.press('Shift+Enter')
  await expect(hooks.userMessages(page)).toHaveCount(0)
  expect(await composer.inputValue()).toBe('讲一个故事\n')
  await composer.press('Enter')
  await expect(hooks.userMessages(page)).toHaveCount(1)
  await expect(hooks.answers(page).first()).toHaveAttribute('data-streaming', 'false', { timeout: 90_000 })

  const scheme = () => page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('color-scheme'))
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  const dark = await background()
  await hooks.theme(page).click()
  expect(await scheme()).toBe('light')
  expect(await background()).not.toBe(dark)
  await hooks.language(page).click()
  await expect(page.locator('html')).toHaveAttribute('lang', 'en')
  await expect(hooks.nav(page, 'models')).toHaveText('Models')
  await page.reload()
  await expect(hooks.nav(page, 'models')).toHaveText('Models')
  await expect(hooks.theme(page)).toHaveAttribute('data-theme-choice', 'light')
})

test('the same seed repeats an answer; a changed question stands beside the one before', async ({ page }) => {
  await openReady(page)
  await page.getByTestId('open-settings').click()
  await page.getByTestId('random-seed').uncheck()
  await page.getByTestId('seed').fill('1234')
  const first = await ask(page, story)
  await page.getByTestId('regenerate').click()
  await expect(hooks.answers(page).first()).toHaveAttribute('data-streaming', 'false', { timeout: 90_000 })
  await waitForState(page, 'ready')
  expect((await hooks.answers(page).first().innerText()).trim()).toBe(first)
  await expect(page.getByTestId('versions')).toHaveText('2/2')

  await ask(page, 'And who?')
  await hooks.userMessages(page).first().hover()
  await page.getByTestId('edit-message').first().click()
  await page.getByTestId('edit-text').fill('Mia lost a blue key at the lake. Where was Mia?')
  await page.getByTestId('edit-send').click()
  await expect(hooks.userMessages(page)).toHaveCount(1)
  await expect(hooks.userMessages(page)).toHaveText('Mia lost a blue key at the lake. Where was Mia?')
  await expect(hooks.answers(page)).toHaveCount(1)
  await expect(hooks.answers(page).first()).toHaveAttribute('data-streaming', 'false', { timeout: 90_000 })
  // the way back leads to everything that followed the question before, also after a reload
  await waitForState(page, 'ready')
  await page.reload()
  await waitForState(page, 'ready')
  await page.getByTestId('version-before').first().click()
  await expect(hooks.userMessages(page)).toHaveText([story, 'And who?'])
  expect((await hooks.answers(page).first().innerText()).trim()).toBe(first)
})

test('past chats can be opened, renamed and deleted', async ({ page }) => {
  await openReady(page)
  await ask(page, story)
  await page.getByTestId('new-chat').click()
  await ask(page, 'Tell me a story about Lily.')
  await page.getByTestId('open-history').click()
  const chats = page.getByTestId('conversation')
  await expect(chats).toHaveCount(2)
  await chats.nth(1).getByRole('button').first().click()
  await expect(hooks.userMessages(page)).toHaveText(story)
  await chats.nth(1).getByRole('button', { name: 'Rename' }).click()
  await page.getByRole('textbox', { name: 'Rename' }).fill('The red ball')
  await page.keyboard.press('Enter')
  await expect(page.getByTestId('conversation').filter({ hasText: 'The red ball' })).toHaveCount(1)
  await page.getByTestId('conversation').first().getByRole('button', { name: 'Delete this chat' }).click()
  await expect(chats).toHaveCount(1)
})
