// The service worker: the page, its worker and the embedded model work offline.
//
// The build replaces __PRECACHE__ by the list of files and their common version.
// It answers only for those files, and for what lessons fetch (lessons/), which is
// kept once somebody asked for it. Model files that people load are never in here:
// they live in IndexedDB (src/storage). A new version waits until the page says
// 'skip-waiting', which it does only after a click.
//
// Every answer carries the security headers: ours, and what the server sent last
// beside them (policy.ts). It is asked at every visit: a restarted server with
// another --allow-host must reach a page that lives in the cache.
//
// One address more is let through where the reader typed it and said so (remote-let): it is kept beside the server's
// headers, holds from the next load of a page on, and goes when the reader says so. Any address that is given is looked
// at here: one origin, no wildcard.

import { combine, isOneOrigin, showsPage, withoutMeta } from './policy.ts'

declare const __PRECACHE__: { version: string; files: string[]; headers: Record<string, string> }

interface Extendable extends Event {
  waitUntil(work: Promise<unknown>): void
}
interface Fetching extends Extendable {
  request: Request
  respondWith(answer: Promise<Response>): void
}
interface Scope {
  skipWaiting(): Promise<void>
  clients: { claim(): Promise<void> }
  registration: { scope: string }
  addEventListener(type: 'install' | 'activate', listener: (event: Extendable) => void): void
  addEventListener(type: 'fetch', listener: (event: Fetching) => void): void
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void
}

const scope = self as unknown as Scope
const { version, files, headers: builtIn } = __PRECACHE__
const prefix = 'shell-'
const shell = prefix + version
const policyCache = 'policy'
const base = scope.registration.scope
const known = new Set(files.map((file) => new URL(file, base).href))
const index = new URL('index.html', base).href
known.add(index)
const lessons = new URL('lessons/', base).href

async function install(): Promise<void> {
  const isNew = !(await caches.has(shell))
  const cache = await caches.open(shell)
  try {
    // 'reload' goes past the HTTP cache: an old file under a new version would stay for ever.
    await cache.addAll([...known].map((url) => new Request(url, { cache: 'reload' })))
  } catch (error) {
    // a version that never was: activate() would keep it as the one before
    if (isNew) await caches.delete(shell)
    throw error
  }
}

const ranAt = new URL('version-that-ran', base).href
/** Keeps this version and the one that ran before it, whose pages may still be open: after a rollback, the newer one. */
async function activate(): Promise<void> {
  const older = (await caches.keys()).filter((name) => name !== shell && name !== policyCache)
  const notes = await caches.open(policyCache)
  const ran = await (await notes.match(ranAt))?.text()
  const previous = older.find((name) => name === ran) ?? older.findLast((name) => name.startsWith(prefix))
  await Promise.all(older.filter((name) => name !== previous).map((name) => caches.delete(name)))
  await notes.put(ranAt, new Response(shell)).catch(() => undefined) // no room: the order of the caches says it
  await scope.clients.claim()
}

/** Asks the server for its headers of today; offline or on a slow line the last known ones stay. */
async function learnPolicy(): Promise<void> {
  try {
    const { ok, headers } = await fetch(index, { method: 'HEAD', cache: 'no-store', signal: AbortSignal.timeout(1500) })
    if (!ok) return
    const sent = Object.keys(builtIn).flatMap((name): [string, string][] =>
      headers.has(name) ? [[name, headers.get(name)!]] : [],
    )
    const cache = await caches.open(policyCache)
    await cache.put(index, new Response(null, { headers: sent }))
  } catch {
    // offline: nothing to learn
  }
}

const remoteAt = new URL('remote-address', base).href
/** The address that the reader let through, or null. */
async function addressOf(): Promise<string | null> {
  const kept = await (await caches.open(policyCache)).match(remoteAt)
  const address = await kept?.text()
  return isOneOrigin(address) ? address : null
}
/** @returns what holds then */
async function letThrough(address: unknown): Promise<string | null> {
  const cache = await caches.open(policyCache)
  if (isOneOrigin(address)) await cache.put(remoteAt, new Response(address))
  else await cache.delete(remoteAt)
  return addressOf()
}

