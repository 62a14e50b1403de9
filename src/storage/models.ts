// The models on disk: list, open, remove. A model is used only when it is complete and what
// its marker was written for, and every chunk is checked against its hash before its first use.

import { checkAborted, EngineError } from '../engine/errors.ts'
import { checkRange, type ByteSource, type ModelFiles } from '../engine/formats/bytes.ts'
import { handOver, release } from '../engine/formats/scratch.ts'
import { pack } from './archive.ts'
import { chunkLength, damaged, isComplete, spans, storedBytes, summary } from './chunks.ts'
import {
  under,
  type ChunkData,
  type CompleteRow,
  type Database,
  type FileRow,
  type ModelRow,
  type Transaction,
} from './database.ts'
import { reading, writing } from './locks.ts'
import { isAdapter, isSide } from './names.ts'
import { isCompleteRow, isFileRow, isModelRow } from './rows.ts'
import { sha256 } from '../engine/sha256.ts'
import { Meter } from './transfer.ts'
import type { StoredModel, TransferProgress, Verified } from './types.ts'

/** Who follows a piece of work, and may stop it. */
export interface Watch {
  onProgress?: (p: TransferProgress) => void
  signal?: AbortSignal
}

export interface ModelRows {
  model: ModelRow
  files: FileRow[]
  marker: CompleteRow | undefined
}

const keyOf = ({ model, name, hashes }: FileRow, index: number): string =>
  `${model}\n${name}\n${index}\n${hashes[index]}`

export const byAge = (a: { addedAt: number }, b: { addedAt: number }): number => a.addedAt - b.addedAt

/** undefined when nothing of that id is stored, or its description cannot be read */
export async function readRows(tx: Transaction<'readonly' | 'readwrite'>, id: string): Promise<ModelRows | undefined> {
  const model: unknown = await tx.objectStore('models').get(id)
  if (!isModelRow(model)) return undefined
  const files: unknown[] = await tx.objectStore('files').getAll(under(id))
  const marker: unknown = await tx.objectStore('complete').get(id)
  return { model, files: files.filter(isFileRow), marker: isCompleteRow(marker) ? marker : undefined }
}

/**
 * How many chunks stay in memory: the one that is read, as neighbouring tensors lie in it and a range of a Blob takes
 * milliseconds, and the one behind it, which is read and hashed meanwhile.
 */
const keptChunks = 2
/** Whoever reads beyond this part of a chunk reads on: a header ends before, and a plan needs no more than that. */
const readsOn = 1 / 4

export class StoredModels {
  /** Chunks that matched their hash in this session; a Blob is only a handle to bytes on disk. */
  private readonly checked = new Map<string, Promise<Blob | null>>()
  private readonly recent = new Map<string, Uint8Array>()
  /** how many models are open: nothing stays in memory behind the last one */
  private users = 0

  constructor(readonly db: Database) {}

  async list(): Promise<StoredModel[]> {
    const all = await this.all((id) => !isSide(id) && !isAdapter(id))
    return all.map(({ id, rows }) => (rows ? summary(rows.model, rows.files, rows.marker) : damaged(id))).sort(byAge)
  }

  /** Rows under the ids that are asked for; undefined where they cannot be read. */
  all(wanted: (id: string) => boolean): Promise<{ id: string; rows: ModelRows | undefined }[]> {
    return this.db.run('list what is stored', ['models', 'files', 'complete'], 'readonly', async (tx) => {
      const found: { id: string; rows: ModelRows | undefined }[] = []
      for (const id of await tx.objectStore('models').getAllKeys()) {
        if (typeof id === 'string' && wanted(id)) found.push({ id, rows: await readRows(tx, id) })
      }
      return found
    })
  }

  async get(id: string): Promise<StoredModel | undefined> {
    const rows = await this.rows(id)
    return rows && summary(rows.model, rows.files, rows.marker)
  }

  /** @throws EngineError FILE_MISSING when it is not stored or not complete; reads throw STORAGE_CORRUPT */
  async open(id: string): Promise<ModelFiles> {
    const rows = await this.rows(id)
    if (!rows || !isComplete(rows.model, rows.files, rows.marker)) {
      const stored = rows ? summary(rows.model, rows.files, rows.marker) : undefined
      throw new EngineError(
        'FILE_MISSING',
        stored
          ? `Cannot open "${stored.name}": only ${stored.storedBytes} of ${stored.bytes ?? 'unknown'} bytes are stored and whole. They are kept; ${stored.origin.kind === 'import' ? 'add its files again' : 'go on with the download'}.`
          : `Cannot open "${id}": it is not stored in this browser. Download or import it first.`,
        {
          model: stored?.name ?? id,
          reason: stored ? 'partial' : 'absent',
          imported: stored?.origin.kind === 'import',
          stored: stored?.storedBytes ?? 0,
          size: stored?.bytes ?? null,
          ...(isAdapter(id) && { adapter: id }),
        },
      )
    }
    return new Map(rows.files.map((row) => [row.name, this.source(row)]))
  }

