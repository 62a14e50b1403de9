// Plain keys and values in IndexedDB, read whole: for what costs a moment when it is lost and nothing else. So every
// failure means "there is nothing", and none is told.
//
// Where several stores must change together there is database.ts. What must be read before the first paint, or written
// while a page goes away (settings, drafts), cannot wait for a database: it stays in Web Storage (store/kept.ts).

import { createStore, del, entries, setMany, type UseStore } from 'idb-keyval'

/** Milliseconds after which there is nothing: an open request waits behind another tab's deletion without a word. */
const patience = 2000

export interface KeyValue<T> {
  all(): Promise<ReadonlyMap<string, T>>
  set(entries: readonly (readonly [key: string, value: T])[]): Promise<void>
  remove(key: string): Promise<void>
}

/** @param room names the database, `glassbox-<room>`, and its one store */
export function keyValue<T>(room: string): KeyValue<T> {
  /** A connection that stays open would hold up whoever deletes the database: every piece of work has its own. */
  async function using<R>(work: (store: UseStore) => Promise<R>): Promise<R | null> {
    let timer: ReturnType<typeof setTimeout> | undefined
    try {
      const store = createStore(`glassbox-${room}`, room)
      const close = (): Promise<void> => store('readonly', ({ transaction }) => transaction.db.close())
      const done = work(store).finally(() => void close().catch(() => undefined))
      const late = new Promise<null>((resolve) => {
        timer = setTimeout(() => resolve(null), patience)
      })
      return await Promise.race([done, late])
    } catch {
      return null
    } finally {
      clearTimeout(timer)
    }
  }
  return {
    all: async () => new Map(await using((store) => entries<string, T>(store))),
    set: async (pairs) => {
      await using((store) => setMany(pairs as [string, T][], store))
    },
    remove: async (key) => {
      await using((store) => del(key, store))
    },
  }
}
