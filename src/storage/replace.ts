// A newer build of a model that is already here: fetched to the side, under an id of its own, and put in the old one's
// place in one transaction when it is whole. Until then the old one can be opened, offline too.

import { EngineError } from '../engine/errors.ts'
import { isComplete, manifestDigest } from './chunks.ts'
import { under, type Database, type FileRow } from './database.ts'
import { readRows } from './models.ts'
import { sideOf } from './names.ts'
import type { ModelOrigin, RemoteFile } from './types.ts'

/** The hash of a whole file: promised by its sender, or that of its only chunk. */
const hashOf = (row: FileRow): string | null => row.sha256 ?? (row.hashes.length === 1 ? row.hashes[0]! : null)

/** True when the stored model holds exactly these files. Only known where every file comes with its hash. */
export async function holds(db: Database, id: string, files: readonly RemoteFile[]): Promise<boolean> {
  const rows = await db.run(`compare "${id}"`, ['models', 'files', 'complete'], 'readonly', (tx) => readRows(tx, id))
  return (
    rows !== undefined &&
    rows.files.length === files.length &&
    files.every(
      ({ name, sha256 }) =>
        sha256 !== undefined && rows.files.some((row) => row.name === name && hashOf(row) === sha256),
    )
  )
}

/** The same bytes have a new address, or new promises. */
export const readdress = (db: Database, id: string, origin: ModelOrigin): Promise<void> =>
  db.run(`note the origin of "${id}"`, ['models'], 'readwrite', async (tx) => {
    const model = await tx.objectStore('models').get(id)
    if (model) await tx.objectStore('models').put({ ...model, origin })
  })

/** Puts the whole copy at the side in the place of `id`: all of it or nothing. The caller holds the locks of both. */
export const swap = (db: Database, id: string): Promise<void> =>
  db.run(`replace "${id}"`, ['models', 'files', 'chunks', 'complete'], 'readwrite', async (tx) => {
    const side = sideOf(id)
    const [next, old] = [await readRows(tx, side), await readRows(tx, id)]
    if (!next || !isComplete(next.model, next.files, next.marker)) {
      throw new EngineError('INTERNAL', `Cannot replace "${id}": its new build is not whole.`, { model: id })
    }
    const chunks = tx.objectStore('chunks')
    await tx.objectStore('complete').delete(id)
    await chunks.delete(under(id))
    await tx.objectStore('files').delete(under(id))
    const rows = next.files.map((row) => ({ ...row, model: id }))
    for (const row of rows) {
      await tx.objectStore('files').put(row)
      for (let index = 0; index < row.hashes.length; index++) {
        await chunks.put((await chunks.get([side, row.name, index]))!, [id, row.name, index])
      }
    }
    await tx.objectStore('models').put({ ...next.model, id, addedAt: old?.model.addedAt ?? next.model.addedAt })
    await tx.objectStore('complete').put({ id, digest: manifestDigest({ id }, rows), at: Date.now() })
    await tx.objectStore('complete').delete(side)
    await chunks.delete(under(side))
    await tx.objectStore('files').delete(under(side))
    await tx.objectStore('models').delete(side)
  })
