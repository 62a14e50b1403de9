// Documents of the reader and the vectors of their chunks, as rows. What is in them belongs to retrieval/shelf.ts.

import type { DocumentRow, ShelfRows, VectorRow } from '../retrieval/shelf.ts'
import type { Database } from './database.ts'

const what = 'keep the documents'

export class DocumentRows implements ShelfRows {
  constructor(readonly db: Database) {}

  documents(): Promise<DocumentRow[]> {
    return this.db.run('read the documents', ['documents'], 'readonly', (tx) => tx.objectStore('documents').getAll())
  }

  put(row: DocumentRow): Promise<void> {
    return this.db.run(
      what,
      ['documents'],
      'readwrite',
      async (tx) => void (await tx.objectStore('documents').put(row)),
    )
  }

  drop(ids: readonly string[], hashes: readonly string[]): Promise<void> {
    return this.db.run('remove documents', ['documents', 'vectors'], 'readwrite', async (tx) => {
      for (const id of ids) await tx.objectStore('documents').delete(id)
      const gone = new Set(hashes)
      const vectors = tx.objectStore('vectors')
      for (const key of await vectors.getAllKeys()) if (gone.has(key[1])) await vectors.delete(key)
    })
  }

  vectors(model: string): Promise<VectorRow[]> {
    return this.db.run('read the vectors of documents', ['vectors'], 'readonly', (tx) =>
      tx.objectStore('vectors').getAll(IDBKeyRange.bound([model], [model, []])),
    )
  }

  putVectors(row: VectorRow): Promise<void> {
    return this.db.run(what, ['vectors'], 'readwrite', async (tx) => void (await tx.objectStore('vectors').put(row)))
  }
}
