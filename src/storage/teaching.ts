// What is taught: the pairs and settings as they were written, a run that is not over, and its last good state. Rows belong to
// the worker and the store, which check what they read back; this room keeps them whole.

import type { Database, TeachingRow } from './database.ts'

export type { TeachingRow } from './database.ts'

export class TeachingRows {
  constructor(readonly db: Database) {}

  /** The rows of these ids, unchecked; undefined where there is none. */
  get(ids: readonly string[]): Promise<unknown[]> {
    return this.db.run('read what is taught', ['teaching'], 'readonly', (tx) =>
      Promise.all(ids.map((id) => tx.objectStore('teaching').get(id))),
    )
  }

  /** Puts these rows in the place of those with the same key: all or none; resolves when they are on disk. */
  write(rows: readonly TeachingRow[]): Promise<void> {
    return this.db.run('keep what is taught', ['teaching'], 'readwrite', async (tx) => {
      for (const row of rows) await tx.objectStore('teaching').put(row)
    })
  }

  remove(ids: readonly string[]): Promise<void> {
    return this.db.run('forget what is taught', ['teaching'], 'readwrite', async (tx) => {
      for (const id of ids) await tx.objectStore('teaching').delete(id)
    })
  }
}
