// What was made is never lost: two tabs on one chat, deleting and taking back, drafts, files, and rows that cannot be
// read.

import type { BrowserContext, Page } from '@playwright/test'
import { readFileSync } from 'node:fs'
import { ask, expect, hooks, open, openReady, say, test, waitForState } from './harness.ts'

const story = 'Tom found a red ball in the garden. Where did Tom find the ball?'
const done = (page: Page, n: number) =>
  expect(hooks.answers(page).nth(n)).toHaveAttribute('data-streaming', 'false', { timeout: 90_000 })
async function beside(context: BrowserContext): Promise<Page> {
  const page = await context.newPage()
  await openReady(page)
  return page
}

/** Lets the engine of a tab sleep most of the time: its answers are still being written when the other tab has clicked. */
const slow = (tab: Page): Promise<unknown> =>
  tab
    .workers()
    .find((worker) => worker.url().includes('engine.worker'))!
    .evaluate(() => {
      const never = new Int32Array(new SharedArrayBuffer(4))
      setInterval(() => Atomics.wait(never, 0, 0, 45), 50)
    })

interface Kept {
  chats: { turns: { content: string; state: string; parent?: string }[] }[]
}
/** Everything on disk, as the page's own file has it. */
async function onDisk(page: Page): Promise<Kept['chats']> {
  if (await page.getByTestId('export-chats').isHidden()) await page.getByTestId('open-history').click()
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId('export-chats').click()])
  return (JSON.parse(readFileSync(await download.path(), 'utf8')) as Kept).chats
}
const texts = (chats: Kept['chats']): string[] => chats.flatMap((chat) => chat.turns.map((turn) => turn.content))

test('two tabs on one chat: both write, in both orders, and nothing is lost', async ({ page, context }) => {
  await openReady(page)
  await ask(page, story)
  const other = await beside(context)
  await expect(hooks.userMessages(other)).toHaveText([story])
  // one after the other: what the other tab wrote is shown, and gone on from
  await ask(page, 'Who found the ball?')
  await expect(hooks.userMessages(other)).toHaveText([story, 'Who found the ball?'])
  await done(other, 1)
  await ask(other, 'What did Tom find?')
  await expect(hooks.userMessages(page)).toHaveText([story, 'Who found the ball?', 'What did Tom find?'])
  await done(page, 2)
  // at one moment, from the same place: two versions, or one after the other where a slow tab saw the other's first
  await Promise.all([say(page, 'Where was Tom?'), say(other, 'Who was in the garden?')])
  // a tab that saw the other's answer begin before it sent keeps its words in the field: they are sent then
  for (const tab of [page, other]) {
    await waitForState(tab, 'ready')
    if ((await hooks.composer(tab).inputValue()) !== '') await hooks.composer(tab).press('Enter')
  }
  await Promise.all([done(page, 3), done(other, 3)])
  await Promise.all([waitForState(page, 'ready'), waitForState(other, 'ready')])
  // what the other tab wrote last may still be on its way to the disk
  const asked = [story, 'Who found the ball?', 'What did Tom find?', 'Where was Tom?', 'Who was in the garden?']
  const kept = async (): Promise<unknown> => {
    const all = texts(await onDisk(page))
    return { turns: all.length, asked: asked.map((text) => all.filter((one) => one === text).length) }
  }
  await expect.poll(kept, { intervals: [200, 1000, 3000] }).toEqual({ turns: 10, asked: [1, 1, 1, 1, 1] })
  const versions = (tab: Page) => tab.getByTestId('versions').filter({ hasText: '/2' })
  await expect(versions(other)).toHaveCount(await versions(page).count())
})

test('one tab writes while the other asks otherwise, and while the other deletes the chat', async ({
  page,
  context,
}) => {
  // near chance the model hardly ever finds its end token: the answer takes its time
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
  const stop = async (tab: Page): Promise<void> => {
    if (await hooks.stop(tab).isVisible()) {
      await hooks
        .stop(tab)
        .click({ timeout: 2000 })
        .catch(() => undefined)
    } // it may end by itself
    await waitForState(tab, 'ready')
  }
  await openReady(page)
  await slow(page)
  await say(page, story)
  await waitForState(page, 'generating')
  await stop(page)
  const other = await beside(context)
  await say(page, 'Tell me a story about Lily.')
  // the other tab sees that an answer is being written there, and may change an earlier question meanwhile
  await expect(other.getByTestId('elsewhere')).toBeVisible()
  await hooks.userMessages(other).first().hover()
  await other.getByTestId('edit-message').first().click()
  await other.getByTestId('edit-text').fill('Mia lost a blue key at the lake. Where was Mia?')
  await other.getByTestId('edit-send').click()
  await waitForState(other, 'generating')
  await stop(other)
  await stop(page)
  // deleted there while it is written on here
  await hooks.composer(page).fill('And Tom?')
  await other.getByTestId('open-history').click()
  // on a busy machine the other tab's last words may still be on their way: until then nothing is sent
  await expect(async () => {
    await hooks.composer(page).press('Enter')
    await waitForState(page, 'generating', 4000)
  }).toPass()
  await other.getByTestId('remove-chat').click()
  await expect(other.getByTestId('undo-notice')).toBeVisible()
  await expect(page.getByTestId('trashed-elsewhere')).toBeVisible()
  await stop(page)
  const [chat] = await onDisk(page)
  expect(chat!.turns.map((turn) => turn.content)).toEqual(
    expect.arrayContaining([
      story,
      'Tell me a story about Lily.',
      'Mia lost a blue key at the lake. Where was Mia?',
      'And Tom?',
    ]),
  )
  expect(chat!.turns).toHaveLength(8)
  expect(chat!.turns.every((turn) => turn.state !== 'streaming')).toBe(true)
  // taken back where it was deleted, it is there in both
  await other.getByTestId('undo-remove').click()
  await expect(page.getByTestId('trashed-elsewhere')).toHaveCount(0)
  await expect(other.getByTestId('conversation')).toHaveCount(1)
})

