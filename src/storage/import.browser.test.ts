// Imports that meet: same name, at the same time, stopped, in two tabs, after a crash. Nobody's model is ever touched
// by another's.
import { afterEach, expect, test } from 'vitest'
import { Database } from './database.ts'
import { Library } from './library.ts'
import { noise } from './testing/server.ts'
import { begin, FileWriter } from './write.ts'

const MB = 1024 * 1024
const opened: Database[] = []
/** Another connection to the same store is what another tab has. */
const tab = (name: string): Library => {
  const db = new Database(name, 200)
  opened.push(db)
  return new Library(db, { chunkBytes: 64 * 1024 })
}
const fresh = (): string => `test-${crypto.randomUUID()}`
afterEach(async () => {
  for (const db of opened.splice(0)) {
    await db.close()
    indexedDB.deleteDatabase(db.name)
  }
})
const gguf = (size: number, seed: number): File => {
  const bytes = noise(size, seed)
  bytes.set([71, 71, 85, 70])
  return new File([bytes], 'tiny.gguf')
}
const bytesOf = async (library: Library, id: string): Promise<Uint8Array> =>
  library.using(id, async (files) => {
    const source = files.get('tiny.gguf')!
    return source.read(0, source.size)
  })
const same = async (library: Library, id: string, file: File): Promise<boolean> =>
  indexedDB.cmp(await bytesOf(library, id), await file.arrayBuffer()) === 0
const chunks = (library: Library): Promise<number> =>
  library.db.run('count', ['chunks'], 'readonly', (tx) => tx.objectStore('chunks').count())

test.each([
  ['one tab', false],
  ['two tabs', true],
])('two imports of one name at once become two models, in %s', async (_, two) => {
  const name = fresh()
  const a = tab(name),
    b = two ? tab(name) : a
  const [first, second] = [gguf(2 * MB, 1), gguf(2 * MB, 2)]
  const [one, other] = await Promise.all([a.import([first]), b.import([second])])
  expect([one.id, other.id].sort()).toEqual(['file:tiny.gguf', 'file:tiny.gguf-2'])
  expect([await same(b, one.id, first), await same(a, other.id, second)]).toEqual([true, true])
  expect((await a.list()).map((model) => model.complete)).toEqual([true, true])
})

test.each([
  ['the first', 0],
  ['the second', 1],
] as const)('stopping %s of two leaves the other whole and nothing of itself', async (_, stopped) => {
  const name = fresh()
  const tabs = [tab(name), tab(name)]
  const files = [gguf(3 * MB, 1), gguf(3 * MB, 2)]
  const stop = new AbortController()
  const runs = tabs.map((library, i) =>
    library.import(
      [files[i]!],
      undefined,
      i === stopped
        ? {
            signal: stop.signal,
            onProgress: (p) => {
              if (p.loaded > MB) stop.abort()
            },
          }
        : {},
    ),
  )
  const ends = await Promise.allSettled(runs)
  expect(ends[stopped]).toMatchObject({ status: 'rejected', reason: { code: 'ABORTED' } })
  const other = ends[1 - stopped] as PromiseFulfilledResult<{ id: string }>
  expect(other.status).toBe('fulfilled')
  expect(await same(tabs[stopped]!, other.value.id, files[1 - stopped]!)).toBe(true)
  expect(await tabs[0]!.list()).toMatchObject([{ id: other.value.id, complete: true }])
  expect(await chunks(tabs[0]!)).toBe((3 * MB) / (64 * 1024))
})

test('five at once, two of them stopped: three whole models', async () => {
  const name = fresh()
  const files = Array.from({ length: 5 }, (_, i) => gguf(MB, i + 1))
  const ends = await Promise.allSettled(
    files.map((file, i) => {
      const stop = new AbortController()
      return tab(name).import(
        [file],
        undefined,
        i % 2 === 1
          ? {
              signal: stop.signal,
              onProgress: (p) => {
                if (p.loaded > MB / 2) stop.abort()
              },
            }
          : {},
      )
    }),
  )
  const library = tab(name)
  for (const [i, end] of ends.entries()) {
    if (i % 2 === 1) expect(end).toMatchObject({ status: 'rejected', reason: { code: 'ABORTED' } })
    else {
      expect(await same(library, (end as PromiseFulfilledResult<{ id: string }>).value.id, files[i]!), String(i)).toBe(
        true,
      )
    }
  }
  expect((await library.list()).every((model) => model.complete)).toBe(true)
  expect(await library.list()).toHaveLength(3)
})

test('a whole model of the name is never replaced; what a crash left of a copy is', async () => {
  const name = fresh()
  const library = tab(name)
  // a tab that died in the middle of its copy: rows and chunks, no marker, no lock
  const rows = await begin(
    library.db,
    { id: 'file:tiny.gguf', name: 'tiny', origin: { kind: 'import' } },
    [{ name: 'tiny.gguf', size: 2 * MB }],
    64 * 1024,
  )
  const lane = new FileWriter(library.db, rows[0]!).lane(0)
  for (let at = 0; at < MB;) at += (await lane.append(noise(MB, 9).subarray(at)))!
  expect(await library.list()).toMatchObject([{ id: 'file:tiny.gguf', complete: false, origin: { kind: 'import' } }])
  await expect(library.using('file:tiny.gguf', async () => 1)).rejects.toMatchObject({
    code: 'FILE_MISSING',
    facts: { reason: 'partial', imported: true, stored: MB, size: 2 * MB },
  })
  const [one, two] = [gguf(MB, 1), gguf(MB, 2)]
  expect((await library.import([one])).id).toBe('file:tiny.gguf')
  expect(await chunks(library)).toBe(MB / (64 * 1024))
  expect((await library.import([two])).id).toBe('file:tiny.gguf-2')
  expect([await same(library, 'file:tiny.gguf', one), await same(library, 'file:tiny.gguf-2', two)]).toEqual([
    true,
    true,
  ])
})

test('an import beside a model of its name that is in use takes the next name', async () => {
  const library = tab(fresh())
  const [one, two] = [gguf(MB, 1), gguf(MB, 2)]
  await library.import([one])
  await library.using('file:tiny.gguf', async () => {
    expect((await library.import([two])).id).toBe('file:tiny.gguf-2')
  })
  expect(await same(library, 'file:tiny.gguf', one)).toBe(true)
})
