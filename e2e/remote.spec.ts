// A server in the place of a model: nothing reaches it before the reader says so; then it answers, every screen says where the
// text goes, its chances are shown, nothing is seen inside; taken back, the page's policy is shut again.

import { fakeServer, kind } from '../src/store/remote/testing.ts'
import { accessibilityInAll, ask, expect, openReady, test, waitForServiceWorker } from './harness.ts'

test.use({ serviceWorkers: 'allow' })

test('let through, asked, shown, and shut again', async ({ page, watched }) => {
  watched.allow(/Content Security Policy/, /Refused to connect/, /Failed to fetch/, /127\.0\.0\.1/)
  const server = await fakeServer(kind)
  try {
    // shown before the service worker runs the page, which then says so
    await openReady(page, { panel: 'models' })
    const card = page.getByTestId('remote')
    await waitForServiceWorker(page)
    await expect(card).toHaveAttribute('data-open', 'none')
    const blocked = () =>
      page.evaluate(
        (url) =>
          fetch(url).then(
            () => 'sent',
            () => 'blocked',
          ),
        `${server.url}/v1/models`,
      )
    expect(await blocked()).toBe('blocked')
    expect(server.asked).toEqual([])
    // another page of this origin opens nothing: only the page itself asks its reader
    const other = await page.context().newPage()
    await other.goto('player.html')
    const told = await other.evaluate(async (origin) => {
      const { active } = (await navigator.serviceWorker.getRegistration())!
      const { port1, port2 } = new MessageChannel()
      const answer = new Promise((resolve) => {
        port1.onmessage = ({ data }) => resolve(data)
      })
      active!.postMessage({ type: 'remote-let', origin }, [port2])
      return answer
    }, server.url)
    expect(told).toBeNull()
    await other.close()
    await page.getByTestId('remote-address').fill(server.url)
    await page.getByTestId('remote-allow').click()
    await expect(card).toHaveAttribute('data-open', server.url, { timeout: 20_000 })
    await page.getByTestId('remote-connect').click()
    await expect(page.getByTestId('remote-model')).toHaveValue('big-70b')
    expect(await accessibilityInAll(page), 'before it is used').toEqual([])
    // a load that is on its way would take the server's place
    await expect(page.getByTestId('engine-status')).toHaveAttribute('data-state', 'ready', { timeout: 30_000 })
    await page.getByTestId('remote-use').click()
    const strip = page.getByTestId('remote-strip')
    await expect(strip).toContainText(`${server.url}/v1`)
    await page.goto('#/chat')
    expect(await ask(page, 'Where is it?')).toContain('Far away.')
    await expect(strip).toBeVisible()
    await page.goto('#/probabilities')
    await expect(page.getByTestId('remote-candidates')).toContainText('.')
    await page.getByTestId('remote-probabilities').locator('[data-position="0"]').click()
    await expect(page.getByTestId('remote-candidates')).toContainText('Near')
    await page.goto('#/attention')
    await expect(page.getByTestId('remote-inside')).toBeVisible()
    await expect(strip).toBeVisible()
    expect(await accessibilityInAll(page)).toEqual([])
    await page.goto('#/models')
    await page.getByTestId('remote-close').click()
    await expect(card).toHaveAttribute('data-open', 'none', { timeout: 20_000 })
    await expect(strip).toHaveCount(0)
    const count = server.asked.length
    expect(await blocked()).toBe('blocked')
    expect(server.asked).toHaveLength(count)
  } finally {
    server.close()
  }
})
