// Chats as people keep them: saved while they are written, pinned, tagged, taken back, and told when they grow too long.

import { accessibility, ask, expect, hooks, openReady, say, test, waitForState } from './harness.ts'

const story = 'Tom found a red ball in the garden. Where did Tom find the ball?'

test('a page that is killed in the middle of an answer has kept what there was', async ({ page, context }) => {
  // near chance the model hardly ever finds its end token, and asleep most of the time it is not done before the kill
  await page.addInitScript(() =>
    localStorage.setItem(
      'glassbox.settings',
      JSON.stringify({
        state: {
          params: { temperature: 3, topK: 0, topP: 1, minP: 0, maxTokens: 400, seed: 2, randomSeed: false },
          load: { device: 'cpu' },
        },
        version: 1,
      }),
    ),
  )
  await openReady(page)
  await page
    .workers()
    .find((worker) => worker.url().includes('engine.worker'))!
    .evaluate(() => {
      const never = new Int32Array(new SharedArrayBuffer(4))
      setInterval(() => Atomics.wait(never, 0, 0, 45), 50)
    })
  await say(page, story)
  await waitForState(page, 'generating')
  // the answer is written to the disk every two seconds; nobody says goodbye to a page that is killed
  await page.waitForTimeout(4500)
  await expect(hooks.answers(page)).toHaveAttribute('data-streaming', 'true')
  const shown = (await hooks.answers(page).innerText()).length
  const crashed = page.waitForEvent('crash')
  await page.goto('chrome://crash').catch(() => undefined)
  await crashed
  const again = await context.newPage()
  await openReady(again)
  await expect(hooks.userMessages(again)).toHaveText([story])
  await expect(hooks.answers(again)).toHaveAttribute('data-streaming', 'false')
  const kept = (await hooks.answers(again).innerText()).length
  expect(kept).toBeGreaterThan(10)
  expect(kept).toBeLessThanOrEqual(shown + 400)
})

test('chats are pinned, tagged and taken back; a chat that grows too long says so before it is sent', async ({
  page,
}) => {
  await openReady(page)
  await ask(page, story)
  await page.getByTestId('new-chat').click()
  await ask(page, 'Mia lost a blue key at the lake. Where was Mia?')
  await page.getByTestId('open-history').click()
  const rows = page.getByTestId('conversation')
  await rows.nth(1).getByTestId('pin-chat').click()
  await expect(rows.first()).toContainText('Tom found')
  await rows.first().getByTestId('tag-chat').click()
  await page.keyboard.type('school, stories')
  await page.keyboard.press('Enter')
  const filter = page.getByTestId('tag-filter')
  await filter.getByRole('button', { name: 'school (1)' }).click()
  await expect(rows).toHaveCount(1)
  expect(await accessibility(page)).toEqual([])
  await page.getByTestId('remove-tag').click()
  await expect(filter.getByRole('button', { name: 'school (1)' })).toHaveCount(0)
  // a message, too; the last that was deleted comes back first
  await page.getByTestId('remove-message').first().click({ force: true })
  await expect(hooks.userMessages(page)).toHaveCount(0)
  await page.getByTestId('undo-remove').click()
  await expect(hooks.userMessages(page)).toHaveCount(1)
  await page.getByTestId('undo-remove').click()
  await expect(filter.getByRole('button', { name: 'school (1)' })).toBeVisible()

  // sums over what is marked, by keyboard: three words
  await page.getByTestId('answer-keys').first().focus()
  await page.keyboard.press('Shift+ArrowRight')
  await page.keyboard.press('Shift+ArrowRight')
  await expect(page.getByTestId('token-sums')).toHaveAttribute('data-count', '3')

  // a technique of the library, its place filled in, becomes the message
  await page.getByTestId('open-library').click()
  await expect(page.getByTestId('prompt-preview')).toContainText('Answer:')
  expect(await accessibility(page), 'few-shot, whose preview scrolls').toEqual([])
  await page.getByTestId('technique-zero').click()
  await page.getByTestId('place').fill('I liked it.')
  expect(await accessibility(page)).toEqual([])
  await page.getByTestId('insert-prompt').click()
  await expect(hooks.composer(page)).toHaveValue(/Review: I liked it\.\nAnswer:$/)

  const meter = page.getByTestId('context-meter')
  await expect(meter).toHaveText(/^\d+ \/ 512$/)
  const before = Number((await meter.innerText()).split(' ')[0])
  await hooks.composer(page).fill('Tom saw a cat. '.repeat(110))
  await expect(page.getByTestId('context-warning')).toBeVisible()
  expect(Number((await meter.innerText()).split(' ')[0])).toBeGreaterThan(before + 400)
  await page.getByTestId('limit-drop').click()
  await expect(page.getByTestId('limit-stop')).toBeVisible()
  await hooks.composer(page).fill('Tom saw a cat. '.repeat(70) + 'Who saw a cat?')
  await expect(page.getByTestId('context-warning')).toHaveAttribute('data-left', '2')
  await hooks.composer(page).press('Enter')
  await expect(page.getByTestId('left-out')).toHaveAttribute('data-left', '2')
  await waitForState(page, 'ready')
  await page.reload()
  await expect(page.getByTestId('left-out')).toHaveAttribute('data-left', '2')
})