/** @param url of the file: the page's own policy is in its headers now; that of player.html is of files made with it */
async function withPolicy(found: Response, url: string): Promise<Response> {
  const headers = new Headers(found.headers)
  const page = url === index
  // a disk that cannot be read knows of no more than ours
  const kept = await caches.open(policyCache).then(
    (cache) => cache.match(index),
    () => undefined,
  )
  const added = page ? await addressOf().catch(() => null) : null
  for (const [name, value] of Object.entries(combine(kept?.headers ?? new Headers(), builtIn, added))) {
    headers.set(name, value)
  }
  if (page) headers.delete('content-length')
  return new Response(page ? withoutMeta(await found.text()) : found.body, { status: found.status, headers })
}

/** The asked part of a cached file: a downloader that resumes must get 206, not the start again. */
async function part(found: Response, range: string): Promise<Response> {
  const blob = await found.blob()
  const match = /^bytes=(\d+)-(\d*)$/.exec(range)
  if (!match) return new Response(blob, { headers: found.headers })
  const start = Number(match[1])
  const end = Math.min(match[2] ? Number(match[2]) : Infinity, blob.size - 1)
  const headers = new Headers(found.headers)
  if (start > end) return new Response(null, { status: 416, headers: { 'content-range': `bytes */${blob.size}` } })
  headers.set('content-range', `bytes ${start}-${end}/${blob.size}`)
  headers.set('content-length', String(end - start + 1))
  return new Response(blob.slice(start, end + 1), { status: 206, headers })
}

/** Whole, from the server, and kept for the next time; undefined where the server has none. */
async function lessonFile(url: string): Promise<Response | undefined> {
  const fetched = await fetch(url)
  if (!fetched.ok) return undefined
  const cache = await caches.open(shell)
  await cache.put(url, fetched.clone()).catch(() => undefined) // no room: it is shown all the same
  return fetched
}

async function keptFile(url: string): Promise<Response | undefined> {
  // ignoreVary: some hosts send "Vary: Origin", and module requests differ from the precache's in it.
  const own = await (await caches.open(shell)).match(url, { ignoreVary: true })
  // a lesson's files have the same names in every version: those of another one are not these
  return own ?? (url.startsWith(lessons) ? lessonFile(url) : caches.match(url, { ignoreVary: true }))
}

async function answer(request: Request, url: string): Promise<Response> {
  if (request.mode === 'navigate') await learnPolicy()
  // what is kept cannot be read: the server has it
  const found = await keptFile(url).catch(() => undefined)
  if (!found) return withPolicy(await fetch(request), url)
  const range = request.headers.get('range')
  return withPolicy(range ? await part(found, range) : found, url)
}

scope.addEventListener('install', (event) => event.waitUntil(install()))
scope.addEventListener('activate', (event) => event.waitUntil(activate()))
scope.addEventListener('message', (event) => {
  if (event.data === 'skip-waiting') void scope.skipWaiting()
  if (event.data === 'claim') void scope.clients.claim()
  const { type, origin } = Object(event.data) as { type?: unknown; origin?: unknown }
  const { url, frameType } = Object(event.source) as { url?: unknown; frameType?: unknown }
  const [port] = event.ports
  // only the page itself asks its reader: no other page of this origin, and none that stands in another one
  const isPage = typeof url === 'string' && frameType !== 'nested' && showsPage(url, base, known)
  if (type === 'remote-let' || type === 'remote-is') {
    const told = type === 'remote-let' && isPage ? letThrough(origin) : addressOf()
    void told.then((open) => port?.postMessage(open))
  }
})
scope.addEventListener('fetch', (event) => {
  const { request } = event
  if (request.method !== 'GET') return
  const url = new URL(request.url)
  url.search = url.hash = ''
  if (url.href === base || (request.mode === 'navigate' && showsPage(url.href, base, known))) url.href = index
  // An older page of ours may still ask for its own hashed files: anything in assets/ may be in the cache before.
  if (known.has(url.href) || url.href.startsWith(new URL('assets/', base).href) || url.href.startsWith(lessons)) {
    event.respondWith(answer(request, url.href))
  }
})
