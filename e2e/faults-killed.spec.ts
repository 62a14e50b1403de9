// What a disk does to a browser: it is killed in the middle of a write (trust.md K1), and its own files are damaged (C3).
// Browsers of their own, each on a profile of its own, and only those are killed. GLASSBOX_KILLS=100 kills so often.

import { spawn, type ChildProcess } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { chromium, type Page } from '@playwright/test'
import { trap } from '../playwright.config.ts'
import { findChrome, launchArgs } from '../scripts/chrome.mjs'
import { serve, type Served } from '../scripts/serve.mjs'
import type { Client } from '../src/store/index.ts'
import { expect, test } from './harness.ts'

declare const glassbox: { client: Client }
interface Own {
  page: Page
  /** SIGKILL for all of it: nothing is written any more */
  kill(): Promise<void>
  close(): Promise<void>
}

const kills = Number(process.env['GLASSBOX_KILLS'] ?? 2)
const root = mkdtempSync(path.join(tmpdir(), 'glassbox-killed-'))
const weights = randomBytes(18 * 1024 * 1024)
const chunk = 16 * 1024 * 1024
const right = [0, 1].map((i) =>
  createHash('sha256')
    .update(weights.subarray(i * chunk, (i + 1) * chunk))
    .digest('hex'),
)
let served: Served
let browsers: ChildProcess[] = []

// A browser forgets a site's first data altogether when it is killed within its first seconds: the profile is one that was
// closed once, with a model and a chat in it.
const profile = path.join(root, 'profile')
test.beforeAll(async () => {
  mkdirSync(path.join(root, 'models/noise'), { recursive: true })
  writeFileSync(path.join(root, 'models/noise/config.json'), '{}')
  writeFileSync(path.join(root, 'models/noise/model.safetensors'), weights)
  served = await serve({ port: 0, models: path.join(root, 'models') })
  const own = await begin(profile)
  await visit(own)
  await obtain(own.page)
  await own.page.evaluate(async () => {
    const turns = [{ id: 't', role: 'user', content: 'kept' }]
    const head = { title: 'a', updatedAt: 1, messages: 1 }
    await glassbox.client.chats.write([{ id: 'a', create: true, head, body: {}, turns }])
  })
  await visit(own)
  await own.page.waitForFunction(() => localStorage.getItem('glassbox.stored') !== null)
  await own.close()
})
/** Another one like it. */
function copied(name: string): string {
  const copy = path.join(root, name)
  rmSync(copy, { recursive: true, force: true })
  cpSync(profile, copy, { recursive: true })
  return copy
}
test.afterEach(() => {
  for (const browser of browsers) stop(browser)
  browsers = []
})
test.afterAll(async () => {
  await served.close()
  rmSync(root, { recursive: true, force: true })
})

/** The whole group: a browser is many processes. */
function stop({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, 'SIGKILL')
}

async function begin(profile: string): Promise<Own> {
  for (const name of ['SingletonLock', 'SingletonCookie', 'SingletonSocket']) {
    rmSync(path.join(profile, name), { force: true })
  }
  const child = spawn(
    findChrome()!,
    [
      ...launchArgs(),
      ...['--headless=new', '--remote-debugging-port=0', `--user-data-dir=${profile}`, '--no-first-run'],
      `--host-resolver-rules=MAP * 127.0.0.1:${trap}, EXCLUDE localhost, EXCLUDE 127.0.0.1`,
      'about:blank',
    ],
    { detached: true, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  browsers.push(child)
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const address = await new Promise<string>((resolve, reject) => {
    let said = ''
    child.stderr.on('data', (bytes) => {
      said += String(bytes)
      const found = /DevTools listening on (\S+)/.exec(said)
      if (found) resolve(found[1]!)
    })
    void ended.then(() => reject(new Error(`the browser ended: ${said.slice(-500)}`)))
  })
  const browser = await chromium.connectOverCDP(address)
  const page = browser.contexts()[0]!.pages()[0]!
  return {
    page,
    async kill() {
      stop(child)
      await ended
    },
    async close() {
      const session = await browser.newBrowserCDPSession()
      await session.send('Browser.close').catch(() => {})
      await ended
    },
  }
}
/** Opens the page, without a model unless one is named. */
async function visit({ page }: Own, model = 'none'): Promise<void> {
  await page.goto('about:blank')
  await page.goto(`${served.url}?lang=en&device=cpu&model=${model}#/storage`)
  await page.waitForFunction(() => 'glassbox' in globalThis)
  if (model !== 'none') await expect(page.getByTestId('engine-status')).toHaveAttribute('data-state', 'ready')
}

/** What lies in the database, hashed by the test and not by what it tests. */
const disk = (page: Page): Promise<{ chunks: Record<string, string>; complete: string[]; chats: string[] }> =>
  page.evaluate(async () => {
    const db = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open('glassbox')
      request.addEventListener('upgradeneeded', () => reject(new Error('there was no database')))
      request.addEventListener('success', () => resolve(request.result))
      request.addEventListener('error', () => reject(request.error!))
    })
    const asked = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.addEventListener('success', () => resolve(request.result))
        request.addEventListener('error', () => reject(request.error!))
      })
    const store = (name: string): IDBObjectStore => db.transaction(name).objectStore(name)
    const chunks: Record<string, string> = {}
    for (const key of await asked(store('chunks').getAllKeys())) {
      const data = (await asked(store('chunks').get(key))) as Blob | ArrayBuffer
      const bytes = data instanceof Blob ? await data.arrayBuffer() : data
      const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
      chunks[(key as unknown[]).slice(1).join('/')] = Array.from(hash, (byte) =>
        byte.toString(16).padStart(2, '0'),
      ).join('')
    }
    const complete = (await asked(store('complete').getAllKeys())) as string[]
    const chats = (await asked(store('turns').getAllKeys())).map((key) => (key as string[]).join('/'))
    db.close()
    return { chunks, complete, chats }
  })
