// A stored model as one file and back, what is known of stored bytes (C1, C2 of the fault plan), and what of it adds up.
// On an IndexedDB in memory; the counts are printed.

import 'fake-indexeddb/auto'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeEach, expect, test } from 'vitest'
import type { EngineError } from '../engine/errors.ts'
import { unpack } from './archive.ts'
import { Database, storageError, type Stores, type Transaction } from './database.ts'
import { sizeOf } from './inventory.ts'
import { Library } from './library.ts'
import { noise, server, type Behaviour } from './testing/server.ts'
import type { ModelOrigin } from './types.ts'

const chunk = 1024
const chunks = 16
const text = (value: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(value)
const weights = ((): Uint8Array<ArrayBuffer> => {
  const size = chunks * chunk - 300
  const header = text(`{"w":{"dtype":"U8","shape":[${size}],"data_offsets":[0,${size}]}}`)
  const bytes = new Uint8Array(8 + header.length + size)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true)
  bytes.set(header, 8)
  bytes.set(noise(size), 8 + header.length)
  return bytes
})()
const files = { 'config.json': text('{"a":1}'), 'tokenizer.json': text('{"b":2}'), 'model.safetensors': weights }
const base = 'https://models.test/m/'
const origin: ModelOrigin = {
  kind: 'served',
  id: 'm',
  base,
  files: Object.entries(files).map(([name, bytes]) => ({ name, size: bytes.length })),
}
const web = (be: Behaviour = {}) =>
  server(Object.fromEntries(Object.entries(files).map(([name, bytes]) => [base + name, bytes])), be)
const read = () => Promise.resolve(null)

const counts = { full: 0, damaged: 0, found: 0, healed: 0, refused: 0, rows: 0, lostChats: 0, wrong: 0 }
afterAll(() => {
  process.stdout.write(`stored bytes: ${JSON.stringify(counts)}\n`)
  expect(counts).toMatchObject({ found: counts.damaged, healed: counts.damaged, lostChats: 0, wrong: 0 })
})

let library: Library
let host: ReturnType<typeof web>
const open = (be: Behaviour = {}, db = new Database(crypto.randomUUID())): Library => {
  host = web(be)
  return new Library(db, { chunkBytes: chunk, backOff: () => 1, retries: 1, fetch: host.fetch })
}
beforeEach(async () => {
  library = open()
  await library.add(origin, 'M')
})
const contents = (id = 'm', from = library): Promise<Uint8Array> =>
  from.using(id, async (opened) => {
    const source = opened.get('model.safetensors')!
    return source.read(0, source.size)
  })
const code = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no error',
    (error: EngineError) => error.code,
  )
const file = (blob: Blob, name = 'm.tar'): File => new File([blob], name)

// ---- one file ----------------------------------------------------------------

test('a model leaves as one file that any tool opens, and is taken in elsewhere byte for byte', async () => {
  const saved = await library.models.export('m')
  expect(await library.models.get('m')).toMatchObject({ verifiedAt: expect.any(Number) as number })
  const folder = mkdtempSync(path.join(tmpdir(), 'glassbox-'))
  writeFileSync(path.join(folder, 'm.tar'), new Uint8Array(await saved.arrayBuffer()))
  execFileSync('tar', ['-xf', 'm.tar'], { cwd: folder })
  for (const [name, bytes] of Object.entries(files)) {
    expect(Buffer.compare(readFileSync(path.join(folder, name)), bytes), name).toBe(0)
  }
  const other = open()
  const taken = await other.import([file(saved)], undefined, {}, read)
  expect(taken).toMatchObject({ id: 'file:M', name: 'M', complete: true, origin: { kind: 'import' } })
  expect(await contents(taken.id, other)).toEqual(weights)
})

test('a saved model that was changed, cut or made up is refused by name, and nothing of it stays', async () => {
  const saved = new Uint8Array(await (await library.models.export('m')).arrayBuffer())
  const other = open()
  const bent = saved.slice()
  bent[saved.length - 2 * 512 - 3 * chunk]! ^= 1
  await expect(other.import([file(new Blob([bent]))], undefined, {}, read)).rejects.toMatchObject({
    code: 'HASH_MISMATCH',
    facts: { reason: 'saved', file: 'model.safetensors', chunk: 15, chunks },
  })
  for (const length of [600, 2000, saved.length - 9000]) {
    expect(
      await code(other.import([file(new Blob([saved.slice(0, length)]))], undefined, {}, read)),
      `${length}`,
    ).toMatch(/^FILE_(TRUNCATED|FORMAT)$/)
  }
  const manifest = (change: (value: Record<string, unknown>) => unknown): Uint8Array<ArrayBuffer> => {
    const size = parseInt(new TextDecoder().decode(saved.subarray(124, 135)), 8)
    const value = JSON.parse(new TextDecoder().decode(saved.subarray(512, 512 + size))) as Record<string, unknown>
    const again = saved.slice()
    again.fill(32, 512, 512 + size)
    again.set(text(JSON.stringify(change(value)).slice(0, size)), 512)
    return again
  }
  const one = (change: object) => (value: Record<string, unknown>) => ({
    ...value,
    files: (value['files'] as object[]).map((each, i) => (i === 0 ? { ...each, ...change } : each)),
  })
  for (const change of [
    () => null,
    () => ({ glassbox: 2 }),
    () => ({ glassbox: 1, name: 'x', files: [] }),
    one({ name: '../x' }),
    one({ path: 'nowhere' }),
    one({ size: 3 }),
    one({ size: -1 }),
    one({ chunkBytes: 0 }),
    one({ hashes: [] }),
    one({ hashes: 7 }),
  ]) {
    counts.refused++
    expect(await code(other.import([file(new Blob([manifest(change)]))], undefined, {}, read))).toBe('FILE_FORMAT')
  }
  expect(await other.list()).toEqual([])
  expect(await unpack(file(new Blob(['no tar'])))).toBe(null)
})

