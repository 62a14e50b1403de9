// Several tabs of one browser: one engine and one download for all, answers in line, and a tab that closes or crashes in
// the middle costs the others nothing (trust.md T1).

import type { BrowserContext, Page } from '@playwright/test'
import type { Client } from '../src/store/index.ts'
import { expect, hooks, openReady, say, test, waitForState } from './harness.ts'

declare const glassbox: { client: Client }

const story = 'Tom found a red ball in the garden. Where did Tom find the ball?'
/** Tabs that run an engine of their own. */
const engines = (context: BrowserContext): Page[] =>
  context.pages().filter((page) => page.workers().some((worker) => worker.url().includes('engine.worker')))
/** Lets the engine sleep most of the time: its answers are still being written when another tab has clicked. */
const slow = (tab: Page): Promise<unknown> =>
  tab
    .workers()
    .find((worker) => worker.url().includes('engine.worker'))!
    .evaluate(() => {
      const never = new Int32Array(new SharedArrayBuffer(4))
      setInterval(() => Atomics.wait(never, 0, 0, 45), 50)
    })
const written = (page: Page, n: number) =>
  expect(hooks.answers(page).nth(n)).toHaveAttribute('data-streaming', 'false', { timeout: 60_000 })
const ids = (page: Page): Promise<number[]> =>
  page.evaluate(async () => {
    const all: number[] = []
    for await (const event of glassbox.client.generate([{ role: 'user', content: 'Tell me a story.' }], {
      maxTokens: 8,
      temperature: 1,
      seed: 5,
    })) {
      if (event.type === 'token') all.push(event.id)
    }
    return all
  })

test.setTimeout(240_000)
test('three tabs: one engine, one download, answers in line, and a tab that closes or crashes is replaced', async ({
  page,
  context,
  watched,
}) => {
  watched.allow(/crash/i)
  await context.addInitScript(() => {
    if (location.protocol === 'about:') return // a tab that is not ours yet
    const params = { temperature: 3, topK: 0, topP: 1, minP: 0, maxTokens: 30, seed: 2, randomSeed: false }
    localStorage.setItem(
      'glassbox.settings',
      JSON.stringify({ state: { params, load: { device: 'cpu' } }, version: 1 }),
    )
  })
  const weights: string[] = []
  context.on('request', (request) => {
    if (/storyteller\/.*safetensors/.test(request.url())) weights.push(request.url())
  })
  const counted = { scenarios: 0, hangs: 0, lostChats: 0, wrongTokens: 0 }
  // both at once on an empty disk
  const [second, third] = [await context.newPage(), await context.newPage()]
  await Promise.all([page, second, third].map((tab) => openReady(tab)))
  expect(engines(context)).toHaveLength(1)
  expect(weights).toHaveLength(1)
  counted.scenarios++

  const [first] = engines(context)
  const [other, last] = [page, second, third].filter((tab) => tab !== first)
  const want = await ids(first!)
  expect(await ids(other!)).toEqual(want)
  await slow(first!)
  // another chat in each: they wait in line, and say so
  await say(first!, story)
  await waitForState(first!, 'generating')
  await say(other!, story)
  await expect(other!.getByTestId('in-line')).toBeVisible()
  if (process.env['GLASSBOX_PICTURE']) {
    await other!.screenshot({ path: `${process.env['GLASSBOX_PICTURE']}/in-line.png` })
    await other!.getByTestId('lang-toggle').click()
    await other!.screenshot({ path: `${process.env['GLASSBOX_PICTURE']}/in-line-zh.png` })
    await other!.getByTestId('lang-toggle').click()
  }
  await written(first!, 0)
  await expect(other!.getByTestId('in-line')).toHaveCount(0)
  // the tab with the engine closes in the middle of the other's answer, which goes on by itself
  await expect(hooks.answers(other!).first()).not.toHaveText('')
  const whole = (await hooks.answers(first!).first().innerText()).trim()
  await first!.close()
  await written(other!, 0)
  await expect(hooks.error(other!)).toHaveCount(0)
  const answer = hooks.answers(other!).first()
  if ((await answer.innerText()).trim() !== whole) counted.wrongTokens++
  await Promise.all([other!, last!].map((tab) => waitForState(tab, 'ready')))
  expect(engines(context)).toHaveLength(1)
  counted.scenarios += 2

  // each sees the other's chats
  await last!.getByTestId('open-history').click()
  await expect(last!.getByTestId('conversation')).toHaveCount(2)
  counted.lostChats += 2 - (await last!.getByTestId('conversation').count())

  // the tab with the engine crashes
  const [holder] = engines(context)
  const left = [other!, last!].find((tab) => tab !== holder)!
  const session = await context.newCDPSession(holder!)
  void session.send('Page.crash').catch(() => undefined) // its answer dies with the page
  await expect.poll(() => engines(context).filter((tab) => tab === left), { timeout: 30_000 }).toHaveLength(1)
  await waitForState(left, 'ready')
  if ((await ids(left)).join() !== want.join()) counted.wrongTokens++
  counted.scenarios++
  console.log(`tabs: ${JSON.stringify(counted)}`)
  expect(counted).toEqual({ scenarios: 4, hangs: 0, lostChats: 0, wrongTokens: 0 })
})
