// Downloads into real IndexedDB from a server that misbehaves: what is kept, what is fetched again, which error.
import { afterEach, expect, test } from 'vitest'
import { EngineError } from '../engine/errors.ts'
import { Database } from './database.ts'
import { download, type DownloadOptions } from './download.ts'
import { sha256 } from '../engine/sha256.ts'
import { lookup } from './hub.ts'
import { StoredModels } from './models.ts'
import type { RemoteFile } from './types.ts'
import { noise, server, type Behaviour } from './testing/server.ts'

const chunk = 4096
const weights = noise(10 * chunk + 123)
const config = new TextEncoder().encode('{"model_type":"llama"}')
const base = 'https://models.test/m/'
const files = { [`${base}config.json`]: config, [`${base}w.safetensors`]: weights }
const model = { id: 'm', name: 'M', origin: { kind: 'url' as const, url: base } }
const remote = [
  { name: 'config.json', url: `${base}config.json` },
  { name: 'w.safetensors', url: `${base}w.safetensors`, size: weights.length },
]

const opened: Database[] = []
function fresh(): { db: Database; models: StoredModels } {
  const db = new Database(`test-${crypto.randomUUID()}`)
  opened.push(db)
  return { db, models: new StoredModels(db) }
}
afterEach(async () => {
  for (const db of opened.splice(0)) {
    await db.close()
    indexedDB.deleteDatabase(db.name)
  }
})

const quick = { chunkBytes: chunk, backOff: () => 1, retries: 3 }
async function run(
  db: Database,
  be: Behaviour = {},
  options: DownloadOptions = {},
  list: RemoteFile[] = remote,
  from = files,
) {
  const host = server(from, be)
  const error = await download(db, model, list, { ...quick, fetch: host.fetch, ...options }).then(
    () => null,
    (e: unknown) => e as EngineError,
  )
  return { ...host, error }
}
const readBack = async (models: StoredModels): Promise<Uint8Array> => {
  const source = (await models.open('m')).get('w.safetensors')!
  return source.read(0, source.size)
}

test('a whole download reads back byte for byte', async () => {
  const { db, models } = fresh()
  const progress: number[] = []
  const { error, sent } = await run(db, {}, { onProgress: (p) => progress.push(p.loaded) })
  expect(error).toBeNull()
  expect(sent()).toBe(weights.length + config.length)
  expect(await readBack(models)).toEqual(weights)
  expect(progress.at(-1)).toBe(weights.length + config.length)
  expect(await models.list()).toMatchObject([{ id: 'm', complete: true, bytes: weights.length + config.length }])
})

test('a connection cut in the middle goes on without losing a byte', async () => {
  const { db, models } = fresh()
  const { error, sent } = await run(db, { cutAfter: { 1: 500, 2: 100, 5: chunk - 1, 6: 1, 9: 4000 } }, { retries: 5 })
  expect(error).toBeNull()
  expect(sent()).toBe(weights.length + config.length)
  expect(await readBack(models)).toEqual(weights)
})

test('a second start goes on from the last stored chunk, at every chunk', async () => {
  for (const cut of [1, 4, 9]) {
    const { db, models } = fresh()
    const first = await run(db, { cutAfter: { [cut + 1]: 700 } }, { retries: 0, parallel: 1 })
    expect(first.error).toMatchObject({ code: 'NETWORK', facts: { file: 'w.safetensors', reason: 'cut' } })
    expect((await models.get('m'))?.complete).toBe(false)
    await expect(models.open('m')).rejects.toMatchObject({ code: 'FILE_MISSING' })
    const second = await run(db, {}, { parallel: 1 })
    expect(second.error).toBeNull()
    expect(second.asked[0]!.range).toBe(`bytes=${cut * chunk}-${(cut + 1) * chunk - 1}`)
    expect(second.asked).toHaveLength(11 - cut)
    expect(first.sent() + second.sent() - weights.length - config.length).toBeLessThanOrEqual(chunk)
    expect(await readBack(models)).toEqual(weights)
  }
})

test('cancel stops at once and keeps stored chunks', async () => {
  const { db, models } = fresh()
  const stop = new AbortController()
  const { error, sent } = await run(
    db,
    {
      onSent: (n) => {
        if (n > 3 * chunk) stop.abort()
      },
    },
    { signal: stop.signal },
  )
  expect(error).toMatchObject({ code: 'ABORTED' })
  expect(sent()).toBeLessThan(7 * chunk)
  expect((await models.get('m'))!.storedBytes).toBeGreaterThanOrEqual(2 * chunk)
  expect((await run(db)).error).toBeNull()
  expect(await readBack(models)).toEqual(weights)
})