test('a deleted chat comes back, at once and after a reload; a draft and the colours outlive it', async ({ page }) => {
  await openReady(page)
  await ask(page, story)
  await page.getByTestId('token-colours').selectOption('surprisal')
  await page.getByTestId('open-history').click()
  await page.getByTestId('remove-chat').click()
  await expect(hooks.userMessages(page)).toHaveCount(0)
  await page.getByTestId('undo-remove').click()
  await expect(hooks.userMessages(page)).toHaveText([story])
  await page.getByTestId('remove-chat').click()
  await hooks.composer(page).fill('not sent yet')
  await page.reload()
  await waitForState(page, 'ready')
  await expect(hooks.composer(page)).toHaveValue('not sent yet')
  await page.getByTestId('open-history').click()
  await page.getByTestId('trash').locator('summary').click()
  await page.getByTestId('restore-chat').click()
  await expect(hooks.userMessages(page)).toHaveText([story])
  // the numbers of an answer of the visit before colour it
  await expect(page.getByTestId('token-legend')).toBeVisible()
  await expect(hooks.answers(page).locator('[data-value]').first()).toBeVisible()
})

test('a file with bad chats adds the good ones and names the others; rows that cannot be read cost no other', async ({
  page,
}) => {
  await open(page)
  await page.getByTestId('open-history').click()
  const chat = (id: string, title: unknown, turns: unknown[]) => ({
    id,
    title,
    updatedAt: 5,
    body: { version: 2, system: '', own: {}, banned: [], leaf: null },
    turns,
  })
  const turn = (n: number) => ({
    id: `t${n}`,
    ...(n > 0 && { parent: `t${n - 1}` }),
    role: n % 2 ? 'assistant' : 'user',
    content: n === 0 ? 'x'.repeat(20_000) : `text ${n}`,
    state: 'done',
    tokens: 0,
    at: n,
  })
  const file = {
    glassbox: 'chats',
    version: 2,
    chats: [
      chat(
        'long',
        'Long',
        Array.from({ length: 301 }, (_, n) => turn(n)),
      ),
      chat('bad', 'Circle', [{ ...turn(1), parent: 't1' }]),
      chat('worse', 5, []),
    ],
  }
  await page
    .getByTestId('import-chats')
    .setInputFiles({ name: 'chats.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(file)) })
  await expect(page.getByText('1 chat added.')).toBeVisible()
  await expect(page.getByTestId('refused').locator('li')).toHaveCount(2)
  await page.evaluate(
    () =>
      new Promise<void>((resolve, reject) => {
        const open = indexedDB.open('glassbox')
        open.onsuccess = () => {
          const tx = open.result.transaction(['chats'], 'readwrite')
          for (const row of [
            { id: 'r1', title: { evil: 1 }, updatedAt: 9e15, messages: 1 },
            { id: 'r2', title: 'No body', updatedAt: 9e15, messages: 1, body: { version: 1, messages: 'x' } },
            { id: 7 },
          ]) {
            tx.objectStore('chats').put(row)
          }
          tx.oncomplete = () => {
            open.result.close()
            resolve()
          }
          tx.onerror = () => reject(tx.error!)
        }
      }),
  )
  await page.reload()
  // the newest cannot be read: the next one is open, and only its end is drawn
  await expect(hooks.userMessages(page).last()).toHaveText('text 300')
  await page.getByTestId('open-history').click()
  await expect(page.getByTestId('unreadable').locator('li')).toHaveCount(3)
  await expect(hooks.error(page)).toHaveCount(0)
  await expect(hooks.userMessages(page)).toHaveCount(20)
  for (const count of [70, 120, 151]) {
    await page.getByTestId('earlier').click()
    await expect(hooks.userMessages(page)).toHaveCount(count)
  }
  // a long message is folded to its beginning
  expect((await hooks.userMessages(page).first().innerText()).length).toBeLessThan(4000)
  await page.getByTestId('fold').click()
  await expect(hooks.userMessages(page).first()).toHaveText('x'.repeat(20_000))
})

test('a chat that stopped the page while it opened is left closed, and says so', async ({ page }) => {
  await open(page)
  await page.getByTestId('open-history').click()
  await page.getByTestId('import-chats').setInputFiles('fixtures/chats/brick-chats.json')
  await expect(page.getByTestId('conversation')).toHaveCount(1)
  // as a page leaves it that stopped answering: the mark is there, and old
  await page.evaluate(() => localStorage.setItem('glassbox.chat.opening', `brick ${Date.now() - 60_000}`))
  await page.reload()
  await expect(page.getByTestId('left-closed')).toContainText('hello')
  await expect(hooks.userMessages(page)).toHaveCount(0)
  await page.getByTestId('left-closed').getByRole('button', { name: 'Open it now' }).click()
  await expect(hooks.userMessages(page)).toHaveText('hi')
})

test('chats of another program come in as messages, are searched, and leave as they came', async ({ page }) => {
  await open(page)
  await expect(hooks.composer(page)).toBeVisible()
  await page.keyboard.press('Control+k')
  const long = Array.from({ length: 120 }, (_, n) => ({
    role: n % 2 ? 'assistant' : 'user',
    content: n === 3 ? 'The owl sleeps in the OLD  tower.' : `line ${n}`,
  }))
  const lists = [long, [{ role: 'user', content: '猫头鹰住在哪里？' }], [{ role: 'wizard', content: 'x' }]]
  await page
    .getByTestId('import-chats')
    .setInputFiles({
      name: 'chats.jsonl',
      mimeType: 'application/json',
      buffer: Buffer.from(lists.map((messages) => JSON.stringify({ messages })).join('\n')),
    })
  await expect(page.getByTestId('conversation')).toHaveCount(2)
  await expect(page.getByTestId('refused')).toHaveText(/messages\[0\]\.role/)
  await page.keyboard.press('Control+k')
  await expect(page.getByTestId('search-chats')).toBeFocused()
  await page.keyboard.type('old tower')
  const finds = page.getByTestId('search-result')
  await expect(finds).toHaveCount(1)
  await expect(finds.locator('mark')).toHaveText('OLD tower')
  await expect(page.getByTestId('conversation').first()).toBeHidden()
  await finds.press('Enter')
  // far above what is drawn at first
  const found = page.locator('article:focus')
  await expect(found).toContainText('The owl sleeps')
  await expect(found).toBeInViewport()
  await page.getByTestId('search-chats').fill('猫头鹰')
  await expect(finds).toHaveText(/猫头鹰住在哪里/)
  await page.getByTestId('search-chats').fill('nobody said this')
  await expect(page.getByTestId('search-status')).toHaveText('No chat says that.')
  await page.getByTestId('search-chats').press('Escape')
  await page.getByTestId('conversation').filter({ hasText: 'line 0' }).getByTestId('save-chat').click()
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId('save-messages').click()])
  expect(JSON.parse(readFileSync(await download.path(), 'utf8'))).toEqual({ messages: long })
})

