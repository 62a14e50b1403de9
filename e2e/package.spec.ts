// The package as somebody else gets it: packed, installed from the archive into an empty project, used in a page that Vite
// built and in one that nobody built. Both run the README's lines and the recipes as they stand, and say what PyTorch says. Then each of
// examples/, as it stands.

import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { FrameLocator, Page } from '@playwright/test'
import { build } from 'vite'
import { findChrome, launchArgs } from '../scripts/chrome.mjs'
import { resolveFile } from '../scripts/serve.mjs'
import { expect, test } from './harness.ts'

test.setTimeout(240_000)
// what a GPU computes is for other tests: here it would compile for a minute
const withoutGpu = launchArgs().filter((arg) => !/webgpu|vulkan/i.test(arg))
test.use({ launchOptions: { executablePath: findChrome(), args: [...withoutGpu, '--disable-blink-features=WebGPU'] } })
const root = path.resolve(import.meta.dirname, '..')
const app = mkdtempSync(path.join(tmpdir(), 'glassbox-package-'))
const write = (name: string, text: string): void => writeFileSync(path.join(app, name), text)
const run = (command: string, args: string[], cwd: string): string =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })

/** Examples of the papers that import the package, but the one for OpenAI's client (src/openai/fetch.test.ts). */
const examples = ['README.md', 'docs/recipes.md']
  .flatMap((paper) => [...readFileSync(path.join(root, paper), 'utf8').matchAll(/^```js\n([\s\S]*?)^```/gm)])
  .map((m) => m[1]!)
  .filter((code) => /from 'glassbox/.test(code) && !/from 'openai'/.test(code))
const golden = JSON.parse(readFileSync(path.join(root, 'fixtures/storyteller/golden.json'), 'utf8')) as {
  prompts: { messages: unknown; greedy_ids: number[] }[]
}
const { messages, greedy_ids } = golden.prompts[0]!
const parts = ['config.json', 'generation_config.json', 'tokenizer.json', 'tokenizer_config.json', 'model.safetensors']

/** What an example expects to be there, and a question that PyTorch has answered. */
const page = `
const get = async (name) => new File([await (await fetch('model/' + name)).blob()], name)
globalThis.picked = await Promise.all(${JSON.stringify(parts)}.map(get))
globalThis.shown = []
globalThis.show = (text) => shown.push(text)
globalThis.ids = async (answerer) => {
  const found = []
  for await (const event of answerer.generate(${JSON.stringify(messages)}, { temperature: 0, maxTokens: 5 })) {
    if (event.type === 'token') found.push(event.id)
  }
  return found
}
export const run = async (name, example) => {
  shown.length = 0
  await example()
  document.title += name + ':' + shown.length + ';'
}
`
const main = `
import { run } from './page.js'
import { blobSource, loadEngine } from 'glassbox'
import { startEngine } from 'glassbox/worker'
try {
  ${examples.map((_, n) => `await run(${n}, () => import('./example-${n}.js'))`).join('\n  ')}
  const engine = await loadEngine({ name: 'storyteller', files: new Map(picked.map((file) => [file.name, blobSource(file.name, file)])) }, { device: 'cpu' })
  const client = startEngine()
  const { id } = await client.models.import(picked)
  const { device } = await client.load(id, { device: 'cpu' })
  globalThis.found = [await ids(engine), await ids(client), device.threads > 1]
} catch (error) {
  globalThis.found = String(error) + error.stack
}
`
const html = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title></title><script type="module" src="./main.js"></script>`
const bare = html.replace(
  '<script',
  `<script type="importmap">${JSON.stringify({
    imports: {
      glassbox: './node_modules/glassbox/lib/index.js',
      'glassbox/worker': './node_modules/glassbox/lib/worker.js',
      'glassbox/openai': './node_modules/glassbox/lib/openai.js',
    },
  })}</script><script`,
)

/** The declarations, read by a compiler that believes no library. */
const use = `
import { blobSource, EngineError, loadEngine, type Engine, type TokenEvent } from 'glassbox'
import { startEngine, type EngineClient, type ModelInfo } from 'glassbox/worker'
import 'glassbox/elements'
export async function ask(): Promise<number> {
  const engine: Engine = await loadEngine({ name: 'x', files: new Map([['a', blobSource('a', new Blob())]]) })
  const told: TokenEvent[] = []
  for await (const event of engine.generate('hi', { maxTokens: 3 })) if (event.type === 'token') told.push(event)
  const client: EngineClient = startEngine()
  const info: ModelInfo = await client.load((await client.models.list())[0]!.id, { context: 64 })
  document.createElement('glass-attention').engine = engine
  document.createElement('glass-lens').engine = client
  // @ts-expect-error: the page's own
  client.chats
  // @ts-expect-error: no such code
  new EngineError('TIRED', '')
  return told.length + info.vocab + (await client.glass.tokens())[0]!.position
}
`
const compiler = ['--noEmit', '--strict', '--target', 'es2023', '--lib', 'es2024,dom,dom.iterable', '--types', '']

const types: Record<string, string> = { html: 'text/html', js: 'text/javascript', json: 'application/json' }
let url = ''
const server = createServer((request, response) => {
  const file = resolveFile(app, request.url!.split('?')[0]!)
  if (!file) return response.writeHead(404).end()
  response
    .writeHead(200, {
      'content-type': types[path.extname(file).slice(1)] ?? 'application/octet-stream',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
    })
    .end(readFileSync(file))
})

test.beforeAll(async () => {
  const said = run('npm', ['pack', '--json', '--pack-destination', app], root) // what its build says stands first
  const [{ filename, files }] = JSON.parse(said.slice(said.search(/^\[/m))) as [
    { filename: string; files: { path: string }[] },
  ]
  // the library and its papers: nothing of the page, no source, no model
  expect(files.map(({ path: name }) => name.split('/')[0]).filter((name) => name !== 'lib')).toEqual(
    expect.arrayContaining(['LICENSE', 'README.md', 'package.json']),
  )
  expect(files.filter(({ path: name }) => /src\/|public\/|\.test\.|\.safetensors/.test(name))).toEqual([])
  write('package.json', JSON.stringify({ name: 'somebody', private: true, type: 'module' }))
  run('npm', ['install', '--offline', '--no-audit', '--no-fund', `./${filename}`], app)
  write('use.ts', use)
  write('page.js', page)
  write('main.js', main)
  for (const [n, code] of examples.entries()) write(`example-${n}.js`, code)
  write('index.html', html)
  write('bare.html', bare)
  mkdirSync(path.join(app, 'public/model'), { recursive: true })
  for (const name of parts) {
    cpSync(path.join(root, 'public/models/storyteller', name), path.join(app, 'public/model', name))
  }
  cpSync(path.join(app, 'public/model'), path.join(app, 'model'), { recursive: true })
  cpSync(path.join(root, 'examples'), app, { recursive: true })
  cpSync(path.join(app, 'node_modules/glassbox'), path.join(app, 'html/node_modules/glassbox'), { recursive: true })
  cpSync(path.join(root, 'public/traces/en.glasstrace'), path.join(app, 'html/en.glasstrace'))
  for (const name of ['react', 'react-dom', 'scheduler']) {
    cpSync(path.join(root, 'node_modules', name), path.join(app, 'node_modules', name), { recursive: true })
  }
  await build({
    root: path.join(app, 'vite-react'),
    configFile: path.join(app, 'vite-react/vite.config.js'),
    logLevel: 'error',
  })
  await build({ root: app, configFile: false, base: './', logLevel: 'error', build: { target: 'es2023' } })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
})
test.afterAll(() => {
  server.close()
  server.closeAllConnections()
  rmSync(app, { recursive: true, force: true })
})

const answers = async (p: Page, at: string): Promise<unknown> => {
  await p.goto(url + at)
  const found = await p.waitForFunction(() => (globalThis as { found?: unknown }).found, null, { timeout: 180_000 })
  return found.jsonValue()
}
/** … and the worker has threads of the processor beside it */
const right = [greedy_ids.slice(0, 5), greedy_ids.slice(0, 5), true]

for (const resolution of ['bundler', 'nodenext']) {
  test(`its declarations stand by themselves: ${resolution}`, () => {
    const asked = ['--module', resolution === 'bundler' ? 'esnext' : resolution, '--moduleResolution', resolution]
    run(process.execPath, [path.join(root, 'node_modules/typescript/bin/tsc'), ...compiler, ...asked, 'use.ts'], app)
  })
}

for (const at of ['dist/index.html', 'bare.html']) {
  test(`the papers' examples and a golden answer: ${at}`, async ({ page: p }) => {
    expect(await answers(p, at)).toEqual(right)
    const shown = (await p.title()).split(';').filter(Boolean)
    expect(shown.map((one) => one.split(':')[0])).toEqual(examples.map((_, n) => String(n)))
    for (const one of shown) expect(Number(one.split(':')[1])).toBeGreaterThan(2)
  })
}