  /** Opens a model for the time of `work`: nobody can change or remove it meanwhile. */
  using<T>(id: string, work: (files: ModelFiles) => Promise<T>): Promise<T> {
    return reading(id, async () => {
      this.users++
      try {
        return await work(await this.open(id))
      } finally {
        this.users--
        this.forget(0)
      }
    })
  }

  /**
   * Reads every byte that is stored of a model and compares; notes each chunk that is not what was stored, and when all
   * are right. Nobody can change it meanwhile.
   */
  verify(id: string, watch: Watch = {}): Promise<Verified> {
    return reading(id, () => this.compare(id, watch))
  }

  /** One file of all its files, every byte of which was read and was right. @throws STORAGE_CORRUPT, FILE_MISSING */
  export(id: string, watch: Watch = {}): Promise<Blob> {
    return reading(id, async () => {
      const rows = await this.rows(id)
      await this.open(id)
      const { bad } = await this.compare(id, watch)
      if (!rows || bad > 0) await this.open(id)
      return pack(rows!.model, rows!.files, async (row, index) => {
        const data = await this.db.run(`read "${row.name}"`, ['chunks'], 'readonly', (tx) =>
          tx.objectStore('chunks').get([row.model, row.name, index]),
        )
        return data instanceof Blob ? data : new Blob([data!])
      })
    })
  }

  /** It was loaded just now. */
  used(id: string): Promise<void> {
    return this.note(id, { usedAt: Date.now() })
  }

  /** Of a whole model only: no note makes one whole. */
  private note(id: string, change: Partial<CompleteRow>): Promise<void> {
    return this.db.run(`note about "${id}"`, ['complete'], 'readwrite', async (tx) => {
      const marker: unknown = await tx.objectStore('complete').get(id)
      if (isCompleteRow(marker)) await tx.objectStore('complete').put({ ...marker, ...change })
    })
  }

  private async compare(id: string, { signal, onProgress }: Watch): Promise<Verified> {
    const rows = await this.rows(id)
    const meter = new Meter(onProgress)
    const found: Verified = { chunks: 0, bad: 0 }
    for (const row of rows?.files ?? []) meter.set(row.name, 0, storedBytes({ ...row, bad: [] }))
    for (const row of rows?.files ?? []) {
      let loaded = 0
      for (const index of row.hashes.keys()) {
        if (!row.hashes[index]) continue
        checkAborted(signal)
        found.chunks++
        const right = await this.load(row, index).then(
          ({ bytes }) => {
            release(bytes)
            return true
          },
          (error: unknown) => {
            if (error instanceof EngineError && error.code === 'STORAGE_CORRUPT') return false
            throw error
          },
        )
        if (!right) found.bad++
        loaded += chunkLength(row, index)
        meter.set(row.name, loaded, storedBytes({ ...row, bad: [] }))
        meter.add(row.name, chunkLength(row, index), 'check')
      }
    }
    if (rows && found.bad === 0) await this.note(id, { verifiedAt: Date.now() })
    return found
  }

  remove(id: string): Promise<void> {
    return writing(id, () => this.erase(id))
  }

  /** Everything of a model, also of one whose rows cannot be read. The caller holds its write lock. */
  erase(id: string): Promise<void> {
    return this.db.run(`remove "${id}"`, ['models', 'files', 'chunks', 'complete'], 'readwrite', async (tx) => {
      await tx.objectStore('complete').delete(id)
      await tx.objectStore('chunks').delete(under(id))
      await tx.objectStore('files').delete(under(id))
      await tx.objectStore('models').delete(id)
    })
  }

  private rows(id: string): Promise<ModelRows | undefined> {
    return this.db.run(`open "${id}"`, ['models', 'files', 'complete'], 'readonly', (tx) => readRows(tx, id))
  }

