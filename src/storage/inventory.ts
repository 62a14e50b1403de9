// What this page keeps in the browser, and how many bytes each part of it takes.
//
// Models and adapters are counted to the byte. Chats and lessons are counted as their values: what the browser adds (keys,
// its log, empty space in its files) is its own, and stands as the difference to what it says.

import type { Database, Stores } from './database.ts'
import { checkedKernels } from './checked-kernels.ts'
import { storedBytes } from './chunks.ts'
import { deviceTrials } from './device-trials.ts'
import { kernelTimings } from './kernel-timings.ts'
import type { StoredModels } from './models.ts'
import { isAdapter } from './names.ts'
import type { Inventory } from './types.ts'

/** Bytes of a value as it lies on the disk, near enough: texts and numbers, not the marks between them. */
export function sizeOf(value: unknown): number {
  switch (typeof value) {
    case 'string':
      return new TextEncoder().encode(value).length
    case 'number':
    case 'bigint':
      return 8
    case 'object': {
      if (value === null) return 1
      if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return value.byteLength
      if (value instanceof Blob) return value.size
      if (value instanceof Map || value instanceof Set) return sizeOf([...value])
      let sum = 0
      for (const [key, part] of Object.entries(value)) sum += (Array.isArray(value) ? 0 : key.length) + sizeOf(part)
      return sum
    }
    default:
      return 1
  }
}

async function sizeOfStores(db: Database, stores: Stores[]): Promise<number> {
  return db.run('count what is stored', stores, 'readonly', async (tx) => {
    let sum = 0
    for (const store of stores) {
      // one row after the other: all at once could be more than fits
      for (let cursor = await tx.objectStore(store).openCursor(); cursor; cursor = await cursor.continue()) {
        sum += sizeOf(cursor.value)
      }
    }
    return sum
  })
}

const countOf = (db: Database, store: Stores): Promise<number> =>
  db.run('count what is stored', [store], 'readonly', (tx) => tx.objectStore(store).count())

/** The page's own files, which its service worker keeps so that it starts without a network. */
async function appBytes(): Promise<{ count: number; bytes: number }> {
  let [count, bytes] = [0, 0]
  const storage = globalThis.caches as CacheStorage | undefined
  for (const name of (await storage?.keys()) ?? []) {
    const cache = await storage!.open(name)
    for (const request of await cache.keys()) {
      count++
      bytes += (await (await cache.match(request))?.blob())?.size ?? 0
    }
  }
  return { count, bytes }
}

/** A part that cannot be looked at counts as nothing: it stands in what the browser says. */
const orNone = <T>(work: Promise<T>, none: T): Promise<T> => work.catch(() => none)

export async function inventory(models: StoredModels): Promise<Inventory> {
  const { db } = models
  const all = await models.all(() => true)
  const counted = (wanted: (id: string) => boolean) => {
    const some = all.filter(({ id }) => wanted(id))
    return {
      count: some.length,
      bytes: some.reduce((sum, { rows }) => sum + (rows?.files ?? []).reduce((n, row) => n + storedBytes(row), 0), 0),
    }
  }
  const [trials, kernels, times] = await Promise.all([
    deviceTrials.known(),
    checkedKernels.known(),
    kernelTimings.known(),
  ])
  const storage = (globalThis.navigator as Navigator | undefined)?.storage
  const { usage = 0 }: StorageEstimate = (await storage?.estimate?.().catch(() => null)) ?? {}
  return {
    parts: [
      { kind: 'models', ...counted((id) => !isAdapter(id)) },
      { kind: 'adapters', ...counted(isAdapter) },
      {
        kind: 'chats',
        count: await orNone(countOf(db, 'chats'), 0),
        bytes: await orNone(sizeOfStores(db, ['chats', 'turns', 'runs']), 0),
      },
      {
        kind: 'lessons',
        count: await orNone(countOf(db, 'lessons'), 0),
        bytes: await orNone(sizeOfStores(db, ['lessons']), 0),
      },
      {
        kind: 'teaching',
        count: await orNone(countOf(db, 'teaching'), 0),
        bytes: await orNone(sizeOfStores(db, ['teaching']), 0),
      },
      {
        kind: 'documents',
        count: await orNone(countOf(db, 'documents'), 0),
        bytes: await orNone(sizeOfStores(db, ['documents', 'vectors']), 0),
      },
      {
        kind: 'measures',
        count: trials.size + kernels.size + times.size,
        bytes: sizeOf(trials) + sizeOf(kernels) + sizeOf(times),
      },
      { kind: 'app', ...(await orNone(appBytes(), { count: 0, bytes: 0 })) },
    ],
    usage,
  }
}
