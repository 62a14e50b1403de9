// A page that is put to sleep in the middle of an answer (trust.md L1).

import { expect, hooks, openReady, say, test, waitForState } from './harness.ts'

const question = 'Tell me a story about Lily.'

test('a page that is frozen, and one that finds a minute gone: the answer goes on, token for token', async ({
  page,
  watched,
}) => {
  watched.allow(/404/) // a bare file has no icon of its own
  await page.clock.install()
  await openReady(page)
  const answer = (n: number) => hooks.answers(page).nth(n)
  const written = (n: number) => expect(answer(n)).toHaveAttribute('data-streaming', 'false')
  await say(page, question)
  await written(0)
  const whole = await answer(0).innerText()

  // answers are still being written when something happens to the page
  await page
    .workers()
    .find((worker) => worker.url().includes('engine.worker'))!
    .evaluate(() => {
      const never = new Int32Array(new SharedArrayBuffer(4))
      setInterval(() => Atomics.wait(never, 0, 0, 45), 50)
    })
  const client = await page.context().newCDPSession(page)
  const asleep = async (sleep: () => Promise<void>): Promise<void> => {
    await page.getByTestId('new-chat').first().click()
    await expect(hooks.answers(page)).toHaveCount(0)
    await say(page, question)
    await waitForState(page, 'generating')
    await sleep()
    await written(0)
    expect(await answer(0).innerText()).toBe(whole)
    await waitForState(page, 'ready')
  }
  await asleep(async () => {
    await client.send('Page.setWebLifecycleState', { state: 'frozen' })
    await new Promise((resolve) => {
      setTimeout(resolve, 500)
    })
    await client.send('Page.setWebLifecycleState', { state: 'active' })
  })
  // every timer of the page finds a minute gone
  await asleep(() => page.clock.fastForward(60_000))
  await expect(hooks.error(page)).toHaveCount(0)
})
