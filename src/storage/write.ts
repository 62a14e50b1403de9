// Writing a model: begin() plans what can be kept, FileWriter stores one file chunk by chunk
// (chunk and hash in one transaction), commit() sets the marker that makes the model usable.
// The caller holds the model's write lock (locks.ts).

import { EngineError } from '../engine/errors.ts'
import { release } from '../engine/formats/scratch.ts'
import { chunkBytes, chunkLength, manifestDigest, missing } from './chunks.ts'
import { under, type AdapterNote, type ChunkData, type Database, type FileRow } from './database.ts'
import { readRows } from './models.ts'
import { sha1 } from './sha1.ts'
import { Sha256, sha256 } from '../engine/sha256.ts'
import type { ModelOrigin } from './types.ts'

export interface NewModel {
  id: string
  name: string
  origin: ModelOrigin
  adapter?: AdapterNote
}
/** `blob`: git's id of the content; `hash`: nobody promises anything, so what comes is hashed, to be shown */
export interface NewFile {
  name: string
  size?: number
  sha256?: string
  blob?: string
  hash?: boolean
  chunkBytes?: number
}

/**
 * Chunks are Blobs where those are safe: written 2x and read 3x as fast as ArrayBuffers, and a
 * range is read without loading the record (Chromium, measured). WebKit has killed its process
 * over Blobs in IndexedDB, so it gets ArrayBuffers. Readers take both.
 */
export const blobsAreSafe = (userAgent: string): boolean =>
  !/AppleWebKit/.test(userAgent) || /Chrome|Chromium/.test(userAgent)

/** Makes the rows of a model, keeping every stored chunk that still belongs to the wanted files. */
export function begin(
  db: Database,
  model: NewModel,
  files: readonly NewFile[],
  chunk = chunkBytes,
): Promise<FileRow[]> {
  return db.run(`store "${model.name}"`, ['models', 'files', 'chunks', 'complete'], 'readwrite', async (tx) => {
    const old = await readRows(tx, model.id)
    // rows that are not those the marker was written for were changed behind our back: nobody can tell which of them
    const altered = old?.marker !== undefined && old.marker.digest !== manifestDigest(old.model, old.files)
    const sameOrigin = JSON.stringify(old?.model.origin) === JSON.stringify(model.origin)
    const kept: FileRow[] = []
    for (const file of files) {
      const row = old?.files.find((f) => f.name === file.name)
      const fits =
        row &&
        !altered &&
        (file.size === undefined || row.size === null || row.size === file.size) &&
        (file.sha256 ? row.sha256 === file.sha256 : file.blob ? row.blob === file.blob : sameOrigin)
      if (fits) kept.push({ ...row, size: row.size ?? file.size ?? null })
      else {
        await tx.objectStore('chunks').delete(under(model.id, file.name))
        kept.push({
          model: model.id,
          name: file.name,
          chunkBytes: file.chunkBytes ?? chunk,
          size: file.size ?? null,
          hashes: [],
          bad: [],
          sha256: file.sha256 ?? null,
          blob: file.blob ?? null,
          came: file.hash ? '' : null,
          etag: null,
          state: null,
          done: false,
        })
      }
    }
    for (const row of old?.files ?? []) {
      if (!files.some((f) => f.name === row.name)) await tx.objectStore('chunks').delete(under(model.id, row.name))
    }
    await tx.objectStore('files').delete(under(model.id))
    for (const row of kept) await tx.objectStore('files').put(row)
    await tx
      .objectStore('models')
      .put({ ...model, version: 1, files: files.map((f) => f.name), addedAt: old?.model.addedAt ?? Date.now() })
    if (!old?.marker || old.marker.digest !== manifestDigest(model, kept)) {
      await tx.objectStore('complete').delete(model.id)
    }
    return kept
  })
}

/** Sets the complete marker: last, alone, after reading back that every file is done. */
export async function commit(db: Database, id: string): Promise<void> {
  const rows = await db.run(`finish "${id}"`, ['models', 'files', 'complete'], 'readonly', (tx) => readRows(tx, id))
  const open = rows?.model.files.filter(
    (name) => !rows.files.some((f) => f.name === name && f.done && f.bad.length === 0),
  ) ?? [id]
  if (!rows || open.length > 0) {
    throw new EngineError('INTERNAL', `Cannot finish "${id}": "${open.join('", "')}" is not whole.`, {
      model: id,
      file: open[0] ?? id,
    })
  }
  const digest = manifestDigest(rows.model, rows.files)
  await db.run(`finish "${id}"`, ['complete'], 'readwrite', (tx) =>
    tx.objectStore('complete').put({ id, digest, at: Date.now() }),
  )
}

