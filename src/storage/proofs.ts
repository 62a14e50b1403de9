// Which kernels have answered their known-answer case right on this machine: asked once per adapter and build.
// A database of its own, because losing it costs a second and nothing else; every failure means "ask again".

import { openDB } from 'idb'

const store = 'proofs'
const open = () => openDB('glassbox-proofs', 1, { upgrade: (db) => { db.createObjectStore(store) } })

export const proofs = {
  async known(): Promise<Set<string>> {
    try {
      const db = await open()
      const keys = await db.getAllKeys(store)
      db.close()
      return new Set(keys.map(String))
    } catch { return new Set() }
  },
  async remember(keys: readonly string[]): Promise<void> {
    try {
      const db = await open()
      const tx = db.transaction(store, 'readwrite')
      for (const key of keys) void tx.store.put(1, key)
      await tx.done
      db.close()
    } catch { /* the check runs again next time */ }
  },
}