const obtain = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    const [model] = await glassbox.client.models.local()
    await glassbox.client.models.add({ origin: model!.origin })
  })

test('SIGKILL while it downloads, saves chats, removes: what was said to be stored is, and the rest goes on', async () => {
  const counted = { kills: 0, lost: 0, wrong: 0 }
  let seed = 11
  const some = (most: number): number => (seed = (seed * 48271) % 2147483647) % most
  const acknowledged = ['a/t']
  const killed = copied('killed')
  let own = await begin(killed)
  await visit(own)
  for (let i = 0; i < kills; i++) {
    const { page } = own
    page.on('console', (message) => {
      if (message.text().startsWith('saved ')) acknowledged.push(message.text().slice(6))
    })
    // never awaited: they end with the browser
    const acts = [
      page.evaluate(async (first) => {
        for (let n = 0; ; n++) {
          const id = `k${first}-${n}`
          const head = { title: id, updatedAt: n, messages: 1 }
          const turns = [{ id: 't', role: 'user', content: 'x'.repeat(1000) }]
          await glassbox.client.chats.write([{ id, create: true, head, body: {}, turns }])
          console.log(`saved ${id}/t`)
        }
      }, i),
      i % 2 === 0
        ? page.evaluate(async () => {
            for (const { id } of await glassbox.client.models.list()) await glassbox.client.models.remove(id)
          })
        : obtain(page),
    ]
    for (const act of acts) act.catch(() => {})
    await page.waitForEvent('console', (message) => message.text().startsWith('saved '))
    await page.waitForTimeout(some(400))
    await own.kill()
    counted.kills++

    own = await begin(killed)
    await visit(own)
    const { chats, chunks, complete } = await disk(own.page)
    counted.lost += acknowledged.filter((key) => !chats.includes(key)).length
    const stored = right.map((_, at) => chunks[`model.safetensors/${at}`])
    counted.wrong += stored.filter((hash, at) => hash !== undefined && hash !== right[at]).length
    if (complete.length > 0 && stored.some((hash) => hash === undefined)) counted.wrong++
    await expect(own.page.getByTestId('data-removed')).toHaveCount(0)
  }
  // it goes on to its end, and is right
  await obtain(own.page)
  const { chunks } = await disk(own.page)
  expect(right.map((_, at) => chunks[`model.safetensors/${at}`])).toEqual(right)
  console.log(`K1 ${JSON.stringify({ ...counted, saved: acknowledged.length })}`)
  expect(counted).toEqual({ kills, lost: 0, wrong: 0 })
})

/** Vectors of passages as they lie in the database: bytes by the first passage of each batch. */
const vectors = (page: Page): Promise<Record<number, number[]>> =>
  page.evaluate(async () => {
    const asked = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.addEventListener('success', () => resolve(request.result))
        request.addEventListener('error', () => reject(request.error!))
      })
    const db = await asked(indexedDB.open('glassbox'))
    const rows = (await asked(db.transaction('vectors').objectStore('vectors').getAll())) as {
      first: number
      codes: Int8Array
      scales: Float32Array
    }[]
    db.close()
    return Object.fromEntries(rows.map(({ first, codes, scales }) => [first, [...codes, ...scales]]))
  })

