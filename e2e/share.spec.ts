// A share link: made on one page, opened on another that knows nothing of the first. The same tokens, edits, panel and
// selection stand there; nothing is sent anywhere; what is damaged is refused in words.

import type { Browser, Page } from '@playwright/test'
import { accessibility, ask, expect, hooks, open, openReady, test, waitForState } from './harness.ts'

test.setTimeout(300_000)
const tokens = (page: Page) =>
  page.evaluate(async () =>
    (await globalThis.glassbox.client.glass.tokens()).map(({ id, logprob }) => ({ id, logprob })),
  )
const effectOf = (page: Page) => page.getByTestId('effect')
/** [position, before, after] of the watched token and of every token of the answer */
const movedBy = (page: Page): Promise<number[][]> =>
  page
    .locator('[data-testid=effect], [data-testid=answer-table] tr[data-position]')
    .evaluateAll((rows) =>
      rows.map((row) =>
        ['data-token', 'data-position', 'data-before', 'data-after'].flatMap((name) =>
          row.hasAttribute(name) ? [Number(row.getAttribute(name))] : [],
        ),
      ),
    )
const question = 'Tom found a red ball in the garden. Where did Tom find the ball?'

/** The link as the dialog shows it. */
async function makeLink(page: Page): Promise<string> {
  await page.getByTestId('share').click()
  const link = await page.getByTestId('share-link').inputValue()
  expect(await accessibility(page), 'share dialog').toEqual([])
  await page.keyboard.press('Escape')
  await expect(page.getByTestId('share-dialog')).toHaveCount(0)
  return link
}

/** The link on the processor: a page with no settings would try the GPU first, for ten seconds. */
const onProcessor = (link: string): string => link.replace('#', '?device=cpu#')

/** A fresh browser profile: no chats, no settings, no stored model. */
async function elsewhere(browser: Browser, link: string): Promise<Page> {
  const page = await (await browser.newContext({ serviceWorkers: 'block' })).newPage()
  await page.goto(onProcessor(link))
  return page
}

