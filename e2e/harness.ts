// What every end-to-end test stands on: the page's stable hooks, a watch that fails a
// test when anything foreign is asked for or an error goes unseen, and the faults we can
// really cause in a browser. The hooks (data-testid) are the page's promise to tests,
// demo and bench; a renamed hook is a change of this file and of scripts/drive.mjs.
//
// What computes. The processor: it is what the page itself chooses on the software adapter of the tests, and told so it
// tries no GPU first, whose driver compiles for ten seconds in every page. Tests with @gpu in their names compute there: of
// each panel one or two whose numbers WebGPU must be seen to give (chat, attention, probabilities, lens, inside); so do
// faults-page and faults-twice, which are about the GPU. The page's own choice (`auto`) is device's, and that of processor and recording,
// whose browsers have no WebGPU.

import { readFile } from 'node:fs/promises'
import { expect, test as base, type Browser, type BrowserContext, type Locator, type Page } from '@playwright/test'
import axe from 'axe-core'
import { trap } from '../playwright.config.ts'
import { serve, type Served } from '../scripts/serve.mjs'

export type DeviceChoice = 'auto' | 'gpu' | 'cpu'

export interface OpenOptions {
  /** catalog or store id; the page's own choice when absent */
  model?: string
  lang?: 'en' | 'zh'
  panel?: string
  /** more URL parameters */
  params?: Record<string, string>
  /** another server than the shared one */
  base?: string
}

export interface Watched {
  /** every request and socket that left this page's origins */
  foreign: string[]
  /** uncaught errors and console errors */
  errors: string[]
  /** console errors this test causes on purpose */
  allow(...patterns: RegExp[]): void
}

export interface OwnServer {
  readonly url: string
  stop(): Promise<void>
  start(options?: { hosts?: string[]; dir?: string }): Promise<void>
}

interface Fixtures {
  /** what computes in pages that open() opens: as the test's tag says; 'auto' says nothing: the page chooses */
  device: DeviceChoice
  chosen: void
  watched: Watched
  ownServer: OwnServer
}

/** What left the machine since this was asked last; `planted`: on purpose, to planted.example. */
export const taken = async (planted = false): Promise<string[]> =>
  (await (await fetch(`http://127.0.0.1:${trap}/taken${planted ? '?planted' : ''}`)).json()) as string[]

const devices = new WeakMap<BrowserContext, DeviceChoice>()
/** What the pages of this test were told to compute with. */
export const deviceOf = (page: Page): DeviceChoice => devices.get(page.context()) ?? 'cpu'

export const test = base.extend<Fixtures>({
  device: async ({}, use, { tags }) => use(tags.includes('@gpu') ? 'gpu' : 'cpu'),
  chosen: [
    async ({ context, device }, use) => {
      devices.set(context, device)
      await context.addInitScript(seeded, device)
      await use()
    },
    { auto: true },
  ],

  // Runs in every test, asked for or not: silence and privacy are always checked.
  watched: [
    async ({ context }, use, info) => {
      let requests = 0
      const allowed: RegExp[] = []
      const foreign: string[] = []
      const errors: string[] = []
      const local = (url: string) => /^(http:\/\/(127\.0\.0\.1|localhost):\d+\/|blob:|data:|about:|chrome)/.test(url)
      context.on('request', (request) => {
        requests++
        if (!local(request.url())) foreign.push(`${request.method()} ${request.url()}`)
      })
      context.on('console', (message) => {
        if (message.type() === 'error') errors.push(message.text())
      })
      context.on('weberror', (error) => {
        errors.push(String(error.error()))
      })
      context.on('dialog', (dialog) => {
        errors.push(`dialog: ${dialog.message()}`)
        void dialog.dismiss()
      })
      context.on('page', (page) =>
        page.on('websocket', (socket) => {
          requests++
          foreign.push(`WS ${socket.url()}`)
        }),
      )
      await use({ foreign, errors, allow: (...patterns) => void allowed.push(...patterns) })
      foreign.push(...(await taken()))
      // summed over the whole run by scripts/test.mjs
      info.annotations.push({ type: 'requests', description: `${requests} ${foreign.length}` })
      expect(foreign, 'requests that left this machine').toEqual([])
      expect(
        errors.filter((text) => !allowed.some((pattern) => pattern.test(text))),
        'errors nobody expected',
      ).toEqual([])
    },
    { auto: true },
  ],

  // A server that a test may kill and bring back on the same port.
  ownServer: async ({}, use) => {
    let served: Served | null = await serve({ port: 4500 })
    const { url, port } = served
    const stop = async () => {
      await served?.close()
      served = null
    }
    await use({
      url,
      stop,
      async start(options = {}) {
        await stop()
        served = await serve({ port, strict: true, ...options })
      },
    })
    await stop()
  },
})
export { expect }

