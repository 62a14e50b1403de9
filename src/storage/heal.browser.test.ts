// What a browser, a disk or another version did to stored data: the model is healed, fetched again, or said to be
// unreadable; never INTERNAL, never a wait without end. And what may be believed of bytes that came.
import { afterEach, expect, test } from 'vitest'
import { Database, type FileRow } from './database.ts'
import { Library } from './library.ts'
import { sha256 } from '../engine/sha256.ts'
import { sha1 } from './sha1.ts'
import type { ModelOrigin } from './types.ts'
import { noise, server, type Behaviour } from './testing/server.ts'

const chunk = 4096
const text = (value: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(value)
const opened: Database[] = []
const database = (patience?: number): Database => {
  const db = new Database(`test-${crypto.randomUUID()}`, 200, patience)
  opened.push(db)
  return db
}
afterEach(async () => {
  for (const db of opened.splice(0)) {
    await db.close()
    indexedDB.deleteDatabase(db.name)
  }
})

const weights = (seed: number): Uint8Array<ArrayBuffer> => {
  const size = 5 * chunk,
    header = text(`{"w":{"dtype":"U8","shape":[${size}],"data_offsets":[0,${size}]}}`)
  const bytes = new Uint8Array(8 + header.length + size)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true)
  bytes.set(header, 8)
  bytes.set(noise(size, seed), 8 + header.length)
  return bytes
}
const files = { 'config.json': text('{"a":1}'), 'tokenizer.json': text('{"b":2}'), 'model.safetensors': weights(1) }
const served: ModelOrigin = {
  kind: 'served',
  id: 'tiny',
  base: '/m/tiny/',
  files: Object.keys(files).map((name) => ({ name, size: files[name as keyof typeof files].length })),
}
const host = (db: Database, be: Behaviour = {}) => {
  const web = server(
    Object.fromEntries(Object.entries(files).map(([name, bytes]) => [`${location.origin}/m/tiny/${name}`, bytes])),
    be,
  )
  return { web, library: new Library(db, { chunkBytes: chunk, backOff: () => 1, retries: 1, fetch: web.fetch }) }
}
const contents = (library: Library, id = 'tiny'): Promise<Uint8Array> =>
  library.using(id, async (all) => {
    const source = all.get('model.safetensors')!
    return source.read(0, source.size)
  })

test('a damaged chunk is found once, and only that chunk is fetched again', async () => {
  const db = database()
  await host(db).library.add(served, 'Tiny')
  await db.run('break', ['chunks'], 'readwrite', (tx) =>
    tx.objectStore('chunks').put(noise(chunk, 99).buffer, ['tiny', 'model.safetensors', 2]),
  )
  const { library, web } = host(db)
  await expect(contents(library)).rejects.toMatchObject({
    code: 'STORAGE_CORRUPT',
    facts: { file: 'model.safetensors', chunk: 3 },
  })
  await expect(contents(library)).rejects.toMatchObject({
    code: 'FILE_MISSING',
    facts: { reason: 'partial', imported: false },
  })
  await library.resume('tiny')
  expect(web.sent()).toBe(chunk)
  expect(await contents(library)).toEqual(files['model.safetensors'])
})