/** One file. Its chunks may come in any order and from several lanes; each is stored with its hash in one transaction. */
export class FileWriter {
  private hash: Sha256
  /** chunks from the first on that the running hash has seen */
  private hashed: number
  /** one transaction after the other: a row that failed to be written is never built upon */
  private queue: Promise<unknown> = Promise.resolve()

  constructor(
    readonly db: Database,
    public row: FileRow,
    readonly asBlob = blobsAreSafe(globalThis.navigator?.userAgent ?? ''),
  ) {
    this.hash = new Sha256(row.state)
    this.hashed = (row.state?.[8] ?? 0) / row.chunkBytes
  }

  /** Takes the bytes of the file from chunk `index` on. */
  lane(index: number): Lane {
    return new Lane(this, index)
  }

  /** Remembers what a server told about the file. */
  learn(facts: { size?: number | null; etag?: string | null }): void {
    if (facts.size !== undefined) this.row = { ...this.row, size: facts.size }
    if (facts.etag !== undefined) this.row = { ...this.row, etag: facts.etag }
  }

  /** Resolves when the chunk is on disk. 'other': a chunk with another hash is there, and nothing was stored. */
  async store(index: number, bytes: Uint8Array): Promise<'stored' | 'same' | 'other'> {
    const hash = await sha256(bytes)
    return this.inTurn(async () => {
      const known = this.row.hashes[index]
      if (known && known !== hash) return 'other'
      if (known && !this.row.bad.includes(index)) return 'same'
      if (this.hashes && index === this.hashed) {
        this.hash.update(bytes)
        this.hashed++
      }
      const hashes = Array.from({ length: Math.max(this.row.hashes.length, index + 1) }, (_, i) =>
        i === index ? hash : (this.row.hashes[i] ?? ''),
      )
      const bad = this.row.bad.filter((i) => i !== index)
      // behind the last chunk it may stand inside a block: then the one before it goes on from there
      const state = this.hashes ? (this.hash.state() ?? this.row.state) : null
      await this.save({ ...this.row, hashes, bad, state }, index, bytes)
      await this.catchUp()
      return 'stored'
    })
  }

  /** Checks every promise. On a broken one everything of the file is dropped. */
  finish(): Promise<void> {
    return this.inTurn(async () => {
      const { name, size, sha256: promised, blob } = this.row
      const open = missing(this.row)
      if (size === null || open.length > 0) {
        throw new EngineError('INTERNAL', `Cannot finish "${name}": ${open.length} of its parts were not written.`, {
          file: name,
        })
      }
      await this.catchUp()
      const actual = this.hashes ? this.hash.hex() : null
      if (promised && actual !== promised) {
        await this.clear(size)
        throw new EngineError(
          'HASH_MISMATCH',
          `Cannot keep "${name}": its SHA-256 is ${actual}, but ${promised} was promised. It was damaged or changed on its way and is dropped. Download it again.`,
          { file: name, expected: promised, actual },
        )
      }
      const found = blob ? await this.blobId(size) : null
      if (found !== null && found !== blob) {
        await this.clear(size)
        throw new EngineError(
          'HASH_MISMATCH',
          `Cannot keep "${name}": its git blob id is ${found}, but ${blob} was promised. It was damaged or changed on its way and is dropped. Download it again.`,
          { file: name, expected: blob!, actual: found },
        )
      }
      await this.save({ ...this.row, done: true, ...(!promised && actual !== null && { came: actual }) })
    })
  }

  /** Drops every byte of this file, to start again. @param size what is still believed of its length */
  reset(size: number | null = this.row.size): Promise<void> {
    return this.inTurn(() => this.clear(size))
  }

  /** Drops the chunks from `index` on: another file lies behind the address. */
  truncate(index: number): Promise<void> {
    return this.inTurn(() => this.clear(this.row.size, index))
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.queue.then(work)
    this.queue = result.catch(() => undefined)
    return result
  }

  private async clear(size: number | null, from = 0): Promise<void> {
    const { row: old } = this
    const row: FileRow = {
      ...old,
      size,
      hashes: old.hashes.slice(0, from),
      bad: old.bad.filter((index) => index < from),
      came: typeof old.came === 'string' ? '' : null,
      etag: from === 0 ? null : old.etag,
      state: null,
      done: false,
    }
    await this.db.run(`store "${row.name}"`, ['files', 'chunks', 'complete'], 'readwrite', async (tx) => {
      await tx.objectStore('complete').delete(row.model)
      await tx.objectStore('chunks').delete(IDBKeyRange.bound([row.model, row.name, from], [row.model, row.name, []]))
      await tx.objectStore('files').put(row)
    })
    this.row = row
    this.hash = new Sha256()
    this.hashed = 0
  }