// ---- C1: stored chunks -------------------------------------------------------

const damages: Record<string, (bytes: Uint8Array<ArrayBuffer>, k: number) => Uint8Array<ArrayBuffer> | null> = {
  'one bit': (bytes) => bytes.map((byte, i) => (i === 7 ? byte ^ 1 : byte)),
  zeroed: (bytes) => new Uint8Array(bytes.length),
  shortened: (bytes) => bytes.slice(1),
  lengthened: (bytes) => Uint8Array.from([...bytes, 0]),
  swapped: (_, k) => weights.slice(((k + 1) % chunks) * chunk, (((k + 1) % chunks) + 1) * chunk),
  'of another version': (bytes) => noise(bytes.length, 99),
}
test.each(Object.keys(damages))('C1 a chunk %s: named, fetched again alone, and said plainly offline', async (kind) => {
  for (let k = 0; k < chunks; k++) {
    const part = weights.slice(k * chunk, (k + 1) * chunk)
    const damaged = damages[kind]!(part, k)!
    await library.db.run('damage', ['chunks'], 'readwrite', (tx) =>
      tx.objectStore('chunks').put(damaged.buffer, ['m', 'model.safetensors', k]),
    )
    counts.damaged++
    library = open({ status: () => 0 }, library.db) // another visit, offline
    const found = await library.models.verify('m')
    expect(found, `chunk ${k}`).toEqual({ chunks: chunks + 2, bad: 1 })
    counts.found++
    expect(await code(contents())).toBe('FILE_MISSING')
    await expect(library.resume('m')).rejects.toMatchObject({ code: 'NETWORK', facts: { reason: 'connection' } })
    library = open({}, library.db)
    await library.resume('m')
    expect(host.sent(), 'that chunk and no other').toBe(part.length)
    if (Buffer.compare(await contents(), weights) !== 0) counts.wrong++
    counts.healed++
  }
  expect(counts.wrong).toBe(0)
})

// ---- C2: rows ----------------------------------------------------------------

const wrongRows: [string, Stores, unknown, ((row: Record<string, unknown>) => unknown) | null][] = [
  ['models gone', 'models', 'm', null],
  ['files gone', 'files', ['m', 'model.safetensors'], null],
  ['marker gone', 'complete', 'm', null],
  ...(['models', 'files', 'complete'] as const).flatMap((store): typeof wrongRows => {
    const key = store === 'files' ? ['m', 'model.safetensors'] : 'm'
    const id = store === 'files' ? { model: 'm', name: 'model.safetensors' } : { id: 'm' }
    return [
      [`${store} empty`, store, key, () => id],
      [`${store} of a version to come`, store, key, (row) => ({ ...row, version: 9, hashes: { 0: 'x' }, digest: 9 })],
      [`${store} with texts for numbers`, store, key, (row) => ({ ...row, addedAt: '1', size: '9', digest: 1 })],
      [
        `${store} with lists for texts`,
        store,
        key,
        (row) => ({ ...row, name: ['m'], ...id, origin: [], sha256: [], digest: [] }),
      ],
    ]
  }),
  [
    'hashes too many',
    'files',
    ['m', 'model.safetensors'],
    (row) => ({ ...row, hashes: [...(row['hashes'] as []), 'a'.repeat(64)] }),
  ],
  [
    'hashes of another',
    'files',
    ['m', 'model.safetensors'],
    (row) => ({ ...row, hashes: Array(chunks).fill('a'.repeat(64)) }),
  ],
  ['an endless size', 'files', ['m', 'model.safetensors'], (row) => ({ ...row, size: 1e300 })],
  ['a marker of another build', 'complete', 'm', (row) => ({ ...row, digest: 'f'.repeat(64) })],
  ['a time that is none', 'complete', 'm', (row) => ({ ...row, usedAt: NaN })],
]
test.each(wrongRows)(
  'C2 %s: the model is not used, comes again, and no chat is touched',
  async (_, store, key, change) => {
    counts.rows++
    const chat = { id: 'c', title: 'T', updatedAt: 1, messages: 1 }
    await library.chats.write([{ id: 'c', create: true, head: chat, turns: [{ id: 't', text: 'hello' }] }])
    await library.db.run('break', [store], 'readwrite', async (tx) => {
      const rows = tx.objectStore(store) as unknown as {
        get(at: unknown): Promise<Record<string, unknown>>
        put(row: unknown): Promise<unknown>
        delete(at: unknown): Promise<void>
      }
      if (change === null) await rows.delete(key)
      else await rows.put(change(await rows.get(key)))
    })
    library = open({}, library.db)
    await library.inventory()
    expect(await code(contents())).toMatch(/^(FILE_MISSING|STORAGE_CORRUPT)$/)
    expect(await library.add(origin, 'M')).toMatchObject({ complete: true })
    if (Buffer.compare(await contents(), weights) !== 0) counts.wrong++
    const kept = await library.chats.get('c')
    if (JSON.stringify(kept?.turns) !== JSON.stringify([{ id: 't', text: 'hello', chat: 'c' }])) counts.lostChats++
    expect(counts).toMatchObject({ wrong: 0, lostChats: 0 })
  },
)

