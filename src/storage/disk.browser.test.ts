// What the browser does to stored data: removal, a closed connection, another tab with a newer schema.
import { afterEach, expect, test } from 'vitest'
import type { EngineError } from '../engine/errors.ts'
import { release } from '../engine/formats/scratch.ts'
import { Database } from './database.ts'
import { Library } from './library.ts'
import { writing } from './locks.ts'
import { noise } from './testing/server.ts'

const usage = async () => (await navigator.storage.estimate()).usage ?? 0

const MB = 1024 * 1024
const opened: Database[] = []
const library = (name = `test-${crypto.randomUUID()}`, options = {}) => {
  const db = new Database(name, 200)
  opened.push(db)
  return new Library(db, { chunkBytes: MB, backOff: () => 1, retries: 1, ...options })
}
afterEach(async () => {
  for (const db of opened.splice(0)) {
    await db.close()
    indexedDB.deleteDatabase(db.name)
  }
})

const file = (name: string, bytes: Uint8Array<ArrayBuffer>) => new File([bytes], name)
const model = (size: number) => [
  file('config.json', new TextEncoder().encode('{}')),
  file('tokenizer.json', new TextEncoder().encode('{}')),
  file('model.safetensors', noise(size)),
]

test('an import is stored, opened, and removal frees the disk', async () => {
  const lib = library()
  const before = await usage()
  const stored = await lib.import(model(8 * MB), 'Tiny')
  expect(stored).toMatchObject({ id: 'file:Tiny', name: 'Tiny', complete: true, bytes: 8 * MB + 4 })
  expect(
    await lib.using(stored.id, async (files) => (await files.get('model.safetensors')!.read(5 * MB, 3)).length),
  ).toBe(3)
  expect(await usage()).toBeGreaterThan(before + 7 * MB)
  expect((await lib.import(model(MB), 'Tiny')).id).toBe('file:Tiny-2')
  await lib.remove(stored.id)
  await lib.remove('file:Tiny-2')
  expect(await lib.list()).toEqual([])
  expect(await lib.db.run('count', ['chunks'], 'readonly', (tx) => tx.objectStore('chunks').count())).toBe(0)
  await expect.poll(usage, { timeout: 10_000 }).toBeLessThan(before + 2 * MB)
})

test("ranges are read across chunks, from Blobs and from ArrayBuffers, into the reader's memory or fresh", async () => {
  const lib = library()
  const bytes = noise(2.5 * MB)
  const { id } = await lib.import([...model(0).slice(0, 2), file('model.safetensors', bytes)], 'Tiny')
  await lib.db.run('test', ['chunks'], 'readwrite', (tx) =>
    tx.objectStore('chunks').put(bytes.slice(MB, 2 * MB).buffer, [id, 'model.safetensors', 1]),
  )
  await lib.using(id, async (files) => {
    const source = files.get('model.safetensors')!
    const own = new Uint8Array(3 * MB)
    for (const [from, length] of [
      [0, 2.5 * MB],
      [MB - 5, 10],
      [2 * MB - 1, 2],
      [MB + 7, 100],
      [2.5 * MB - 3, 3],
    ] as const) {
      const wanted = bytes.subarray(from, from + length)
      expect(indexedDB.cmp(await source.read(from, length), wanted)).toBe(0)
      const read = await source.read(from, length, undefined, own)
      expect(read.buffer).toBe(own.buffer)
      expect(indexedDB.cmp(read, wanted)).toBe(0)
    }
  })
})