  /** a hash of the whole file runs along: it was promised, or is to be shown */
  private get hashes(): boolean {
    return this.row.sha256 !== null || typeof this.row.came === 'string'
  }

  /** The running hash reads chunks that came before their turn. */
  private async catchUp(): Promise<void> {
    while (this.hashes && this.row.hashes[this.hashed]) {
      this.hash.update(await this.stored(this.hashed))
      this.hashed++
    }
  }

  private async stored(index: number): Promise<Uint8Array> {
    const data = await this.db.run(`read "${this.row.name}"`, ['chunks'], 'readonly', (tx) =>
      tx.objectStore('chunks').get([this.row.model, this.row.name, index]),
    )
    return new Uint8Array(data instanceof Blob ? await data.arrayBuffer() : (data ?? new ArrayBuffer(0)))
  }

  /** Git's id of all bytes. Only small files have one: the hub keeps large ones by their SHA-256. */
  private async blobId(total: number): Promise<string> {
    const parts: Uint8Array[] = [new TextEncoder().encode(`blob ${total}\0`)]
    for (let index = 0; index < this.row.hashes.length; index++) parts.push(await this.stored(index))
    return sha1(parts)
  }

  private async save(row: FileRow, index?: number, bytes?: Uint8Array): Promise<void> {
    const data: ChunkData | undefined =
      bytes && (this.asBlob ? new Blob([bytes as Uint8Array<ArrayBuffer>]) : (bytes.slice().buffer as ArrayBuffer))
    await this.db.run(`store "${row.name}"`, ['files', 'chunks'], 'readwrite', async (tx) => {
      await Promise.all([
        tx.objectStore('files').put(row),
        data && tx.objectStore('chunks').put(data, [row.model, row.name, index!]),
      ])
    })
    this.row = row
  }
}

/** Bytes on their way into one chunk after the other, the first of them not always at the start of the file. */
export class Lane {
  private buffer = new Uint8Array(0)
  /** bytes of chunk `index` that are here and not on disk yet */
  held = 0
  /** chunks that came new */
  stored = 0

  constructor(
    readonly writer: FileWriter,
    public index: number,
  ) {}

  get position(): number {
    return this.index * this.writer.row.chunkBytes + this.held
  }
  /** Where the chunk ends in the file; as far as it may reach while the length is unknown. */
  get end(): number {
    return this.index * this.writer.row.chunkBytes + chunkLength(this.writer.row, this.index)
  }

  /**
   * Takes bytes up to the end of the chunk, and stores it when it is full.
   * @returns how many were taken; null where other bytes are stored in its place: call again when they are dropped
   */
  async append(bytes: Uint8Array): Promise<number | null> {
    const room = this.end - this.position
    const part = bytes.subarray(0, room)
    this.reserve(this.held + part.length)
    this.buffer.set(part, this.held)
    if (part.length < room) {
      this.held += part.length
      return part.length
    }
    if (!(await this.store(this.buffer.subarray(0, this.held + part.length)))) return null
    this.index++
    return part.length
  }

  /** The file ends here: stores the rest. @returns false where other bytes are stored in its place */
  async close(): Promise<boolean> {
    if (this.writer.row.size === null) this.writer.learn({ size: this.position })
    return this.held === 0 || this.store(this.buffer.subarray(0, this.held))
  }

  private async store(bytes: Uint8Array): Promise<boolean> {
    const end = await this.writer.store(this.index, bytes)
    if (end === 'other') return false
    if (end === 'stored') this.stored++
    this.held = 0
    return true
  }

  /** Back to the start of the file. */
  restart(): void {
    this.index = 0
    this.held = 0
  }

  release(): void {
    release(this.buffer)
    this.buffer = new Uint8Array(0)
  }

  private reserve(needed: number): void {
    if (this.buffer.length >= needed) return
    const known = this.writer.row.size !== null
    const max = this.writer.row.chunkBytes
    const guess = known ? chunkLength(this.writer.row, this.index) : Math.max(65536, this.buffer.length * 2)
    const grown = new Uint8Array(Math.max(needed, Math.min(max, guess)))
    grown.set(this.buffer.subarray(0, this.held))
    release(this.buffer)
    this.buffer = grown
  }
}
