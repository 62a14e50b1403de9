// The page in a headless Chrome, driven as a person would: what demo and bench share.
// The hooks (data-testid) are those of e2e/harness.ts.
import { existsSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { ensureChrome, launchArgs } from './chrome.mjs'
import { serve } from './serve.mjs'
import { ensureBuild, ensureInstall, ensureNode, Problem, root } from './setup.mjs'

/**
 * The model files that an argument names: a file, a folder, or a folder of models/; null = an id of the page's catalog.
 */
export function modelFiles(argument) {
  const place = [argument, path.join(root, 'models', argument)].find((candidate) => existsSync(candidate))
  if (!place) {
    if (/[/\\]|\.(gguf|safetensors)$/i.test(argument)) throw new Problem(`There is no file or folder "${argument}".`)
    return null
  }
  if (statSync(place).isFile()) return [place]
  const names = readdirSync(place).filter((name) => /\.(gguf|safetensors|json|jinja|model)$/i.test(name))
  if (!names.some((name) => /\.(gguf|safetensors)$/i.test(name))) {
    throw new Problem(`The folder "${place}" holds no .gguf or .safetensors file.`)
  }
  return names.map((name) => path.join(place, name))
}

const adapterOf = (page) =>
  page.evaluate(async () => {
    const adapter = await navigator.gpu?.requestAdapter()
    return adapter
      ? `${adapter.info.vendor} ${adapter.info.architecture}${adapter.info.isFallbackAdapter ? ' (software)' : ''}`
      : null
  })

/** Flags of the caller's own, by spaces, for a Chrome that needs some (docs/performance.md). */
const ownFlags = () => (process.env.CHROME_FLAGS ?? '').split(' ').filter(Boolean)

/** A headless Chrome with one empty page; `flags` are launchArgs' choices. */
export async function openBrowser(flags = {}, args = []) {
  const { chromium } = await import('playwright')
  const executablePath = (() => {
    try {
      return ensureChrome()
    } catch (error) {
      throw new Problem(error.message)
    }
  })()
  const browser = await chromium.launch({ executablePath, args: [...launchArgs(flags), ...ownFlags(), ...args] })
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, locale: 'en-US' })
  return { browser, context, page: await context.newPage() }
}

/**
 * Starts Chrome on the real GPU when there is one, else on the software adapter; for the processor without WebGPU,
 * as people have it who need the processor.
 */
export async function launch(url, { software, device, args }) {
  if (device === 'cpu') return { ...(await openBrowser({ webgpu: false }, args)), adapter: null }
  for (const hardware of software ? [false] : [true, false]) {
    const started = await openBrowser({ hardware }, args)
    await started.page.goto(`${url}manifest.webmanifest`) // a secure page of ours that starts nothing
    const adapter = await adapterOf(started.page).catch(() => null)
    if (adapter) return { ...started, adapter }
    await started.browser.close()
  }
  if (device === 'gpu') {
    throw new Problem('Cannot run the page: this Chrome offers no WebGPU adapter, not even the software one.')
  }
  return { ...(await openBrowser({}, args)), adapter: null }
}

export const devices = ['auto', 'gpu', 'cpu']

/**
 * --device, taken apart: which device, and what is forced of a GPU (`gpu,f32,nosubgroups`; words without a device mean
 * the GPU). The engine refuses words that it does not know.
 */
export function deviceOption({ device: text }) {
  const words = text.split(',')
  const force = words.filter((word) => !devices.includes(word)).join()
  const named = words.filter((word) => devices.includes(word))
  const device = named[0] ?? 'gpu'
  const onlyWord = words.length === 1 && !/^f32$|^no|=/.test(text) && named.length === 0
  if (named.length < 2 && !onlyWord && (force === '' || device === 'gpu')) return { device, force }
  throw new Problem(
    `--device is one of ${devices.join(', ')}, or what to force of the GPU, such as f32,nosubgroups; it is "${text}".`,
  )
}

/** The part of the page's address that asks for a device. */
export const deviceParam = ({ device, force }) =>
  device === 'auto' ? '' : `&device=${encodeURIComponent([device, ...(force ? [force] : [])].join())}`