test('a file that is read from end to end is read from disk once, chunk by chunk, each ahead of its turn', async () => {
  const lib = library()
  const bytes = noise(4.5 * MB)
  const { id } = await lib.import([...model(0).slice(0, 2), file('model.safetensors', bytes)], 'Tiny')
  const reads: number[] = []
  const slices: number[] = []
  const { get } = IDBObjectStore.prototype
  const { slice } = Blob.prototype
  IDBObjectStore.prototype.get = function (key) {
    if (this.name === 'chunks') reads.push((key as [string, string, number])[2])
    return get.call(this, key)
  }
  Blob.prototype.slice = function (...range) {
    slices.push(range[0] ?? 0)
    return slice.apply(this, range)
  }
  try {
    await lib.using(id, async (files) => {
      const source = files.get('model.safetensors')!
      expect((await source.read(0, 1000)).length).toBe(1000)
      expect(reads, 'a header is no reason to read on').toEqual([0])
      const out = new Uint8Array(bytes.length)
      const step = MB / 4
      for (let at = 0; at < bytes.length; at += step) {
        await source.read(at, step, undefined, out.subarray(at))
        const now = Math.floor(at / MB)
        if (at % MB === MB - step && now < 4) await expect.poll(() => reads).toContain(now + 1)
      }
      expect(indexedDB.cmp(out, bytes)).toBe(0)
      expect([reads, slices]).toEqual([[0, 1, 2, 3, 4], []])
      // a chunk that has left memory comes from its Blob, and is not hashed again
      expect(indexedDB.cmp(await source.read(MB / 2, 10), bytes.subarray(MB / 2, MB / 2 + 10))).toBe(0)
      expect([reads.length, slices]).toEqual([5, [MB / 2]])
    })
  } finally {
    IDBObjectStore.prototype.get = get
    Blob.prototype.slice = slice
  }
})

test('a damaged chunk that is read ahead is told to whoever reads it, and only to them', async () => {
  const lib = library()
  const bytes = noise(2 * MB)
  const { id } = await lib.import([...model(0).slice(0, 2), file('model.safetensors', bytes)], 'Tiny')
  await lib.db.run('test', ['chunks'], 'readwrite', (tx) =>
    tx.objectStore('chunks').put(noise(MB, 5).buffer, [id, 'model.safetensors', 1]),
  )
  await lib.using(id, async (files) => {
    const source = files.get('model.safetensors')!
    expect((await source.read(MB / 2, 100)).length).toBe(100)
    await expect.poll(async () => (await lib.models.get(id))?.complete).toBe(false)
    expect((await source.read(MB / 2, 100)).length).toBe(100)
    await expect(source.read(MB, 1)).rejects.toMatchObject({ code: 'STORAGE_CORRUPT', facts: { chunk: 2 } })
  })
})

test('memory that is released is gone at once', () => {
  const bytes = new Uint8Array(1000),
    view = bytes.subarray(10, 20)
  release(bytes)
  expect([bytes.length, view.length, bytes.buffer.byteLength]).toEqual([0, 0, 0])
})

test('a closed connection is opened again', async () => {
  const lib = library()
  await lib.chats.write([{ id: 'a', create: true, head: { title: 'A', updatedAt: 1, messages: 0 } }])
  await lib.db.close()
  expect(await lib.chats.list()).toHaveLength(1)
})

test('a newer version makes the old one step aside; after it is rolled back, the old one goes on with what it knows', async () => {
  const lib = library()
  await lib.chats.write([{ id: 'a', create: true, head: { title: 'A', updatedAt: 1, messages: 0 } }])
  const upgrade = (version: number, change: (db: IDBDatabase) => void): Promise<IDBDatabase> =>
    new Promise((resolve, reject) => {
      const open = indexedDB.open(lib.db.name, version)
      open.onupgradeneeded = () => change(open.result)
      open.onsuccess = () => resolve(open.result)
      open.onerror = () => reject(open.error!)
      open.onblocked = () => reject(new Error('blocked'))
    })
  ;(await upgrade(1000, (db) => db.createObjectStore('to come'))).close()
  expect(await lib.chats.list()).toMatchObject([{ id: 'a', title: 'A' }])
  await lib.chats.write([{ id: 'b', create: true, head: { title: 'B', updatedAt: 2, messages: 0 } }])
  // one without a store that it needs is not its own
  ;(await upgrade(1001, (db) => db.deleteObjectStore('vectors'))).close()
  await expect(lib.list()).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE', facts: { reason: 'VersionError' } })
  // the newest again
  const newest = await upgrade(1002, (db) => db.createObjectStore('vectors', { keyPath: ['model', 'hash', 'first'] }))
  newest.close()
  expect((await lib.chats.list()).map(({ id }) => id)).toEqual(['b', 'a'])
})