test('SIGKILL while vectors of a document are made: the next start makes those that are missing, and they are the same', async () => {
  const killed = copied('vectors')
  let own = await begin(killed)
  await visit(own, 'sentence-vectors')
  const { page } = own
  const part = 'The girl bought a bike. The king lost the coat in the forest. A red bird sang. '
  const text = Array.from({ length: 100 }, (_, i) => `# Part ${i}\n\n${part.slice(i % 40)}${part.repeat(2)}`).join(
    '\n\n',
  )
  await page.evaluate(async (one) => void (await glassbox.client.documents.add(new File([one], 'a.md'))), text)
  const passages = await page.evaluate(async () => (await glassbox.client.documents.list())[0]!.chunks)
  const far = page.waitForEvent('console', (message) => message.text() === 'made 40')
  page
    .evaluate(async () => {
      await glassbox.client.documents.embed({ onProgress: ({ loaded }) => console.log(`made ${loaded}`) })
    })
    .catch(() => {}) // it ends with the browser
  await far
  await own.kill()

  own = await begin(killed)
  await visit(own, 'sentence-vectors')
  const before = await vectors(own.page)
  const made = Object.keys(before).length
  // two batches of 16 had been acknowledged
  expect(made).toBeGreaterThanOrEqual(2)
  expect(made).toBeLessThan(Math.ceil(passages / 16))
  const finish = () =>
    own.page.evaluate(async () => {
      const told: number[] = []
      await glassbox.client.documents.embed({ onProgress: ({ total }) => told.push(total) })
      return { told: [...new Set(told)], meaning: await glassbox.client.documents.meaning() }
    })
  expect(await finish()).toEqual({ told: [passages - 16 * made], meaning: { state: 'ready' } })
  const resumed = await vectors(own.page)
  for (const [first, bytes] of Object.entries(before)) expect(resumed[Number(first)]).toEqual(bytes)
  // the same document without a kill
  await own.page.evaluate(async () => {
    const db = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open('glassbox')
      request.addEventListener('success', () => resolve(request.result))
    })
    const all = db.transaction('vectors', 'readwrite')
    all.objectStore('vectors').clear()
    await new Promise((resolve) => all.addEventListener('complete', resolve))
    db.close()
  })
  expect(await finish()).toEqual({ told: [passages], meaning: { state: 'ready' } })
  expect(await vectors(own.page)).toEqual(resumed)
})

const under = (dir: string): string[] =>
  readdirSync(dir, { withFileTypes: true, recursive: true }).flatMap((entry) =>
    entry.isFile() ? [path.join(entry.parentPath, entry.name)] : [],
  )
const flip = (file: string): void => {
  const bytes = readFileSync(file)
  for (let i = 0; i < 8; i++) bytes[(bytes.length >> 1) + i]! ^= 0x55
  writeFileSync(file, bytes)
}

test('the files of the browser are damaged: it says so, and never takes it for a first visit', async () => {
  const each = (which: (file: string) => boolean, hurt: (file: string) => void) => (files: string[]) =>
    files.filter(which).forEach(hurt)
  const cut = each(
    (file) => file.includes('MANIFEST'),
    (file) => truncateSync(file, statSync(file).size >> 1),
  )
  const log = each((file) => file.endsWith('.log'), flip)
  const current = each(
    (file) => file.endsWith('CURRENT'),
    (file) => rmSync(file),
  )
  const bytes = each((file) => statSync(file).size > 4e6, flip)
  const damage: [string, ((files: string[]) => void)[], object][] = [
    ['a log', [log], { models: 0, chats: 0, bad: null, removed: 1 }],
    ['CURRENT, and bytes of a chunk', [current, bytes], { models: 1, chats: 1, bad: 1, removed: 0 }],
    ...(kills > 2 ? ([['the MANIFEST', [cut], { models: 0, chats: 0, bad: null, removed: 1 }]] as never) : []),
  ]
  for (const [name, hurts, want] of damage) {
    const hurt = copied('hurt')
    for (const one of hurts) one(under(path.join(hurt, 'Default/IndexedDB')))
    const own = await begin(hurt)
    await visit(own)
    const told = await own.page.evaluate(async () => {
      const { models, chats } = glassbox.client
      const [list, heads] = [await models.list(), await chats.list()]
      const bad = list[0] ? (await models.verify(list[0].id)).bad : null
      return { models: list.length, chats: heads.length, bad }
    })
    await expect(own.page.getByTestId('data-removed'), name).toHaveCount('removed' in want && want.removed ? 1 : 0)
    expect({ ...told, removed: await own.page.getByTestId('data-removed').count() }, name).toEqual(want)
    await own.kill()
  }
})