/** The same as options of a load. */
export const deviceLoad = ({ device, force }) => ({ device, ...(force && { force }) })

/**
 * Builds, serves and opens the page. `adapter` is the WebGPU adapter in words, null where none was looked for or
 * found; `close` ends everything that was started.
 */
export async function openPage({ software = false, device = 'gpu', args = [], port = 4600 } = {}) {
  ensureNode()
  ensureInstall()
  ensureBuild(console.error)
  const served = await serve({ port })
  try {
    const started = await launch(served.url, { software, device, args })
    return {
      ...started,
      url: served.url,
      close: async () => {
        await started.browser.close()
        await served.close()
      },
    }
  } catch (error) {
    await served.close()
    throw error
  }
}

/** Waits until the engine is ready; an error of the page becomes a Problem with its words. */
export async function waitReady(page, timeout) {
  const status = page.getByTestId('engine-status')
  await status.waitFor({ state: 'attached', timeout: 30_000 })
  const state = await page
    .waitForFunction(
      () => {
        const now = document.querySelector('[data-testid="engine-status"]')?.getAttribute('data-state')
        return now === 'ready' || now === 'error' ? now : false
      },
      undefined,
      { timeout },
    )
    .then(
      (handle) => handle.jsonValue(),
      () => 'late',
    )
  if (state === 'ready') return
  const words = await page
    .getByTestId('error')
    .first()
    .innerText({ timeout: 1000 })
    .catch(() => '')
  throw new Problem(
    state === 'late'
      ? `The model was not ready within ${timeout / 1000} seconds.`
      : `The page reports: ${words.replace(/\s+/g, ' ')}`,
  )
}

/** Chooses a model of the catalog or imports files, through the page's own controls, and waits until it can answer. */
export async function chooseModel(page, url, { model, files, lang, device, force, timeout = 600_000 }) {
  if (!files) {
    await page.goto(`${url}?model=${encodeURIComponent(model)}&lang=${lang}${deviceParam({ device, force })}#/chat`)
    return waitReady(page, timeout)
  }
  await page.goto(`${url}?lang=${lang}${deviceParam({ device, force })}#/models`)
  await waitReady(page, 120_000) // the page starts with its own model; a second load must wait for it
  await page.getByTestId('file-input').first().setInputFiles(files)
  const pending = page.getByTestId('pending-model')
  const load = pending.getByTestId('load-model')
  await load.waitFor({ timeout: 60_000 }).catch(() => {
    throw new Problem('The page did not accept the files.')
  })
  await load.click({ timeout: 60_000 }).catch(async () => {
    throw new Problem(`The page cannot load the files: ${(await pending.innerText()).replace(/\s+/g, ' ')}`)
  })
  // Storing comes first, with the old model still ready: wait for the load itself to begin.
  await page.waitForFunction(
    () => document.querySelector('[data-testid="engine-status"]')?.getAttribute('data-state') !== 'ready',
    undefined,
    { timeout },
  )
  await waitReady(page, timeout)
}

/**
 * The id of the model in the page's store; files are imported first. The page needs no engine for it.
 * @returns the import's seconds, too; null where nothing was imported
 */
export async function storeModel(page, { model, files }) {
  if (!files) {
    const ids = await page.evaluate(() =>
      glassbox.client.models.list().then((list) => list.filter(({ complete }) => complete).map(({ id }) => id)),
    )
    if (!ids.includes(model)) {
      throw new Problem(
        `The page has no stored model "${model}"; it has ${ids.join(', ') || 'none'}. Give a file or a folder to import one.`,
      )
    }
    return { id: model, importSeconds: null }
  }
  await page.evaluate(() => {
    const input = document.createElement('input')
    input.type = 'file'
    input.multiple = true
    input.id = 'bench-files'
    document.body.append(input)
  })
  await page.locator('#bench-files').setInputFiles(files)
  return page.evaluate(async () => {
    const start = performance.now()
    const input = document.querySelector('#bench-files')
    const { id } = await glassbox.client.models.import([...input.files])
    input.remove()
    return { id, importSeconds: (performance.now() - start) / 1000 }
  })
}