test('text, seed, edits and selection come back on another page, and an answer that was written under an edit is written under it again', async ({
  page,
  browser,
  context,
}) => {
  await test.step('text, seed, edits and selection come back on another page', async () => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write'])
    await openReady(page)
    const said = await ask(page, question)
    await page.evaluate(() => {
      location.hash = '#/attention?p=9&l=1&h=2'
    })
    await expect(page.getByTestId('attention-panel')).toHaveAttribute('data-ready', 'true', { timeout: 90_000 })
    await page.getByTestId('silence-head').click()
    await expect(page.getByTestId('silence-head')).toHaveText('Let L1 · H2 speak')
    const edited = await tokens(page)
    const effect = effectOf(page)
    await expect(effect).toHaveAttribute('data-before', /\d/)
    const moved = await movedBy(page)

    await page.getByTestId('share').click()
    await expect(page.getByTestId('share-state')).toHaveAttribute('data-copied', 'true')
    const link = await page.evaluate(() => navigator.clipboard.readText())
    expect(link).toBe(await page.getByTestId('share-link').inputValue())
    expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#\/share\/[\w-]+$/)
    expect(link.length).toBeLessThan(2000)
    await expect(page.getByTestId('share-dialog')).toContainText('1 edit of the model')

    const other = await elsewhere(browser, link)
    const sent: string[] = []
    other.on('request', (request) => sent.push(request.url()))
    await expect(other.getByTestId('link-outcome')).toHaveAttribute('data-outcome', 'same', { timeout: 240_000 })
    expect(
      sent.filter((url) => url.includes(link.slice(-30))),
      'the link stays behind the #',
    ).toEqual([])
    await expect(other.getByTestId('attention-panel')).toHaveAttribute('data-ready', 'true', { timeout: 90_000 })
    expect(new URL(other.url()).hash).toMatch(/^#\/attention\?(?=.*p=9)(?=.*l=1)(?=.*h=2)/)
    await expect(other.getByTestId('attention-panel')).toHaveAttribute('data-layer', '1')
    await expect(other.getByTestId('attention-panel')).toHaveAttribute('data-head', '2')
    await expect(other.getByTestId('silence-head')).toHaveText('Let L1 · H2 speak')
    // the very run: the same ids, scored alike under the same edit
    const again = await tokens(other)
    expect(again.map((t) => t.id)).toEqual(edited.map((t) => t.id))
    for (const [i, t] of again.entries()) if (t.logprob !== null) expect(t.logprob).toBeCloseTo(edited[i]!.logprob!, 4)
    // and what the edits changed: the numbers before them are those of the run without them
    await expect(effectOf(other)).toHaveAttribute('data-before', /\d/)
    const movedThere = await movedBy(other)
    expect(movedThere.map((row) => row.slice(0, 1))).toEqual(moved.map((row) => row.slice(0, 1)))
    for (const [i, row] of movedThere.entries()) {
      for (const n of [1, 2]) expect(row[n]! / moved[i]![n]!).toBeCloseTo(1, 2)
    }
    expect(await other.evaluate(async () => (await globalThis.glassbox.client.glass.info()).edits)).toEqual([
      { kind: 'scale-head', layer: 1, head: 2, factor: 0 },
    ])
    await hooks.nav(other, 'chat').click()
    await expect(hooks.userMessages(other)).toHaveText(question)
    expect((await hooks.answers(other).first().innerText()).trim()).toBe(said)
    expect(await accessibility(other), 'after opening').toEqual([])
    // the address is an ordinary one again: a reload opens nothing anew
    await other.getByTestId('link-close').click()
    await other.reload()
    await waitForState(other, 'ready')
    await expect(other.getByTestId('link-outcome')).toHaveCount(0)
    await expect(hooks.userMessages(other)).toHaveText(question)
    await other.context().close()
  })
  await page.keyboard.press('Escape') // the dialog with the link
  await hooks.nav(page, 'chat').click()
  await page.getByTestId('new-chat').click()
  await expect(hooks.answers(page)).toHaveCount(0)
  await ask(page, question)
  await test.step('an answer that was written under an edit is written under it again', async () => {
    await page.evaluate(() => {
      location.hash = '#/attention?l=0&h=0'
    })
    await expect(page.getByTestId('attention-panel')).toHaveAttribute('data-ready', 'true', { timeout: 90_000 })
    for (const head of [0, 1, 2]) {
      await page.evaluate((h) => {
        location.hash = `#/attention?l=0&h=${h}`
      }, head)
      await page
        .getByTestId('silence-head')
        .filter({ hasText: `Silence L0 · H${head}` })
        .click()
      await expect(page.getByTestId('silence-head')).toHaveText(`Let L0 · H${head} speak`)
    }
    await hooks.nav(page, 'chat').click()
    await page.getByTestId('regenerate').click()
    await expect(hooks.answers(page).first()).toHaveAttribute('data-streaming', 'false', { timeout: 90_000 })
    await waitForState(page, 'ready')
    const said = (await hooks.answers(page).first().innerText()).trim()
    const opened = await elsewhere(browser, await makeLink(page))
    await expect(opened.getByTestId('link-outcome')).toHaveAttribute('data-outcome', 'same', { timeout: 240_000 })
    expect((await hooks.answers(opened).first().innerText()).trim()).toBe(said)
    // the head of the text before is still silent: an edit of the model, not of a text
    expect(await opened.evaluate(async () => (await globalThis.glassbox.client.glass.info()).edits.length)).toBe(4)
    await opened.context().close()
  })
})