test('a server without ranges sends all of it again, and what is stored is compared', async () => {
  const { db, models } = fresh()
  await run(db, { cutAfter: { 6: 5 } }, { retries: 0, parallel: 1 })
  const { error, sent } = await run(db, { ignoreRange: true })
  expect(error).toBeNull()
  expect(sent() - weights.length, 'and what came of the answer that was no range').toBeLessThanOrEqual(1000)
  expect(await readBack(models)).toEqual(weights)
})

test('a file that changed behind its address is refused by name; where its hash is promised, that decides', async () => {
  const { db, models } = fresh()
  const old = { ...files, [`${base}w.safetensors`]: noise(weights.length, 7) }
  await run(db, { etag: () => '"old"', cutAfter: { 6: 5 } }, { retries: 0, parallel: 1 }, remote, old)
  const { error } = await run(db, { etag: () => '"new"' })
  expect(error).toMatchObject({ code: 'HASH_MISMATCH', facts: { reason: 'changed', file: 'w.safetensors' } })
  expect((await models.get('m'))!.files[1]).toMatchObject({ stored: 5 * chunk })

  const promised = [remote[0]!, { ...remote[1]!, sha256: await sha256(weights) }]
  const other = fresh()
  await run(other.db, { etag: () => '"one"', cutAfter: { 6: 5 } }, { retries: 0, parallel: 1 }, promised)
  expect((await run(other.db, { etag: () => '"two"' }, {}, promised)).error).toBeNull()
  expect(await readBack(other.models)).toEqual(weights)
})

test('a promised hash is checked across a resume', async () => {
  const promised: RemoteFile[] = [remote[0]!, { ...remote[1]!, sha256: await sha256(weights) }]
  const { db, models } = fresh()
  await run(db, { cutAfter: { 4: 5 } }, { retries: 0, parallel: 1 }, promised)
  const { error, asked } = await run(db, {}, { parallel: 1 }, promised)
  expect(error).toBeNull()
  expect(asked[0]!.range).toBe(`bytes=${3 * chunk}-${4 * chunk - 1}`)
  expect(await readBack(models)).toEqual(weights)

  const other = fresh()
  const swapped = await run(other.db, {}, {}, promised, {
    ...files,
    [`${base}w.safetensors`]: noise(weights.length, 3),
  })
  expect(swapped.error).toMatchObject({
    code: 'HASH_MISMATCH',
    facts: { file: 'w.safetensors', expected: promised[1]!.sha256 },
  })
  expect((await other.models.get('m'))!.files[1]).toMatchObject({ stored: 0 })
})

test('what a list of models promises of its files is held to, whatever the server sends', async () => {
  const promise = async (name: string, bytes: Uint8Array) => ({ name, size: bytes.length, sha256: await sha256(bytes) })
  const promised = [await promise('config.json', config), await promise('w.safetensors', weights)]
  const list = (await lookup({ kind: 'url', url: base, files: promised })).files
  const good = fresh()
  expect((await run(good.db, {}, {}, list)).error).toBeNull()
  expect(await readBack(good.models)).toEqual(weights)
  expect(await good.models.get('m')).not.toHaveProperty('unproven')
  const flipped = weights.slice()
  flipped[5]! ^= 1
  const bad = fresh()
  const { error } = await run(bad.db, {}, {}, list, { ...files, [`${base}w.safetensors`]: flipped })
  expect(error).toMatchObject({
    code: 'HASH_MISMATCH',
    facts: { file: 'w.safetensors', expected: promised[1]!.sha256 },
  })
  expect((await bad.models.get('m'))?.complete).toBe(false)
})

test('wrong answers are typed errors and nothing of them is complete', async () => {
  const cases: [string, Behaviour, object][] = [
    ['404', { status: () => 404 }, { code: 'HTTP_STATUS', facts: { status: 404 } }],
    ['403', { status: () => 403 }, { code: 'HTTP_STATUS', facts: { status: 403 } }],
    ['429 for ever', { status: () => 429 }, { code: 'HTTP_STATUS', facts: { status: 429 } }],
    ['500 for ever', { status: () => 500 }, { code: 'HTTP_STATUS', facts: { status: 500 } }],
    ['offline', { status: () => 0 }, { code: 'NETWORK', facts: { reason: 'connection' } }],
    ['captive portal', { html: true }, { code: 'NETWORK', facts: { reason: 'html' } }],
  ]
  for (const [why, be, expected] of cases) {
    const { db, models } = fresh()
    const { error } = await run(db, be)
    expect(error, why).toBeInstanceOf(EngineError)
    expect(error, why).toMatchObject(expected)
    expect((await models.get('m'))?.complete, why).toBe(false)
  }
  const { db, models } = fresh()
  expect((await run(db, { status: (n) => (n < 3 ? 503 : undefined) })).error).toBeNull()
  expect(await readBack(models)).toEqual(weights)
})