const wrong: [string, string, (row: Record<string, unknown>) => unknown][] = [
  ['a model without origin', 'models', (row) => ({ ...row, origin: null })],
  ['a model of another version', 'models', (row) => ({ ...row, version: 7 })],
  ['a model whose files are a text', 'models', (row) => ({ ...row, files: 'abc' })],
  ['a model whose files are numbers', 'models', (row) => ({ ...row, files: [1, 2] })],
  ['a model without a name', 'models', ({ name: _, ...row }) => row],
  ['a model added at no time', 'models', (row) => ({ ...row, addedAt: 'yesterday' })],
  ['a file without hashes', 'files', ({ hashes: _, ...row }) => row],
  ['a file with a hash that is none', 'files', (row) => ({ ...row, hashes: [7] })],
  ['a file with a wild chunk', 'files', (row) => ({ ...row, bad: [1e9] })],
  ['a file of endless chunks', 'files', (row) => ({ ...row, chunkBytes: 1e15 })],
  ['a file with a broken state', 'files', (row) => ({ ...row, state: 'x', done: false })],
  ['a marker without digest', 'complete', ({ digest: _, ...row }) => row],
  ['a marker of another build', 'complete', (row) => ({ ...row, digest: 'f'.repeat(64) })],
]
test.each(wrong)('%s: the model is not used, is listed, and can be fetched again', async (_, store, change) => {
  const db = database()
  await host(db).library.add(served, 'Tiny')
  const name = store as 'models' | 'files' | 'complete'
  await db.run('break', [name], 'readwrite', async (tx) => {
    const at = tx.objectStore(name) as unknown as {
      get(key: unknown): Promise<Record<string, unknown>>
      put(row: unknown): Promise<unknown>
    }
    await at.put(change(await at.get(name === 'files' ? ['tiny', 'model.safetensors'] : 'tiny')))
  })
  const { library } = host(db)
  const damaged = name === 'models'
  expect(await library.list()).toMatchObject([{ id: 'tiny', complete: false, ...(damaged && { damaged: true }) }])
  await expect(contents(library)).rejects.toMatchObject({
    code: 'FILE_MISSING',
    facts: { reason: damaged ? 'absent' : 'partial' },
  })
  expect((await library.estimate()).models).toBeTypeOf('number')
  if (!damaged) expect(await library.resume('tiny')).toMatchObject({ complete: true })
  else {
    await expect(library.resume('tiny')).rejects.toMatchObject({ code: 'FILE_MISSING', facts: { reason: 'absent' } })
    expect(await library.add(served, 'Tiny')).toMatchObject({ id: 'tiny', complete: true })
  }
  expect(await contents(library)).toEqual(files['model.safetensors'])
})

test('a damaged model beside others hides nothing, and can be removed', async () => {
  const db = database()
  const { library } = host(db)
  await library.add(served, 'Tiny')
  await db.run('break', ['models'], 'readwrite', async (tx) => {
    await tx.objectStore('models').put({ id: 'odd', files: 3 } as never)
    await tx.objectStore('models').put({ id: 5 } as never)
  })
  expect((await library.list()).map(({ id, complete, damaged = false }) => [id, complete, damaged])).toEqual([
    ['odd', false, true],
    ['tiny', true, false],
  ])
  await library.remove('odd')
  expect((await library.list()).map(({ id }) => id)).toEqual(['tiny'])
})

test('while another tab deletes the database, every question is answered within its patience, and later ones work', async () => {
  const db = database(600)
  const { library } = host(db)
  const deaf = await new Promise<IDBDatabase>((resolve, reject) => {
    const open = indexedDB.open(db.name, 1)
    open.onsuccess = () => resolve(open.result)
    open.onerror = () => reject(open.error!)
  })
  const gone = new Promise<void>((resolve) => {
    indexedDB.deleteDatabase(db.name).onsuccess = () => resolve()
  })
  const before = performance.now()
  const ends = await Promise.allSettled([library.list(), library.estimate(), library.chats.list()])
  expect(performance.now() - before).toBeLessThan(5000)
  for (const end of ends) {
    expect(end).toMatchObject({
      status: 'rejected',
      reason: { code: 'STORAGE_UNAVAILABLE', facts: { reason: 'waiting' } },
    })
  }
  deaf.close()
  await gone
  await expect.poll(() => library.list().catch(() => null), { timeout: 10_000 }).toEqual([])
})

// ---- what came ---------------------------------------------------------------

const blobId = (bytes: Uint8Array): Promise<string> => sha1([text(`blob ${bytes.length}\0`), bytes])
async function hubHost(db: Database, sent: Partial<Record<keyof typeof files, Uint8Array>> = {}) {
  const api = 'https://hub.test/api/models/o/n',
    sha = 'c'.repeat(40)
  const tree = await Promise.all(
    Object.entries(files).map(async ([path, bytes]) => ({
      type: 'file',
      path,
      size: bytes.length,
      oid: await blobId(bytes),
      ...(path.endsWith('.safetensors') && { lfs: { oid: await sha256(bytes), size: bytes.length } }),
    })),
  )
  const web = server({
    [`${api}/revision/main`]: text(JSON.stringify({ sha })),
    [`${api}/tree/${sha}`]: text(JSON.stringify(tree)),
    [`${api}/revision/${sha}`]: text(JSON.stringify({ sha })),
    ...Object.fromEntries(
      Object.entries({ ...files, ...sent }).map(([name, bytes]) => [
        `https://hub.test/o/n/resolve/${sha}/${name}`,
        bytes,
      ]),
    ),
  })
  return { web, library: new Library(db, { chunkBytes: chunk, backOff: () => 1, retries: 0, fetch: web.fetch }) }
}
const hub: ModelOrigin = { kind: 'hub', repo: 'o/n', host: 'https://hub.test' }

