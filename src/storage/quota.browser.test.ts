// A full disk, enforced by Chrome itself: the database lives in a storage bucket with a small quota of
// its own (an override for the whole origin would also hit the test files that run before and after).
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { EngineError } from '../engine/errors.ts'
import { Database } from './database.ts'
import { download } from './download.ts'
import { Library } from './library.ts'
import { noise, server } from './testing/server.ts'

const MB = 1024 * 1024
interface Buckets {
  open(name: string, options: { quota: number }): Promise<{ indexedDB: IDBFactory }>
  delete(name: string): Promise<void>
}
const buckets = (navigator as unknown as { storageBuckets: Buckets }).storageBuckets

let lib: Library
const name = `bucket-${crypto.randomUUID()}`
beforeEach(async () => {
  vi.stubGlobal('indexedDB', (await buckets.open(name, { quota: 8 * MB })).indexedDB)
  lib = new Library(new Database('test'), { chunkBytes: MB })
})
afterEach(async () => {
  await lib.db.close()
  vi.unstubAllGlobals()
  await buckets.delete(name)
})

const bytes = noise(6 * MB)
const url = 'https://models.test/w.gguf'
const model = (size: number) =>
  ['config.json', 'tokenizer.json', 'model.safetensors'].map(
    (file) => new File([noise(file.endsWith('s') ? size : 9)], file),
  )

test('a full disk is a typed error that keeps what was stored; with room the download goes on', async () => {
  await lib.import(model(4 * MB), 'First')
  const host = server({ [url]: bytes }, { piece: 65536 })
  const start = () =>
    download(
      lib.db,
      { id: 'm', name: 'M', origin: { kind: 'url', url } },
      [{ name: 'w.gguf', url, size: bytes.length }],
      { chunkBytes: MB, fetch: host.fetch },
    )
  const error = await start().then(
    () => null,
    (e: unknown) => e as EngineError,
  )
  expect(error).toBeInstanceOf(EngineError)
  expect(error).toMatchObject({ code: 'STORAGE_QUOTA' })
  const [first, kept] = await lib.list()
  expect(first).toMatchObject({ id: 'file:First', complete: true })
  expect(kept).toMatchObject({ id: 'm', complete: false })
  expect(kept!.storedBytes).toBeGreaterThanOrEqual(MB)
  expect(error!.facts).toMatchObject({ stored: kept!.storedBytes, needed: bytes.length - kept!.storedBytes })

  await lib.remove('file:First')
  await expect
    .poll(
      () =>
        start().then(
          () => 'stored',
          (e: EngineError) => e.code,
        ),
      { timeout: 20_000, interval: 1000 },
    )
    .toBe('stored')
  expect((await lib.list())[0]).toMatchObject({ complete: true, storedBytes: bytes.length })
  expect(host.sent()).toBeLessThan(bytes.length + 8 * MB)
})

test('an import that finds no room leaves nothing behind', async () => {
  await expect(lib.import(model(9 * MB), 'Big')).rejects.toMatchObject({ code: 'STORAGE_QUOTA' })
  expect(await lib.list()).toEqual([])
})