test('a branch comes back; an answer this device would not have drawn stands all the same, and the page says so', async ({
  page,
  browser,
}) => {
  await openReady(page)
  await ask(page, question)
  await page.getByTestId('token-colours').selectOption('surprisal')
  await page.getByTestId('token-text').locator('[data-i="1"]').click()
  await page.getByTestId('token-card').getByTestId('card-branch').and(page.locator(':enabled')).last().click()
  await expect(page.getByTestId('branch-item')).toHaveCount(2)
  await waitForState(page, 'ready')
  await page.getByTestId('token-colours').selectOption('off')
  const said = (await hooks.answers(page).first().innerText()).trim()
  const link = await makeLink(page)
  // the same run with its first token exchanged, as a device with other arithmetic would have made it
  const otherwise = await page.evaluate(async (address) => {
    const bytes = Uint8Array.from(atob(address.split('#/share/')[1]!.replaceAll('-', '+').replaceAll('_', '/')), (c) =>
      c.charCodeAt(0),
    )
    const run = (await new Response(
      new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw')),
    ).json()) as { answer: { ids: number[]; forced: number[] } }
    const { forced } = run.answer
    run.answer.ids[0] = run.answer.ids[1]!
    const packed = new Uint8Array(
      await new Response(
        new Blob([JSON.stringify(run)]).stream().pipeThrough(new CompressionStream('deflate-raw')),
      ).arrayBuffer(),
    )
    return {
      forced,
      ids: run.answer.ids,
      link: `${address.split('#')[0]}#/share/${btoa(String.fromCharCode(...packed))
        .replaceAll('+', '-')
        .replaceAll('/', '_')
        .replace(/=+$/, '')}`,
    }
  }, link)
  expect(otherwise.forced).toEqual([1])

  const opened = await elsewhere(browser, link)
  await expect(opened.getByTestId('link-outcome')).toHaveAttribute('data-outcome', 'same', { timeout: 240_000 })
  expect((await hooks.answers(opened).first().innerText()).trim()).toBe(said)
  await opened.goto('about:blank')
  await opened.goto(otherwise.link)
  await expect(opened.getByTestId('link-outcome')).toHaveAttribute('data-outcome', 'put', { timeout: 240_000 })
  await expect(opened.getByTestId('link-outcome')).toContainText('From token 1 of the answer on')
  const ids = (await tokens(opened)).map((t) => t.id)
  // the last token of an answer was not read by the model itself
  expect(ids.slice(-(otherwise.ids.length - 1))).toEqual(otherwise.ids.slice(0, -1))
  await opened.context().close()
})

test('a damaged link is refused in words, and the page goes on; one that needs a model from elsewhere asks first, and contacts nobody before the click', async ({
  page,
  watched,
}) => {
  await open(page, { model: 'storyteller' })
  for (const title of ['This link cannot be opened', '这个链接打不开']) {
    await page.evaluate(() => {
      location.hash = '#/share/this-is-no-link'
    })
    await expect(page.getByTestId('link-failed')).toContainText(title)
    expect(await accessibility(page)).toEqual([])
    await page.getByTestId('link-failed').getByRole('button').last().click()
    await waitForState(page, 'ready')
    expect(new URL(page.url()).hash).toBe('#/chat')
    await hooks.language(page).click()
  }
  const foreign = watched.foreign.length
  for (const [from, button] of [
    [{ kind: 'url', url: 'https://evil.example/m/' }, 'link-look'],
    [{ kind: 'hub', repo: 'HuggingFaceTB/SmolLM2-135M-Instruct' }, 'link-get'],
    [{ kind: 'file' }, 'link-leave'],
  ] as const) {
    await page.evaluate(async (origin) => {
      const run = {
        v: 1,
        model: { id: 'x', name: 'Some model', from: origin },
        turns: [
          ['u', 'Hello'],
          ['a', 'Hi'],
        ],
        at: { panel: 'chat', position: null, layer: 0, head: 0 },
      }
      const packed = new Uint8Array(
        await new Response(
          new Blob([JSON.stringify(run)]).stream().pipeThrough(new CompressionStream('deflate-raw')),
        ).arrayBuffer(),
      )
      location.hash = `#/share/${btoa(String.fromCharCode(...packed))
        .replaceAll('+', '-')
        .replaceAll('/', '_')
        .replace(/=+$/, '')}`
    }, from)
    const dialog = page.getByTestId('link-dialog')
    await expect(dialog.getByTestId(button)).toBeVisible()
    if (from.kind === 'url') await expect(dialog).toContainText('https://evil.example/m/')
    if (from.kind === 'hub') await expect(dialog).toContainText('271 MB')
    expect(await accessibility(page), from.kind).toEqual([])
    await dialog.getByTestId('link-leave').click()
    await expect(dialog).toHaveCount(0)
  }
  expect(watched.foreign.length).toBe(foreign)
  await expect(hooks.userMessages(page)).toHaveCount(0)
})
