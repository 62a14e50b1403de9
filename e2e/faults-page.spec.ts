// The machine fails under the page: the engine comes back by itself, twice within a minute, and the answer that was being
// written goes on token for token; then the chat is kept and one click goes on. GLASSBOX_FULL=1: at more moments on the GPU,
// where every start compiles all kernels again.

import type { Page } from '@playwright/test'
import type { Client } from '../src/worker/client.ts'
import { ask, crashGpu, expect, hooks, openReady, say, test, waitForState } from './harness.ts'
import { beginTeaching } from './teaching-rows.ts'

test.use({ device: 'gpu' })

declare const glassbox: { client: Client }

const full = Boolean(process.env['GLASSBOX_FULL'])

/** The tokens of one seeded answer: the same model on the same numbers gives the same. */
const ids = (page: Page): Promise<number[]> =>
  page.evaluate(async () => {
    const all: number[] = []
    for await (const event of glassbox.client.generate([{ role: 'user', content: 'Tell me a story about Lily.' }], {
      maxTokens: 12,
      temperature: 0.9,
      seed: 7,
    })) {
      if (event.type === 'token') all.push(event.id)
    }
    return all
  })

// Compiles every kernel twice on the processor.
test.setTimeout(240_000)

/** The tokens of the newest answer, as the page keeps them: ids and the chances they had. */
const answered = (page: Page): Promise<number[]> =>
  page.evaluate(async () => {
    const { client } = glassbox
    const [head] = await client.chats.list()
    const turns = (await client.chats.get(head!.id))!.turns as { id: string; role: string }[]
    const last = turns.findLast(({ role }) => role === 'assistant')!
    const run = (await client.chats.run(head!.id, last.id)) as { tokens: [number][] }
    return run.tokens.map(([id]) => id)
  })
const question = 'Tell me a story about Lily and a very big dog in the park.'
const endWorker = (page: Page): Promise<void> =>
  page
    .workers()
    .find((worker) => worker.url().includes('engine.worker'))!
    .evaluate(() => {
      globalThis.close()
    })
/** Lets the engine sleep most of the time: its answer is still being written when it is broken. */
const slow = (page: Page): Promise<unknown> =>
  page
    .workers()
    .find((worker) => worker.url().includes('engine.worker'))!
    .evaluate(() => {
      const never = new Int32Array(new SharedArrayBuffer(4))
      setInterval(() => Atomics.wait(never, 0, 0, 45), 50)
    })
/** Sends, breaks something once `tokens` tokens are on screen (0: while the prompt is read), and waits for the end. */
async function askAndBreak(page: Page, tokens: number, breakIt: () => Promise<void>): Promise<void> {
  const before = await hooks.answers(page).count()
  await say(page, question)
  const answer = hooks.answers(page).nth(before)
  await (tokens === 0
    ? waitForState(page, 'generating')
    : expect
        .poll(async () => (await answer.innerText()).trim().split(' ').length, { intervals: [20] })
        .toBeGreaterThan(tokens))
  await expect(answer).toHaveAttribute('data-streaming', 'true', { timeout: 1000 }) // it is cut, not over
  const fresh = page.waitForEvent('worker', (worker) => worker.url().includes('engine.worker'))
  await breakIt()
  await fresh // a new engine: the answer did not end before the fault
  await expect(answer).toHaveAttribute('data-streaming', 'false', { timeout: 90_000 })
  await expect(hooks.error(page)).toHaveCount(0)
  await waitForState(page, 'ready')
}

/**
 * Opens the page and has the question answered once, whole; `cut` asks it again in another chat, breaks something on the
 * way, and compares token for token.
 */
async function begin(page: Page, device: 'gpu' | 'cpu') {
  // near chance the model hardly ever finds its end token: the answer is long enough to be cut anywhere
  await page.addInitScript((chosen) => {
    const params = { temperature: 3, topK: 0, topP: 1, minP: 0, maxTokens: 60, seed: 2, randomSeed: false }
    localStorage.setItem(
      'glassbox.settings',
      JSON.stringify({ state: { params, load: { device: chosen } }, version: 1 }),
    )
  }, device)
  await openReady(page)
  await ask(page, question)
  const want = await answered(page)
  expect(want.length).toBeGreaterThan(20)
  let chats = 1
  return {
    want,
    async cut(after: number, breakIt: () => Promise<void>): Promise<void> {
      await page.getByTestId('new-chat').click()
      await askAndBreak(page, after, breakIt)
      expect(await answered(page), `cut after ${after} tokens`).toEqual(want)
      const kept = await page.evaluate(async () => (await glassbox.client.chats.list()).length)
      expect(kept, 'every chat is kept').toBe(++chats)
    },
  }
}

// The budget is two starts within a minute, and a visit's own: two faults a visit.
test('the answer goes on by itself, token for token, when the GPU dies, and while the model loads it is loaded all the same (0 clicks)', async ({
  page,
  browser,
  watched,
}) => {
  watched.allow(/WebGPU|device|GPU|context/i)
  const { cut } = await begin(page, 'gpu')
  await cut(0, () => crashGpu(browser))
  await cut(full ? 3 : 10, () => crashGpu(browser))
  if (full) {
    await page.reload()
    await waitForState(page, 'ready')
    await cut(10, () => crashGpu(browser))
    await cut(4, () => endWorker(page))
  }
  const want = await ids(page)
  for (const after of full ? [0, 400, 1500] : [1000]) {
    await page.reload()
    await waitForState(page, 'loading')
    await page.waitForTimeout(after) // the moment is what is tried
    await crashGpu(browser)
    await waitForState(page, 'ready')
    expect(await ids(page)).toEqual(want)
  }
  // while it is taught: said, and it goes on from the state that was kept
  await hooks.nav(page, 'adapters').click()
  await page.getByTestId('to-teach').click()
  await beginTeaching(page, 22)
  const run = page.getByTestId('teach-run')
  // kept every ten seconds, or twenty updates
  await expect(run).toContainText(/Its state after update \d+/, { timeout: 60_000 })
  await crashGpu(browser)
  await expect(run).toContainText('goes on from its last state', { timeout: 30_000 })
  await expect(run).toHaveAttribute('data-ended', 'done', { timeout: 60_000 })
  await expect(page.getByTestId('teach-samples')).toContainText('Zoe was in the castle.')
})

test.describe('on the processor', () => {
  test.use({ device: 'cpu' })

  test('the answer goes on by itself, token for token, when the engine’s thread ends (0 clicks)', async ({ page }) => {
    const { cut } = await begin(page, 'cpu')
    for (const pair of [
      [0, 6],
      [2, 12],
    ]) {
      if (pair[0] !== 0) {
        await page.reload()
        await waitForState(page, 'ready')
      }
      for (const after of pair) {
        await slow(page)
        await cut(after, () => endWorker(page))
      }
    }
  })

  test('the engine’s thread ends three times in a row: twice it comes back by itself, then it is said and one click helps', async ({
    page,
  }) => {
    await openReady(page)
    const want = await ids(page)
    for (let turn = 0; turn < 3; turn++) {
      await endWorker(page)
      if (turn === 2) {
        await expect(hooks.error(page).first()).toHaveAttribute('data-code', 'WORKER_DIED', { timeout: 3000 })
        await expect(hooks.error(page).first()).toContainText('twice within a minute')
        await page.getByRole('button', { name: 'Start the engine again' }).first().click()
      } else await waitForState(page, 'loading')
      await waitForState(page, 'ready')
      expect(await ids(page)).toEqual(want)
    }
  })
})
