// Downloads the files of a model into chunks, three ranges at a time, and goes on where it was cut.
//
// What is asked of a server, and what is taken of its answers: fetching.ts. Here: which file comes next, and the end.
// Nothing is complete until every length and hash that was promised has been checked.

import { EngineError } from '../engine/errors.ts'
import { storedBytes } from './chunks.ts'
import type { Database, FileRow } from './database.ts'
import { Fetching, type DownloadOptions } from './fetching.ts'
import { abortError } from './http.ts'
import { isCompanion } from './names.ts'
import { Meter } from './transfer.ts'
import type { RemoteFile } from './types.ts'
import { begin, commit, FileWriter, type NewModel } from './write.ts'

export type { DownloadOptions } from './fetching.ts'

const weight = ({ name, size }: RemoteFile): number => size ?? (isCompanion(name) ? 0 : 1e15)

/**
 * The caller holds the model's write lock. @throws EngineError NETWORK, HTTP_STATUS, HASH_MISMATCH, STORAGE_QUOTA,
 * ABORTED …
 */
export async function download(
  db: Database,
  model: NewModel,
  files: readonly RemoteFile[],
  options: DownloadOptions = {},
): Promise<void> {
  // an address promises nothing: what came is hashed, so that it can be compared
  const hash = model.origin.kind === 'url'
  const rows = await begin(
    db,
    model,
    files.map((file) => ({ ...file, hash: hash && !file.sha256 && !file.blob })),
    options.chunkBytes,
  )
  const meter = new Meter(options.onProgress)
  for (const row of rows) meter.set(row.name, storedBytes(row), row.size)
  meter.tell(files[0]?.name ?? '', 'list')

  const group = new AbortController()
  const stop = () => group.abort(abortError())
  if (options.signal?.aborted) throw abortError()
  options.signal?.addEventListener('abort', stop)
  const writers = rows.map((row) => new FileWriter(db, row))
  try {
    await new Promise<void>((resolve) => {
      let active = 0
      const more = (): void => {
        while (active < (options.parallel ?? 3) && !group.signal.aborted) {
          const task = firstOf(all)
          if (!task) break
          active++
          task(group.signal)
            .catch((error: unknown) => group.abort(error))
            .finally(() => {
              active--
              more()
            })
        }
        if (active === 0) resolve()
      }
      // Small files first: a broken config.json is known before the gigabytes.
      const all = files
        .map((remote, i) => new Fetching(writers[i]!, remote, meter, options, more))
        .sort((a, b) => weight(a.remote) - weight(b.remote))
      more()
    })
    if (options.signal?.aborted) throw abortError()
    if (group.signal.aborted) {
      throw withNeed(
        group.signal.reason,
        writers.map(({ row }) => row),
      )
    }
  } finally {
    options.signal?.removeEventListener('abort', stop)
  }
  await commit(db, model.id)
  meter.tell(files.at(-1)?.name ?? '', 'done')
}

/** A full disk is easier to cure when the reader knows how much is still to come. */
function withNeed(error: unknown, rows: FileRow[]): unknown {
  if (!(error instanceof EngineError) || error.code !== 'STORAGE_QUOTA') return error
  const stored = rows.reduce((sum, row) => sum + storedBytes(row), 0)
  const total = rows.some((row) => row.size === null) ? null : rows.reduce((sum, row) => sum + (row.size ?? 0), 0)
  return new EngineError(
    error.code,
    error.message,
    { ...error.facts, stored, needed: total === null ? null : total - stored },
    { cause: error },
  )
}

function firstOf(all: readonly Fetching[]): ReturnType<Fetching['next']> {
  for (const one of all) {
    const task = one.next()
    if (task) return task
  }
  return null
}