  private source(row: FileRow): ByteSource {
    const size = row.size ?? 0
    return {
      name: row.name,
      size,
      read: async (offset, length, _signal, into) => {
        checkRange({ name: row.name, size }, offset, length)
        const out = into ?? new Uint8Array(length)
        let at = 0
        for (const { index, from, to } of spans(offset, length, row.chunkBytes)) {
          await this.part(row, index, from, to, out.subarray(at))
          at += to - from
        }
        return out.subarray(0, length)
      },
    }
  }

  /** Puts bytes [from, to) of a chunk at the start of `out`. */
  private async part(row: FileRow, index: number, from: number, to: number, out: Uint8Array): Promise<void> {
    const key = keyOf(row, index)
    const check = this.ready(row, index)
    if (to > readsOn * row.chunkBytes && index + 1 < row.hashes.length) {
      // what is wrong with it is told to whoever reads it
      void check.then(() => this.ready(row, index + 1)).catch(() => undefined)
    }
    const blob = await check
    if (blob && !this.recent.has(key)) {
      const bytes = await blob
        .slice(from, to)
        .arrayBuffer()
        .catch(() => null)
      if (bytes?.byteLength === to - from) return void handOver(new Uint8Array(bytes), out)
    }
    // An ArrayBuffer chunk, or a handle that went stale: read the record again when it left memory.
    const held = this.recent.get(key) ?? this.keep(key, (await this.load(row, index)).bytes)
    out.set(held.subarray(from, to))
  }

  /** Settles when a chunk has matched its hash; once in this session. */
  private ready(row: FileRow, index: number): Promise<Blob | null> {
    const key = keyOf(row, index)
    let check = this.checked.get(key)
    if (!check) {
      check = this.check(row, index, key)
      this.checked.set(key, check)
      check.catch(() => this.checked.delete(key))
    }
    return check
  }

  /**
   * Reads one whole chunk and compares its hash; returns the handle when the record is a Blob: once the chunk has left
   * memory, ranges of it are read from disk.
   */
  private async check(row: FileRow, index: number, key: string): Promise<Blob | null> {
    const { data, bytes } = await this.load(row, index)
    this.keep(key, bytes)
    if (this.users === 0) this.forget(0) // read ahead for somebody who has ended
    return data instanceof Blob ? data : null
  }

  private async load(row: FileRow, index: number): Promise<{ data: ChunkData; bytes: Uint8Array }> {
    const data = await this.db.run(`read "${row.name}"`, ['chunks'], 'readonly', (tx) =>
      tx.objectStore('chunks').get([row.model, row.name, index]),
    )
    const buffer =
      data instanceof Blob ? await data.arrayBuffer().catch(() => null) : data instanceof ArrayBuffer ? data : null
    if (data && buffer && buffer.byteLength === chunkLength(row, index)) {
      const bytes = new Uint8Array(buffer)
      if ((await sha256(bytes)) === row.hashes[index]) return { data, bytes }
    }
    await this.markBad(row, index)
    throw new EngineError(
      'STORAGE_CORRUPT',
      `Cannot read "${row.name}" of "${row.model}": chunk ${index + 1} of ${row.hashes.length} is not what was stored (its SHA-256 differs, or it is gone). The other chunks are kept; download again to fetch only this one, or add the file again.`,
      {
        model: row.model,
        file: row.name,
        chunk: index + 1,
        chunks: row.hashes.length,
        ...(isAdapter(row.model) && { adapter: row.model }),
      },
    )
  }

  private keep(key: string, bytes: Uint8Array): Uint8Array {
    this.recent.delete(key)
    this.recent.set(key, bytes)
    this.forget(keptChunks)
    return bytes
  }

  /** Frees the chunks that were used longest ago, until `max` are left. Readers have copies. */
  private forget(max: number): void {
    for (const [key, bytes] of this.recent) {
      if (this.recent.size <= max) break
      this.recent.delete(key)
      release(bytes)
    }
  }

  /** The model is no longer complete, and the next download knows which chunk to fetch. */
  private markBad(row: FileRow, index: number): Promise<void> {
    return this.db
      .run(`mark a damaged chunk of "${row.name}"`, ['files', 'complete'], 'readwrite', async (tx) => {
        const now = await tx.objectStore('files').get([row.model, row.name])
        // a newer build took its place since it was opened: nothing of that one is damaged
        if (!isFileRow(now) || now.hashes[index] !== row.hashes[index]) return
        await tx.objectStore('complete').delete(row.model)
        if (!now.bad.includes(index)) await tx.objectStore('files').put({ ...now, bad: [...now.bad, index] })
      })
      .catch(() => undefined) // the damage itself is the news
  }
}
