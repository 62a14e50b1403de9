// What a learner did in the lessons: bets, how far a lesson was read, the class code. Rows belong to the store, which
// checks what it reads back; this room keeps them whole.

import type { Database, LessonRow } from './database.ts'

export type { LessonRow } from './database.ts'

export class LessonRows {
  constructor(readonly db: Database) {}

  /** Every row, unchecked, in the order of their keys. */
  all(): Promise<unknown[]> {
    return this.db.run('read what was done in the lessons', ['lessons'], 'readonly', (tx) =>
      tx.objectStore('lessons').getAll(),
    )
  }

  /** Puts these rows in the place of those with the same key: all or none; resolves when they are on disk. */
  write(rows: readonly LessonRow[]): Promise<void> {
    return this.db.run('keep what was done in the lessons', ['lessons'], 'readwrite', async (tx) => {
      for (const row of rows) await tx.objectStore('lessons').put(row)
    })
  }

  /** Takes these rows away; absent: all of them, for good. */
  remove(ids?: readonly string[]): Promise<void> {
    return this.db.run('forget what was done in the lessons', ['lessons'], 'readwrite', async (tx) => {
      if (!ids) return tx.objectStore('lessons').clear()
      for (const id of ids) await tx.objectStore('lessons').delete(id)
    })
  }
}