test('small files of the hub are held to their git blob id: one letter changed is refused, by both sums', async () => {
  const db = database()
  expect(await (await hubHost(db)).library.add(hub, 'N')).toMatchObject({ complete: true })
  const altered = text('{"a":2}')
  const other = database()
  await expect((await hubHost(other, { 'config.json': altered })).library.add(hub, 'N')).rejects.toMatchObject({
    code: 'HASH_MISMATCH',
    facts: { file: 'config.json', expected: await blobId(files['config.json']), actual: await blobId(altered) },
  })
  expect(await (await hubHost(other)).library.list()).toMatchObject([{ complete: false }])
  expect(await (await hubHost(other)).library.add(hub, 'N'), 'and the right one is taken').toMatchObject({
    complete: true,
  })
})

test('a small file in several chunks, cut and gone on with, has its blob id too', async () => {
  const long = text(JSON.stringify({ words: 'x'.repeat(3 * chunk) }))
  const api = 'https://hub.test/api/models/o/n',
    sha = 'c'.repeat(40),
    at = `https://hub.test/o/n/resolve/${sha}`
  const make = async (bytes: Uint8Array, be: Behaviour = {}) =>
    server(
      {
        [`${api}/revision/main`]: text(JSON.stringify({ sha })),
        [`${api}/revision/${sha}`]: text(JSON.stringify({ sha })),
        [`${api}/tree/${sha}`]: text(
          JSON.stringify(
            await Promise.all(
              (
                [
                  ['config.json', files['config.json']],
                  ['tokenizer.json', long],
                  ['model.safetensors', files['model.safetensors']],
                ] as const
              ).map(async ([path, real]) => ({ type: 'file', path, size: real.length, oid: await blobId(real) })),
            ),
          ),
        ),
        [`${at}/config.json`]: files['config.json'],
        [`${at}/tokenizer.json`]: bytes,
        [`${at}/model.safetensors`]: files['model.safetensors'],
      },
      be,
    )
  const db = database()
  const options = { chunkBytes: chunk, backOff: () => 1, retries: 0, parallel: 1 }
  await expect(
    new Library(db, { ...options, fetch: (await make(long, { cutAfter: { 4: 50 } })).fetch }).add(hub, 'N'),
  ).rejects.toMatchObject({ code: 'NETWORK' })
  expect(await new Library(db, { ...options, fetch: (await make(long)).fetch }).resume('hf:o/n')).toMatchObject({
    complete: true,
  })
  const bent = long.slice()
  bent[2 * chunk] = 65
  await expect(
    new Library(database(), { ...options, fetch: (await make(bent)).fetch }).add(hub, 'N'),
  ).rejects.toMatchObject({ code: 'HASH_MISMATCH', facts: { file: 'tokenizer.json' } })
})

test('a plain address promises nothing: the model says so, with the SHA-256 of every file that came', async () => {
  const db = database()
  const base = 'https://x.test/m/'
  const web = server(Object.fromEntries(Object.entries(files).map(([name, bytes]) => [`${base}${name}`, bytes])), {
    cutAfter: { 12: 77, 13: 50, 14: 7 },
  })
  const library = new Library(db, { chunkBytes: chunk, backOff: () => 1, retries: 3, fetch: web.fetch })
  const stored = await library.add({ kind: 'url', url: base }, 'M')
  expect(stored).toMatchObject({ complete: true, unproven: true })
  const sums = await Promise.all(Object.entries(files).map(async ([name, bytes]) => [name, await sha256(bytes)]))
  expect(stored.files.map(({ name, sha256: sum }) => [name, sum])).toEqual(sums)
  const row = (await db.run('look', ['files'], 'readonly', (tx) =>
    tx.objectStore('files').get([stored.id, 'model.safetensors']),
  )) as FileRow
  expect(row.came).toBe(await sha256(files['model.safetensors']))
  const proven = await (await hubHost(database())).library.add(hub, 'N')
  expect(proven.unproven).toBeUndefined()
})