// ---- the page's hooks --------------------------------------------------------

export type EngineState = 'idle' | 'loading' | 'ready' | 'generating' | 'error'
const id = (page: Page, name: string): Locator => page.getByTestId(name)

export const hooks = {
  status: (page: Page) => id(page, 'engine-status'),
  composer: (page: Page) => id(page, 'composer'),
  send: (page: Page) => id(page, 'send'),
  stop: (page: Page) => id(page, 'stop'),
  error: (page: Page) => id(page, 'error'),
  userMessages: (page: Page) => id(page, 'message-user'),
  answers: (page: Page) => id(page, 'message-assistant'),
  device: (page: Page) => id(page, 'device-chip'),
  prefill: (page: Page) => id(page, 'stats-prefill'),
  decode: (page: Page) => id(page, 'stats-decode'),
  modelSelect: (page: Page) => id(page, 'model-select'),
  modelCard: (page: Page, model: string) => id(page, `model-card-${model}`),
  fileInput: (page: Page) => id(page, 'file-input'),
  nav: (page: Page, panel: string) => id(page, `nav-${panel}`),
  language: (page: Page) => id(page, 'lang-toggle'),
  theme: (page: Page) => id(page, 'theme-toggle'),
}

/**
 * Every answer with one seed: a run that fails can be had again; and on the device of the test, also in pages that a spec
 * opens by its own goto(). A test that wants other settings stores its own first.
 */
const seeded = (device: DeviceChoice): void => {
  try {
    if (localStorage.getItem('glassbox.settings') !== null) return
    const load = device === 'auto' ? {} : { load: { device } }
    const settings = { state: { params: { seed: 1, randomSeed: false }, ...load }, version: 1 }
    localStorage.setItem('glassbox.settings', JSON.stringify(settings))
  } catch {
    // another site's frame has no storage
  }
}

/** Opens the page; does not wait for a model. */
export async function open(
  page: Page,
  { model, lang = 'en', panel = 'chat', params = {}, base = '' }: OpenOptions = {},
): Promise<void> {
  const device = deviceOf(page)
  // a context that a spec made for itself; of the others it is there already
  if (!devices.has(page.context())) await page.addInitScript(seeded, device)
  const query = new URLSearchParams({
    ...(model ? { model } : {}),
    lang,
    ...(device === 'auto' ? {} : { device }),
    ...params,
  })
  await page.goto(`${base}?${query.toString()}#/${panel}`.replace(/^\?/, './?'))
  await expect(hooks.status(page)).toBeAttached()
}

export async function waitForState(page: Page, state: EngineState, timeout = 90_000): Promise<void> {
  await expect(hooks.status(page)).toHaveAttribute('data-state', state, { timeout })
}

/** Opens the page and waits until a model can answer. */
export async function openReady(page: Page, options: OpenOptions = {}): Promise<void> {
  await open(page, options)
  await waitForState(page, 'ready')
  const device = deviceOf(page)
  if (device !== 'auto') await expect(hooks.device(page)).toHaveAttribute('data-kind', device)
}

/** Types and sends as a user would; does not wait for the answer. */
export async function say(page: Page, text: string): Promise<void> {
  await hooks.composer(page).fill(text)
  await hooks.composer(page).press('Enter')
}

/** Sends and waits for the whole answer; returns its text. */
export async function ask(page: Page, text: string): Promise<string> {
  const before = await hooks.answers(page).count()
  await say(page, text)
  const answer = hooks.answers(page).nth(before)
  await expect(answer).toHaveAttribute('data-streaming', 'false', { timeout: 90_000 })
  return (await answer.innerText()).trim()
}

/** Colours that are on their way are nobody's: to their end. */
const settleColours = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    await new Promise((resolve) => {
      requestAnimationFrame(() => requestAnimationFrame(resolve))
    })
    for (const one of document.getAnimations()) if (one instanceof CSSTransition) one.finish()
  })