test('an upgrade that another tab blocks is an error, not a wait for ever', async () => {
  const name = `test-${crypto.randomUUID()}`
  const stubborn = await new Promise<IDBDatabase>((resolve) => {
    const open = indexedDB.open(name, 0.5 + 0.5)
    open.onsuccess = () => resolve(open.result)
  })
  const blocked = new Promise<void>((resolve, reject) => {
    // The library's schema is version 1: delete is the version change that a deaf tab blocks.
    const request = indexedDB.deleteDatabase(name)
    request.onblocked = () => resolve()
    request.onerror = () => reject(request.error!)
  })
  await blocked
  const lib = library(name)
  const waiting = lib.list().then(
    () => 'opened',
    (e: unknown) => (e as EngineError).code,
  )
  setTimeout(() => stubborn.close(), 300)
  expect(['opened', 'STORAGE_UNAVAILABLE']).toContain(await waiting)
})

test('a model that is being written is busy for everybody else', async () => {
  const lib = library()
  await lib.import(model(MB), 'Mine')
  let free = () => {}
  const held = writing(
    'file:Mine',
    () =>
      new Promise<void>((resolve) => {
        free = resolve
      }),
  )
  await expect(lib.remove('file:Mine')).rejects.toMatchObject({ code: 'BUSY' })
  await expect(lib.using('file:Mine', async () => 1)).rejects.toMatchObject({ code: 'BUSY' })
  free()
  await held
  expect(await lib.using('file:Mine', async () => 1)).toBe(1)
})

test('malformed rows hide their model from use, never the list', async () => {
  const lib = library()
  await lib.import(model(MB), 'Good')
  await lib.import(model(MB), 'Bad')
  for (const broken of [{ hashes: 'x' }, { bad: null }, { chunkBytes: 0 }, { size: 'big' }]) {
    await lib.db.run('break', ['files'], 'readwrite', async (tx) => {
      const row = (await tx.objectStore('files').get(['file:Bad', 'model.safetensors']))!
      await tx.objectStore('files').put({ ...row, ...broken } as never)
    })
    expect((await lib.list()).map((m) => [m.id, m.complete])).toEqual([
      ['file:Good', true],
      ['file:Bad', false],
    ])
    await expect(lib.using('file:Bad', async () => 1)).rejects.toMatchObject({ code: 'FILE_MISSING' })
  }
})

const head = (title: string, updatedAt: number) => ({ title, updatedAt, messages: 0 })

test('conversations come back newest first, turn by turn, and two writers lose nothing', async () => {
  const name = `test-${crypto.randomUUID()}`
  // two tabs: each has a connection of its own
  const [{ chats: one }, { chats: two }] = [library(name), library(name)]
  await one.write([
    { id: 'a', create: true, head: head('A', 1), body: { system: 's' }, turns: [{ id: 't1', content: 'x' }] },
    { id: 'b', create: true, head: head('B', 2) },
  ])
  expect(await two.list()).toEqual([
    { id: 'b', ...head('B', 2) },
    { id: 'a', ...head('A', 1) },
  ])
  await Promise.all([
    one.write([
      {
        id: 'a',
        create: false,
        head: { title: 'renamed' },
        turns: [{ id: 't2', content: 'from one' }],
        runs: [{ turn: 't2', run: { prompt: [1] } }],
      },
    ]),
    two.write([
      {
        id: 'a',
        create: false,
        body: { leaf: 't3' },
        turns: [
          { id: 't3', content: 'from two' },
          { id: 't1', name: 'n' },
        ],
      },
    ]),
  ])
  expect(await one.get('a')).toEqual({
    row: { id: 'a', ...head('renamed', 1), body: { system: 's', leaf: 't3' } },
    turns: [
      { chat: 'a', id: 't1', content: 'x', name: 'n' },
      { chat: 'a', id: 't2', content: 'from one' },
      { chat: 'a', id: 't3', content: 'from two' },
    ],
  })
  expect([await two.run('a', 't2'), await two.runs('a')]).toEqual([{ prompt: [1] }, { t2: { prompt: [1] } }])
  // a field that is undefined is taken away
  await one.write([{ id: 'a', create: false, turns: [{ id: 't1', name: undefined }] }])
  expect((await one.get('a'))!.turns[0]).toEqual({ chat: 'a', id: 't1', content: 'x' })
  // only what still lies in the trash is emptied out of it
  expect(await two.remove(['a', 'b'], true)).toEqual([])
  await one.write([{ id: 'a', create: false, head: { deletedAt: 5 } }])
  expect(await two.remove(['a', 'b'], true)).toEqual(['a'])
  expect([await one.get('a'), await one.runs('a')]).toEqual([undefined, {}])
  // the other tab writes on: it is told, and nothing half is left behind
  expect(await one.write([{ id: 'a', create: false, turns: [{ id: 't9' }] }])).toEqual(['a'])
  expect(await two.get('a')).toBeUndefined()
})

