// Which kernels have answered their known-answer case right on this machine: asked once per adapter and build.
// A database of its own, because losing it costs a second and nothing else; every failure means "ask again".

import { openDB, type IDBPDatabase } from 'idb'

const store = 'proofs'
const patience = 2000
/** Gives up when another tab's deletion holds the database: an open request then waits without a word. */
const open = () =>
  new Promise<IDBPDatabase>((resolve, reject) => {
    let late = false
    const timer = setTimeout(() => {
      late = true
      reject(new Error('no answer'))
    }, patience)
    openDB('glassbox-proofs', 1, {
      upgrade: (db) => {
        db.createObjectStore(store)
      },
      blocking: (_old, _new, event) => (event.target as IDBDatabase).close(),
    })
      .then((db) => (late ? db.close() : resolve(db)), reject)
      .finally(() => clearTimeout(timer))
  })

export const proofs = {
  async known(): Promise<Set<string>> {
    try {
      const db = await open()
      const keys = await db.getAllKeys(store)
      db.close()
      return new Set(keys.map(String))
    } catch {
      return new Set()
    }
  },
  async remember(keys: readonly string[]): Promise<void> {
    try {
      const db = await open()
      const tx = db.transaction(store, 'readwrite')
      for (const key of keys) void tx.store.put(1, key)
      await tx.done
      db.close()
    } catch {
      /* the check runs again next time */
    }
  },
}
