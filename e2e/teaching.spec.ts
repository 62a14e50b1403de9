// Teaching outputs: a panel saved as a page opens from the disk with the run's own numbers and asks for nothing; the same
// player stands in another site's sandboxed frame, and takes a recording from the page around it.

import { readFileSync, statSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { FrameLocator, Page } from '@playwright/test'
import { openRecording } from '../src/engine/glass/recording.ts'
import { spotIn } from './attention-page.ts'
import { accessibility, expect, hooks, open, test, waitForServiceWorker, waitForState } from './harness.ts'

test.use({ serviceWorkers: 'allow' })
const trace = (lang: 'en' | 'zh'): Buffer => readFileSync(`public/traces/${lang}.glasstrace`)
const glassOf = (lang: 'en' | 'zh') => openRecording(new Blob([new Uint8Array(trace(lang))]))

/** Puts the pointer on a cell of the matrix; what it says. */
async function hovered(
  page: Page,
  within: Page | FrameLocator,
  row: number,
  col: number,
  count: number,
): Promise<string> {
  const { x, y } = await spotIn(within.getByTestId('matrix').getByRole('application'), row, col, count)
  await page.mouse.move(0, 0)
  await page.mouse.move(x, y)
  await expect(within.getByTestId('cell-value')).toHaveText(/^\d/)
  return within.getByTestId('cell-value').innerText()
}

async function saved(page: Page, panel: string): Promise<string> {
  await page.evaluate((to) => {
    location.hash = `#/${to}?l=1&h=2`
  }, panel)
  const download = page.waitForEvent('download')
  await page.getByTestId('save-page').click()
  const file = test.info().outputPath(`${panel}.html`)
  await (await download).saveAs(file)
  return file
}

for (const lang of ['en', 'zh'] as const) {
  test(`a panel saved as a page shows the run's own numbers from the disk, offline (${lang})`, async ({
    page,
    context,
    browser,
  }) => {
    await open(page, { lang, panel: 'attention' })
    await waitForState(page, 'ready')
    await waitForServiceWorker(page)
    await page.getByTestId(`recording-${lang}`).click()
    await expect(page.getByTestId('attention-panel')).toHaveAttribute('data-ready', 'true')
    await context.setOffline(true) // made of what lies in the cache
    const files = {
      attention: await saved(page, 'attention'),
      lens: await saved(page, 'lens'),
      probabilities: await saved(page, 'probabilities'),
    }
    await expect(page.getByTestId('page-saved')).toBeVisible()
    for (const file of Object.values(files)) expect(statSync(file).size).toBeLessThanOrEqual(1_500_000)

    const asked: string[] = []
    const elsewhere = await browser.newContext({ offline: true }),
      disk = await elsewhere.newPage()
    disk.on('request', (request) => asked.push(request.url()))
    for (const kind of ['console', 'pageerror'] as const) {
      disk.on(kind as 'pageerror', (said: unknown) =>
        asked.push(String(said instanceof Error ? said : (said as { text(): string }).text())),
      )
    }
    const go = async (name: keyof typeof files): Promise<string> => {
      const url = `file://${path.resolve(files[name])}`
      await disk.goto(url)
      await expect(disk.getByTestId(`${name}-panel`)).toBeVisible()
      return url
    }
    const run = await glassOf(lang)
    const { length } = await run.info()
    const urls = [await go('attention')]
    await expect(disk.getByTestId('attention-panel')).toHaveAttribute('data-ready', 'true')
    await expect(disk.getByTestId('attention-panel')).toHaveAttribute('data-head', '2')
    for (const [row, col] of [
      [length - 1, length >> 1],
      [length >> 1, 3],
    ] as const) {
      const one = {
        layer: 1,
        heads: [2],
        rows: [row, row + 1] as [number, number],
        cols: [col, col + 1] as [number, number],
      }
      const truth = (await run.attention({ ...one, maxRows: 1, maxCols: 1 })).values[0]!
      const told = Number(await hovered(disk, disk, row, col, length))
      expect(told, `${row} -> ${col}`).toBeCloseTo(truth, truth < 0.0005 ? 5 : 3)
    }
    expect(await accessibility(disk)).toEqual([])

    urls.push(await go('lens'))
    await expect(disk.getByTestId('lens-panel')).toHaveAttribute('data-ready', 'true')
    const cell = disk.getByTestId('lens-detail').locator('table')
    const [layer, position] = [
      Number(await cell.getAttribute('data-layer')),
      Number(await cell.getAttribute('data-position')),
    ]
    const [truth] = await run.lens({ positions: [position], layers: [layer], part: 'resid', topK: 5 })
    const shown = await cell
      .locator('tr[data-id]')
      .evaluateAll((rows) => rows.map((row) => ({ ...(row as HTMLElement).dataset })))
    expect(shown.map(({ id }) => Number(id))).toEqual(truth!.top.map(({ id }) => id))
    shown.forEach(({ p }, i) => expect(Number(p)).toBeCloseTo(Math.exp(truth!.top[i]!.logprob), 9))

    urls.push(await go('probabilities'))
    await expect(disk.getByTestId('views')).toHaveAttribute('data-fresh', 'true')
    await disk.getByTestId('plain').click()
    const first = disk.getByTestId('pipeline-table').locator('tbody tr[data-id]').first()
    await expect(first).toBeVisible()
    const row = await first.evaluate((tr) => ({ ...(tr as HTMLElement).dataset }))
    const at = Number(await disk.getByTestId('probabilities-panel').getAttribute('data-position'))
    const best = (await run.tokens())[at]!.top[0]!
    expect(Number(row['id'])).toBe(best.id)
    expect(Number(row['logprob'])).toBeCloseTo(best.logprob, 3)

    // the other language and the dark are in the file, too
    await disk.getByTestId('lang-toggle').click()
    await expect(disk.locator('html')).toHaveAttribute('lang', lang === 'en' ? 'zh-CN' : 'en')
    expect(asked.filter((url) => !urls.includes(url) && !url.startsWith('blob:'))).toEqual([])
    await elsewhere.close()
    await context.setOffline(false)
  })
}

/** Another site: a page with a sandboxed frame, on an origin of its own. */
async function anotherSite(body: string): Promise<{ url: string; server: Server }> {
  const server = createServer((_, response) => response.setHeader('content-type', 'text/html; charset=utf-8').end(body))
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return { url: `http://localhost:${(server.address() as AddressInfo).port}/`, server }
}
const sandboxed = (src: string): string =>
  `<!doctype html><title>Another site</title><iframe id="frame" sandbox="allow-scripts" src="${src}" width="1100" height="600"></iframe>
  <script>globalThis.heard = []; addEventListener('message', (e) => { if (e.source === frame.contentWindow) heard.push(e.data); if (e.data.type === 'height') frame.height = e.data.height })</script>`

test('the player stands in a sandboxed frame of another site, with a recording of ours', async ({ page, baseURL }) => {
  const src = `${baseURL}embed.html?embed=attention&amp;trace=en&amp;layer=1&amp;head=0&amp;q=40&amp;lang=en`
  const { url, server } = await anotherSite(sandboxed(src))
  await page.goto(url)
  const frame = page.frameLocator('#frame')
  const panel = frame.getByTestId('attention-panel')
  await expect(panel).toHaveAttribute('data-ready', 'true')
  for (const [name, value] of [
    ['data-layer', '1'],
    ['data-head', '0'],
    ['data-position', '40'],
  ] as const) {
    await expect(panel).toHaveAttribute(name, value)
  }
  const run = await glassOf('en')
  const { length } = await run.info()
  const truth = (await run.attention({ layer: 1, heads: [0], rows: [40, 41], cols: [12, 13], maxRows: 1, maxCols: 1 }))
    .values[0]!
  expect(Number(await hovered(page, frame, 40, 12, length))).toBeCloseTo(truth, truth < 0.0005 ? 5 : 3)
  // the page around makes room for all of it
  await expect.poll(async () => Number(await page.locator('#frame').getAttribute('height'))).toBeGreaterThan(700)
  await new Promise((closed) => server.close(closed))
})

test('a page around passes a recording; what is none is refused, and its words stay words', async ({
  page,
  baseURL,
}) => {
  const { url, server } = await anotherSite(sandboxed(`${baseURL}embed.html?embed=lens&amp;lang=en`))
  await page.goto(url)
  const frame = page.frameLocator('#frame')
  const heard = (type: string): Promise<Record<string, unknown> | undefined> =>
    page.evaluate(
      (wanted) => (globalThis as unknown as { heard: { type: string }[] }).heard.findLast((m) => m.type === wanted),
      type,
    )
  await expect.poll(() => heard('ready')).toMatchObject({ source: 'glassbox', type: 'ready' })
  const send = (data: unknown, bytes?: string): Promise<void> =>
    page.evaluate(
      ([message, text]) => {
        const all =
          text === undefined
            ? message
            : { ...(message as object), bytes: Uint8Array.from(atob(text), (c) => c.charCodeAt(0)) }
        document.querySelector('iframe')!.contentWindow!.postMessage(all, '*')
      },
      [data, bytes] as const,
    )
  for (const odd of [null, 'trace', { type: 'trace', bytes: '<script>' }, { type: 'edit', bytes: [1] }]) await send(odd)
  await send({ type: 'trace' }, Buffer.from('no recording').toString('base64'))
  await expect(frame.locator('[data-code="FILE_FORMAT"]')).toBeVisible()
  expect(await heard('refused')).toMatchObject({ code: 'FILE_FORMAT' })

  await send({ type: 'trace', layer: 2, q: 30 }, hostileTrace().toString('base64'))
  await expect(frame.getByTestId('lens-panel')).toHaveAttribute('data-ready', 'true')
  expect(await heard('opened')).toMatchObject({ tokens: (await (await glassOf('en')).info()).length })
  await expect(frame.getByTestId('about')).toContainText('</script><img src=x onerror=alert(1)>')
  expect(await frame.locator('img').count()).toBe(0)
  await new Promise((closed) => server.close(closed))
})

test('for a projector all is larger, nothing is cut off, and the pointer reads the cell it is on', async ({ page }) => {
  await page.setViewportSize({ width: 1024, height: 700 })
  await open(page, { lang: 'en', panel: 'attention' })
  await page.getByTestId('recording-en').click()
  const panel = page.getByTestId('attention-panel')
  await expect(panel).toHaveAttribute('data-ready', 'true')
  const letters = () => page.evaluate(() => parseFloat(getComputedStyle(document.querySelector('main p')!).fontSize))
  const usual = await letters()
  while ((await hooks.theme(page).getAttribute('data-theme-choice')) !== 'projector') await hooks.theme(page).click()
  expect(await letters()).toBeGreaterThan(1.15 * usual)
  // where the picture of a head lies, and which one it is
  const grid = page.getByTestId('head-grid')
  await grid.scrollIntoViewIfNeeded()
  const [layer, head, x, y] = (await grid.getAttribute('data-cells'))!.split(' ')[13]!.split(',').map(Number)
  await grid.click({ position: { x: x!, y: y! } })
  await expect(panel).toHaveAttribute('data-layer', String(layer))
  await expect(panel).toHaveAttribute('data-head', String(head))
  const run = await glassOf('en')
  const { length } = await run.info()
  const at = { layer: layer!, heads: [head!], rows: [33, 34] as [number, number], cols: [7, 8] as [number, number] }
  const truth = (await run.attention({ ...at, maxRows: 1, maxCols: 1 })).values[0]!
  expect(Number(await hovered(page, page, 33, 7, length))).toBeCloseTo(truth, truth < 0.0005 ? 5 : 3)
  expect(await accessibility(page)).toEqual([])
  // zoomed to 150 % there are 683 pixels
  for (const width of [1024, 683]) {
    await page.setViewportSize({ width, height: Math.round((width * 700) / 1024) })
    for (const to of ['attention', 'probabilities', 'lens', 'inside']) {
      await page.evaluate((id) => {
        location.hash = `#/${id}`
      }, to)
      await expect(page.locator('main h1')).toBeVisible()
      const beyond = () => page.evaluate(() => document.querySelector('main')!.scrollWidth - innerWidth)
      await expect.poll(beyond, `${to} at ${width}`).toBeLessThanOrEqual(0)
    }
  }
})

test('a second window follows the first: panel, place and numbers, and nothing in it can be pressed', async ({
  page,
  context,
}) => {
  await open(page, { lang: 'en', panel: 'attention' })
  await page.getByTestId('recording-en').click()
  await expect(page.getByTestId('attention-panel')).toHaveAttribute('data-ready', 'true')
  await page.getByTestId('share').click()
  const opened = context.waitForEvent('page')
  await page.getByTestId('present').click()
  const board = await opened
  const panel = board.getByTestId('attention-panel')
  await expect(page.getByTestId('presenting')).toHaveAttribute('data-followers', '1')
  await expect(panel).toHaveAttribute('data-ready', 'true')
  const select = (l: number, h: number, p: number, to = 'attention') =>
    page.evaluate((hash) => {
      location.hash = hash
    }, `#/${to}?l=${l}&h=${h}&p=${p}`)
  await select(2, 5, 30)
  await expect(panel).toHaveAttribute('data-layer', '2')
  await expect(panel).toHaveAttribute('data-head', '5')
  await expect(panel).toHaveAttribute('data-position', '30')
  // how the panel is set goes along, and a newcomer has all of it
  await page.getByTestId('mode').getByRole('radio', { name: 'Arcs' }).check()
  await expect(board.getByTestId('mode').locator('input[value=arcs]')).toBeChecked()
  const late = await context.newPage()
  await late.goto(board.url())
  await expect(late.getByTestId('attention-panel')).toHaveAttribute('data-position', '30')
  await expect(page.getByTestId('presenting')).toHaveAttribute('data-followers', '2')
  await late.close()
  // the numbers are those of the run that the first window shows
  await select(1, 0, 41, 'lens')
  const cells = (of: Page) =>
    of
      .getByTestId('lens-detail')
      .locator('tr[data-id]')
      .evaluateAll((rows) => rows.map((row) => (row as HTMLElement).dataset['p']))
  await expect(board.getByTestId('lens-panel')).toHaveAttribute('data-ready', 'true')
  await expect.poll(async () => (await cells(board)).join()).toBe((await cells(page)).join())
  expect((await cells(board)).length).toBeGreaterThan(2)
  expect(await board.getByTestId('follower').evaluate((root) => (root as HTMLElement).inert)).toBe(true)
  // frozen it stays; let go it has the newest state at once
  await page.getByTestId('freeze').click()
  await select(0, 3, 20)
  await expect(page.getByTestId('attention-panel')).toHaveAttribute('data-position', '20')
  await board.waitForTimeout(400)
  await expect(board.getByTestId('lens-panel')).toBeVisible()
  await page.getByTestId('freeze').click()
  await expect(panel).toHaveAttribute('data-position', '20')
})

/** A shipped recording whose model and tokens are called as an attacker would call them. */
function hostileTrace(): Buffer {
  const bytes = gunzipSync(trace('en'))
  const size = bytes.readUInt32LE(12)
  const header = JSON.parse(bytes.subarray(16, 16 + size).toString()) as {
    info: { model: string }
    tokens: { text: string }[]
  }
  header.info.model = '</script><img src=x onerror=alert(1)>'
  header.tokens[5]!.text = '</script><script>alert(2)</script>'
  const text = Buffer.from(JSON.stringify(header))
  const start = Math.ceil((16 + text.length) / 4) * 4
  const out = Buffer.alloc(start + bytes.length - Math.ceil((16 + size) / 4) * 4)
  bytes.copy(out, 0, 0, 12)
  out.writeUInt32LE(text.length, 12)
  text.copy(out, 16)
  bytes.copy(out, start, Math.ceil((16 + size) / 4) * 4)
  return gzipSync(out)
}