test("what is typed goes to the composer, from anywhere in the chat; the model's own sampling settings are the chat's, shown as such, and come back", async ({
  page,
}) => {
  await openReady(page)
  await page.locator('#main').focus()
  await page.keyboard.type('2 balls?')
  await expect(hooks.composer(page)).toHaveValue('2 balls?')
  await expect(hooks.composer(page)).toBeVisible()
  await hooks.composer(page).fill('')
  await page.getByTestId('starter').first().click()
  await expect(hooks.composer(page)).toBeFocused()
  await done(page, 0)
  await waitForState(page, 'ready')
  await page.getByTestId('new-chat').click()
  await expect(hooks.composer(page)).toBeFocused()
  // starters of one story do not make two chats of one name
  await page.getByTestId('starter').nth(1).click()
  await done(page, 0)
  await page.getByTestId('open-history').click()
  await expect(page.getByTestId('conversation').locator('strong')).toHaveText(['Who found the ball?', 'Where was Mia?'])
  await page.getByTestId('open-settings').click()
  const own = page.getByTestId('whose-temperature')
  await expect(own).toHaveText('The model’s own: 0.2')
  await page.getByRole('spinbutton', { name: 'Temperature' }).fill('1.1')
  await page.keyboard.press('Enter')
  await expect(own).toHaveAttribute('data-whose', 'reader')
  await page.reload()
  await waitForState(page, 'ready')
  await page.getByTestId('open-settings').click()
  await expect(page.getByRole('spinbutton', { name: 'Temperature' })).toHaveValue('1.1')
  await own.getByRole('button').click()
  await expect(own).toHaveText('The model’s own: 0.2')
})
