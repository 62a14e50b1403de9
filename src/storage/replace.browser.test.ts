// A newer build of a model that is stored: the old one can be opened until the new one is whole, whatever happens on
// the way.
import { afterEach, expect, test } from 'vitest'
import { Database } from './database.ts'
import { Library } from './library.ts'
import { sha256 } from '../engine/sha256.ts'
import type { ModelOrigin } from './types.ts'
import { noise, server, type Behaviour } from './testing/server.ts'

const chunk = 4096
const page = location.origin
const text = (value: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(value)
type Build = Record<'config.json' | 'tokenizer.json' | 'model.safetensors', Uint8Array<ArrayBuffer>>
/** safetensors with an empty header, so that the file is whole by its own account, and these bytes behind it */
const weights = (size: number, seed: number): Uint8Array<ArrayBuffer> => {
  const header = text(`{"w":{"dtype":"U8","shape":[${size}],"data_offsets":[0,${size}]}}`)
  const bytes = new Uint8Array(8 + header.length + size)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true)
  bytes.set(header, 8)
  bytes.set(noise(size, seed), 8 + header.length)
  return bytes
}
const build = (seed: number): Build => ({
  'config.json': text(`{"build":${seed}}`),
  'tokenizer.json': text('{}'),
  'model.safetensors': weights(5 * chunk, seed),
})

const opened: Database[] = []
function host(files: Build, be: Behaviour = {}, db = new Database(`test-${crypto.randomUUID()}`, 200)) {
  if (!opened.includes(db)) opened.push(db)
  const web = server(
    Object.fromEntries(Object.entries(files).map(([name, bytes]) => [`${page}/m/tiny/${name}`, bytes])),
    be,
  )
  return { db, web, library: new Library(db, { chunkBytes: chunk, backOff: () => 1, fetch: web.fetch }) }
}
/** promised: sizes and hashes, as a page built with this model says */
async function origin(files: Build, promised = true): Promise<ModelOrigin> {
  return {
    kind: 'served',
    base: '/m/tiny/',
    files: await Promise.all(
      Object.entries(files).map(async ([name, bytes]) => ({
        name,
        ...(promised && { size: bytes.length, sha256: await sha256(bytes) }),
      })),
    ),
  }
}
const contents = (library: Library): Promise<Uint8Array> =>
  library.using('tiny', async (files) => {
    const source = files.get('model.safetensors')!
    return source.read(0, source.size)
  })
afterEach(async () => {
  for (const db of opened.splice(0)) {
    await db.close()
    indexedDB.deleteDatabase(db.name)
  }
})
const rest = (db: Database): Promise<number> =>
  db.run('count', ['chunks'], 'readonly', (tx) => tx.objectStore('chunks').count())

test('a build with other bytes takes the place of the stored one; the same bytes are not fetched again', async () => {
  const [one, two] = [build(1), build(2)]
  const { db, library } = host(one)
  // stored by a page that promised nothing
  const first = await library.add(await origin(one, false), 'Tiny')
  const kept = await rest(db)
  const same = host(one, {}, db)
  expect(await same.library.add(await origin(one), 'Tiny')).toMatchObject({ id: 'tiny', complete: true })
  expect(same.web.sent(), 'many chunks: their file has no hash to compare').toBeGreaterThan(0)
  const again = host(one, {}, db)
  expect(await again.library.add(await origin(one), 'Tiny')).toMatchObject({ complete: true })
  expect(again.web.sent()).toBe(0)
  const next = host(two, {}, db)
  const renewed = await next.library.add(await origin(two), 'Tiny')
  expect(renewed).toMatchObject({
    id: 'tiny',
    name: 'Tiny',
    complete: true,
    addedAt: first.addedAt,
    origin: await origin(two),
  })
  expect(await contents(next.library)).toEqual(two['model.safetensors'])
  expect(await rest(db), 'nothing is left of the old one').toBe(kept)
  expect((await next.library.list()).map((model) => model.id)).toEqual(['tiny'])
})

test('a small file that was stored without a promise is known by its only chunk', async () => {
  const small: Build = { ...build(1), 'model.safetensors': weights(100, 1) }
  const { db, library } = host(small)
  await library.add(await origin(small, false), 'Tiny')
  const again = host(small, {}, db)
  expect(await again.library.add(await origin(small), 'Tiny')).toMatchObject({
    complete: true,
    origin: await origin(small),
  })
  expect(again.web.sent()).toBe(0)
})

test('offline, cut, or with wrong bytes: the old build stays, whole; what came is gone on with', async () => {
  const [one, two] = [build(1), build(2)]
  const { db, library } = host(one)
  await library.add(await origin(one), 'Tiny')
  const wanted = await origin(two)
  const failures: [Behaviour, string][] = [
    [{ status: () => 0 }, 'NETWORK'],
    [{ cutAfter: { 4: 5 } }, 'NETWORK'],
    [{ status: () => 500 }, 'HTTP_STATUS'],
  ]
  for (const [be, code] of failures) {
    await expect(host(two, be, db).library.add(wanted, 'Tiny')).rejects.toMatchObject({ code })
    expect(await library.list()).toMatchObject([{ id: 'tiny', complete: true, origin: await origin(one) }])
    expect(await contents(library)).toEqual(one['model.safetensors'])
  }
  await expect(host(build(3), {}, db).library.add(wanted, 'Tiny')).rejects.toMatchObject({ code: 'HASH_MISMATCH' })
  expect(await contents(library)).toEqual(one['model.safetensors'])
  const last = host(two, {}, db)
  await last.library.add(wanted, 'Tiny')
  expect(await contents(last.library)).toEqual(two['model.safetensors'])
})

test('a reader who opened the old build does not spoil the new one', async () => {
  const [one, two] = [build(1), build(2)]
  const { db, library } = host(one)
  await library.add(await origin(one), 'Tiny')
  const old = await library.models.open('tiny')
  await host(two, {}, db).library.add(await origin(two), 'Tiny')
  await expect(old.get('model.safetensors')!.read(0, 10)).rejects.toMatchObject({ code: 'STORAGE_CORRUPT' })
  expect(await library.list()).toMatchObject([{ complete: true }])
  expect(await contents(library)).toEqual(two['model.safetensors'])
})

test('removing takes along what waits at the side', async () => {
  const [one, two] = [build(1), build(2)]
  const { db, library } = host(one)
  await library.add(await origin(one), 'Tiny')
  await host(two, { cutAfter: { 4: 5 } }, db)
    .library.add(await origin(two), 'Tiny')
    .catch(() => undefined)
  await library.remove('tiny')
  expect(await rest(db)).toBe(0)
})