test('rows that are not as they must be are listed as such, and cost no other', async () => {
  const lib = library()
  await lib.chats.write([{ id: 'good', create: true, head: head('Good', 1) }])
  await lib.db.run('break', ['chats'], 'readwrite', (tx) =>
    Promise.all(
      [
        { id: 5, title: 'n' },
        { id: 'no time', title: 'x' },
        { id: 'title', title: { a: 1 }, updatedAt: 3, messages: 1 },
        { id: ['k'], title: 'k', updatedAt: 'x' },
      ].map((row) => tx.objectStore('chats').put(row as never)),
    ),
  )
  const list = await lib.chats.list()
  expect(list.map(({ id, broken = false }) => [id, broken])).toEqual([
    ['title', true],
    ['good', false],
    ['\u0000key:5', true],
    ['no time', true],
    ['\u0000key:["k"]', true],
  ])
  expect(await lib.chats.get('\u0000key:5')).toEqual({ row: { id: 5, title: 'n' }, turns: [] })
  await lib.chats.remove(list.filter(({ broken }) => broken).map(({ id }) => id))
  expect((await lib.chats.list()).map(({ id }) => id)).toEqual(['good'])
})

test('the storage of the version before is opened while its tab is there, and keeps every row', async () => {
  const name = `test-${crypto.randomUUID()}`
  const row = { id: 'old', title: 'Old', updatedAt: 1, messages: 1, body: { version: 1, messages: [{}] } }
  const before = await new Promise<IDBDatabase>((resolve) => {
    const open = indexedDB.open(name, 1)
    open.onupgradeneeded = () => {
      const db = open.result
      for (const [store, keyPath] of [
        ['models', 'id'],
        ['files', ['model', 'name']],
        ['complete', 'id'],
      ] as const) {
        db.createObjectStore(store, { keyPath: keyPath as string })
      }
      db.createObjectStore('chunks')
      db.createObjectStore('chats', { keyPath: 'id' }).createIndex('updatedAt', 'updatedAt')
      open.transaction!.objectStore('chats').put(row)
    }
    open.onsuccess = () => resolve(open.result)
  })
  before.onversionchange = () => before.close() // as that version does
  const { chats } = library(name)
  expect(await chats.get('old')).toEqual({ row, turns: [] })
  await chats.write([{ id: 'old', create: false, fresh: true, body: { version: 2 }, turns: [{ id: 't' }] }])
  expect(await chats.get('old')).toEqual({ row: { ...row, body: { version: 2 } }, turns: [{ chat: 'old', id: 't' }] })
})

test('a database that the browser lost is told from a first visit', async () => {
  const lib = library()
  await lib.import(model(MB), 'Was')
  expect((await lib.estimate()).evicted).toBe(false)
  const after = library()
  expect(await after.estimate()).toMatchObject({ evicted: true, models: 0 })
  await lib.remove('file:Was')
  expect((await library().estimate()).evicted).toBe(false)
})