/**
 * WCAG 2.2 AA findings of the page as it is now: [] is the only good answer. `only`: these rules alone, for a page that
 * was looked at whole already and now has other colours.
 */
export async function accessibility(page: Page, only?: readonly string[]): Promise<string[]> {
  // half a megabyte: once for each document
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe.source)
  await settleColours(page)
  return page.evaluate(async (rules) => {
    const run = (globalThis as unknown as { axe: typeof axe }).axe.run
    const { violations } = await run(document, {
      runOnly: rules ?? ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
      resultTypes: ['violations'],
    })
    return violations.flatMap(({ id: rule, nodes }) => nodes.map((node) => `${rule}: ${node.target.join(' ')}`))
  }, only?.slice())
}

/** The rules whose findings another theme or language can change; names and roles are one for all of them. */
export const inOthers = ['color-contrast', 'html-has-lang', 'html-lang-valid', 'target-size']

/** accessibility() in both languages, light and dark, whole in one of them, then what differs; the page is left as it was. */
export async function accessibilityInAll(page: Page): Promise<string[]> {
  const found: string[] = []
  for (let lang = 0; lang < 2; lang++) {
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme })
      found.push(...(await accessibility(page, lang + Number(colorScheme === 'light') > 0 ? inOthers : undefined)))
    }
    await hooks.language(page).click()
  }
  return found
}

/**
 * Everything a figure's menu saves, by ending: pictures and drawings as they are, numbers parsed, arrays as their shape
 * and values.
 */
export async function filesOf(
  page: Page,
  figure: string,
): Promise<{ png: Buffer; svg: string; json: unknown; npy: { shape: number[]; values: number[] } }> {
  const files = new Map<string, Buffer>()
  const menu = id(page, figure).locator('header details')
  const count = await menu.getByRole('button', { includeHidden: true }).count()
  for (let i = 0; i < count; i++) {
    await menu.locator('summary').click()
    const [download] = await Promise.all([page.waitForEvent('download'), menu.getByRole('button').nth(i).click()])
    // a slide is the picture once more, in another frame
    const saved = download.suggestedFilename()
    if (!saved.endsWith('-slide.png')) files.set(saved.split('.').at(-1)!, await readFile(await download.path()))
  }
  const npy = files.get('npy')!
  const header = npy.subarray(10, 10 + npy.readUInt16LE(8)).toString('latin1'),
    data = npy.subarray(10 + npy.readUInt16LE(8))
  const shape = /'shape': \(([^)]*)\)/
    .exec(header)![1]!
    .split(',')
    .filter((n) => n.trim() !== '')
    .map(Number)
  const type = /'descr': '([^']*)'/.exec(header)![1]!
  const width = type === '<f8' ? 8 : type === '|u1' ? 1 : 4
  const values = Array.from({ length: data.length / width }, (_, i) =>
    type === '<f8'
      ? data.readDoubleLE(i * 8)
      : type === '<f4'
        ? data.readFloatLE(i * 4)
        : type === '<i4'
          ? data.readInt32LE(i * 4)
          : data[i]!,
  )
  return {
    png: files.get('png')!,
    svg: files.get('svg')!.toString(),
    json: JSON.parse(files.get('json')!.toString()),
    npy: { shape, values },
  }
}

// ---- faults ------------------------------------------------------------------

/** A real loss of the device; run such tests in the `faults` project. */
export async function crashGpu(browser: Browser): Promise<void> {
  const session = await browser.newBrowserCDPSession()
  await session.send('Browser.crashGpuProcess').catch(() => {}) // the answer may die with the process
  await session.detach().catch(() => {})
}

/** Lets the page's origin store at most this many bytes; null lifts it. */
export async function limitStorage(page: Page, bytes: number | null): Promise<void> {
  const session = await page.context().newCDPSession(page)
  await session.send('Storage.overrideQuotaForOrigin', {
    origin: new URL(page.url()).origin,
    ...(bytes === null ? {} : { quotaSize: bytes }),
  })
  // The override ends with the session: it stays attached to the page.
}

/** Resolves when the service worker controls the page and its files are cached. */
export async function waitForServiceWorker(page: Page): Promise<void> {
  await page.waitForFunction(() => Boolean(navigator.serviceWorker.controller), undefined, { timeout: 30_000 })
}