test('a length other than the promised one is refused', async () => {
  const { db } = fresh()
  const longer = { ...files, [`${base}w.safetensors`]: noise(weights.length + 1) }
  expect((await run(db, {}, {}, remote, longer)).error).toMatchObject({
    code: 'HASH_MISMATCH',
    facts: { actual: weights.length + 1 },
  })
  const shorter = { ...files, [`${base}w.safetensors`]: noise(weights.length - 1) }
  expect((await run(fresh().db, {}, {}, remote, shorter)).error).toMatchObject({ code: 'HASH_MISMATCH' })
})

test('a cut answer without any length is not taken for a whole file', async () => {
  const header = new TextEncoder().encode('{"a":{"dtype":"F32","shape":[2500],"data_offsets":[0,10000]}}')
  const whole = new Uint8Array(8 + header.length + 10000)
  new DataView(whole.buffer).setBigUint64(0, BigInt(header.length), true)
  whole.set(header, 8)
  const list = remote.map(({ name, url }) => ({ name, url }))
  const from = { ...files, [`${base}w.safetensors`]: whole }
  const { db, models } = fresh()
  const cut = await run(
    db,
    { lengthless: true, cutAfter: { 0: 5, 1: 5000, 2: 5, 3: 5, 4: 5, 5: 5000, 6: 5, 7: 5000 } },
    { retries: 2, parallel: 1 },
    list,
    from,
  )
  expect(cut.error).toMatchObject({ code: 'NETWORK', facts: { reason: 'short' } })
  expect((await run(db, { lengthless: true }, {}, list, from)).error).toBeNull()
  expect(await readBack(models)).toEqual(whole)
})

test('a damaged chunk is found on read, named, and alone fetched again', async () => {
  const { db, models } = fresh()
  await run(db)
  const key: [string, string, number] = ['m', 'w.safetensors', 4]
  await db.run('damage', ['chunks'], 'readwrite', async (tx) => {
    const data = new Uint8Array(weights.slice(4 * chunk, 5 * chunk))
    data[17]! ^= 1
    await tx.objectStore('chunks').put(new Blob([data]), key)
  })
  const source = (await models.open('m')).get('w.safetensors')!
  expect(await source.read(0, 3 * chunk)).toEqual(weights.slice(0, 3 * chunk))
  await expect(source.read(5 * chunk - 1, 1)).rejects.toMatchObject({
    code: 'STORAGE_CORRUPT',
    facts: { file: 'w.safetensors', chunk: 5, chunks: 11 },
  })
  await expect(models.open('m')).rejects.toMatchObject({ code: 'FILE_MISSING' })
  const { error, asked } = await run(db)
  expect(error).toBeNull()
  expect(asked.map((a) => a.range)).toEqual([`bytes=${4 * chunk}-${5 * chunk - 1}`])
  expect(await readBack(models)).toEqual(weights)
})

test('every other damage is found: zeroed, shortened, lengthened, swapped, gone, an ArrayBuffer', async () => {
  const part = (i: number) => weights.slice(i * chunk, (i + 1) * chunk)
  const damages: Record<string, Uint8Array<ArrayBuffer> | null> = {
    zeroed: new Uint8Array(chunk),
    shortened: part(2).slice(1),
    lengthened: new Uint8Array(chunk + 1),
    swapped: part(3),
    gone: null,
  }
  for (const [why, bytes] of Object.entries(damages)) {
    const { db, models } = fresh()
    await run(db)
    const put = (data: ArrayBuffer | null) =>
      db.run('damage', ['chunks'], 'readwrite', async (tx) => {
        if (data) await tx.objectStore('chunks').put(data, ['m', 'w.safetensors', 2])
        else await tx.objectStore('chunks').delete(['m', 'w.safetensors', 2])
      })
    await put(bytes?.buffer ?? null)
    await expect(readBack(models), why).rejects.toMatchObject({ code: 'STORAGE_CORRUPT', facts: { chunk: 3 } })
    await put(part(2).buffer)
    await run(db)
    expect(await readBack(models), 'an undamaged ArrayBuffer chunk is as good as a Blob').toEqual(weights)
  }
})

test('reads take any range, touching only its chunks, each hashed once', async () => {
  const { db, models } = fresh()
  await run(db)
  const source = (await models.open('m')).get('w.safetensors')!
  for (const [offset, length] of [
    [0, 1],
    [chunk - 1, 2],
    [weights.length - 1, 1],
    [weights.length, 0],
    [100, 5 * chunk],
  ] as const) {
    expect(await source.read(offset, length)).toEqual(weights.slice(offset, offset + length))
  }
  await expect(source.read(weights.length, 1)).rejects.toMatchObject({ code: 'FILE_TRUNCATED' })
})