/** The panel that an element draws. */
const inside = (p: Page, element: string): FrameLocator => p.locator(`${element} iframe`).contentFrame()

test('examples/vite-react: a model that was picked answers, and its attention is drawn', async ({ page: p }) => {
  await p.goto(`${url}vite-react/dist/index.html`)
  await p.locator('input[type=file]').setInputFiles(parts.map((name) => path.join(app, 'model', name)))
  await expect(p.getByRole('status')).toContainText('parameters on the cpu', { timeout: 60_000 })
  await p.getByRole('button', { name: 'Ask' }).click()
  const panel = inside(p, 'glass-attention')
  await expect(panel.getByTestId('about')).toContainText('recorded run', { timeout: 60_000 })
  await expect(panel.getByRole('heading', { name: 'Head L1' })).toBeVisible()
  expect((await p.getByTestId('answer').textContent())!.length).toBeGreaterThan(20)
  await expect(p.getByRole('alert')).toHaveCount(0)
})

test('examples/html: two panels of one recording, each in its language and theme, reached by keyboard', async ({
  page: p,
  watched,
}) => {
  watched.allow(/status of 404/)
  await p.goto(`${url}html/index.html`)
  await expect(p.locator('[data-tokens]')).toHaveCount(2, { timeout: 60_000 })
  const [attention, odds] = [inside(p, 'glass-attention'), inside(p, 'glass-probabilities')]
  await expect(attention.locator('html')).toHaveAttribute('lang', 'en')
  await expect(odds.locator('html')).toHaveAttribute('lang', 'zh-CN')
  await expect(odds.locator('html')).toHaveAttribute('data-theme', 'dark')
  await expect(p.locator('glass-attention iframe')).toHaveAttribute('title', 'Attention of a run')
  await expect(attention.getByRole('heading', { name: 'Head L1 · H0' })).toBeVisible()
  await p.keyboard.press('Tab')
  await expect(attention.locator(':focus')).toHaveCount(1)
  // a recording that is none says so in the panel, and to the page
  await p.locator('glass-attention').evaluate((element) => element.setAttribute('src', 'index.html'))
  await expect(attention.getByText('.glasstrace').or(attention.getByRole('alert')).first()).toBeVisible()
  await expect(p.locator('glass-attention')).toHaveAttribute('data-error', /recording/)
  await p.locator('glass-attention').evaluate((element) => element.setAttribute('src', 'nothing.glasstrace'))
  await expect(attention.getByTestId('failed')).toBeVisible()
  await expect(p.locator('glass-attention')).toHaveAttribute('data-error', /404/)
})

test('examples/node: an answer in a terminal', () => {
  const said = run(process.execPath, ['node/chat.mjs', 'model', 'Tell me a story about Lily.'], app)
  expect(said).toMatch(/\bLily\b/)
})