// ---- Q1: a full disk ---------------------------------------------------------

/** A disk that has room for so many more writes to these stores. What a full one really does: quota.browser.test.ts. */
class SmallDisk extends Database {
  room = Infinity
  full: readonly Stores[] = ['chunks']

  override run<M extends 'readonly' | 'readwrite', T>(
    what: string,
    stores: Stores[],
    mode: M,
    work: (tx: Transaction<M>) => Promise<T>,
  ): Promise<T> {
    if (mode === 'readwrite' && stores.some((store) => this.full.includes(store)) && --this.room < 0) {
      return Promise.reject(storageError(new DOMException('full', 'QuotaExceededError'), what))
    }
    return super.run(what, stores, mode, work)
  }
}

test('Q1 a disk that is full at every write: said with what is missing, nothing lost, and gone on with later', async () => {
  const disk = new SmallDisk(crypto.randomUUID())
  const here = open({}, disk)
  await here.add(origin, 'M')
  const chat = { id: 'c', title: 'T', updatedAt: 1, messages: 1 }
  await here.chats.write([{ id: 'c', create: true, head: chat, turns: [{ id: 't', text: 'hello' }] }])
  const second = { ...origin, id: 'n' } as ModelOrigin
  // every chunk of three files and, before the first, the rows that say what comes
  for (let k = 0; k < chunks + 3; k++) {
    Object.assign(disk, { room: k, full: ['chunks'] })
    counts.full++
    const error = await here.add(second, 'N').then(
      () => null,
      (problem: EngineError) => problem,
    )
    expect(error, `write ${k}`).toMatchObject({ code: 'STORAGE_QUOTA' })
    disk.room = Infinity
    if (k > 0) {
      expect(error!.facts, `write ${k}`).toMatchObject({ needed: expect.any(Number), stored: expect.any(Number) })
    }
    if (Buffer.compare(await contents('m', here), weights) !== 0) counts.wrong++
    expect(await code(contents('n', here))).toBe('FILE_MISSING')
    if (k % 6 === 5) {
      expect(await here.add(second, 'N')).toMatchObject({ complete: true })
      if (Buffer.compare(await contents('n', here), weights) !== 0) counts.wrong++
    }
    await here.remove('n')
  }
  Object.assign(disk, { room: 0, full: ['turns'] })
  counts.full++
  expect(await code(here.chats.write([{ id: 'c', create: false, turns: [{ id: 'u', text: 'lost?' }] }]))).toBe(
    'STORAGE_QUOTA',
  )
  disk.room = Infinity
  const kept = await here.chats.get('c')
  if (JSON.stringify(kept?.turns) !== JSON.stringify([{ id: 't', text: 'hello', chat: 'c' }])) counts.lostChats++
  expect(counts).toMatchObject({ wrong: 0, lostChats: 0 })
})

// ---- what adds up ------------------------------------------------------------

test('the parts of what is stored add up to the byte, models and adapters, whole or not', async () => {
  const of = async (kind: string) => (await library.inventory()).parts.find((part) => part.kind === kind)!
  const size = Object.values(files).reduce((sum, bytes) => sum + bytes.length, 0)
  expect(await of('models')).toEqual({ kind: 'models', count: 1, bytes: size })
  const partly = open({ cutAfter: { 5: 100 } }, library.db)
  await partly.add({ ...origin, id: 'n' } as ModelOrigin, 'N').catch(() => undefined)
  const [m, n] = await library.list()
  expect(await of('models')).toMatchObject({ count: 2, bytes: m!.storedBytes + n!.storedBytes })
  await library.remove('n')
  await library.chats.write([{ id: 'c', create: true, head: { title: '标题', updatedAt: 1, messages: 0 } }])
  expect((await of('chats')).bytes).toBeGreaterThan(20)
  expect(sizeOf({ a: '文', b: [1, 2, null], c: new Uint8Array(5) })).toBe(3 + 3 + 17 + 5)
  await library.models.used('m')
  expect((await library.models.get('m'))!.usedAt).toBeGreaterThan(Date.now() - 60_000)
  await library.models.used('nothing')
})
