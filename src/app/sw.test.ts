// The service worker over several versions of the page: broken ones, a full disk, a rollback, files that cannot be read
// (trust.md U1). Caches and server are made here; what runs is the worker's own script.

import { afterEach, expect, test, vi } from 'vitest'

const base = 'https://page.test/app/'
type Files = Record<string, string>

/** What a browser keeps for an origin. */
class Caches {
  readonly all = new Map<string, Map<string, Response>>()
  broken = false
  full = false
  private reach(): void {
    if (this.broken) throw new DOMException('The disk cannot be read.', 'UnknownError')
  }
  keys = (): Promise<string[]> => Promise.resolve([...this.all.keys()])
  has = (name: string): Promise<boolean> => Promise.resolve(this.all.has(name))
  delete = (name: string): Promise<boolean> => Promise.resolve(this.all.delete(name))
  match = async (url: string): Promise<Response | undefined> => {
    this.reach()
    return [...this.all.values()]
      .map((cache) => cache.get(url))
      .find((found) => found)
      ?.clone()
  }
  open = async (name: string): Promise<object> => {
    this.reach()
    if (!this.all.has(name)) this.all.set(name, new Map())
    const cache = this.all.get(name)!
    const put = (url: string, response: Response): void => {
      if (this.full) throw new DOMException('No room.', 'QuotaExceededError')
      cache.set(url, response)
    }
    return {
      match: (url: string) => Promise.resolve(cache.get(url)?.clone()),
      put: (url: string, response: Response) => new Promise<void>((resolve) => resolve(put(url, response))),
      delete: (url: string) => Promise.resolve(cache.delete(url)),
      async addAll(requests: Request[]) {
        const responses = await Promise.all(requests.map((request) => fetch(request)))
        if (responses.some(({ ok }) => !ok)) throw new TypeError('Request failed')
        requests.forEach(({ url }, i) => put(url, responses[i]!))
      },
    }
  }
}
let caches = new Caches()
let server: Files | null = {}
afterEach(() => {
  vi.unstubAllGlobals()
  vi.resetModules()
  caches = new Caches()
})

interface Running {
  install(): Promise<void>
  activate(): Promise<void>
  /** null: it is none of the worker's files */
  get(path: string, mode?: string): Promise<Response> | null
}
/** Starts the worker's script as the browser does. @param files of its version: all of the page's own */
async function start(version: string, files: string[]): Promise<Running> {
  vi.resetModules()
  const listeners: Record<string, (event: object) => void> = {}
  const precache = { version, files, headers: { 'content-security-policy': "default-src 'none'" } }
  vi.stubGlobal('__PRECACHE__', precache)
  vi.stubGlobal('caches', caches)
  vi.stubGlobal('self', {
    skipWaiting: () => Promise.resolve(),
    clients: { claim: () => Promise.resolve() },
    registration: { scope: base },
    addEventListener: (type: string, listener: (event: object) => void) => void (listeners[type] = listener),
  })
  vi.stubGlobal('fetch', (request: Request | string) => {
    if (!server) return Promise.reject(new TypeError('Failed to fetch'))
    const body = server[(typeof request === 'string' ? request : request.url).slice(base.length) || 'index.html']
    return Promise.resolve(new Response(body ?? 'Not found', { status: body === undefined ? 404 : 200 }))
  })
  await import('./sw.ts')
  const lives = async (type: string): Promise<void> => {
    let work: Promise<unknown> = Promise.resolve()
    listeners[type]!({ waitUntil: (given: Promise<unknown>) => void (work = given) })
    await work
  }
  return {
    install: () => lives('install'),
    activate: () => lives('activate'),
    get(path, mode = 'cors') {
      let answer: Promise<Response> | null = null
      const request = { method: 'GET', url: base + path, mode, headers: new Headers() }
      listeners['fetch']!({ request, respondWith: (given: Promise<Response>) => void (answer = given) })
      return answer
    },
  }
}
/** A version of the page on the server, and its worker. */
async function deploy(version: string): Promise<Running> {
  const files = { 'index.html': `page ${version}`, [`assets/${version}.js`]: `code ${version}` }
  server = { ...files }
  return start(version, Object.keys(files))
}
const shells = (): string[] => [...caches.all.keys()].filter((name) => name.startsWith('shell-'))
const text = async (answer: Promise<Response> | null): Promise<string> => (await answer!).text()

test.each(['a file is missing', 'the disk is full'])(
  'a version of which %s never was: the one before stays whole, and stays the one before',
  async (fault) => {
    const first = await deploy('a')
    await first.install()
    await first.activate()
    const broken = await deploy('b')
    if (fault === 'a file is missing') delete server!['assets/b.js']
    else caches.full = true
    await expect(broken.install()).rejects.toThrow(/Request failed|No room/)
    caches.full = false
    expect(shells()).toEqual(['shell-a'])
    server = null
    const offline = await start('a', ['index.html', 'assets/a.js'])
    expect(await text(offline.get('', 'navigate'))).toBe('page a')
    // pages of the first are open while the third takes over
    const third = await deploy('c')
    await third.install()
    await third.activate()
    expect(shells()).toEqual(['shell-a', 'shell-c'])
    server = null
    expect(await text(third.get('assets/a.js'))).toBe('code a')
  },
)

test('a rollback: the older version runs again, and pages of each have their files', async () => {
  for (const version of ['a', 'b', 'a', 'c']) {
    const worker = await deploy(version)
    await worker.install()
    await worker.activate()
    expect(await text(worker.get('', 'navigate')), version).toBe(`page ${version}`)
  }
  // not b, which is first behind it by age of its cache: a ran before c
  expect(shells()).toEqual(['shell-a', 'shell-c'])
  server = null
  const last = await start('c', ['index.html', 'assets/c.js'])
  expect(await text(last.get('assets/a.js'))).toBe('code a')
  expect(await text(last.get('index.html'))).toBe('page c')
})

test('unknown caches of older pages go', async () => {
  await caches.open('workbox-precache')
  const worker = await deploy('a')
  await worker.install()
  await worker.activate()
  expect(await caches.keys()).not.toContain('workbox-precache')
})

test('kept files that cannot be read: the server answers, under our policy', async () => {
  const worker = await deploy('a')
  await worker.install()
  await worker.activate()
  caches.broken = true
  const page = await worker.get('', 'navigate')!
  expect(await page.text()).toBe('page a')
  expect(page.headers.get('content-security-policy')).toBe("default-src 'none'")
  server = null
  await expect(worker.get('assets/a.js')).rejects.toThrow('Failed to fetch')
})
